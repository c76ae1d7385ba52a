"""What a form with the filter offers: every choice with the number of activities that it would find."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.i18n import day_short, gettext as _
from clusterweek.listing.facets import Facets
from clusterweek.listing.filter import Filter
from clusterweek.vocabulary import lists

AT_DESK = ("review", "land", "host_land")  # what the office's list offers; every other filter narrows it too
SHOWN_LAENDER = 4  # the rest is one click away: a list of 16 would push the others out of sight


@dataclass(frozen=True)
class Choice:
    """One value of a filter; `count` None where counting would need the seats of every activity."""

    name: str
    value: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True)
class Group:
    """One filter, or a few that stand together. `kind`: checks or select; `rest` is folded below `choices`."""

    name: str
    label: str
    kind: str
    choices: list[Choice]
    rest: list[Choice]
    all_label: str = ""

    @property
    def chosen(self) -> list[Choice]:
        return [choice for choice in self.choices if choice.is_chosen]


def main_groups(chosen: Filter, counts: Facets) -> list[Group]:
    """The filters that most people use."""
    laender = _of(chosen, counts, "land", lists.LAENDER.values())
    largest = sorted(laender, key=lambda choice: -(choice.count or 0))[:SHOWN_LAENDER]
    shown = [choice for choice in laender if choice.is_chosen or choice in largest]
    fields = sorted(
        _of(chosen, counts, "field", lists.FIELDS.values()), key=lambda choice: lists.sort_key(choice.label)
    )
    return [
        Group(
            "land",
            _("Federal state (Land)"),
            "checks",
            shown,
            [choice for choice in laender if choice not in shown],
            _("All %(count)s federal states", count=len(laender)),
        ),
        _select("field", _("Technology field"), fields, _("All %(count)s fields", count=len(fields))),
        _select("country", _("International partners"), _countries(chosen, counts), _("All countries")),
        _select("format", _("Format"), _found(_of(chosen, counts, "format", lists.FORMATS.values())), _("All formats")),
        _checks("mode", _("Held"), _of(chosen, counts, "mode", lists.MODES.values())),
        Group(
            "",
            _("Good to know"),
            "checks",
            [
                Choice("seats", "1", _("Places available"), None, chosen.has("seats")),
                Choice("cost", "none", _("Free of charge"), counts.of("cost", "none"), chosen.has("cost")),
                Choice("accessible", "1", _("Accessible"), counts.of("accessible", "1"), chosen.has("accessible")),
            ],
            [],
        ),
    ]


def more_groups(chosen: Filter, counts: Facets) -> list[Group]:
    """The filters that few people need; folded, but open while one of them is in force."""
    return [
        _select("cluster", _("Cluster"), _clusters(chosen, counts), _("All clusters")),
        _host_land(chosen, counts),
        _checks("language", _("Language"), _found(_of(chosen, counts, "language", lists.SPOKEN.values()))),
        _checks("access", _("Access"), _of(chosen, counts, "access", lists.ACCESSES.values())),
        _checks("status", _("Status"), _found(_of(chosen, counts, "status", lists.HAPPENINGS.values()))),
    ]


def desk_groups(chosen: Filter, counts: Facets, *, has_review: bool) -> list[Group]:
    """What the office narrows its list by: where the review stands, and both Länder."""
    steps = _of(chosen, counts, "review", lists.REVIEW_STEPS.values()) if has_review else []
    laender = _of(chosen, counts, "land", lists.LAENDER.values())
    return [
        _select("review", _("State"), steps, _("All states")),
        _select("land", _("Land of the venue"), laender, _("All federal states")),
        _host_land(chosen, counts),
    ]


def not_offered(chosen: Filter, groups: Iterable[Group]) -> list[tuple[str, str]]:
    """What is in force and stands in none of these groups: a form with them carries it along."""
    offered = {(choice.name, choice.value) for group in groups for choice in group.choices}
    return [(name, value) for name, value in chosen.query() if name != "q" and (name, value) not in offered]


def host_laender(chosen: Filter, counts: Facets) -> list[Choice]:
    """The Länder of the clusters, where there is something or that are in force."""
    return _found(_of(chosen, counts, "host_land", lists.LAENDER.values()))


def days(chosen: Filter, counts: Facets) -> Group:
    """The days, for a form that has no day strip above it."""
    choices = [
        Choice("day", day.isoformat(), day_short(day), count, chosen.has("day", day.isoformat()))
        for day, count in counts.days.items()
    ]
    return _select("day", _("Day"), choices, _("All days"))


def is_any_chosen(groups: Iterable[Group]) -> bool:
    return any(choice.is_chosen for group in groups for choice in group.choices)


def _of(chosen: Filter, counts: Facets, name: str, entries: Iterable[lists.Term]) -> list[Choice]:
    return [
        Choice(name, entry.code, entry.name, counts.of(name, entry.code), chosen.has(name, entry.code))
        for entry in entries
    ]


def _found(choices: list[Choice]) -> list[Choice]:
    """Without those that find nothing, unless they are in force."""
    return [choice for choice in choices if choice.count or choice.is_chosen]


def _checks(name: str, label: str, choices: list[Choice]) -> Group:
    return Group(name, label, "checks", choices, [])


def _select(name: str, label: str, choices: list[Choice], all_label: str) -> Group:
    """One of many. Whoever comes with several (from an address) sees them as ticks, and may add one more."""
    return Group(name, label, "select", choices, [], all_label)


def _host_land(chosen: Filter, counts: Facets) -> Group:
    return _select("host_land", _("Land of the cluster"), host_laender(chosen, counts), _("All federal states"))


def _countries(chosen: Filter, counts: Facets) -> list[Choice]:
    codes = {*counts.countries, *chosen.values("country")}
    found = [
        Choice("country", code, lists.country(code), counts.of("country", code), chosen.has("country", code))
        for code in codes
    ]
    return sorted(found, key=lambda choice: lists.sort_key(choice.label))


def _clusters(chosen: Filter, counts: Facets) -> list[Choice]:
    """By name; one query."""
    slugs = {*counts.clusters, *chosen.values("cluster")}
    rows = db.session.execute(select(Cluster.slug, Cluster.name).where(Cluster.slug.in_(slugs)).order_by(Cluster.name))
    return [
        Choice("cluster", slug, name, counts.of("cluster", slug), chosen.has("cluster", slug)) for slug, name in rows
    ]
