"""What may stand in for an activity that is full or cancelled: for its page, and for the letter about it.

Letters belong to a room on a lower floor; its templates find `similar_with_places`.
"""

from dataclasses import dataclass
from datetime import datetime

from flask import Flask

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.listing import filter as filters, load, query

SHOWN = 3


@dataclass(frozen=True)
class Similar:
    """One of them, with the date that comes next."""

    activity: Activity
    date: Occurrence | None


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(similar_with_places=with_places)


def with_places(activity: Activity, now: datetime) -> list[Similar]:
    """A few others of the same field with places, the next ones first."""
    if not activity.fields:
        return []
    chosen = filters.of([("field", activity.fields[0]), ("seats", "1")], now=now)
    others = [one for one in query.ids(activity.edition, chosen) if one != activity.id]
    return [Similar(one, next_date(one, now)) for one in load.whole(others[:SHOWN])]


def next_date(activity: Activity, now: datetime) -> Occurrence | None:
    """The date that comes next; when all are over, the first."""
    ahead = (one for one in activity.occurrences if one.ends_at > now)
    return next(ahead, activity.occurrences[0] if activity.occurrences else None)
