"""What was printed, kept as files: every process of the installation may hand it out again, also after a restart.

A copy has a name of parts: what it belongs to (`subject`), the state of the data it was made of (`version`), what was
asked (`key`), and what may move meanwhile (`moving`). As soon as a newer version of a subject is kept, the copies of
all other versions are gone.
"""

import hashlib
import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

ENDING = ".kept"
HALF_WRITTEN = 3600  # seconds after which what a killed process began is thrown away
FOREVER = datetime.max.replace(tzinfo=UTC)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Name:
    """Of a copy; every part may be of any length and hold anything."""

    subject: str
    version: str
    key: str
    moving: str

    @property
    def stem(self) -> str:
        """All but what moves."""
        return "-".join(_short(part) for part in (self.subject, self.version, self.key))

    @property
    def file(self) -> str:
        return f"{self.stem}-{_short(self.moving)}{ENDING}"


class Shelf:
    """A folder of at most `most_bytes` and `most_files`; the copy not asked for longest goes first.

    A disk that is full or may not be written keeps nothing, and stops nobody.
    """

    def __init__(self, folder: Path, *, most_bytes: int, most_files: int) -> None:
        self.folder, self.most_bytes, self.most_files = folder, most_bytes, most_files

    def get(self, name: Name, *, now: datetime) -> bytes | None:
        """The copy, unless it is out of date by itself or not what was written."""
        return _read(self.folder / name.file, now)

    def nearest(self, name: Name, *, now: datetime) -> bytes | None:
        """The same, and of another state of what moves where there is no better."""
        found = sorted(self.folder.glob(f"{name.stem}-*{ENDING}"), key=_asked_at, reverse=True)
        return next((body for path in found if (body := _read(path, now)) is not None), None)

    def put(self, name: Name, body: bytes, *, until: datetime | None = None) -> None:
        """Keep it; it is true until the moment `until`. Older versions of the subject go, and what is too much."""
        if len(body) > self.most_bytes:
            return
        head = f"{(until or FOREVER).isoformat()} {hashlib.sha256(body).hexdigest()}\n".encode()
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            # Beside, then renamed: whoever reads meanwhile sees a whole copy or none; another writer does no harm.
            number, beside = tempfile.mkstemp(dir=self.folder, prefix="new-")
            try:
                with os.fdopen(number, "wb") as file:
                    file.write(head + body)
                os.replace(beside, self.folder / name.file)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
            self._sweep(name)
            self._make_room()
        except OSError as problem:
            log.warning("%s keeps nothing: %s", self.folder, problem.strerror)

    def _sweep(self, name: Name) -> None:
        subject, stem = f"{_short(name.subject)}-", f"{name.stem}-"
        version = f"{subject}{_short(name.version)}-"
        oldest = _asked_at(self.folder / name.file) - HALF_WRITTEN
        for path in self.folder.iterdir():
            is_old_version = path.name.startswith(subject) and not path.name.startswith(version)
            is_left = path.name.startswith("new-") and _asked_at(path) < oldest
            is_same_of_before = path.name.startswith(stem) and path.name != name.file
            if is_old_version or is_left or is_same_of_before:
                path.unlink(missing_ok=True)

    def _make_room(self) -> None:
        bytes_left, files_left = self.most_bytes, self.most_files
        for path in sorted(self.folder.glob(f"*{ENDING}"), key=_asked_at, reverse=True):
            bytes_left, files_left = bytes_left - _size(path), files_left - 1
            if bytes_left < 0 or files_left < 0:
                path.unlink(missing_ok=True)


def _read(path: Path, now: datetime) -> bytes | None:
    try:
        head, _, body = path.read_bytes().partition(b"\n")
        until, digest = head.decode("ascii").split(" ")
        # A machine that lost its power may have kept the name of a file, and not what was in it.
        if datetime.fromisoformat(until) <= now or hashlib.sha256(body).hexdigest() != digest:
            path.unlink(missing_ok=True)
            return None
        os.utime(path)
    except (OSError, ValueError):
        return None
    return body


def _short(part: str) -> str:
    return hashlib.sha256(part.encode()).hexdigest()[:24]


def _asked_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process was quicker
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
