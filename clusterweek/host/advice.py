"""Advice beside the dates: what else happens then, school holidays, a quieter day. Only hosts see it."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import holidays

from clusterweek.activities import clashes, rules
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.i18n import language
from clusterweek.listing import facets
from clusterweek.listing.filter import Filter
from clusterweek.vocabulary import lists

MOST_SHOWN = 5  # of the activities at the same time; more is a list that nobody reads
QUIETER = 0.75  # a day is worth naming when at most three quarters as much happens


@dataclass(frozen=True)
class Bar:
    """A day of the edition and how many public activities touch it."""

    date: date
    count: int


@dataclass(frozen=True)
class Advice:
    """What a host may want to know about the chosen days."""

    days: list[date]
    bars: list[Bar]
    free_days: list[tuple[date, str, str]]  # (day, name of the holiday, name of the Land)
    duplicates: list[tuple[Activity, Occurrence]]
    overlaps: list[tuple[Activity, Occurrence]]  # the date is the one at the same time
    more_overlaps: int
    quieter: Bar | None
    count: int  # of public activities on the first day


def of(activity: Activity) -> Advice | None:
    """None while there is no date to speak of."""
    days = rules.days(activity)
    if not days:
        return None
    found = clashes.of([activity], for_office=False)[activity.id]
    counts = facets.facets(activity.edition, Filter()).days
    count = counts.get(days[0], 0)
    return Advice(
        days=days,
        bars=[Bar(day, counts.get(day, 0)) for day in activity.edition.days],
        free_days=_free_days(activity, days),
        duplicates=[(other, other.occurrences[0]) for other in found.duplicates],
        overlaps=[(other, _date(activity, other)) for other in found.overlaps[:MOST_SHOWN]],
        more_overlaps=max(0, len(found.overlaps) - MOST_SHOWN),
        quieter=_quieter(activity.edition, days, counts),
        count=count,
    )


def _date(activity: Activity, other: Activity) -> Occurrence:
    return clashes.date_at_the_same_time(activity, other) or other.occurrences[0]


def _quieter(edition: Edition, days: list[date], counts: dict[date, int]) -> Bar | None:
    """The working day of the edition on which least happens, if that is markedly less than on the chosen one."""
    others = [day for day in edition.days if day.weekday() < 5 and day not in days]
    best = min(others, key=lambda day: (counts.get(day, 0), day), default=None)
    if best is None or len(days) > 1 or counts.get(best, 0) > QUIETER * counts.get(days[0], 0):
        return None
    return Bar(best, counts.get(best, 0))


def _free_days(activity: Activity, days: list[date]) -> list[tuple[date, str, str]]:
    laender = {o.venue_land for o in activity.occurrences}
    if activity.host_cluster:
        laender.add(activity.host_cluster.land)
    return [
        (day, name, lists.LAENDER[land].name)
        for day in days
        for land in sorted(land for land in laender if land)
        if (name := _calendar(land, day.year, language()).get(day))
    ]


@cache
def _calendar(land: str, year: int, lang: str) -> dict[date, str]:
    """Public and school holidays of a Land; empty where the data end (2029), which then says nothing."""
    found = holidays.country_holidays(
        "DE",
        subdiv=land.removeprefix("DE-"),
        years=year,
        categories=("public", "school"),
        language="de" if lang == "de" else "en_US",
    )
    return dict(found.items())
