"""What the archive shows of past editions: figures with how they were counted, and where that stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _, language, ngettext, number as written
from clusterweek.public import programme_page


@dataclass(frozen=True)
class Group:
    """Editions of one kind."""

    title: str
    editions: list["Line"]


@dataclass(frozen=True)
class Line:
    """An edition in the list."""

    edition: Edition
    dates: str
    place: str
    figures: str


@dataclass(frozen=True)
class Source:
    """What a figure rests on; `url` may be empty when the source is only printed."""

    what: str
    title: str
    url: str


@dataclass(frozen=True)
class View:
    """One edition of the archive."""

    dates: str
    place: str
    figures: list[tuple[str, str]]
    sources: list[Source]
    parent: Edition | None
    parts: list[Edition]
    guests: list[str]
    partners: list[str]
    patrons: list[str]
    stored: int


def groups(editions: Iterable[Edition]) -> list[Group]:
    """Weeks, annual conferences, everything else; empty groups are left out."""
    lines = [Line(e, programme_page.dates_of(e), programme_page.place_of(e), ", ".join(_in_words(e))) for e in editions]
    kinds = (
        (_("Cluster weeks"), ("cluster_week",)),
        (_("Annual conferences"), ("annual_conference",)),
        (_("Further meetings"), ("conference", "networking_day", "roadshow", "other")),
    )
    made = [Group(title, [line for line in lines if line.edition.kind in wanted]) for title, wanted in kinds]
    return [group for group in made if group.editions]


def view(edition: Edition, others: Iterable[Edition], *, stored: int) -> View:
    """`stored`: how many activities of the edition the database holds; often fewer than took place."""
    patrons = (edition.patrons_en if language() == "en" else None) or edition.patrons_de or ""
    return View(
        dates=programme_page.dates_of(edition),
        place=programme_page.place_of(edition),
        figures=_figures(edition),
        sources=[_source(row) for row in edition.sources],
        parent=edition.parent_edition if edition.parent_edition and edition.parent_edition.is_public else None,
        parts=[other for other in others if other.parent_edition_id == edition.id],
        guests=[row.country for row in edition.partner_countries if row.is_guest],
        partners=[row.country for row in edition.partner_countries if not row.is_guest],
        patrons=[line for line in patrons.splitlines() if line.strip()],
        stored=stored,
    )


def _figures(edition: Edition) -> list[tuple[str, str]]:
    """(what, how many), the sum before its parts."""
    found = []
    if edition.activity_count is not None:
        what = _("cities") if edition.activity_count_qualifier == "cities" else _("activities altogether")
        found.append((what, _qualified(edition.activity_count, edition.activity_count_qualifier)))
    if edition.event_count is not None:
        found.append((_("of these events"), written(edition.event_count)))
    if edition.fair_count is not None:
        found.append((_("of these fair participations"), written(edition.fair_count)))
    if edition.participant_count is not None:
        found.append((_("participants"), _qualified(edition.participant_count, edition.participant_count_qualifier)))
    return found


def _in_words(edition: Edition) -> list[str]:
    found = []
    if edition.activity_count is not None and edition.activity_count_qualifier == "cities":
        found.append(ngettext("%(num)s city", "%(num)s cities", edition.activity_count))
    elif edition.activity_count is not None:
        count = _qualified(edition.activity_count, edition.activity_count_qualifier)
        found.append(_("%(count)s activities", count=count))
    if edition.participant_count is not None:
        count = _qualified(edition.participant_count, edition.participant_count_qualifier)
        found.append(_("%(count)s participants", count=count))
    return found


def _qualified(count: int, qualifier: str | None) -> str:
    """ "173", "rund 200", "mehr als 200": a figure is never shown more exact than it is known."""
    number = written(count)
    return {
        "about": _("about %(number)s", number=number),
        "almost": _("almost %(number)s", number=number),
        "more_than": _("more than %(number)s", number=number),
        "a_good": _("a good %(number)s", number=number),
    }.get(qualifier or "", number)


def _source(row: dict[str, str]) -> Source:
    what = (row.get("what_de") if language() == "de" else None) or row.get("what", "")
    url = row.get("url", "")
    if urlsplit(url).scheme not in ("http", "https"):
        url = ""
    return Source(what, row.get("title") or urlsplit(url).hostname or "", url)
