"""The filter as SQL conditions, the same on both databases.

`land` and `day` speak of occurrences: with both, one and the same occurrence must lie in that Land and touch that day.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from clusterweek.activities import texts
from clusterweek.activities.desk import seen
from clusterweek.activities.models import Activity, ActivityCountry, ActivityField, ActivityLanguage, CoHost, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.listing.filter import NONE, Filter, UnknownFilter
from clusterweek.registrations import newcomers

Condition = ColumnElement[bool]
NUMBER = re.compile(r"#?([0-9]{1,9})")
COLUMNS = {
    "format": Activity.format,
    "mode": Activity.mode,
    "access": Activity.access,
    "status": Activity.happening,
    "review": Activity.review_status,
}


def of_scope(edition: Edition | None, sight: Sight | None = None) -> list[Condition]:
    """What there is to be narrowed, in one edition or (None) in all that are public: what is published, or at the
    office's desk what the person's sight shows."""
    public = select(Edition.id).where(Edition.state != "draft")
    here = Activity.edition_id == edition.id if edition else Activity.edition_id.in_(public)
    return [here, Activity.review_status == "published" if sight is None else seen(sight)]


def of_activity(chosen: Filter, *, by_number: bool = False) -> list[Condition]:
    """What the filter asks of the activity itself. Raises UnknownFilter for a cluster that does not exist."""
    found: list[Condition] = [column.in_(values) for name, column in COLUMNS.items() if (values := chosen.values(name))]
    if searches := chosen.values("q"):
        found.append(or_(*(_says(search, by_number=by_number) for search in searches)))
    if values := chosen.values("field"):
        found.append(exists().where(ActivityField.activity_id == Activity.id, ActivityField.field.in_(values)))
    if values := chosen.values("country"):
        found.append(exists().where(ActivityCountry.activity_id == Activity.id, ActivityCountry.country.in_(values)))
    if values := chosen.values("language"):
        found.append(exists().where(ActivityLanguage.activity_id == Activity.id, ActivityLanguage.language.in_(values)))
    if values := chosen.values("host_land"):
        hosted = Activity.host_cluster_id.in_(select(Cluster.id).where(_in(Cluster.land, values)))
        found.append(or_(hosted, Activity.host_cluster_id.is_(None)) if NONE in values else hosted)
    if values := chosen.values("cluster"):
        ids = _cluster_ids(values)
        co_hosted = exists().where(CoHost.activity_id == Activity.id, CoHost.cluster_id.in_(ids))
        found.append(or_(Activity.host_cluster_id.in_(ids), co_hosted))
    if chosen.has("cost"):
        found.append(func.coalesce(Activity.cost_note, "") == "")
    if chosen.has("accessible"):
        found.append(Activity.is_accessible.is_(True))
    if chosen.has("seats"):
        found.append(newcomers.has_free_places(chosen.now))
    if values := chosen.values("concerns"):
        found.append(seen(Sight(is_whole=False, laender=frozenset(values), countries=frozenset(values))))
    if chosen.has("outside"):
        found.append(Activity.outside_window_allowed.is_(False))
    return found


def of_occurrence(chosen: Filter, edition: Edition | None) -> list[Condition]:
    """What the filter asks of an occurrence; empty when it asks nothing."""
    found: list[Condition] = []
    if values := chosen.values("land"):
        found.append(_in(Occurrence.venue_land, values))
    if chosen.has("outside") and edition:
        found.append(_leaves(edition))
    if chosen.days:
        if edition is not None:
            found.append(_touches_any(chosen.days, edition.timezone))
        else:
            zones = db.session.execute(select(Edition.timezone, Edition.id).where(Edition.state != "draft")).all()
            by_zone: dict[str, list[int]] = {}
            for zone, edition_id in zones:
                by_zone.setdefault(zone, []).append(edition_id)
            found.append(
                or_(
                    *(
                        and_(Activity.edition_id.in_(ids), _touches_any(chosen.days, zone))
                        for zone, ids in sorted(by_zone.items())
                    )
                )
            )
    return found


def day_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends in a zone."""
    here = ZoneInfo(zone)
    first, after = datetime.combine(day, datetime.min.time()), datetime.combine(day + timedelta(1), datetime.min.time())
    return first.replace(tzinfo=here).astimezone(UTC), after.replace(tzinfo=here).astimezone(UTC)


def _says(search: str, *, by_number: bool) -> Condition:
    """Every word stands in its texts; where numbers are known, a mere number means the activity of that number."""
    if by_number and (number := NUMBER.fullmatch(search)):
        return Activity.id == int(number[1])
    return and_(*(Activity.search_text.contains(word, autoescape=True) for word in texts.fold(search).split()))


def _in(column: Any, laender: Iterable[str]) -> Condition:
    """One of these Länder; with `none` also no Land."""
    return or_(column.in_(laender), column.is_(None)) if NONE in laender else column.in_(laender)


def _leaves(edition: Edition) -> Condition:
    """Begins before the first day or ends after the last; of an edition without exact days nothing does."""
    if edition.date_precision != "day":
        return false()
    first, last = (datetime.combine(day, datetime.min.time()) for day in (edition.starts_on, edition.ends_on))
    return or_(Occurrence.starts_local < first, Occurrence.ends_local > last + timedelta(1))


def _touches_any(days: Iterable[date], zone: str) -> Condition:
    return or_(*(_touches(day, zone) for day in days))


def _touches(day: date, zone: str) -> Condition:
    """09:00 in Lisbon counts by the edition's clock; a whole day is that date wherever it is."""
    begins, ends = day_bounds(day, zone)
    midnight = datetime.combine(day, datetime.min.time())
    return or_(
        and_(Occurrence.is_all_day.is_(False), Occurrence.starts_at < ends, Occurrence.ends_at > begins),
        and_(
            Occurrence.is_all_day.is_(True),
            Occurrence.starts_local < midnight + timedelta(1),
            Occurrence.ends_local > midnight,
        ),
    )


def _cluster_ids(slugs: tuple[str, ...]) -> list[int]:
    found = db.session.execute(select(Cluster.slug, Cluster.id).where(Cluster.slug.in_(slugs))).all()
    known = {row.slug: row.id for row in found}
    for slug in slugs:
        if slug not in known:
            raise UnknownFilter("cluster", slug)
    return [known[slug] for slug in slugs]
