"""What SQLite needs to be told so that writers queue up and nobody is lost."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, event
from sqlalchemy.exc import OperationalError

BUSY_MILLISECONDS = 20_000  # the longest wait seen with 500 people at once was 4.7 s
_line = threading.RLock()


def file_of(url: URL) -> Path | None:
    """Where the database lies; None when it is another than SQLite's."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def make_file(url: URL) -> None:
    """An empty database file that only its owner may read, as the keys; one that is there stays as it is."""
    if (file := file_of(url)) and not file.exists():
        file.touch(mode=0o600)  # its log gets the same rights from SQLite


def prepare(engine: Engine) -> None:
    """Own BEGIN, write-ahead log, foreign keys. Call once per engine; does nothing for other databases."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late (before the first write only), which loses the lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")  # first: the next line may have to wait
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        options = connection.get_execution_options()
        mode = options.get("sqlite_begin", "DEFERRED")
        if mode == "DEFERRED":
            # Straight to the driver: through SQLAlchemy it would cost every request as much as a small query.
            connection.connection.driver_connection.execute("BEGIN DEFERRED")
            return
        wait = int(connection.get_execution_options().get("sqlite_wait", BUSY_MILLISECONDS / 1000) * 1000)
        try:
            if wait != BUSY_MILLISECONDS:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={wait}")
            # May have to wait in vain: SQLAlchemy makes the error one that the pages know.
            connection.exec_driver_sql(f"BEGIN {mode}")
        finally:
            if wait != BUSY_MILLISECONDS:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


@contextmanager
def in_line(wait: float) -> Iterator[None]:
    """One writer of this process after the other; who waits longer than `wait` seconds is sent away.

    SQLite lets whoever asks at the right moment go first, so among 64 threads some wait for ever; here they stand in
    line, and only the processes compete. Raises OperationalError, as SQLite would, when the wait is over.
    """
    if not _line.acquire(timeout=wait):
        raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
    try:
        yield
    finally:
        _line.release()
