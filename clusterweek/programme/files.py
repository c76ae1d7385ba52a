"""One door to all file makers: a format's name in, bytes out."""

from dataclasses import dataclass
from datetime import datetime

from clusterweek.editions.models import Edition
from clusterweek.i18n import force_language
from clusterweek.listing import load, query
from clusterweek.listing.filter import Filter
from clusterweek.programme import booklets, tables

MIMETYPES = {"pdf": "application/pdf", **tables.MIMETYPES}
FORMATS = tuple(MIMETYPES)


@dataclass(frozen=True)
class File:
    """What is handed to a browser or written to a disk."""

    body: bytes
    name: str
    mimetype: str


def make(format: str, *, edition: Edition, filter: Filter, lang: str, now: datetime, is_office: bool = False) -> File:
    """The programme of an edition, filtered, as one of FORMATS.

    The public profile leaves out contacts and online links; the office's has all columns. Booklet and calendar file
    are always public.
    """
    with force_language(lang):
        body = _body(format, edition, filter, lang, now, is_office)
    return File(body, f"{edition.slug}.{format}", MIMETYPES[format])


def _body(format: str, edition: Edition, filter: Filter, lang: str, now: datetime, is_office: bool) -> bytes:
    if format == "pdf":
        return booklets.make(edition, filter, lang=lang, now=now)
    activities = load.whole(query.ids(edition, filter))
    dates = query.dates(edition, filter, activities) if format == "ics" else []
    profile = "office" if is_office else "public"
    return tables.make(format, activities, dates, edition=edition, profile=profile, lang=lang, now=now)
