"""One door to all file makers: a format's name in, bytes out."""

from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore

from flask import current_app

from clusterweek.calendar import files as calendar
from clusterweek.editions.models import Edition
from clusterweek.i18n import either, force_language, gettext as _
from clusterweek.listing import columns, kept, load, query
from clusterweek.listing.filter import Filter
from clusterweek.programme import json_file, pdf_file
from clusterweek.refusal import Refusal
from clusterweek.registrations import newcomers, queries as registrations
from clusterweek.web import sheets

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": sheets.XLSX,
    "csv": sheets.CSV,
    "json": "application/json",
    "ics": "text/calendar; charset=utf-8",
}
FORMATS = tuple(MIMETYPES)
# One is printed, one waits: more would hold all threads of the process, and nobody could see a page.
BOOKLETS_IN_LINE = BoundedSemaphore(2)
BOOKLETS_KEPT = 16 * 1024 * 1024  # bytes in each web process; a whole week is 0.6 MB


@dataclass(frozen=True)
class File:
    """What is handed to a browser or written to a disk."""

    body: bytes
    name: str
    mimetype: str


def make(format: str, *, edition: Edition, filter: Filter, lang: str, now: datetime, is_office: bool = False) -> File:
    """The programme of an edition, filtered, as one of FORMATS.

    The public profile leaves out contacts and online links; the office's has all columns.
    """
    with force_language(lang):
        body = _body(format, edition, filter, lang, now, is_office)
    return File(body, f"{edition.slug}.{format}", MIMETYPES[format])


def _body(format: str, edition: Edition, filter: Filter, lang: str, now: datetime, is_office: bool) -> bytes:
    if format == "pdf":
        return _booklet(edition, filter, lang, now)
    activities = load.whole(query.ids(edition, filter))
    if format == "ics":
        dates = query.dates(edition, filter, activities)
        return calendar.public_calendar(dates, lang=lang, name=either(edition, "title")[0])
    if format == "json":
        places = registrations.places(activities) if is_office else newcomers.places(activities, now=now)
        return json_file.make(activities, places, lang=lang, is_office=is_office)
    profile = "office" if is_office else "public"
    if format == "csv":
        return columns.csv_bytes(activities, profile=profile, lang=lang, now=now)
    return columns.xlsx_bytes(activities, profile=profile, lang=lang, now=now, sheet=either(edition, "title")[0])


def _booklet(edition: Edition, filter: Filter, lang: str, now: datetime) -> bytes:
    """The booklet; kept until the programme changes, for it takes more than a second to print and anybody may ask."""
    shelf = kept.shelf("booklets", limit=BOOKLETS_KEPT)
    key = (edition.id, edition.programme_version, edition.updated_at, filter.key, lang, current_app.config["BASE_URL"])
    printed: bytes | None = None if filter.has("seats") else shelf.get(key)
    if printed is None:
        if not BOOKLETS_IN_LINE.acquire(blocking=False):
            raise Refusal(
                _("Several booklets are being printed right now. Please try again in half a minute."), status=503
            )
        try:
            activities = load.whole(query.ids(edition, filter))
            dates = query.dates(edition, filter, activities)
            printed = pdf_file.make(activities, dates, edition=edition, selection=_in_words(filter), now=now)
        finally:
            BOOKLETS_IN_LINE.release()
        shelf.put(key, printed, len(printed))
    return printed


def _in_words(filter: Filter) -> str | None:
    return " · ".join(chip.label for chip in filter.chips()) or None
