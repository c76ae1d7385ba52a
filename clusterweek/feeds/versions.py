"""Which state of the programme a feed shows: one small query, all that an unchanged feed costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

from flask import current_app
from sqlalchemy import Select, String, and_, bindparam, literal_column, select, type_coerce

from clusterweek import clock
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.feeds.door import Question
from clusterweek.listing.conditions import day_bounds
from clusterweek.web.freshness import etag_of

RELEASE = version("clusterweek")
TOMBSTONES_KEPT = timedelta(days=30)  # after the end; by then every calendar has asked again
# Put together once: to build them takes longer than to ask them. Tables, not models: rows need no care of the session.
EDITIONS: Any = Edition.__table__
ACTIVITIES: Any = Activity.__table__
OF_ACTIVITY = and_(ACTIVITIES.c.id == bindparam("activity_id"), ACTIVITIES.c.published_at.is_not(None))


def _of(columns: list[Any]) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """The same columns of one edition by its slug, of all, of the edition of an activity; drafts never."""
    public = select(*columns).where(EDITIONS.c.state != literal_column("'draft'"))
    return (
        public.where(EDITIONS.c.slug == bindparam("slug")),
        public.order_by(EDITIONS.c.id),
        public.join(ACTIVITIES, ACTIVITIES.c.edition_id == EDITIONS.c.id).where(OF_ACTIVITY),
    )


# The number of a state and when it was given: after a restore a number may come again, but not at the same time. The
# time as the driver returns it, for the door does not go through SQLAlchemy's types.
STATE = [EDITIONS.c.id, EDITIONS.c.programme_version, type_coerce(EDITIONS.c.programme_changed_at, String).label("at")]
COLUMNS = [
    *STATE,
    EDITIONS.c.slug,
    EDITIONS.c.timezone,
    EDITIONS.c.programme_changed_at,
    EDITIONS.c.programme_from,
    EDITIONS.c.updated_at,
]
BY_SLUG, ALL, BY_ACTIVITY = _of(COLUMNS)
# Everything else about an edition changes its state too.
SAME_BY_SLUG, SAME_ALL, SAME_BY_ACTIVITY = (Question(statement) for statement in _of(STATE))


@dataclass(frozen=True)
class Version:
    """Everything that the bytes of a feed depend on, besides filter and language.

    `editions`: ids of those whose programme is shown; `gone_before`: tombstones of what ended before it are dropped.
    Until `until` it stays this version as long as `question` returns `states`.
    """

    editions: tuple[int, ...]
    slug: str
    zone: str
    key: tuple[object, ...]
    states: list[tuple[Any, ...]]
    changed_at: datetime
    gone_before: datetime
    until: datetime
    question: Question
    values: dict[str, Any]

    @property
    def activity_id(self) -> int | None:
        return self.values.get("activity_id")

    def etag(self, kind: str, lang: str, filter_key: str) -> str:
        return etag_of(kind, lang, filter_key, RELEASE, current_app.config["BASE_URL"], self.values, *self.key)


def of_edition(slug: str, *, now: datetime) -> Version | None:
    """None when there is no such edition, or the public may not see it."""
    row = db.session.execute(BY_SLUG, {"slug": slug}).one_or_none()
    return _version([row], row.timezone, SAME_BY_SLUG, {"slug": slug}, now=now) if row else None


def of_all(*, now: datetime) -> Version:
    """All public editions."""
    return _version(db.session.execute(ALL).all(), current_app.config["TIMEZONE"], SAME_ALL, {}, now=now)


def of_activity(activity_id: int, *, now: datetime) -> Version | None:
    """None when the public has never seen this activity, or may not see it yet."""
    row = db.session.execute(BY_ACTIVITY, {"activity_id": activity_id}).one_or_none()
    if row is None or not _shows_programme(row, now):
        return None
    return _version([row], row.timezone, SAME_BY_ACTIVITY, {"activity_id": activity_id}, now=now)


def _version(rows: Sequence[Any], zone: str, question: Question, values: dict[str, Any], *, now: datetime) -> Version:
    today = clock.today(zone, now=now)
    midnight, next_midnight = day_bounds(today, zone)
    gone_before, _next = day_bounds(today - TOMBSTONES_KEPT, zone)
    shown = tuple(row.id for row in rows if _shows_programme(row, now))
    # Tombstones fall out at midnight: from then on the feed may be another one, by tag and by date.
    changed = [row.programme_changed_at or row.updated_at for row in rows]
    return Version(
        editions=shown,
        slug=rows[0].slug if len(rows) == 1 else "all",
        zone=zone,
        key=(today, shown, *((row.id, row.programme_version, row.programme_changed_at) for row in rows)),
        states=[(row.id, row.programme_version, row.at) for row in rows],
        changed_at=max(
            [midnight, *changed, *(row.programme_from for row in rows if row.id in shown and row.programme_from)]
        ),
        gone_before=gone_before,
        until=min([next_midnight, *(row.programme_from for row in rows if row.id not in shown)]),
        question=question,
        values=values,
    )


def _shows_programme(row: Any, now: datetime) -> bool:
    return row.programme_from is None or row.programme_from <= now
