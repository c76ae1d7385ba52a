"""What has taken place is marked as held by the worker, once a night; a new date to come takes the mark away again."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.editions import actions as editions


def note_held(*, now: datetime) -> int:
    """Mark every public activity as held that was confirmed and whose last date is over; says how many.

    Nobody is written to, and the entries in calendars stay what they are: only filters by status tell the difference.
    """
    over = (
        Activity.review_status == "published",
        Activity.happening == "confirmed",
        _has_date(),
        ~_has_date(Occurrence.ends_at > now),
    )
    edition_ids = db.session.scalars(select(Activity.edition_id).where(*over).distinct()).all()
    if not edition_ids:
        return 0
    marked = db.session.execute(
        update(Activity).where(*over).values(happening="held").execution_options(synchronize_session="fetch")
    )
    for edition_id in sorted(edition_ids):
        editions.touch_programme(edition_id, now=now)
    return marked.rowcount  # type: ignore[attr-defined]


def _has_date(*more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None), *more)
