"""Activities as rows of a table: the columns of docs/exporting.md, the same for CSV, XLSX and import."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek.activities import rules
from clusterweek.activities.entries import COLUMNS, Entry
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.registrations import newcomers, queries as registrations
from clusterweek.registrations.rules import Places
from clusterweek.web import downloads, links, sheets

OFFICE = [entry.key for entry in COLUMNS]
PUBLIC = [entry.key for entry in COLUMNS if not entry.is_private]
PROFILES = {"public": PUBLIC, "office": OFFICE}
SEPARATOR = "|"
WIDE = {entry.key for entry in COLUMNS if entry.is_wide or entry.kind == "text"}
NUMBERS = {entry.key for entry in COLUMNS if entry.kind in ("number", "count")}
OF_ACTIVITY = [entry for entry in COLUMNS if not entry.of_date]
OF_DATES = [entry for entry in COLUMNS if entry.of_date]


def row_dicts(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime) -> Iterator[dict[str, str]]:
    """One row per occurrence, in order; an activity without a date has one row with `occurrence` and times empty.

    `profile` is "public" or "office"; `lang` only decides which page `url` leads to. Every cell is a string that no
    spreadsheet runs (one ' in front of = + - @, taken off on import). Times are wall clock in the row's `timezone`;
    whole days are dates, the last one included. Load the activities with `load.whole`; one query or two more for
    the places, which are those of the moment `now`.
    """
    activities = list(activities)
    names = PROFILES[profile]
    is_office = profile == "office"
    places = registrations.places(activities) if is_office else newcomers.places(activities, now=now)
    for activity in activities:
        shared = _of_activity(activity, places[activity.id], lang)
        for number, occurrence in enumerate(activity.occurrences or [None], start=1):
            cells = shared | (_of_occurrence(occurrence, number) if occurrence else {})
            yield {name: downloads.safe_cell(cells.get(name) or "") for name in names}


def csv_bytes(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime) -> bytes:
    """The rows as CSV."""
    return sheets.csv_bytes(PROFILES[profile], row_dicts(activities, profile=profile, lang=lang, now=now))


def xlsx_bytes(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime, sheet: str) -> bytes:
    """The same cells as a spreadsheet."""
    rows = row_dicts(activities, profile=profile, lang=lang, now=now)
    return sheets.xlsx_bytes(PROFILES[profile], rows, sheet=sheet, numbers=NUMBERS, wide=WIDE)


def _of_activity(activity: Activity, places: Places, lang: str) -> dict[str, str | None]:
    address = {"lang": lang, "edition": activity.edition.slug, "activity": rules.address_part(activity)}
    reckoned = {
        "id": str(activity.id),
        "url": links.page("public.activity", **address),
        "seats_free": _number(places.free),
        "waiting_count": _number(places.waiting),
    }
    return {
        entry.key: reckoned[entry.key] if entry.is_reckoned else _cell(entry, activity, activity.edition.timezone)
        for entry in OF_ACTIVITY
    }


def _of_occurrence(occurrence: Occurrence, number: int) -> dict[str, str | None]:
    return {
        entry.key: str(number) if entry.is_reckoned else _cell(entry, occurrence, occurrence.timezone)
        for entry in OF_DATES
    }


def _cell(entry: Entry, of: Any, zone: str) -> str | None:
    value = getattr(of, entry.name)
    if value is None:
        return None
    match entry.kind:
        case "count" | "degrees":
            return _number(value)
        case "codes" | "countries":
            return _list(value)
        case "cluster":
            return str(value.slug)
        case "clusters":
            return _list(cluster.slug for cluster in value)
        case "partners":
            return _list(f"{one.name} [{one.country}]" if one.country else one.name for one in value)
        case "moment":
            return _moment(value, zone)
        case "local":
            return _wall_clock(entry, value, is_all_day=of.is_all_day)
        case _:
            return str(value)


def _wall_clock(entry: Entry, value: datetime, *, is_all_day: bool) -> str:
    if not is_all_day:
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value - timedelta(days=entry.name == 'ends_local'):%Y-%m-%d}"


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _number(value: float | int | None) -> str:
    """An empty cell for None: no limit, no coordinates. At most 5 decimals, as the database keeps them."""
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _list(values: Iterable[str]) -> str:
    return SEPARATOR.join(values)
