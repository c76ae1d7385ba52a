"""Why a database refused, by the codes that both databases and the system give."""

import errno
import sqlite3
from typing import Any

import psycopg.errors
import pytest
from sqlalchemy.exc import (
    DatabaseError,
    IntegrityError,
    InternalError,
    OperationalError,
    ProgrammingError,
    TimeoutError as PoolTimeout,
)

from clusterweek.db import causes


def of_sqlite(name: str, said: str = "x") -> Any:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorname = name
    return OperationalError("SELECT", None, error)


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (of_sqlite("SQLITE_BUSY"), "locked"),
        (of_sqlite("SQLITE_BUSY_SNAPSHOT"), "locked"),
        (of_sqlite("SQLITE_PROTOCOL"), "locked"),
        (of_sqlite("SQLITE_FULL"), "full"),
        (of_sqlite("SQLITE_READONLY_DIRECTORY"), "read_only"),
        (of_sqlite("SQLITE_CORRUPT_INDEX"), "damaged"),
        (of_sqlite("SQLITE_NOTADB"), "damaged"),
        (of_sqlite("SQLITE_IOERR_WRITE"), "disk"),
        (of_sqlite("SQLITE_CANTOPEN"), "gone"),
        (of_sqlite("SQLITE_ERROR", "no such table: people"), "schema"),
        (of_sqlite("SQLITE_ERROR", 'near "SELEC": syntax error'), None),
        (OperationalError("BEGIN", None, sqlite3.OperationalError("database is locked")), "locked"),
        (PoolTimeout("QueuePool limit"), "locked"),
        (OperationalError("x", None, psycopg.errors.LockNotAvailable("x")), "locked"),
        (OperationalError("x", None, psycopg.errors.DeadlockDetected("x")), "locked"),
        (OperationalError("x", None, psycopg.errors.TooManyConnections("x")), "locked"),
        (OperationalError("x", None, psycopg.errors.DiskFull("x")), "full"),
        (OperationalError("x", None, psycopg.errors.ProgramLimitExceeded("x")), None),
        (InternalError("x", None, psycopg.errors.ReadOnlySqlTransaction("x")), "read_only"),
        (ProgrammingError("x", None, psycopg.errors.InsufficientPrivilege("x")), "read_only"),
        (InternalError("x", None, psycopg.errors.DataCorrupted("x")), "damaged"),
        (OperationalError("x", None, psycopg.errors.IoError("x")), "disk"),
        (OperationalError("x", None, psycopg.errors.AdminShutdown("x")), "gone"),
        (OperationalError("x", None, psycopg.errors.CannotConnectNow("x")), "gone"),
        (OperationalError("x", None, psycopg.OperationalError("connection refused")), "gone"),
        (DatabaseError("x", None, psycopg.OperationalError("x"), connection_invalidated=True), "gone"),
        (ProgrammingError("x", None, psycopg.errors.UndefinedTable("x")), "schema"),
        (IntegrityError("x", None, psycopg.errors.UniqueViolation("x")), None),
        (ProgrammingError("x", None, psycopg.errors.SyntaxError("x")), None),
        (OSError(errno.ENOSPC, "x"), "full"),
        (OSError(errno.EDQUOT, "x"), "full"),
        (OSError(errno.EROFS, "x"), "read_only"),
        (OSError(errno.EIO, "x"), "disk"),
        (FileNotFoundError(errno.ENOENT, "x"), None),
        (ValueError("database is locked"), None),
    ],
    ids=lambda value: value or "none" if isinstance(value, str | None) else str(getattr(value, "orig", value))[:30],
)
def test_each_error_has_its_cause(error: BaseException, cause: str | None) -> None:
    assert causes.of(error) == cause
    assert cause is None or cause in causes.CAUSES
