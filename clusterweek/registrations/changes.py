"""What the letter about a changed activity says: of each date everything that is another now, new and old."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel.lists import format_list

from clusterweek.activities import when, where
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import LOCALES, day_long, either, gettext as _, language, local, moment_long
from clusterweek.outbox.models import Letter
from clusterweek.registrations import queries, words
from clusterweek.registrations.models import Registration


@dataclass(frozen=True)
class Line:
    """One thing that has changed: what it is, how it is now (in which language, if not the letter's), how it was (both
    may be empty), and of which date."""

    label: str
    now: str
    before: str = ""
    date: str = ""
    lang: str = ""


def of(registration: Registration, letter: Letter) -> dict[str, Any]:
    """`changed`: a line for each thing that is another now and concerns this person, with what it was; the new and the
    gone dates; `subject`: what has changed, in words; the ids of dates with another time, or place; whether it was
    postponed until now."""
    ids, activity = letter.ids, registration.activity
    is_online = words.is_online(activity, registration.mode)
    before = _before(ids["moved"])
    elsewhere = {one.id for one in queries.occurrences_of(ids["relinked" if is_online else "relocated"])}
    places: dict[str, str] = json.loads(ids.get("places", "{}"))
    added, removed = (queries.occurrences_of(ids[name]) for name in ("added", "removed"))
    lines: list[Line] = [_way(is_online)] if ids["switched"] else []
    kinds = ["date"] if added or removed else []
    has_several = len(activity.occurrences) > 1
    for one in queries.occurrences(sorted(before.keys() | elsewhere)):
        of_date = when.long(one) if has_several else ""
        if one.id in before:
            kind, line = _moved(one, *before[one.id], has_several=has_several)
            kinds.append(kind)
            lines.append(line)
        if one.id in elsewhere:
            kinds.append("room" if is_online else "place")
            lines.append(_room(of_date) if is_online else _place(one, places.get(str(one.id), ""), of_date))
    if ids["switched"]:
        kinds.append("way")
    for kind, line in _relied_on(activity, json.loads(ids.get("before", "{}"))):
        kinds.append(kind)
        lines.append(line)
    new_dates = {*before, *(one.id for one in added)}
    # The only date, replaced by another, is cancelled by a letter of its own.
    is_replaced = len(removed) == 1 and len(activity.occurrences) == len(added)
    return {
        "was_postponed": bool(ids["postponed"]),
        "changed": lines,
        "added": added,
        "removed": removed,
        "subject": _subject(kinds),
        "new_dates": new_dates,
        "new_places": elsewhere | {one.id for one in added} if not is_online or ids["switched"] else set(),
        "is_new_date": len(activity.occurrences) == 1 and bool(new_dates),
        "stays_in_calendar": bool(removed) and not is_replaced and registration.placed_at is not None,
    }


def _before(moved: str) -> dict[int, tuple[datetime, datetime | None]]:
    """Id of a date -> when it began and ended; letters that were posted by an earlier version know no end."""
    found = {}
    for one in filter(None, moved.split(",")):
        number, *seconds = (int(part) for part in one.split(":"))
        starts, ends = ([datetime.fromtimestamp(second, UTC) for second in seconds] + [None])[:2]
        assert starts is not None
        found[number] = starts, ends
    return found


def _moved(one: Occurrence, starts: datetime, ends: datetime | None, *, has_several: bool) -> tuple[str, Line]:
    """("time" or "date", its line): on the same days only the time is another."""
    first, last = local(starts, one.timezone), local(ends, one.timezone) if ends else None
    if last and first.date() == one.starts_on and _last_day(last) == one.ends_on:
        is_whole_day = (first.hour, first.minute, last.hour, last.minute) == (0, 0, 0, 0)
        was = _("all day") if is_whole_day else when.clock_span(first, last)
        now = when.long(one) if has_several else when.times(one)
        return "time", Line(_("New time:"), now, _("previously %(time)s", time=was))
    if ends and last and starts == one.starts_at:
        return "date", Line(
            _("New date:"),
            when.long(one),
            _("previously until %(moment)s", moment=moment_long(ends, one.timezone)),
        )
    was = moment_long(starts, one.timezone)
    if last and (first.hour, first.minute) != (0, 0) and _last_day(last) == first.date():
        was = f"{day_long(first.date())}, {when.clock_span(first, last)}"
    return "date", Line(_("New date:"), when.long(one), _("previously: %(moment)s", moment=was))


def _last_day(end: datetime) -> date:
    """An end at midnight belongs to the day before."""
    return end.date() - timedelta(days=int((end.hour, end.minute) == (0, 0)))


def _place(one: Occurrence, before: str, date: str) -> Line:
    now = where.address_or_online(one)
    return Line(_("New place:"), now, _("previously: %(place)s", place=before) if before not in ("", now) else "", date)


def _room(date: str) -> Line:
    return Line(_("The details for taking part online have changed."), "", "", date)


def _way(is_online: bool) -> Line:
    if is_online:
        return Line(_("You now take part online."), "", _("previously on site"))
    return Line(_("You now take part on site."), "", _("previously online"))


def _relied_on(activity: Activity, before: dict[str, Any]) -> Iterator[tuple[str, Line]]:
    """What else is another now: title, accessibility, cost."""
    now, lang = either(activity, "title")
    was = before.get(f"title_{lang}", now) or before.get("title_de") or activity.title_de
    if was != now:
        yield "title", Line(_("New title:"), now, _("previously: “%(title)s”", title=was), lang=lang)
    if "is_accessible" in before or "accessibility" in before:
        was_so = (
            before.get("is_accessible", activity.is_accessible),
            before.get("accessibility", activity.accessibility),
        )
        said = _access(activity.is_accessible, activity.accessibility)
        yield "access", Line(_("Accessibility now:"), said, _("previously: %(words)s", words=_access(*was_so)))
    if "cost_note" in before:
        free = _("free of charge")
        was = _("previously: %(words)s", words=before["cost_note"] or free)
        yield "cost", Line(_("New cost:"), activity.cost_note or free, was)


def _access(is_accessible: bool, words: str | None) -> str:
    said = [_("Step-free, with an accessible toilet.")] if is_accessible else []
    return " ".join([*said, *filter(None, [words])]) or _("no details")


def _subject(kinds: list[str]) -> str:
    names = {
        "date": _("date"),
        "time": _("time"),
        "place": _("place"),
        "room": _("online room"),
        "way": _("way of taking part"),
        "title": _("title"),
        "access": _("accessibility"),
        "cost": _("cost"),
    }
    said = [name for kind, name in names.items() if kind in kinds]
    return format_list(said, locale=LOCALES[language()])
