"""Waits that grow with each failure: they slow a guesser down and lock nobody out.

Whoever is told to wait is not counted meanwhile, so nobody can prolong somebody's wait by knocking.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, case, delete, inspect, or_, select, update

from clusterweek.db.session import db, insert_into, unit_of_work
from clusterweek.limits.models import Wait
from clusterweek.web import links

KEPT = timedelta(days=2)  # longer than any memory of failures
KNOWN = timedelta(days=90)  # a season: whoever was let in from somewhere within it is no stranger there


@dataclass(frozen=True)
class Pace:
    """`free` failures cost nothing; then a wait of `first` seconds, twice as long each time, `most` at the longest.
    After `memory` seconds without a try all is forgotten."""

    free: int
    first: int
    most: int
    memory: int

    def seconds(self, failures: int) -> int:
        """How long to wait after so many failures."""
        beyond = failures - self.free
        return 0 if beyond <= 0 else min(self.most, self.first * 2 ** min(beyond - 1, 20))


class _Early(Exception):
    """Somebody came back before the wait was over."""

    def __init__(self, until: datetime) -> None:
        self.until = until


def enter(what: str, tries: Sequence[tuple[str, Pace]], *, now: datetime) -> int:
    """Begin a try, which counts as a failure until `succeeded` says otherwise. 0, or the seconds that are still to
    wait: then nothing was counted. Exact with several processes. Opens a unit of work of its own."""
    try:
        with unit_of_work():
            for who, pace in tries:
                _count(what, links.keyed_hash(who), pace, now)
    except _Early as early:
        return max(1, int((early.until - now).total_seconds()))
    return 0


def succeeded(what: str, who: str, *, now: datetime, is_own: bool) -> None:
    """The try went well. `is_own`: `who` is this person here, whose failures are forgotten and who is known from now
    on; otherwise others are counted together with them, and only this try is taken back."""
    changed: dict[str, Any] = (
        {"failures": 0, "until": now, "known_until": now + KNOWN}
        if is_own
        else {"failures": case((Wait.failures > 0, Wait.failures - 1), else_=0), "until": now}
    )
    db.session.execute(
        update(Wait).where(_is(what, who)).values(**changed).execution_options(synchronize_session=False)
    )


def is_known(what: str, who: str, *, now: datetime) -> bool:
    """Whether it went well for `who` within the last season."""
    return db.session.scalar(select(Wait.what).where(_is(what, who), Wait.known_until > now)) is not None


def claim(what: str, who: str, seconds: int, *, now: datetime) -> datetime | None:
    """Take the one turn that `who` has in `seconds`, in the running transaction: None, or when the next one comes."""
    hashed = links.keyed_hash(who)
    until = now + timedelta(seconds=seconds)
    statement = insert_into(Wait).values(what=what, who=hashed, failures=0, tried_at=now, until=until)
    statement = statement.on_conflict_do_update(
        index_elements=["what", "who"], set_={"tried_at": now, "until": until}, where=Wait.until <= now
    )
    if db.session.execute(statement.returning(Wait.until)).first():
        return None
    return db.session.scalar(select(Wait.until).where(Wait.what == what, Wait.who == hashed))


def forget_claims(what: str, connection: Connection) -> None:
    """Give everybody their turn back. An older database that is being restored has none to give back."""
    if inspect(connection).has_table(Wait.__tablename__):
        connection.execute(delete(Wait.__table__).where(Wait.__table__.c.what == what))  # type: ignore[arg-type]


def forget_old(*, now: datetime) -> None:
    """Delete what holds nobody up any more and vouches for nobody."""
    is_unknown = or_(Wait.known_until.is_(None), Wait.known_until < now)
    db.session.execute(delete(Wait).where(Wait.tried_at < now - KEPT, Wait.until < now, is_unknown))


def _count(what: str, hashed: str, pace: Pace, now: datetime) -> None:
    statement = insert_into(Wait).values(what=what, who=hashed, failures=1, tried_at=now, until=now)
    is_forgotten = Wait.tried_at < now - timedelta(seconds=pace.memory)
    statement = statement.on_conflict_do_update(
        index_elements=["what", "who"],
        set_={"failures": case((is_forgotten, 1), else_=Wait.failures + 1), "tried_at": now},
    )
    # The row is locked from here on: of two tries at once the second finds the wait that the first one has set.
    failures, until = db.session.execute(statement.returning(Wait.failures, Wait.until)).one()
    if until > now:
        raise _Early(until)
    if seconds := pace.seconds(failures):
        db.session.execute(
            update(Wait)
            .where(Wait.what == what, Wait.who == hashed)
            .values(until=now + timedelta(seconds=seconds))
            .execution_options(synchronize_session=False)
        )


def _is(what: str, who: str) -> Any:
    return (Wait.what == what) & (Wait.who == links.keyed_hash(who))
