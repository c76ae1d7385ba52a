"""Whether this installation can do its work right now: asked by monitors, load balancers and the doctor."""

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from clusterweek.db import session as database
from clusterweek.db.session import db
from clusterweek.operating import heartbeat
from clusterweek.outbox import queries as outbox

SILENCE_SECONDS = 180  # nine heartbeats: the worker is not just busy, it is gone


@dataclass(frozen=True)
class Health:
    """What a monitor needs to know; seconds are None where nothing is there to count from."""

    database: bool
    schema: bool = False
    worker_seconds: int | None = None  # since the last sign of life of any worker
    oldest_due_letter_seconds: int = 0  # how long the letter that waits longest has been due

    @property
    def is_ready(self) -> bool:
        return (
            self.database and self.schema and self.worker_seconds is not None and self.worker_seconds < SILENCE_SECONDS
        )

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ready": self.is_ready}


def check(*, now: datetime) -> Health:
    """Ask the database; a database that does not answer is an answer, too."""
    try:
        if revision() != newest_revision():
            return Health(database=True)
        beat_at, due_at = heartbeat.last_beat_at(), outbox.oldest_due_at(now)
    except SQLAlchemyError:
        db.session.rollback()
        return Health(database=False)
    return Health(
        database=True,
        schema=True,
        worker_seconds=_seconds(beat_at, now) if beat_at else None,
        oldest_due_letter_seconds=_seconds(due_at, now) if due_at else 0,
    )


def revision() -> str | None:
    """The step of the schema that the database stands at; None when it has no schema yet."""
    if not inspect(db.session.connection()).has_table("alembic_version"):
        return None
    return db.session.scalar(text("SELECT version_num FROM alembic_version"))


@cache
def newest_revision() -> str | None:
    """The step that this version of the program wants."""
    return _steps().get_current_head()


def knows(step: str) -> bool:
    """Whether `step` is one of ours; a database from a newer version stands at one that is not."""
    return step in {script.revision for script in _steps().walk_revisions()}


@cache
def _steps() -> ScriptDirectory:
    return ScriptDirectory(str(Path(database.__file__).parent / "upgrades"))


def _seconds(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds()))
