"""The session, and the one way to write."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Table, event, text
from sqlalchemy.dialects import postgresql, sqlite as sqlite_dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase

from clusterweek.db import numbers, sqlite
from clusterweek.db.types import METADATA

log = logging.getLogger(__name__)
LOCK_SECONDS = (
    20  # PostgreSQL, as long as on SQLite: 5 were too few for 500 people at once on a machine with other work
)


class Model(DeclarativeBase):
    """Base of every table."""

    metadata = METADATA


event.listen(Table, "before_create", numbers.give_each_once)


class Session(FlaskSession):
    """One that can always be put away: at the end of a request nobody is left to answer an error."""

    def close(self) -> None:
        try:
            super().close()
        except DBAPIError as problem:  # the database died meanwhile; its connection goes, and the pool makes another
            log.warning("a session could not be closed: %s", type(problem.orig).__name__)
            self.invalidate()


# expire_on_commit=False: what an action returned can still be shown after the commit, without new queries.
db = SQLAlchemy(model_class=Model, session_options={"expire_on_commit": False, "class_": Session})


@contextmanager
def unit_of_work(*, wait: float | None = None) -> Iterator[None]:
    """Write: all of it or nothing. Opened once, at the edge (view, job, command).

    Announces at its start that it will write, so that writers queue up: SQLite by BEGIN IMMEDIATE,
    PostgreSQL with a limit on waiting for a locked row. Raises `sqlalchemy.exc.OperationalError` when `wait` seconds
    (LOCK_SECONDS) are over; a page that only reads and notes something by the way must give a short one.
    """
    wait = LOCK_SECONDS if wait is None else wait
    session = db.session()
    if session.info.get("is_writing"):  # it would commit the half that was done so far
        raise RuntimeError("a unit of work is open already")
    if session.in_transaction():
        if session.new or session.dirty or session.deleted:
            raise RuntimeError("changes were made outside a unit of work")
        # Ends the reading transaction that loading the person has opened. A write inside it
        # would fail at once with SQLITE_BUSY_SNAPSHOT whenever somebody else wrote meanwhile.
        session.commit()
        session.expire_all()
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    with sqlite.in_line(wait) if is_sqlite else nullcontext():
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE", "sqlite_wait": wait})
        if not is_sqlite:
            # 0 would mean to wait for ever.
            session.execute(text(f"SET LOCAL lock_timeout = {max(1, int(wait * 1000))}"))
        session.info["is_writing"] = True
        try:
            yield
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.info["is_writing"] = False


def stand_in_line(name: str, number: int = 0) -> None:
    """Only one unit of work at a time goes on from here, for this name and number, until it ends.

    For what must not be done twice at once and has no row to be locked. On SQLite units of work stand in line anyway.
    """
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:name), :number)"), {"name": name, "number": number}
        )


def insert_into(table: type[Model]) -> Any:
    """An INSERT that knows ON CONFLICT, in the words of the database that is in use."""
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    return (postgresql.insert if is_postgresql else sqlite_dialect.insert)(table)
