"""An activity as one line of a list: everything in words, so that the template asks nobody."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import url_for

from clusterweek.activities import rules, standing, when, where, who
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.standing import Badge
from clusterweek.i18n import clock_time, day_short, day_span, either, gettext as _, language, ngettext
from clusterweek.listing import outline
from clusterweek.registrations import words
from clusterweek.registrations.rules import Places
from clusterweek.vocabulary import lists

ONE_EVENING = timedelta(hours=15)  # 18:00 to 00:30 is one date, not two days


@dataclass(frozen=True)
class Row:
    """What `activity_row` draws. Either `starts` and `ends` (with their ISO form) or `when` is filled."""

    url: str
    title: str
    title_lang: str
    host: str
    facts: str
    town: str
    format: str
    manner: str
    is_off: bool
    day: str = ""  # only in lists without headings by day
    when: str = ""
    starts: str = ""
    ends: str = ""
    starts_iso: str = ""
    ends_iso: str = ""
    zone: str = ""
    countries: list[str] = field(default_factory=list)
    badges: list[Badge] = field(default_factory=list)


def row(
    activity: Activity,
    occurrence: Occurrence | None,
    places: Places | None,
    *,
    now: datetime,
    with_day: bool = False,
    partners_of: str | None = None,
) -> Row:
    """The line for one date of an activity (None: the date is still open).

    `with_day` for lists that have no headings by day; `partners_of` a country whose partners are named beside the host.
    """
    title, title_lang = either(activity, "title")
    partners = [one.name for one in activity.external_partners if partners_of and one.country == partners_of]
    named = [name for slug in activity.fields if (name := _name(lists.FIELDS, slug))]
    return Row(
        url=url_for("public.activity", edition=activity.edition.slug, activity=rules.address_part(activity)),
        title=title,
        title_lang=title_lang,
        host=who.host_line(activity, partners),
        facts=", ".join([*named, *_span(activity, occurrence)]),
        town=town(activity, occurrence),
        format=_name(lists.FORMATS, activity.format),
        manner=_manner(activity),
        is_off=activity.is_cancelled,
        day=day_short(outline.days_of(occurrence, activity.edition.timezone)[0]) if with_day and occurrence else "",
        countries=activity.partner_countries,
        badges=badges(activity, places, now=now),
        **_times(activity, occurrence),
    )


def badges(activity: Activity, places: Places | None, *, now: datetime) -> list[Badge]:
    """Only what tells something: few places, waiting list, cancelled, postponed, tentative, the text's language."""
    found = []
    if badge := standing.badge(activity.happening):
        found.append(badge)
    if places and places.free is not None and rules.is_sign_up_open(activity, now):
        if places.free == 0:
            found.append(Badge(_("Waiting list"), "info"))
        elif places.free <= words.FEW:
            found.append(Badge(words.count_left(places.free), "warning"))
    if either(activity, "title")[1] != language():
        found.append(Badge(_("Text in German"), "info"))
    return found


def town(activity: Activity, occurrence: Occurrence | None) -> str:
    """Where, in a word or two."""
    if activity.mode == "online":
        return _("Online")
    place = occurrence or next(iter(activity.occurrences), None)
    known = where.town(place) if place else ""
    return known if known or activity.is_cancelled else _("Place still open")


def joined(names: list[str]) -> str:
    """ "Deutsch und Englisch"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(some)s and %(last)s", some=", ".join(names[:-1]), last=names[-1])


def _manner(activity: Activity) -> str:
    spoken = joined([name for code in activity.languages if (name := _name(lists.SPOKEN, code))])
    mode = "" if activity.mode == "online" else _name(lists.MODES, activity.mode)
    return " · ".join(part for part in (mode, spoken) if part)


def _span(activity: Activity, occurrence: Occurrence | None) -> list[str]:
    """For what takes longer than a day, or happens several times: which days."""
    if len(activity.occurrences) > 1:
        return [ngettext("%(num)s date", "%(num)s dates", len(activity.occurrences))]
    if occurrence and lasts_days(occurrence):
        return [day_span(occurrence.starts_on, occurrence.ends_on)]
    return []


def lasts_days(occurrence: Occurrence) -> bool:
    return occurrence.starts_on != occurrence.ends_on and (
        occurrence.is_all_day or occurrence.ends_at - occurrence.starts_at > ONE_EVENING
    )


def _times(activity: Activity, occurrence: Occurrence | None) -> dict[str, str]:
    """On the edition's clock, with its letters beside it where the place has another."""
    if occurrence is None:
        return {"when": "" if activity.is_cancelled else _("date open")}
    if occurrence.is_all_day:
        return {"when": _("all day")}
    starts, ends = when.at_home(occurrence)
    if lasts_days(occurrence):
        return {"when": _("from %(time)s", time=clock_time(starts))}
    return {
        "starts": clock_time(starts),
        "ends": clock_time(ends),
        "starts_iso": starts.isoformat(timespec="minutes"),
        "ends_iso": ends.isoformat(timespec="minutes"),
        "zone": when.zone_letters(starts, activity.edition.timezone) if when.is_abroad(occurrence) else "",
    }


def _name(entries: dict[str, lists.Term], code: str | None) -> str:
    entry = entries.get(code or "")
    return entry.name if entry else ""
