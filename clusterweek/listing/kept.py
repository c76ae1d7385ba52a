"""Answers that are kept in memory, in each web process for itself: the last ones asked for, up to a number of bytes.

Whatever is kept has a key that names everything it depends on, so nothing ever has to be thrown away for being old.
"""

from collections.abc import Hashable
from threading import Lock
from typing import Any

from cachetools import LRUCache
from flask import current_app

OVERHEAD = 500  # bytes that Python needs for a key and an entry, about


class Kept:
    """A shelf of at most `limit` bytes; the answer not asked for longest goes first. Threads may share it."""

    def __init__(self, limit: int) -> None:
        self._answers: LRUCache[Hashable, tuple[Any, int]] = LRUCache(limit, getsizeof=lambda kept: kept[1])
        self._lock = Lock()

    @property
    def limit(self) -> int:
        """How many bytes it holds at most."""
        return int(self._answers.maxsize)

    @property
    def size(self) -> int:
        """How many bytes it holds now."""
        return int(self._answers.currsize)

    def get(self, key: Hashable) -> Any:
        """The answer, or None."""
        with self._lock:
            found = self._answers.get(key)
        return None if found is None else found[0]

    def put(self, key: Hashable, answer: Any, size: int) -> None:
        """Keep an answer of `size` bytes; one that alone is larger than the shelf is not kept."""
        size += OVERHEAD
        with self._lock:
            self._answers.pop(key, None)
            if size <= self._answers.maxsize:
                self._answers[key] = answer, size


def shelf(name: str, *, limit: int) -> Kept:
    """The application's shelf of that name; another application (another database) has its own."""
    shelves: dict[str, Kept] = current_app.extensions.setdefault("clusterweek.kept", {})
    return shelves.get(name) or shelves.setdefault(name, Kept(limit))
