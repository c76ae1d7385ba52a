"""How many activities each choice would find: the numbers beside the filters, kept until the programme changes."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, distinct, func, literal_column, select, true, union_all

from clusterweek.activities.models import Activity, ActivityCountry, ActivityField, ActivityLanguage, CoHost, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.listing import conditions, kept, outline, query
from clusterweek.listing.filter import NAMES, Filter

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
    all_total: int = 0
    days: dict[date, int] = field(default_factory=dict)
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


def at_desk(edition: Edition, chosen: Filter, names: Container[str], *, sight: Sight) -> Facets:
    """The total and the counts of these filters among what somebody sees at the office's desk. Never kept."""
    return Facets(total=query.count(edition, chosen, sight=sight), counts=_counts(edition, chosen, names, sight=sight))


def _counted(edition: Edition, chosen: Filter) -> Facets:
    any_day = outline.of(edition, chosen.without("day"))
    return Facets(
        total=outline.of(edition, chosen).total,
        all_total=outline.of(edition, Filter()).total,
        days={date.fromordinal(day): any_day.count_on(day) for day in outline.tiles(edition)},
        counts=_counts(edition, chosen, NAMES),
    )


def _counts(
    edition: Edition, chosen: Filter, names: Container[str], *, sight: Sight | None = None
) -> dict[str, dict[str, int]]:
    counts: dict[str, dict[str, int]] = {}
    for name, code, count in db.session.execute(union_all(*_selects(edition, chosen, names, sight))):
        if count:
            found = counts.setdefault(name, {})
            found[code] = found.get(code, 0) + count
    return counts


def _selects(edition: Edition, chosen: Filter, names: Container[str], sight: Sight | None) -> list[Select[Any]]:
    """One SELECT (name, code, count) for each of these filters that has counts; two for clusters."""
    matching = query.matching(edition, chosen, sight=sight).cte("matching")

    def among(name: str, column: ColumnElement[int]) -> ColumnElement[bool]:
        # A choice is counted as if nothing else of its own name were chosen: they mean "either".
        if chosen.has(name):
            return column.in_(query.matching(edition, chosen.without(name), sight=sight))
        return column.in_(select(matching.c.id))

    def counted(name: str, code: Any, activity_id: Any, condition: ColumnElement[bool]) -> Select[Any]:
        value = literal_column(f"'{code}'") if isinstance(code, str) else code
        label: ColumnElement[str] = literal_column(f"'{name}'")
        count = func.count(distinct(activity_id)).label("count")
        found = select(label.label("name"), value.label("code"), count).where(among(name, activity_id), condition)
        return found if isinstance(code, str) else found.where(code.is_not(None)).group_by(code)

    there = and_(Occurrence.removed_at.is_(None), *conditions.of_occurrence(chosen.without("land"), edition))
    hosted, co_hosted = Cluster.id == Activity.host_cluster_id, Cluster.id == CoHost.cluster_id
    free = func.coalesce(Activity.cost_note, "") == ""
    rows: list[tuple[str, Any, Any, ColumnElement[bool]]] = [
        ("land", Occurrence.venue_land, Occurrence.activity_id, there),
        ("host_land", Cluster.land, Activity.id, hosted),
        ("cluster", Cluster.slug, Activity.id, hosted),
        ("cluster", Cluster.slug, CoHost.activity_id, co_hosted),
        ("field", ActivityField.field, ActivityField.activity_id, true()),
        ("country", ActivityCountry.country, ActivityCountry.activity_id, true()),
        ("language", ActivityLanguage.language, ActivityLanguage.activity_id, true()),
        *((name, column, Activity.id, true()) for name, column in conditions.COLUMNS.items()),
        ("cost", "none", Activity.id, free),
        ("accessible", "1", Activity.id, Activity.is_accessible.is_(True)),
    ]
    return [counted(*row) for row in rows if row[0] in names]
