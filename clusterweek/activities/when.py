"""When an occurrence takes place, in words: the same on pages, in letters and in the booklet."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from flask import Flask

from clusterweek.activities.models import Occurrence
from clusterweek.i18n import LOCALES, clock_time, day_long, day_short, gettext as _, language, o_clock


def init_app(app: Flask) -> None:
    """Teach the pages to say it."""
    app.jinja_env.filters.update(times=times, when=short, days_touched=days_touched)


def days_touched(occurrence: Occurrence) -> list[date]:
    """Every day from the first to the last, on the occurrence's own clock."""
    first, last = occurrence.starts_on, occurrence.ends_on
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def is_abroad(occurrence: Occurrence) -> bool:
    """Whether its clock shows another time than the edition's at that moment (Amsterdam's and Berlin's agree)."""
    if occurrence.is_all_day or occurrence.timezone == occurrence.activity.edition.timezone:
        return False
    return at_home(occurrence)[0].replace(tzinfo=None) != occurrence.starts_local


def at_home(occurrence: Occurrence) -> tuple[datetime, datetime]:
    """Start and end on the clock of the edition, where programme and booklet put it."""
    home = ZoneInfo(occurrence.activity.edition.timezone)
    return occurrence.starts_at.astimezone(home), occurrence.ends_at.astimezone(home)


def zone_letters(moment: datetime, zone: str) -> str:
    """MEZ or MESZ (CET or CEST) for Berlin and its neighbours, the offset for any other zone."""
    here = moment.astimezone(ZoneInfo(zone))
    english = here.tzname() or ""
    if english in ("CET", "CEST"):
        return {"CET": "MEZ", "CEST": "MESZ"}[english] if language() == "de" else english
    minutes = int((here.utcoffset() or timedelta()).total_seconds() // 60)
    sign, hours, rest = "+" if minutes >= 0 else "−", abs(minutes) // 60, abs(minutes) % 60
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def times(occurrence: Occurrence) -> str:
    """ "09:00–12:30 Uhr", "ganztägig", or for a foreign clock "16:00–17:00 Uhr in Tokio (09:00–10:00 Uhr MESZ)"."""
    if occurrence.is_all_day:
        return _("all day")
    there = clock_span(occurrence.starts_local, occurrence.ends_local)
    if not is_abroad(occurrence):
        return there
    starts, ends = at_home(occurrence)
    here = f"{clock_span(starts, ends)} {zone_letters(starts, occurrence.activity.edition.timezone)}"
    if starts.date() != occurrence.starts_on:
        here = f"{day_short(starts.date())}, {here}"
    return _(
        "%(there)s in %(city)s (%(here)s)",
        there=there,
        city=get_timezone_location(ZoneInfo(occurrence.timezone), locale=LOCALES[language()], return_city=True),
        here=here,
    )


def is_one_stretch(starts: datetime, ends: datetime) -> bool:
    """Whether somebody may stay from start to end: within a day, or an evening and the night after it."""
    return starts.date() == ends.date() or (ends - starts) <= timedelta(hours=15)


def clock_span(starts: datetime, ends: datetime) -> str:
    """ "09:00–12:30 Uhr"; over several days the dates of the line above belong to it: "from 09:00 to 12:30"."""
    if is_one_stretch(starts, ends):
        return _("%(starts)s–%(ends)s", starts=clock_time(starts), ends=clock_time(ends))
    return _("first day from %(starts)s, last day until %(ends)s", starts=clock_time(starts), ends=clock_time(ends))


def days(occurrence: Occurrence) -> str:
    """ "Donnerstag, 8. April 2027", or from the first to the last day."""
    first, last = occurrence.starts_on, occurrence.ends_on
    if first == last:
        return day_long(first)
    return _("%(first)s to %(last)s", first=day_long(first), last=day_long(last))


def long(occurrence: Occurrence) -> str:
    """ "Donnerstag, 8. April 2027, 09:00–12:30 Uhr": as letters say it, never "tomorrow"."""
    return f"{days(occurrence)}, {times(occurrence)}"


def brief(occurrence: Occurrence) -> str:
    """Inside a sentence: "Do, 8. April, 09:00 Uhr", "Di, 6. bis Sa, 10. April": without the year."""
    first, last = (_day_brief(day) for day in (occurrence.starts_on, occurrence.ends_on))
    if first != last:
        return _("%(first)s to %(last)s", first=first, last=last)
    if occurrence.is_all_day:
        return first
    return f"{first}, {o_clock(occurrence.starts_local)}"


def _day_brief(day: date) -> str:
    pattern = "ccc, d. MMMM" if language() == "de" else "ccc d MMMM"
    return format_date(day, pattern, locale=LOCALES[language()]).replace(".,", ",")


def short(occurrence: Occurrence) -> str:
    """One line: "Do, 08.04.2027, 09:00–12:30 Uhr", "Di, 06.04.2027 bis Sa, 10.04.2027, ganztägig"."""
    first, last = occurrence.starts_on, occurrence.ends_on
    span = (
        day_short(first) if first == last else _("%(first)s to %(last)s", first=day_short(first), last=day_short(last))
    )
    return f"{span}, {times(occurrence)}"
