"""The programme booklet as an accessible PDF to be kept (PDF/UA-1 and PDF/A-3a in one file), set by typst."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.frame import legal
from clusterweek.i18n import day_long, day_medium, either, gettext as _, language, moment_short, ngettext
from clusterweek.printing import press, texts
from clusterweek.printing.press import Attachment
from clusterweek.programme import entry, indexes
from clusterweek.programme.entry import Date
from clusterweek.refusal import Refusal

TEMPLATE = Path(__file__).with_name("booklet.typ")
SHORT = 40  # entries: so few begin on the page of the contents


def make(
    activities: Sequence[Activity],
    dates: Sequence[Occurrence],
    *,
    edition: Edition,
    selection: str | None,
    now: datetime,
    files: Callable[[], Sequence[Attachment]] = list,
) -> bytes:
    """The booklet of these activities in the current language: cover, greeting, contents, imprint, a section per day,
    indexes; what `files` gives is attached to it.

    `dates`: those that are printed, in order (`listing.query.dates`).
    `selection` says in words which filters were in force; None for the whole programme.
    A character that no font has is printed as □, and the booklet says so. It is dated by what it says, not by `now`:
    the same programme gives the same bytes until sign-up somewhere closes (`closes_next`).
    """
    try:
        with press.awake() as typesetter:
            data = _data(activities, dates, edition=edition, selection=selection, now=now)
            name, as_of = f"booklet of {edition.slug}", changed_at(edition)
            return typesetter.print(TEMPLATE, data, name=name, made_at=as_of, files=files())
    except press.TooLong:
        raise Refusal(_("This booklet takes too long to print. Please choose fewer activities."), status=503) from None


def changed_at(edition: Edition) -> datetime:
    """When what the booklet says last changed."""
    return max(edition.updated_at, edition.programme_changed_at or edition.updated_at)


def closes_next(activities: Sequence[Activity], now: datetime) -> datetime | None:
    """Until when the booklet that is made now stays true by itself."""
    return min((at for activity in activities if (at := entry.closes_at(activity)) and at > now), default=None)


def _data(
    activities: Sequence[Activity],
    occurrences: Sequence[Occurrence],
    *,
    edition: Edition,
    selection: str | None,
    now: datetime,
) -> dict[str, Any]:
    dates = [entry.date_of(occurrence, edition) for occurrence in occurrences]
    strip = _strip(edition, dates)
    counts = [day["count"] for day in strip]
    title, _title_lang = either(edition, "title")
    sponsor, _sponsor_lang = either(edition, "sponsor")
    greeting, greeting_lang = either(edition, "greeting")
    imprint = texts.blocks(legal.text("imprint", language()))
    return {
        "lang": language(),
        "region": {"de": "DE", "en": "GB"}[language()],
        "title": title,
        "author": edition.organised_by or title,
        "dates": _span(edition),
        "count-line": _count_line(activities),
        "selection": selection,
        "busiest": counts.index(max(counts)) if any(counts) else None,
        "strip": strip,
        "sender": " · ".join(part for part in (sponsor, edition.organised_by) if part),
        "as-of": _("As of %(moment)s", moment=moment_short(changed_at(edition), edition.timezone)),
        "notes": [],
        "greeting": texts.blocks(greeting),
        "greeting-lang": greeting_lang,
        "imprint": imprint,
        "imprint-half": _half(imprint),
        "words": {
            "booklet": _("Programme booklet"),
            "contents": _("Contents"),
            "nothing": _("Nothing in the programme matches this selection."),
            "greeting": _("Welcome"),
            "imprint": legal.title("imprint"),
            "running": _("Also on this day"),
            "long": _("All day, or over several days"),
        },
        "is-short": len(occurrences) <= SHORT,
        "days": [*_days(strip, dates, now), *_undated(activities, now)],
        "indexes": indexes.make(dates),
    }


def _count_line(activities: Sequence[Activity]) -> str:
    """ "200 Veranstaltungen, dazu 3 abgesagt oder verschoben": they are printed, and not counted."""
    off = sum(activity.is_off for activity in activities)
    counted = ngettext("%(num)s activity", "%(num)s activities", len(activities) - off)
    return _("%(counted)s, plus %(off)s cancelled or postponed", counted=counted, off=off) if off else counted


def _half(blocks: Sequence[dict[str, Any]]) -> int:
    """Where a text is parted into two columns of about the same length: before a heading, if it has any."""
    lengths = [sum(40 + len(run["text"]) for run in block["runs"]) for block in blocks]
    places = [n for n, block in enumerate(blocks) if block["kind"] == "h" and n] or range(len(blocks) + 1)
    return min(places, key=lambda n: abs(sum(lengths[:n]) - sum(lengths[n:])))


def _span(edition: Edition) -> str:
    if edition.date_precision == "year":
        return str(edition.starts_on.year)
    if edition.starts_on == edition.ends_on:
        return day_long(edition.starts_on)
    return _("%(first)s to %(last)s", first=day_medium(edition.starts_on), last=day_long(edition.ends_on))


def _strip(edition: Edition, dates: Sequence[Date]) -> list[dict[str, Any]]:
    days = sorted({*edition.days, *(one.first for one in dates)})
    standing = [one for one in dates if not one.activity.is_off]
    return [
        {"day": day, "count": len({one.activity.id for one in standing if one.first <= day <= one.last})}
        for day in days
    ]


def _days(strip: list[dict[str, Any]], dates: Sequence[Date], now: datetime) -> list[dict[str, Any]]:
    sections = []
    for position, slot in enumerate(strip):
        day = slot.pop("day")
        starting = [one for one in dates if one.first == day]
        running = [one for one in dates if one.first < day <= one.last]
        if not starting and not running:
            continue
        sections.append(
            {
                "title": day_medium(day),
                "short": entry.day_of_head(day),
                "position": position,
                "count": ngettext("%(num)s activity", "%(num)s activities", slot["count"]),
                "entries": [entry.block(one, one.activity, now) for one in starting if not one.is_long],
                "long": [entry.block(one, one.activity, now) for one in starting if one.is_long],
                "running": [entry.pointer(one, with_time=False) for one in running],
            }
        )
    return sections


def _undated(activities: Sequence[Activity], now: datetime) -> list[dict[str, Any]]:
    """The section of those whose date is still open, if there are any."""
    entries = [entry.block(None, activity, now) for activity in activities if not activity.occurrences]
    if not entries:
        return []
    title = _("Date still open")
    empty: dict[str, Any] = {"position": None, "count": "", "long": [], "running": []}
    return [{"title": title, "short": title, "entries": entries, **empty}]
