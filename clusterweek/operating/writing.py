"""Whether a row can be written where the next sign-up will be written, found out by writing one.

Nothing less tells: a full disk, a file system that was remounted read-only, a used-up quota, a standby and a damaged
file all still answer questions. A real try is made at most every few seconds in each process, however often one asks.
"""

import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from clusterweek import clock
from clusterweek.db import causes
from clusterweek.db.session import db, insert_into, unit_of_work
from clusterweek.operating import heartbeat
from clusterweek.operating.models import WriteTrial

KEPT_SECONDS = 3.0  # a result is told for so long; monitors and attackers cannot wear the disk out
LOCK_WAIT = 5.0  # longer than the longest wait with 500 people at once (4.7 s)
TRIAL_BYTES = 64 * 1024  # beside the database: its log may still have room inside when the disk has none
SMALLEST_SPACE = 1024 * 1024  # below it the write-ahead log of SQLite cannot be carried over
DEEP_EVERY, DEEP_SHARE = 60.0, 200  # a whole look at a SQLite file: every minute, and at most 0.5 % of the time


@dataclass
class _Known:
    """What a process found out last."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: float | None = None
    causes: tuple[str, ...] = ()
    deep_at: float | None = None  # when to look at the whole file again
    deep: str | None = None


def hindrances() -> tuple[str, ...]:
    """Why nothing can be stored at the moment, as words of `db/causes.py`, and `mail_folder`; empty when all is well.

    Found out anew when the last try is three seconds old; while somebody else tries, the last result is told.
    """
    known: _Known = current_app.extensions.setdefault("clusterweek.writing", _Known())
    is_first = known.at is None
    if known.lock.acquire(blocking=is_first):
        try:
            if known.at is None or time.monotonic() - known.at >= KEPT_SECONDS:
                known.causes = try_now(current_app.config, known)
                known.at = time.monotonic()
        finally:
            known.lock.release()
    return known.causes


def try_now(settings: Mapping[str, Any], known: _Known | None = None) -> tuple[str, ...]:
    """The same, tried at once."""
    found = [_of_database(settings, known or _Known())]
    if settings["MAIL_URL"].scheme == "file" and _of_mail(Path(settings["INSTANCE_PATH"])):
        found.append("mail_folder")
    return tuple(cause for cause in found if cause)


def _of_database(settings: Mapping[str, Any], known: _Known) -> str | None:
    url = make_url(settings["DATABASE_URL"])
    path = Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None
    if path is not None and not path.exists():
        return "gone"  # what is open of it would be written to nowhere
    try:
        _write_row(now=clock.now(), is_postgresql=path is None)
    except (SQLAlchemyError, OSError) as problem:
        db.session.rollback()
        return causes.of(problem) or "disk"
    return None if path is None else (_of_folder(path.parent) or _of_file(path, known))


def _write_row(*, now: datetime, is_postgresql: bool) -> None:
    """One row, written and kept: what is taken back never reaches the disk."""
    # Finer than a second: SQLite writes nothing at all when the row already says what it is to say.
    at = now + timedelta(microseconds=time.monotonic_ns() // 1000 % 1_000_000)
    statement = insert_into(WriteTrial).values(name=heartbeat.own_name(), tried_at=at)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"tried_at": at})
    with unit_of_work(wait=LOCK_WAIT):
        if is_postgresql:  # what an INSERT there will ask for, whoever has locked the table or taken the right away
            db.session.execute(text("LOCK TABLE registrations IN ROW EXCLUSIVE MODE"))
        db.session.execute(statement)


def _of_mail(instance: Path) -> str | None:
    """The first letter makes the folder; until then it has to be possible."""
    folder = instance / "mail"
    return _of_folder(folder if os.path.lexists(folder) else instance)


def _of_folder(folder: Path) -> str | None:
    """Whether a file can be written there, and why not."""
    try:
        space = os.statvfs(folder) if hasattr(os, "statvfs") else None
        if space and space.f_bavail * space.f_frsize < SMALLEST_SPACE:
            return "full"
        with tempfile.TemporaryFile(dir=folder, prefix=".trial-") as file:
            file.write(b"\0" * TRIAL_BYTES)
            file.flush()
    except (FileNotFoundError, NotADirectoryError):
        return "gone"
    except OSError as problem:
        return causes.of(problem) or "read_only"
    return None


def _of_file(path: Path, known: _Known) -> str | None:
    """What a connection that has nothing in its memory sees of a SQLite file: each table's beginning, and from time to
    time all of it."""
    now = time.monotonic()
    is_deep = known.deep_at is None or now >= known.deep_at
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            if is_deep:
                (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
                known.deep = None if state == "ok" else "damaged"
                known.deep_at = now + max(DEEP_EVERY, (time.monotonic() - now) * DEEP_SHARE)
            for (table,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                connection.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()
    except sqlite3.Error as problem:
        name = getattr(problem, "sqlite_errorname", "")
        found = next((cause for start, cause in causes.SQLITE if name.startswith(start)), "damaged")
        return None if found == "locked" else found  # the row was written a moment ago
    return known.deep
