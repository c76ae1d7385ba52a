"""How long it still is, in words that are true when a reminder leaves: "Morgen", "Am Montag", "In einer Stunde"."""

from datetime import datetime, timedelta

from babel.dates import format_date

from clusterweek import clock
from clusterweek.activities import when
from clusterweek.activities.models import Occurrence
from clusterweek.i18n import LOCALES, gettext as _, language, ngettext
from clusterweek.reminders.models import ReminderRule

ABOUT = timedelta(minutes=5)  # "in an hour" may be so much off, letters travel


def words(rule: ReminderRule, date: Occurrence, now: datetime) -> str:
    """As a letter by `rule` begins that leaves `now`. Days are those of the place: late in the evening "tomorrow" is
    another day there than here, and a night in which the clocks change is one night."""
    if rule.minutes_before and abs(date.starts_at - now - timedelta(minutes=rule.minutes_before)) <= ABOUT:
        return _in_minutes(rule.minutes_before)
    days = (date.starts_on - clock.today(date.timezone, now=now)).days
    if days <= 0:
        return _today(date)
    if days == 1:
        return _("Tomorrow")
    if days < 7:  # a week ahead the name of the day would be today's
        return _("On %(day)s", day=format_date(date.starts_on, "EEEE", locale=LOCALES[language()]))
    return ngettext("In %(num)s day", "In %(num)s days", days)


def _today(date: Occurrence) -> str:
    if date.is_all_day:
        return _("Today")
    start = date.starts_local
    is_full_hour = start.minute == 0 and language() == "de"
    time = str(start.hour) if is_full_hour else f"{start:%H:%M}"
    return _("Today at %(time)s local time", time=time) if when.is_abroad(date) else _("Today at %(time)s", time=time)


def _in_minutes(minutes: int) -> str:
    if minutes % 60:
        return ngettext("In %(num)s minute", "In %(num)s minutes", minutes)
    return ngettext("In one hour", "In %(num)s hours", minutes // 60)
