"""One process after the other: changing the schema, and filling a database for the first time."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

KEY = 7_431_902_114  # of the lock in PostgreSQL; any number that no other program takes
LONGEST_WAIT = "10min"  # PostgreSQL; a step on the largest database tried took seconds


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Wait until no other process is in here, and keep the others out. Not to be entered twice by one process.

    SQLite: a lock on a file beside the database. PostgreSQL: an advisory lock, which ends with the connection. Both
    are free again when the process dies. Raises OSError where the file cannot be made, and SQLAlchemy's
    OperationalError where the database cannot be used or the wait is over.
    """
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.engine.url.database}.lock").open("ab") as file:
            _wait_for(file)
            yield  # closing the file gives the lock back
        return
    with engine.connect() as connection:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LONGEST_WAIT}'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": KEY})
        connection.commit()  # the lock belongs to the connection, not to the transaction
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": KEY})
            connection.commit()


def _wait_for(file: Any) -> None:
    if sys.platform == "win32":
        file.seek(0)
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # tries for ten seconds
                return
            except OSError:
                continue
    fcntl.flock(file, fcntl.LOCK_EX)
