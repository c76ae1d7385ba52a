"""Links that need no login: tokens derived from a key, never stored.

A token is HMAC(link key, purpose, id, generation). The database keeps only its SHA-256 and the
generation; another generation revokes every link that is out. A copy of the database opens nothing.
The first generation is random, too: should a number ever be given again (after a restore), the old link is another.
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any

from flask import current_app

VOID = "void:"  # an upgrade or a restore took the link away; no fingerprint begins like this
MOST_GENERATIONS = 2**30  # half of what the column holds: there is room to raise them


def new_generation() -> int:
    """The generation of a new link: at random, so that no link for the same number is ever the same again."""
    return 1 + secrets.randbelow(MOST_GENERATIONS)


def token(purpose: str, object_id: int, generation: int) -> str:
    """The token for one purpose and object: 43 characters that need no quoting in an address."""
    key = current_app.config["LINK_KEY"].encode()
    digest = hmac.digest(key, f"{purpose}:{object_id}:{generation}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fingerprint(given: str) -> str:
    """What the database stores and looks up: the SHA-256 of a token, in hex."""
    return hashlib.sha256(given.encode()).hexdigest()


def is_void(token_hash: str | None) -> bool:
    """Whether a mark stands in the place of the fingerprint: `VOID` and the number of the row."""
    return bool(token_hash) and str(token_hash).startswith(VOID)


def keyed_hash(value: str) -> str:
    """A stand-in for an address or network in counters and logs: the same each time, useless without the key."""
    return hmac.new(current_app.config["LINK_KEY"].encode(), f"keyed:{value}".encode(), "sha256").hexdigest()


def external_url(path: str) -> str:
    """`path` with the configured BASE_URL in front; never the Host header of a request."""
    return current_app.config["BASE_URL"] + path


def page(endpoint: str, *, lang: str, **values: Any) -> str:
    """The address of one of our pages for a letter or a feed, with BASE_URL; needs no request."""
    adapter = current_app.url_map.bind("")
    return current_app.config["BASE_URL"] + adapter.build(endpoint, {"lang": lang, **values})
