"""One door to all file makers: a format's name in, bytes out."""

from dataclasses import dataclass
from datetime import datetime

from clusterweek.activities import calendar
from clusterweek.editions.models import Edition
from clusterweek.i18n import either, force_language
from clusterweek.listing import columns, query, rows
from clusterweek.listing.filter import Filter
from clusterweek.programme import csv_file, json_file, pdf_file, xlsx_file
from clusterweek.registrations import queries as registrations

MIMETYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "ics": "text/calendar; charset=utf-8",
}
FORMATS = tuple(MIMETYPES)


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
    activities = rows.load(query.ids(edition, filter, now=now))
    if format == "pdf":
        return pdf_file.make(activities, edition=edition, selection=_in_words(filter), now=now)
    if format == "ics":
        return calendar.public_calendar(activities, lang=lang, name=either(edition, "title")[0])
    if format == "json":
        return json_file.make(activities, registrations.places(activities), lang=lang, is_office=is_office)
    chosen = columns.OFFICE if is_office else columns.PUBLIC
    cells = columns.row_dicts(activities, profile="office" if is_office else "public", lang=lang, now=now)
    if format == "csv":
        return csv_file.make(chosen, cells)
    return xlsx_file.make(chosen, cells, sheet=either(edition, "title")[0])


def _in_words(filter: Filter) -> str | None:
    return " · ".join(chip.label for chip in filter.chips()) or None
