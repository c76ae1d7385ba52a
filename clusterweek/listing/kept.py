"""Answers that are kept in memory, in each web process for itself: the last ones asked for, up to a number of bytes.

Whatever is kept has a key that names everything it depends on, so nothing ever has to be thrown away for being old.
"""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Any

from flask import current_app

OVERHEAD = 500  # bytes that Python needs for a key and an entry, about


class Kept:
    """A shelf of at most `limit` bytes; the answer not asked for longest goes first. Threads may share it."""

    def __init__(self, limit: int) -> None:
        self.limit, self.size = limit, 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        """The answer, or None."""
        with self._lock:
            found = self._answers.get(key)
            if found is None:
                return None
            self._answers.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, answer: Any, size: int) -> None:
        """Keep an answer of `size` bytes; one that alone is larger than the shelf is not kept."""
        size += OVERHEAD
        with self._lock:
            if before := self._answers.pop(key, None):
                self.size -= before[1]
            if size > self.limit:
                return
            self._answers[key] = answer, size
            self.size += size
            while self.size > self.limit:
                _key, (_answer, gone) = self._answers.popitem(last=False)
                self.size -= gone


def shelf(name: str, *, limit: int) -> Kept:
    """The application's shelf of that name; another application (another database) has its own."""
    shelves: dict[str, Kept] = current_app.extensions.setdefault("clusterweek.kept", {})
    return shelves.get(name) or shelves.setdefault(name, Kept(limit))
