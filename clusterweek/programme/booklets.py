"""The booklet of a selection: always as the public sees it, with the same selection as tables inside, and kept.

Anybody may ask for any selection, and printing takes a second: what was printed lies in the instance's folder
`booklets/` until the programme changes, for all processes.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from threading import BoundedSemaphore

from flask import current_app

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.frame import legal
from clusterweek.i18n import gettext as _
from clusterweek.listing import load, query
from clusterweek.listing.filter import Filter
from clusterweek.printing.press import Attachment
from clusterweek.printing.shelf import Name, Shelf
from clusterweek.programme import pdf_file, tables
from clusterweek.refusal import Refusal
from clusterweek.registrations import newcomers

FOLDER = "booklets"
MOST_BYTES, MOST_FILES = 64 * 1024 * 1024, 200  # a whole week is 0.8 MB
# One is printed, one waits: more would hold all threads of the process, and nobody could see a page.
IN_LINE = BoundedSemaphore(2)
HOUSE = Path(__file__).parents[1]
# What a booklet looks like follows from these, besides its data.
MAKERS = ("programme", "printing", "texts", "listing", "activities", "calendar", "vocabulary", "web")


def make(edition: Edition, filter: Filter, *, lang: str, now: datetime) -> bytes:
    """The booklet in the current language, which is `lang`. Raises Refusal (503) while two are being printed here and
    none was kept."""
    shelf = Shelf(Path(current_app.instance_path) / FOLDER, most_bytes=MOST_BYTES, most_files=MOST_FILES)
    ids = query.ids(edition, filter)
    name = _name(edition, filter, ids, lang, now)
    if kept := shelf.get(name, now=now):
        return kept
    if not IN_LINE.acquire(blocking=False):
        # While many sign up, the places in its tables move with every second; then they may be a little older.
        if kept := shelf.nearest(name, now=now):
            return kept
        raise Refusal(_("Several booklets are being printed right now. Please try again in half a minute."), status=503)
    try:
        activities = load.whole(ids)
        dates = query.dates(edition, filter, activities)
        printed = pdf_file.make(
            activities,
            dates,
            edition=edition,
            selection=" · ".join(chip.label for chip in filter.chips()) or None,
            now=now,
            files=partial(_attachments, edition, activities, dates, lang=lang, now=now),
        )
    finally:
        IN_LINE.release()
    shelf.put(name, printed, until=pdf_file.closes_next(activities, now))
    return printed


def _attachments(
    edition: Edition, activities: Sequence[Activity], dates: Sequence[Occurrence], *, lang: str, now: datetime
) -> list[Attachment]:
    said = {
        "csv": _("This selection as a table"),
        "json": _("This selection as data for programs"),
        "ics": _("This selection as a calendar file"),
    }
    return [
        Attachment(
            f"{edition.slug}.{format}",
            tables.make(format, activities, dates, edition=edition, lang=lang, now=now, profile="public"),
            tables.MIMETYPES[format].partition(";")[0],
            words,
        )
        for format, words in said.items()
    ]


def _name(edition: Edition, filter: Filter, ids: Iterable[int], lang: str, now: datetime) -> Name:
    """Everything that the booklet says follows from its name, and from the moment (`pdf_file.closes_next`)."""
    asked = (filter.key, lang, "public", current_app.config["BASE_URL"], legal.text("imprint", lang), _makers())
    state = (edition.programme_version, edition.programme_changed_at, edition.updated_at)
    return Name(str(edition.id), repr(state), repr(asked), repr(_places(ids, now)))


def _places(ids: Iterable[int], now: datetime) -> list[tuple[int, int | None, int]]:
    """Free places and the line of each activity: they are in the tables, and move without the programme's changing."""
    few = load.bare(ids)
    found = newcomers.places(few, now=now)
    return [(one.id, found[one.id].free, found[one.id].waiting) for one in few]


@cache
def _makers() -> str:
    """The version of all that makes a booklet: a new one of the program prints anew."""
    digest = hashlib.sha256(f"{version('typst')} {version('pikepdf')} {version('icalendar')}".encode())
    for room in MAKERS:
        for path in sorted((HOUSE / room).rglob("*.*")):
            if path.suffix in (".py", ".typ", ".po", ".json"):
                digest.update(path.read_bytes())
    return digest.hexdigest()
