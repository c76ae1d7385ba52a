"""The numbers in a browser's cookie. Each belongs to one row, so a number planted beforehand opens nothing later."""

import re
import secrets

from flask import session

from clusterweek.keeping.models import KINDS
from clusterweek.web import links

COOKIE_KEY = "kept"
# Of each kind, per browser; the oldest go first. A cookie holds 4 KB, and these need 500 bytes.
MOST = {"form": 5, "sign_up": 12, "said": 2}
NUMBER = re.compile(r"[A-Za-z0-9_-]{22}")


def new(kind: str) -> str:
    """A new number for a row of this kind, noted in the cookie; its hash is for the row. Needs a request."""
    number = secrets.token_urlsafe(16)
    noted = _noted()
    noted[kind] = [*noted.get(kind, []), number][-MOST[kind] :]
    session[COOKIE_KEY] = noted
    return links.fingerprint(number)


def hashes(kind: str) -> list[str]:
    """The hashes of this browser's numbers of a kind, the newest last."""
    return [links.fingerprint(number) for number in _noted().get(kind, [])]


def drop(kind: str, *secret_hashes: str) -> None:
    """Take numbers out of the cookie; without hashes all of the kind."""
    noted = _noted()
    kept = [n for n in noted.pop(kind, []) if secret_hashes and links.fingerprint(n) not in secret_hashes]
    if kept:
        noted[kind] = kept
    if noted:
        session[COOKIE_KEY] = noted
    else:
        session.pop(COOKIE_KEY, None)


def _noted() -> dict[str, list[str]]:
    """What the cookie holds, as far as it can be ours."""
    given = session.get(COOKIE_KEY)
    if not isinstance(given, dict):
        return {}
    return {
        kind: [n for n in given[kind] if isinstance(n, str) and NUMBER.fullmatch(n)]
        for kind in KINDS
        if isinstance(given.get(kind), list)
    }
