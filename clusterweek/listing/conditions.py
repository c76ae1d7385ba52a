"""The filter as SQL conditions, the same on both databases.

`land` and `day` speak of occurrences: with both, one and the same occurrence must lie in that Land and touch that day.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from clusterweek.activities.models import Activity, ActivityCountry, ActivityField, ActivityLanguage, CoHost, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing.filter import Filter, UnknownFilter
from clusterweek.registrations import newcomers

Condition = ColumnElement[bool]


def of_edition(edition: Edition | None) -> list[Condition]:
    """Published, in one edition or (None) in all that are public."""
    if edition is not None:
        return [Activity.edition_id == edition.id, Activity.review_status == "published"]
    public = select(Edition.id).where(Edition.state != "draft")
    return [Activity.edition_id.in_(public), Activity.review_status == "published"]


def of_activity(chosen: Filter) -> list[Condition]:
    """What the filter asks of the activity itself. Raises UnknownFilter for a cluster that does not exist."""
    found: list[Condition] = []
    if searches := chosen.searches:
        found.append(
            or_(*(and_(*(Activity.search_text.contains(w, autoescape=True) for w in words)) for words in searches))
        )
    for name, column in (("format", Activity.format), ("mode", Activity.mode), ("access", Activity.access)):
        if values := chosen.values(name):
            found.append(column.in_(values))
    if values := chosen.values("status"):
        found.append(Activity.happening.in_(values))
    if values := chosen.values("field"):
        found.append(exists().where(ActivityField.activity_id == Activity.id, ActivityField.field.in_(values)))
    if values := chosen.values("country"):
        found.append(exists().where(ActivityCountry.activity_id == Activity.id, ActivityCountry.country.in_(values)))
    if values := chosen.values("language"):
        found.append(exists().where(ActivityLanguage.activity_id == Activity.id, ActivityLanguage.language.in_(values)))
    if values := chosen.values("host_land"):
        found.append(Activity.host_cluster_id.in_(select(Cluster.id).where(Cluster.land.in_(values))))
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
    return found


def of_occurrence(chosen: Filter, edition: Edition | None) -> list[Condition]:
    """What the filter asks of an occurrence; empty when it asks nothing."""
    found: list[Condition] = []
    if values := chosen.values("land"):
        found.append(Occurrence.venue_land.in_(values))
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
