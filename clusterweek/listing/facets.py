"""How many activities each choice would find: the numbers beside the filters, kept until the programme changes."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, distinct, func, literal_column, select, union_all

from clusterweek.activities.models import Activity, ActivityCountry, ActivityField, ActivityLanguage, CoHost, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing import conditions, kept, outline, query
from clusterweek.listing.filter import Filter

LIMIT = 8 * 1024 * 1024  # bytes
SIZE = 12_000  # of one set of counts, about


@dataclass(frozen=True)
class Facets:
    """Counts by code. `counts["land"]` answers: how many if this Land were chosen instead of those chosen now?

    Choices that find nothing are not in it, ask with `of`. `total`: what the filter finds; `all_total`: without any
    filter. `days`: every day of the edition (and others on which something begins) -> everything that touches it, days
    with 0 too; an activity of three days counts on three, so their sum is larger than the total.
    """

    total: int
    all_total: int
    days: dict[date, int]
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, name: str, value: str) -> int:
        return self.counts.get(name, {}).get(value, 0)

    @property
    def laender(self) -> dict[str, int]:
        return self.counts.get("land", {})

    @property
    def countries(self) -> dict[str, int]:
        return self.counts.get("country", {})

    @property
    def clusters(self) -> dict[str, int]:
        """By slug, as host or co-host."""
        return self.counts.get("cluster", {})

    @property
    def statuses(self) -> dict[str, int]:
        return self.counts.get("status", {})


def facets(edition: Edition, chosen: Filter) -> Facets:
    """The counts for an edition under a filter. Four queries; none when kept, which `seats` never is."""
    shelf = kept.shelf("facets", limit=LIMIT)
    key = (edition.id, edition.programme_version, edition.programme_changed_at, chosen.key)
    found: Facets | None = None if chosen.has("seats") else shelf.get(key)
    if found is None:
        found = _counted(edition, chosen)
        if not chosen.has("seats"):
            shelf.put(key, found, SIZE)
    return found


def _counted(edition: Edition, chosen: Filter) -> Facets:
    any_day = outline.of(edition, chosen.without("day"))
    counts: dict[str, dict[str, int]] = {}
    for name, code, count in db.session.execute(union_all(*_selects(edition, chosen))):
        if count:
            found = counts.setdefault(name, {})
            found[code] = found.get(code, 0) + count
    return Facets(
        total=outline.of(edition, chosen).total,
        all_total=outline.of(edition, Filter()).total,
        days={date.fromordinal(day): any_day.count_on(day) for day in outline.tiles(edition)},
        counts=counts,
    )


def _selects(edition: Edition, chosen: Filter) -> list[Select[Any]]:
    """One SELECT (name, code, count) for each filter that has counts."""
    matching = query.published(edition, chosen).cte("matching")

    def among(name: str, column: ColumnElement[int]) -> ColumnElement[bool]:
        # A choice is counted as if nothing else of its own name were chosen: they mean "either".
        if chosen.has(name):
            return column.in_(query.published(edition, chosen.without(name)))
        return column.in_(select(matching.c.id))

    def one(name: str, code: Any, activity_id: Any) -> Select[Any]:
        label: ColumnElement[str] = literal_column(f"'{name}'")
        count = func.count(distinct(activity_id)).label("count")
        return select(label.label("name"), code.label("code"), count).where(among(name, activity_id))

    def counted(name: str, code: Any, activity_id: Any) -> Select[Any]:
        return one(name, code, activity_id).where(code.is_not(None)).group_by(code)

    day = conditions.of_occurrence(chosen.without("land"), edition)
    mine = Cluster.id == Activity.host_cluster_id
    free, step_free = func.coalesce(Activity.cost_note, "") == "", Activity.is_accessible
    return [
        counted("land", Occurrence.venue_land, Occurrence.activity_id).where(Occurrence.removed_at.is_(None), *day),
        counted("host_land", Cluster.land, Activity.id).join(Activity, mine),
        counted("cluster", Cluster.slug, Activity.id).join(Activity, mine),
        counted("cluster", Cluster.slug, CoHost.activity_id).join(CoHost, CoHost.cluster_id == Cluster.id),
        counted("field", ActivityField.field, ActivityField.activity_id),
        counted("country", ActivityCountry.country, ActivityCountry.activity_id),
        counted("language", ActivityLanguage.language, ActivityLanguage.activity_id),
        counted("format", Activity.format, Activity.id),
        counted("mode", Activity.mode, Activity.id),
        counted("access", Activity.access, Activity.id),
        counted("status", Activity.happening, Activity.id),
        one("cost", literal_column("'none'"), Activity.id).where(free),
        one("accessible", literal_column("'1'"), Activity.id).where(step_free),
    ]
