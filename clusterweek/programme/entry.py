"""What the booklet says about one activity on one date, in the current language."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from babel.dates import format_date

from clusterweek.activities import rules as activity_rules, standing, when, where, who
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.i18n import clock_time, country_name, either, gettext as _, language, moment_short
from clusterweek.listing import outline
from clusterweek.programme import codes
from clusterweek.vocabulary import lists
from clusterweek.web import links


@dataclass(frozen=True)
class Date:
    """An occurrence with its first and last day on the edition's clock: there it stands on the page, too."""

    occurrence: Occurrence
    first: date
    last: date

    @property
    def activity(self) -> Activity:
        return self.occurrence.activity

    @property
    def is_long(self) -> bool:
        """It has no time of the day at which one would come: fair stands, exhibitions. They follow the day's others."""
        at = self.occurrence
        return at.is_all_day or not when.is_one_stretch(at.starts_at, at.ends_at)

    @property
    def label(self) -> str:
        return f"o{self.occurrence.id}"


def date_of(occurrence: Occurrence, edition: Edition) -> Date:
    return Date(occurrence, *outline.days_of(occurrence, edition.timezone))


def block(date: Date | None, activity: Activity, now: datetime) -> dict[str, Any]:
    """One entry; without a date (postponed, the new date is open) it has neither time nor place."""
    title, title_lang = either(activity, "title")
    summary, summary_lang = either(activity, "summary")
    edition = activity.edition
    # Any words may stand before the number; one letter keeps the QR code coarse enough to be read from paper.
    short = links.page("public.activity", lang=language(), edition=edition.slug, activity=f"a-{activity.id}")
    return {
        "label": date.label if date else f"a{activity.id}",
        "time": _time(date) if date else "",
        "time-note": _time_note(date, edition) if date else "",
        "title": title,
        "title-lang": title_lang,
        "state": state(activity),
        "host": who.host_line(activity),
        "where": place(date.occurrence) if date else "",
        "fields": [lists.FIELDS[field].name for field in activity.fields],
        "countries": [country_name(code) for code in activity.partner_countries],
        "summary": summary,
        "summary-lang": summary_lang,
        "how": _how_to_sign_up(activity, now),
        "short": short.partition("://")[2],
        "short-url": short,
        "qr": codes.svg(short),
        "qr-alt": _("QR code: page of “%(title)s”", title=title),
    }


def pointer(date: Date, *, with_time: bool) -> dict[str, str]:
    """One line that leads to the entry: what, where, and in an index when."""
    activity = date.activity
    said = [either(activity, "title")[0], state(activity)]
    return {
        "when": when_short(date) if with_time else "",
        "title": ": ".join(reversed([part for part in said if part])),
        "where": _("Online") if activity.mode == "online" else where.town(date.occurrence),
        "label": date.label,
    }


def place(occurrence: Occurrence) -> str:
    return _("Online") if occurrence.activity.mode == "online" else where.line(occurrence)


def land(occurrence: Occurrence) -> str:
    """The name of the Land, for the index."""
    if occurrence.venue_land:
        return lists.LAENDER[occurrence.venue_land].name
    return _("Online") if occurrence.activity.mode == "online" else _("Abroad")


def state(activity: Activity) -> str:
    """Why nobody should come; empty where it takes place."""
    badge = standing.badge(activity.happening)
    return badge.label if badge and activity.is_off else ""


def when_short(date: Date) -> str:
    """Do 8.4. 09:00 · Thu 8 Apr 09:00"""
    day = day_of_line(date.first)
    if date.occurrence.is_all_day:
        return day
    return f"{day} {clock_time(when.at_home(date.occurrence)[0])}"


def day_of_line(day: date) -> str:
    """Di 6.4. · Tue 6 Apr"""
    if language() == "de":
        return format_date(day, "ccc d.M.", locale="de")
    return format_date(day, "ccc d MMM", locale="en_GB")


def day_of_head(day: date) -> str:
    """Do 8. April · Thu 8 April"""
    if language() == "de":
        return format_date(day, "ccc d. MMMM", locale="de")
    return format_date(day, "ccc d MMMM", locale="en_GB")


def closes_at(activity: Activity) -> datetime | None:
    """When what the entry says about signing up becomes untrue; None where it says nothing that ends."""
    if not activity.takes_place or activity.access == "invitation" or activity.registration_mode == "none":
        return None
    return activity_rules.sign_up_closes_at(activity)


def _time(date: Date) -> str:
    if date.occurrence.is_all_day:
        return _("all day")
    starts, ends = when.at_home(date.occurrence)
    return f"{clock_time(starts)}–{clock_time(ends)}"


def _time_note(date: Date, edition: Edition) -> str:
    if date.last > date.first and date.is_long:
        return _("until %(day)s", day=day_of_line(date.last))
    if when.is_abroad(date.occurrence):
        return when.zone_letters(date.occurrence.starts_at, edition.timezone)
    return ""


def _how_to_sign_up(activity: Activity, now: datetime) -> str:
    """Nothing where nobody can come; what was cancelled says so above."""
    if not activity.takes_place:
        return ""
    if activity.access == "invitation":
        return _("By invitation.")
    if activity.registration_mode == "none":
        return _("No registration needed.")
    closes = closes_at(activity)
    if closes and closes <= now:
        return _("Registration has closed.")
    if activity.registration_mode == "external":
        return _("Register with the host; link at")
    if closes:
        return _("Register online until %(moment)s.", moment=moment_short(closes, activity.edition.timezone))
    return _("Register online.")
