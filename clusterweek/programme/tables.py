"""A selection as data: XLSX, CSV, JSON and a calendar file, of activities and dates that were found already."""

from collections.abc import Sequence
from datetime import datetime

from flask import current_app

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.calendar import files as calendar
from clusterweek.editions.models import Edition
from clusterweek.i18n import either
from clusterweek.listing import columns, kept
from clusterweek.programme import json_file
from clusterweek.registrations import newcomers, queries as registrations
from clusterweek.web import sheets

MIMETYPES = {
    "xlsx": sheets.XLSX,
    "csv": sheets.CSV,
    "json": "application/json",
    "ics": "text/calendar; charset=utf-8",
}
ENTRIES_KEPT = 8 * 1024 * 1024  # bytes; to write one takes a millisecond


def make(
    format: str,
    activities: Sequence[Activity],
    dates: Sequence[Occurrence],
    *,
    edition: Edition,
    profile: str,
    lang: str,
    now: datetime,
) -> bytes:
    """One of MIMETYPES, in the current language, which is `lang`. `profile` is "public" or "office"; a calendar file
    is always public. `activities` from `load.whole`, `dates` from `query.dates`."""
    is_office = profile == "office"
    if format == "ics":
        entries = [_entry(occurrence, lang) for occurrence in dates]
        return calendar.bind(entries, calendar.Frame(either(edition, "title")[0]), lang)
    if format == "json":
        places = registrations.places(activities) if is_office else newcomers.places(activities, now=now)
        return json_file.make(activities, places, lang=lang, is_office=is_office)
    if format == "csv":
        return columns.csv_bytes(activities, profile=profile, lang=lang, now=now)
    return columns.xlsx_bytes(activities, profile=profile, lang=lang, now=now, sheet=either(edition, "title")[0])


def _entry(occurrence: Occurrence, lang: str) -> tuple[bytes, str | None]:
    """One entry of the calendar file; written anew only when its date or activity has changed."""
    activity, shelf = occurrence.activity, kept.shelf("calendar entries", limit=ENTRIES_KEPT)
    state = (activity.version, activity.updated_at, occurrence.updated_at, occurrence.sequence)
    key = (occurrence.id, *state, lang, current_app.config["BASE_URL"])
    entry: tuple[bytes, str | None] | None = shelf.get(key)
    if entry is None:
        entry = calendar.rendered(occurrence, lang)
        shelf.put(key, entry, len(entry[0]))
    return entry
