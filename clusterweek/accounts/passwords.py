"""Passwords, as argon2 keeps them."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """What the database keeps. NFC first: "ü" typed on a Mac and on Windows is the same letter."""
    return _hasher.hash(unicodedata.normalize("NFC", password))


def is_right(password: str, stored: str | None) -> bool:
    """Whether `password` fits. Takes as long without one: the time does not tell which addresses are known."""
    nobodys = _nobodys()  # made before anything is compared: the first unknown address of a process would stand out
    try:
        return _hasher.verify(stored or nobodys, unicodedata.normalize("NFC", password)) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether it was made with weaker settings than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
