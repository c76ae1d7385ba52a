"""What an attendee will get, told beforehand: for the form, the letters and the page of the registration.

Those belong to a room on a lower floor, which knows nothing of reminders; it finds these three in its templates.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list
from flask import Flask

from clusterweek import clock
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import LOCALES, clock_time, gettext as _, language, ngettext
from clusterweek.reminders import queries, rules
from clusterweek.reminders.models import ReminderRule


@dataclass(frozen=True)
class Step:
    """One line: a reminder, or the start itself. `at` is the wall clock of the occurrence."""

    at: datetime
    words: str
    is_start: bool = False


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(reminders_ahead=steps, reminder_sentence=sentence, reminder_days=days)


def steps(activity: Activity, mode: str, now: datetime) -> list[Step]:
    """The reminders that lie ahead of somebody who attends in this way, and the starts; empty when none will come."""
    found = []
    concerning = [rule for rule in queries.active_rules() if rules.concerns(rule, activity, mode)]
    for occurrence in activity.occurrences:
        zone = ZoneInfo(occurrence.timezone)
        moments = [(rule, rules.moment_of(rule, occurrence)) for rule in concerning]
        reminders = [
            Step(at.astimezone(zone), _before(rule, at.astimezone(zone))) for rule, at in moments if at and at > now
        ]
        if reminders:
            start = occurrence.starts_local
            words = _("Start") if occurrence.is_all_day else _("Start, %(time)s", time=clock_time(start))
            found += [*reminders, Step(start.replace(tzinfo=zone), words, is_start=True)]
    return sorted(found, key=lambda step: step.at)


def sentence(activity: Activity, mode: str, now: datetime) -> str:
    """ "We remind you 7 days and 1 day before."; empty when no reminder lies ahead."""
    lengths = []
    for rule in queries.active_rules():
        moments = (
            [rules.moment_of(rule, one) for one in activity.occurrences] if rules.concerns(rule, activity, mode) else []
        )
        if any(moment and moment > now for moment in moments):
            lengths.append(_length(rule))
    if not lengths:
        return ""
    *first, last = lengths
    joined = _("%(first)s and %(last)s", first=", ".join(first), last=last) if first else last
    return _("We remind you %(lengths)s before.", lengths=joined)


def days(activity: Activity, mode: str, now: datetime) -> str:
    """ "We will remind you on 1 April, 7 April and 1 hour before."; of several dates only how long before."""
    if len(activity.occurrences) != 1:
        return sentence(activity, mode, now)
    (date,) = activity.occurrences
    said = []
    for rule in queries.active_rules():
        moment = rules.moment_of(rule, date) if rules.concerns(rule, activity, mode) else None
        if moment and moment > now:
            said.append(_("%(length)s before", length=_length(rule)) if rule.minutes_before else _on(moment, date))
    if not said:
        return ""
    joined = format_list(said, locale=LOCALES[language()])
    return _("We will remind you %(days)s.", days=joined.removesuffix("."))  # "am 07.04." ends the sentence


def _on(moment: datetime, date: Occurrence) -> str:
    day = clock.today(date.timezone, now=moment)
    return _(
        "on %(day)s", day=format_date(day, "dd.MM." if language() == "de" else "d MMMM", locale=LOCALES[language()])
    )


def _length(rule: ReminderRule) -> str:
    if rule.days_before is not None:
        return ngettext("%(num)s day", "%(num)s days", rule.days_before)
    minutes = rule.minutes_before or 0
    if minutes % 60:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", minutes // 60)


def _before(rule: ReminderRule, at: datetime) -> str:
    return _("%(length)s before, %(time)s", length=_length(rule), time=clock_time(at))
