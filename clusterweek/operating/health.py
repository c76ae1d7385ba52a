"""Whether this installation can do its work right now: asked by monitors, load balancers and the doctor."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import SQLAlchemyError

from clusterweek.db import causes, session as database
from clusterweek.db.session import db
from clusterweek.operating import heartbeat, writing
from clusterweek.outbox import queries as outbox

SILENCE_SECONDS = 180  # nine heartbeats: the worker is not just busy, it is gone


# What is not well -> the same in words, for whoever is called at night. The keys stay: monitors read them.
REASONS = {
    "database_locked": "Somebody holds the lock of the database for long: nothing can be stored.",
    "database_full": "The disk of the database is full, or its quota used up: nothing can be stored.",
    "database_read_only": "The database cannot be written: read-only, a standby in recovery, or the right is missing.",
    "database_damaged": "The database is damaged: stop web and worker and restore a backup.",
    "database_disk": "The disk of the database fails, or lets no file grow: look at the system's log.",
    "database_gone": "The database does not answer, or its file or folder is gone.",
    "database_schema": "Tables or columns are missing; run `clusterweek db upgrade`.",
    "schema_behind": "The schema is older than the program; run `clusterweek db upgrade`.",
    "schema_unknown": "The schema is newer than the program; start the newer program.",
    "mail_folder": "Letters cannot be written into the folder mail of the instance.",
    "worker_missing": "No worker has given a sign of life; start `clusterweek worker`.",
    "worker_silent": "The worker is silent: no letters leave, no holds expire.",
    "worker_in_future": "The worker's last sign of life lies in the future: the clock was set back, or differs.",
}


@dataclass(frozen=True)
class Health:
    """What a monitor needs to know; seconds are None where nothing is there to count from."""

    database: bool  # it answers
    schema: bool = False  # it is the newest
    writable: bool = False  # a row was written
    worker_seconds: int | None = None  # since the last sign of life of any worker
    oldest_due_letter_seconds: int = 0  # how long the letter that waits longest has been due
    reasons: dict[str, str] = field(default_factory=dict)  # of REASONS, what is not well

    @property
    def is_ready(self) -> bool:
        return not self.reasons

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "ready": self.is_ready}


def check(*, now: datetime) -> Health:
    """Ask the database, and write into it; one that does not answer is an answer, too."""
    try:
        step = revision()
        if step != newest_revision():
            return _health("schema_behind" if step is None or knows(step) else "schema_unknown", database=True)
        beat_at, due_at = heartbeat.last_beat_at(now=now), outbox.oldest_due_at(now)
        is_ahead = heartbeat.next_beat_at(now=now) is not None
        db.session.rollback()  # the write must not begin in a transaction that has read
    except SQLAlchemyError as problem:
        db.session.rollback()
        cause = causes.of(problem) or "gone"
        return _health(f"database_{cause}", database=cause not in ("gone", "damaged"))
    hindrances = writing.hindrances()
    seconds = _seconds(beat_at, now) if beat_at else None
    worker = None
    if seconds is None:
        worker = "worker_in_future" if is_ahead else "worker_missing"
    elif seconds >= SILENCE_SECONDS:
        worker = "worker_in_future" if is_ahead else "worker_silent"
    return _health(
        *(cause if cause == "mail_folder" else f"database_{cause}" for cause in hindrances),
        *([worker] if worker else []),
        database="gone" not in hindrances,
        schema=True,
        writable=not set(hindrances) - {"mail_folder"},
        worker_seconds=seconds,
        oldest_due_letter_seconds=_seconds(due_at, now) if due_at else 0,
    )


def _health(*reasons: str, **found: Any) -> Health:
    return Health(reasons={reason: REASONS[reason] for reason in reasons}, **found)


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
