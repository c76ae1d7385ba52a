"""Which state of the programme a feed shows: one small query, all that an unchanged feed costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing.conditions import day_bounds
from clusterweek.web.freshness import etag_of

RELEASE = version("clusterweek")
TOMBSTONES_KEPT = timedelta(days=30)  # after the end; by then every calendar has asked again
COLUMNS = (
    Edition.id,
    Edition.slug,
    Edition.state,
    Edition.timezone,
    Edition.programme_version,
    Edition.programme_changed_at,
    Edition.programme_from,
    Edition.updated_at,
)


@dataclass(frozen=True)
class Version:
    """Everything that the bytes of a feed depend on, besides filter and language.

    `editions`: ids of those whose programme is shown; `gone_before`: tombstones of what ended before it are dropped.
    """

    editions: tuple[int, ...]
    slug: str
    zone: str
    key: tuple[object, ...]
    changed_at: datetime
    gone_before: datetime
    activity_id: int | None = None

    def etag(self, kind: str, lang: str, filter_key: str) -> str:
        return etag_of(kind, lang, filter_key, RELEASE, current_app.config["BASE_URL"], self.activity_id, *self.key)


def of_edition(slug: str, *, now: datetime) -> Version | None:
    """None when there is no such edition, or the public may not see it."""
    row = db.session.execute(select(*COLUMNS).where(Edition.slug == slug)).one_or_none()
    return None if row is None or row.state == "draft" else _version([row], row.timezone, now=now)


def of_all(*, now: datetime) -> Version:
    """All public editions."""
    rows = db.session.execute(select(*COLUMNS).where(Edition.state != "draft").order_by(Edition.id)).all()
    return _version(rows, current_app.config["TIMEZONE"], now=now)


def of_activity(activity_id: int, *, now: datetime) -> Version | None:
    """None when the public has never seen this activity, or may not see it yet."""
    row = db.session.execute(
        select(*COLUMNS)
        .join(Activity, Activity.edition_id == Edition.id)
        .where(Activity.id == activity_id, Activity.published_at.is_not(None))
    ).one_or_none()
    if row is None or row.state == "draft" or not _shows_programme(row, now):
        return None
    return _version([row], row.timezone, now=now, activity_id=activity_id)


def _version(rows: Sequence[Any], zone: str, *, now: datetime, activity_id: int | None = None) -> Version:
    today = now.astimezone(ZoneInfo(zone)).date()
    midnight, _next = day_bounds(today, zone)
    gone_before, _next = day_bounds(today - TOMBSTONES_KEPT, zone)
    shown = tuple(row.id for row in rows if _shows_programme(row, now))
    # Tombstones fall out at midnight: from then on the feed may be another one, by tag and by date.
    changed = [row.programme_changed_at or row.updated_at for row in rows]
    changed += [row.programme_from for row in rows if row.programme_from and row.programme_from <= now]
    return Version(
        shown,
        rows[0].slug if len(rows) == 1 else "all",
        zone,
        (today, shown, *((row.id, row.programme_version, row.slug) for row in rows)),
        max([midnight, *changed]),
        gone_before,
        activity_id,
    )


def _shows_programme(row: Any, now: datetime) -> bool:
    return row.programme_from is None or row.programme_from <= now
