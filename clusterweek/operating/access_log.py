"""gunicorn's log of requests, without the tokens in addresses: whoever reads the log must not be able to use them."""

import re
from typing import Any

from gunicorn.glogging import Logger

# Tokens are 32 bytes in base64url (web/links.py). An innocent word of just this length goes too; that harms nobody.
TOKEN = re.compile(r"(?<![\w-])[\w-]{43}(?![\w-])")
# No network address: who asked is personal data, and behind a proxy it would be the proxy's.
FORMAT = '%(t)s "%(r)s" %(s)s %(b)s bytes %(M)s ms'


def without_tokens(text: str) -> str:
    """The text with every token replaced by "…"."""
    return TOKEN.sub("…", text)


class TokenFreeLogger(Logger):
    """Leaves tokens out of everything that a line could be made of."""

    def atoms(self, *args: Any) -> dict[str, Any]:
        return {
            name: without_tokens(value) if isinstance(value, str) else value
            for name, value in super().atoms(*args).items()
        }
