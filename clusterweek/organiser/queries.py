"""Reading for the desk: counts, lists and tables over what the rooms below keep."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Row, func, select

from clusterweek.accounts.models import Person
from clusterweek.activities import standing
from clusterweek.activities.desk import seen
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note
from clusterweek.listing import filter as filters, query
from clusterweek.listing.filter import Filter
from clusterweek.vocabulary import lists

WAITING = filters.of([("review", "submitted")], now=datetime.min, kinds=filters.DESK)
_TAKES_PLACE = [("status", code) for code in lists.HAPPENINGS if code not in standing.OFF]
# What is public and not off, and what may still become so outside the days of the edition.
ON = filters.of([("review", "published"), *_TAKES_PLACE], now=datetime.min, kinds=filters.DESK)
OUTSIDE = ON.only("review", "published", "submitted").only("outside", "1")


def waiting(edition: Edition, chosen: Filter, sight: Sight) -> list[Row[tuple[int, datetime]]]:
    """(id, submitted_at) of what waits for a decision and the filter finds, the oldest first."""
    found = query.matching(edition, chosen.only("review", "submitted"), sight=sight)
    return list(
        db.session.execute(
            select(Activity.id, Activity.submitted_at)
            .where(Activity.id.in_(found))
            .order_by(Activity.submitted_at, Activity.id)
        )
    )


def count_by_status(edition: Edition, sight: Sight) -> dict[str, int]:
    """How many activities of an edition stand at which step of the review."""
    return count_by_edition(sight).get(edition.id, {})


def count_by_edition(sight: Sight) -> dict[int, dict[str, int]]:
    """The same for all editions: edition id -> step -> number."""
    found: dict[int, dict[str, int]] = {}
    for edition_id, status, count in db.session.execute(
        select(Activity.edition_id, Activity.review_status, func.count())
        .where(seen(sight))
        .group_by(Activity.edition_id, Activity.review_status)
    ):
        found.setdefault(edition_id, {})[status] = count
    return found


def history(activity: Activity) -> list[Note]:
    """What was done with an activity, the newest first."""
    return list(
        db.session.scalars(
            select(Note)
            .where(Note.subject_type == "activity", Note.subject_id == activity.id)
            .order_by(Note.id.desc())
            .limit(200)
        )
    )


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people by their ids; who is gone is left out."""
    wanted = {one for one in ids if one is not None}
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all())
