"""What stands in the outbox."""

from datetime import datetime

from sqlalchemy import func, select

from clusterweek.db.session import db
from clusterweek.outbox.models import STATES, Letter


def oldest_due_at(now: datetime) -> datetime | None:
    """Since when the letter that has waited longest is due; None when nothing waits."""
    return db.session.scalar(select(func.min(Letter.due_at)).where(Letter.state == "queued", Letter.due_at <= now))


def counts() -> dict[str, int]:
    """How many letters are in each state."""
    found = dict(db.session.execute(select(Letter.state, func.count()).group_by(Letter.state)).all())
    return {state: found.get(state, 0) for state in STATES}
