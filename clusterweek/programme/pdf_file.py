"""The programme booklet as an accessible PDF (PDF/UA-1), set by typst."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import segno
from babel.dates import format_date

from clusterweek.activities import rules as activity_rules, standing, when, where, who
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.i18n import (
    clock_time,
    country_name,
    day_long,
    day_medium,
    either,
    gettext as _,
    language,
    moment_short,
    ngettext,
)
from clusterweek.listing import outline
from clusterweek.printing import press
from clusterweek.refusal import Refusal
from clusterweek.vocabulary import lists
from clusterweek.web import links

TEMPLATE = Path(__file__).with_name("booklet.typ")


@dataclass(frozen=True)
class Date:
    """An occurrence with its first and last day on the edition's clock: there it stands on the page, too."""

    occurrence: Occurrence
    first: date
    last: date

    @property
    def activity(self) -> Activity:
        return self.occurrence.activity


def make(
    activities: Sequence[Activity],
    dates: Sequence[Occurrence],
    *,
    edition: Edition,
    selection: str | None,
    now: datetime,
) -> bytes:
    """The booklet of these activities in the current language: cover, contents, a section per day, two indexes.

    `dates`: those that are printed, in order (`listing.query.dates`).
    `selection` says in words which filters were in force; None for the whole programme.
    A character that no font has is printed as □, and the booklet says so.
    """
    data = _data(activities, dates, edition=edition, selection=selection, now=now)
    try:
        return press.printed(TEMPLATE, data, name=f"booklet of {edition.slug}", now=now)
    except press.TooLong:
        raise Refusal(_("This booklet takes too long to print. Please choose fewer activities."), status=503) from None


def _data(
    activities: Sequence[Activity],
    occurrences: Sequence[Occurrence],
    *,
    edition: Edition,
    selection: str | None,
    now: datetime,
) -> dict[str, Any]:
    dates = [Date(occurrence, *outline.days_of(occurrence, edition.timezone)) for occurrence in occurrences]
    strip = _strip(edition, dates)
    counts = [day["count"] for day in strip]
    title, _title_lang = either(edition, "title")
    sponsor, _sponsor_lang = either(edition, "sponsor")
    return {
        "lang": language(),
        "region": {"de": "DE", "en": "GB"}[language()],
        "title": title,
        "author": edition.organised_by or title,
        "dates": _span(edition),
        "count-line": ngettext("%(num)s activity", "%(num)s activities", len(activities)),
        "selection": selection,
        "busiest": counts.index(max(counts)) if counts else None,
        "strip": strip,
        "sender": " · ".join(part for part in (sponsor, edition.organised_by) if part),
        "as-of": _("As of %(moment)s", moment=moment_short(now, edition.timezone)),
        "notes": [],
        "words": {
            "booklet": _("Programme booklet"),
            "contents": _("Contents"),
            "running": _("Also on this day"),
            "page": _("page"),
            "page-short": _("p."),
            "undated": _("Date still open"),
            "by-land": _("By Land"),
            "by-field": _("By technology field"),
        },
        "days": _days(strip, dates, now),
        "undated": [_entry(None, activity, now) for activity in activities if not activity.occurrences],
        "by-land": _index(dates, lambda date: [_land(date.occurrence)]),
        "by-field": _index(dates, lambda date: [lists.FIELDS[field].name for field in date.activity.fields]),
    }


def _span(edition: Edition) -> str:
    if edition.date_precision == "year":
        return str(edition.starts_on.year)
    if edition.starts_on == edition.ends_on:
        return day_long(edition.starts_on)
    return _("%(first)s to %(last)s", first=day_medium(edition.starts_on), last=day_long(edition.ends_on))


def _strip(edition: Edition, dates: list[Date]) -> list[dict[str, Any]]:
    days = sorted({*edition.days, *(one.first for one in dates)})
    return [
        {"day": day, "count": len({one.activity.id for one in dates if one.first <= day <= one.last})} for day in days
    ]


def _days(strip: list[dict[str, Any]], dates: list[Date], now: datetime) -> list[dict[str, Any]]:
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
                "position": position,
                "count": ngettext("%(num)s activity", "%(num)s activities", slot["count"]),
                "running": [
                    {"title": either(one.activity, "title")[0], "label": _label(one.occurrence)} for one in running
                ],
                "entries": [_entry(one, one.activity, now) for one in starting],
            }
        )
    return sections


def _label(occurrence: Occurrence) -> str:
    return f"o{occurrence.id}"


def _entry(date: Date | None, activity: Activity, now: datetime) -> dict[str, Any]:
    """One entry; without a date (postponed, the new date is open) it has neither time nor place."""
    title, title_lang = either(activity, "title")
    summary, summary_lang = either(activity, "summary")
    edition = activity.edition
    # Any words may stand before the number; one letter keeps the QR code coarse enough to be read from paper.
    short = links.page("public.activity", lang=language(), edition=edition.slug, activity=f"a-{activity.id}")
    return {
        "label": _label(date.occurrence) if date else f"a{activity.id}",
        "time": _time(date) if date else "",
        "time-note": _time_note(date, edition) if date else "",
        "title": title,
        "title-lang": title_lang,
        "state": _state(activity),
        "host": who.host_line(activity),
        "where": _where(date.occurrence) if date else "",
        "fields": [lists.FIELDS[field].name for field in activity.fields],
        "countries": [country_name(code) for code in activity.partner_countries],
        "summary": summary,
        "summary-lang": summary_lang,
        "how": _how_to_sign_up(activity, now),
        "short": short.partition("://")[2],
        "short-url": short,
        "qr": _qr(short),
        "qr-alt": _("QR code: page of “%(title)s”", title=title),
    }


def _time(date: Date) -> str:
    if date.occurrence.is_all_day:
        return _("all day")
    starts, ends = when.at_home(date.occurrence)
    return f"{clock_time(starts)}–{clock_time(ends)}"


def _time_note(date: Date, edition: Edition) -> str:
    if date.last > date.first:
        return _("until %(day)s", day=_when_short_day(date.last))
    if when.is_abroad(date.occurrence):
        return when.zone_letters(date.occurrence.starts_at, edition.timezone)
    return ""


def _land(occurrence: Occurrence) -> str:
    if occurrence.venue_land:
        return lists.LAENDER[occurrence.venue_land].name
    return _("Online") if occurrence.activity.mode == "online" else _("Abroad")


def _where(occurrence: Occurrence) -> str:
    return _("Online") if occurrence.activity.mode == "online" else where.line(occurrence)


def _state(activity: Activity) -> str:
    badge = standing.badge(activity.happening)
    return badge.label if badge and activity.is_off else ""


def _how_to_sign_up(activity: Activity, now: datetime) -> str:
    """Nothing where nobody can come; what was cancelled says so above."""
    if not activity.takes_place:
        return ""
    if activity.access == "invitation":
        return _("By invitation.")
    if activity.registration_mode == "none":
        return _("No registration needed.")
    closes_at = activity_rules.sign_up_closes_at(activity)
    if closes_at and closes_at <= now:
        return _("Registration has closed.")
    if activity.registration_mode == "external":
        return _("Register with the host; the link is on the page of the activity.")
    if closes_at:
        return _("Register online until %(moment)s.", moment=moment_short(closes_at, activity.edition.timezone))
    return _("Register online.")


def _qr(url: str) -> str:
    drawn = io.BytesIO()
    # Error level M: still readable from a folded copy.
    segno.make(url, error="m").save(drawn, kind="svg", border=0, xmldecl=False, svgns=True, omitsize=True)
    return drawn.getvalue().decode()


def _index(dates: list[Date], keys: Callable[[Date], list[str]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for one in dates:
        row = {
            "when": _when_short(one),
            "title": either(one.activity, "title")[0],
            "label": _label(one.occurrence),
        }
        for key in keys(one):
            groups.setdefault(key, []).append(row)
    return [
        {"name": name, "rows": rows} for name, rows in sorted(groups.items(), key=lambda item: lists.sort_key(item[0]))
    ]


def _when_short(date: Date) -> str:
    day = _when_short_day(date.first)
    if date.occurrence.is_all_day:
        return day
    return f"{day} {clock_time(when.at_home(date.occurrence)[0])}"


def _when_short_day(day: date) -> str:
    """Di 6.4. · Tue 6 Apr"""
    if language() == "de":
        return format_date(day, "ccc d.M.", locale="de")
    return format_date(day, "ccc d MMM", locale="en_GB")
