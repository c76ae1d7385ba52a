"""Time zones as calendars understand them: one rule for summer, one for winter (RFC 5545, 3.6.5).

Written by hand from the zone's own transitions. Outlook takes exactly one STANDARD and at most one DAYLIGHT; the lists
of dates that icalendar would write are read an hour late by ical.js and vobject.
"""

import calendar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vText

# The rule must hold in all of these years, and only moments in them are written with the zone's name.
YEARS = range(2013, 2038)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
EPOCH = 1970  # the year in which the rules begin, as everybody writes them


@dataclass(frozen=True)
class ClockChange:
    """The clocks change on the `nth` weekday of a month (-1: the last), at a time of the old clock."""

    month: int
    weekday: int
    nth: int
    at: timedelta
    before: timedelta
    after: timedelta
    name: str


def changes(zone_name: str) -> tuple[ClockChange, ...] | None:
    """The two yearly changes of a zone, none for one without summer time; None when its rules do not fit that form."""
    # "Etc/GMT-2" and bare names like "UTC" or "EST" are no places; calendars know them by other names or not at all.
    if "/" not in zone_name or zone_name.startswith("Etc/"):
        return None
    return _changes(zone_name)


@cache
def _changes(zone_name: str) -> tuple[ClockChange, ...] | None:
    zone = ZoneInfo(zone_name)
    by_year = [_moments(zone, year) for year in YEARS]
    if {len(moments) for moments in by_year} not in ({0}, {2}):
        return None
    found = []
    for same in zip(*by_year, strict=True):
        change = _one_rule(zone, list(same))
        if change is None:
            return None
        found.append(change)
    return tuple(found)


def writes(moment: datetime, zone_name: str) -> bool:
    """Whether a moment can be written as wall clock of the zone, so that every reader finds the same moment again."""
    here = moment.astimezone(ZoneInfo(zone_name))
    is_twice = here.replace(fold=0).utcoffset() != here.replace(fold=1).utcoffset()  # the hour that comes twice
    return changes(zone_name) is not None and here.year in YEARS and not is_twice


def vtimezone(zone_name: str) -> Timezone:
    """The VTIMEZONE of a zone for which `changes` is not None."""
    component = Timezone()
    component.add("TZID", vText(zone_name))
    for change in changes(zone_name) or (_unchanging(zone_name),):
        part = TimezoneDaylight() if change.after > change.before else TimezoneStandard()
        part.add("DTSTART", _first_onset(change))
        part.add("TZOFFSETFROM", change.before)
        part.add("TZOFFSETTO", change.after)
        part.add("TZNAME", vText(change.name))
        if change.month:
            part.add(
                "RRULE", {"FREQ": "YEARLY", "BYMONTH": change.month, "BYDAY": f"{change.nth}{WEEKDAYS[change.weekday]}"}
            )
        component.add_component(part)
    return component


def _unchanging(zone_name: str) -> ClockChange:
    here = datetime(YEARS[0], 1, 1, tzinfo=ZoneInfo(zone_name))
    offset = here.utcoffset() or timedelta()
    return ClockChange(0, 0, 0, timedelta(), offset, offset, here.tzname() or zone_name)


def _moments(zone: ZoneInfo, year: int) -> list[datetime]:
    """The moments (UTC) in a year from which another offset holds."""
    found = []
    before = datetime(year, 1, 1, tzinfo=UTC)
    while before.year == year:
        after = before + timedelta(days=1)
        if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if middle.astimezone(zone).utcoffset() == before.astimezone(zone).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        before = after
    return found


def _one_rule(zone: ZoneInfo, moments: list[datetime]) -> ClockChange | None:
    """The rule that all these moments (one of each year) follow; None when there is none."""
    rules: set[tuple[int, int, timedelta, timedelta, timedelta, str]] = set()
    counts, is_last = set(), True
    for moment in moments:
        before = (moment - timedelta(seconds=1)).astimezone(zone).utcoffset() or timedelta()
        after = moment.astimezone(zone)
        old = (moment + before).replace(tzinfo=None)
        at = timedelta(hours=old.hour, minutes=old.minute, seconds=old.second)
        rules.add((old.month, old.weekday(), at, before, after.utcoffset() or timedelta(), after.tzname() or ""))
        counts.add((old.day - 1) // 7 + 1)
        is_last = is_last and old.day > calendar.monthrange(old.year, old.month)[1] - 7
    if len(rules) != 1 or not (is_last or len(counts) == 1):
        return None
    month, weekday, at, before, after_offset, name = rules.pop()
    return ClockChange(month, weekday, -1 if is_last else counts.pop(), at, before, after_offset, name)


def _first_onset(change: ClockChange) -> datetime:
    if not change.month:
        return datetime(EPOCH, 1, 1)
    days = [
        day
        for day in range(1, calendar.monthrange(EPOCH, change.month)[1] + 1)
        if datetime(EPOCH, change.month, day).weekday() == change.weekday
    ]
    return datetime(EPOCH, change.month, days[change.nth if change.nth < 0 else change.nth - 1]) + change.at
