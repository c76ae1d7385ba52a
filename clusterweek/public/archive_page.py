"""What the archive shows of past editions: figures with how they were counted, and where that stands."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _, language, ngettext, number as written


def groups(editions: Iterable[Edition]) -> list[tuple[str, list[Edition]]]:
    """(heading, editions): weeks, annual conferences, everything else; empty groups are left out."""
    found = list(editions)
    kinds = (
        (_("Cluster weeks"), ("cluster_week",)),
        (_("Annual conferences"), ("annual_conference",)),
        (_("Further meetings"), ("conference", "networking_day", "roadshow", "other")),
    )
    made = [(title, [edition for edition in found if edition.kind in wanted]) for title, wanted in kinds]
    return [group for group in made if group[1]]


def patrons(edition: Edition) -> list[str]:
    """As named at the time, in the language of the page if they are known in it."""
    said = (edition.patrons_en if language() == "en" else None) or edition.patrons_de or ""
    return [line for line in said.splitlines() if line.strip()]


def figures(edition: Edition) -> list[tuple[str, str]]:
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


def in_words(edition: Edition) -> str:
    """The figures in one line."""
    found = []
    if edition.activity_count is not None and edition.activity_count_qualifier == "cities":
        found.append(ngettext("%(num)s city", "%(num)s cities", edition.activity_count))
    elif edition.activity_count is not None:
        count = _qualified(edition.activity_count, edition.activity_count_qualifier)
        found.append(_("%(count)s activities", count=count))
    if edition.participant_count is not None:
        count = _qualified(edition.participant_count, edition.participant_count_qualifier)
        found.append(_("%(count)s participants", count=count))
    return ", ".join(found)


def sources(edition: Edition) -> list[tuple[str, str, str]]:
    """What the figures rest on, its title, its address: empty when it is only printed."""
    found = []
    for row in edition.sources:
        what = (row.get("what_de") if language() == "de" else None) or row.get("what", "")
        url = row.get("url", "")
        if urlsplit(url).scheme not in ("http", "https"):
            url = ""
        found.append((what, row.get("title") or urlsplit(url).hostname or "", url))
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
