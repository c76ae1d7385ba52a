"""What stands in a calendar feed: dates that the filter finds, and tombstones of those that are gone."""

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import and_, or_, select
from sqlalchemy.orm.attributes import set_committed_value

from clusterweek.activities import standing
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.calendar import files as calendar
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.feeds.versions import RELEASE, Version
from clusterweek.listing import conditions, kept, load
from clusterweek.listing.filter import Filter

LIMIT = 48 * 1024 * 1024  # bytes; 20,000 entries take about 35 MB
Rendered = tuple[bytes, str | None]


def of(version: Version, chosen: Filter, lang: str) -> list[Rendered]:
    """The entries of a feed, by (start, id). Only those rendered anew that have changed since they were last asked for.

    A filter by day or Land keeps the dates it speaks of: a course in two towns gives one entry to each Land's feed.
    """
    shelf = kept.shelf("entries", limit=LIMIT)
    base = (lang, RELEASE, current_app.config["BASE_URL"])
    found = _stamps(version, chosen)
    entries: list[Rendered | None] = [shelf.get((*row, *base)) for row in found]
    if missing := [row for row, entry in zip(found, entries, strict=True) if entry is None]:
        fresh = _rendered(missing, lang)
        for n, row in enumerate(found):
            if entries[n] is None and (entry := fresh.get(row.id)):
                entries[n] = entry
                shelf.put((*row, *base), entry, len(entry[0]))
    return [entry for entry in entries if entry is not None]


def _stamps(version: Version, chosen: Filter) -> Sequence[Any]:
    """One row for each entry, with everything that its text depends on."""
    edition = db.session.get(Edition, version.editions[0]) if len(version.editions) == 1 else None
    return db.session.execute(
        select(
            Occurrence.id,
            Activity.id.label("activity_id"),
            Activity.version,
            Activity.updated_at.label("activity_updated_at"),
            Occurrence.updated_at,
            Occurrence.sequence,
            Occurrence.removed_at,
        )
        .join(Activity, Activity.id == Occurrence.activity_id)
        .where(
            Activity.edition_id.in_(version.editions),
            *([Activity.id == version.activity_id] if version.activity_id else []),
            Activity.published_at.is_not(None),
            or_(_is_on(chosen), and_(_is_gone(chosen), Occurrence.ends_at >= version.gone_before)),
            *conditions.of_activity(chosen.without("status")),
            *conditions.of_occurrence(chosen, edition),
        )
        .order_by(Occurrence.starts_at, Occurrence.id)
    ).all()


def _is_on(chosen: Filter) -> conditions.Condition:
    wanted = and_(
        Activity.review_status == "published",
        Occurrence.removed_at.is_(None),
        ~Activity.is_off,
    )
    if not chosen.has("status"):
        return wanted
    # What has taken place was confirmed, and its entry still says so: nobody's calendar loses it the night after.
    asked_for = [*chosen.values("status"), *(["held"] if chosen.has("status", "confirmed") else [])]
    return and_(wanted, Activity.happening.in_(asked_for))


def _is_gone(chosen: Filter) -> conditions.Condition:
    """Tombstones. A filter by status must ask for what became of them, one by free places never finds them."""
    because_postponed = and_(
        Activity.review_status == "published",
        ~Activity.is_cancelled,
        or_(
            and_(Occurrence.removed_at.is_not(None), Occurrence.was_postponed),
            and_(Occurrence.removed_at.is_(None), Activity.is_postponed),
        ),
    )
    otherwise = or_(
        Activity.review_status != "published",
        and_(Occurrence.removed_at.is_not(None), ~Occurrence.was_postponed),
        Activity.is_cancelled,
    )
    wanted = []
    if not chosen.has("seats"):
        if not chosen.has("status") or chosen.has("status", standing.POSTPONED):
            wanted.append(because_postponed)
        if not chosen.has("status") or chosen.has("status", standing.CANCELLED):
            wanted.append(otherwise)
    return or_(*wanted) if wanted else Occurrence.id.is_(None)


def _rendered(missing: Sequence[Any], lang: str) -> dict[int, Rendered]:
    activities = {activity.id: activity for activity in load.whole(dict.fromkeys(row.activity_id for row in missing))}
    ids = [row.id for row in missing]
    occurrences = db.session.scalars(select(Occurrence).where(Occurrence.id.in_(load.IDS)), {"ids": ids}).all()
    for occurrence in occurrences:
        set_committed_value(occurrence, "activity", activities[occurrence.activity_id])
    return {occurrence.id: calendar.rendered(occurrence, lang) for occurrence in occurrences}
