"""What people type, and what stands in the cells of their tables: a day, a time of the day, a moment, a number.

Each `read_…` takes a text as `forms.one_line` leaves it and answers None when it says no such thing.
"""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from functools import cache

from babel import Locale
from babel.dates import format_date

from clusterweek import clock
from clusterweek.i18n import LANGUAGES, gettext as _, language

ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY = re.compile(r"(?:[^\W\d_]+\.?,? )?(\d{1,2})[. /]{1,2}(\d{1,2}|[^\W\d_]+)[. /]{1,2}(\d{4}|\d{2})")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::\d{2}(?:\.\d+)?)?)?(?: ?(?:uhr|h))?", re.IGNORECASE)
UNTIL = re.compile(r"(?:bis|until)?(?: ?zum)? ?(?:ende|end of|the end of)? ?", re.IGNORECASE)
MONTH = re.compile(r"([^\W\d_]+)\.?[ /-]{0,2}(\d{4}|\d{2})|(\d{1,2})(?:[. /-]{1,3}(\d{4})|/(\d{2}))|(\d{4})-(\d{1,2})")
QUARTER = re.compile(r"(?:q ?([1-4])|([1-4])\. ?quartal|quartal ([1-4]))[ /-]{0,2}(\d{4})", re.IGNORECASE)
YEAR = re.compile(r"\d{4}", re.ASCII)
THOUSANDS = re.compile(r"-?\d{1,3}(?:([. '’,])\d{3})(?:\1\d{3})*", re.ASCII)
WITH_ZEROS = re.compile(r"(-?\d{1,9})[.,]0{1,2}", re.ASCII)
HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}(?::\d{1,5})?(?:[/?#]|$)")
LONGEST_MOMENT = 60  # each gap of a text is tried
GAP = re.compile(r"(?<=\d)T(?=\d)|,? (?:um |at )?")  # between the day and the time of a moment


@cache
def _months() -> dict[str, int]:
    """Names of the months in both languages, long and short, in lower case."""
    found = {}
    for lang in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in Locale(lang).months["format"][width].items():
                found[name.lower().rstrip(".")] = number
    return found


def read_day(text: str) -> date | None:
    """8.4.2027, 08.04.2027, 8.4.27, Do 8. April 2027, 8 April 2027, 08/04/2027 or 2027-04-08; None for no day."""
    if match := ISO_DAY.fullmatch(text):
        year, month, day = (int(part) for part in match.groups())
    elif match := DAY.fullmatch(text):
        day, year = int(match[1]), int(match[3]) if len(match[3]) == 4 else 2000 + int(match[3])
        month = int(match[2]) if match[2].isdigit() else _months().get(match[2].lower().rstrip("."), 0)
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_last_day(text: str) -> date | None:
    """The last day of what is named: of 12/2026, Dezember 2026, Q4 2026, 2026, "bis Ende 2026", or a day, also with a
    time; None for no such thing."""
    said = text[match.end() :] if (match := UNTIL.match(text)) else text
    if day := read_day(said):
        return day
    if moment := read_moment(said):
        return moment.date()
    if match := QUARTER.fullmatch(said):
        year, month = int(match[4]), 3 * int(match[1] or match[2] or match[3])
    elif match := YEAR.fullmatch(said):
        year, month = int(said), 12
    elif match := MONTH.fullmatch(said):
        given = match[2] or match[4] or match[5] or match[6]
        year = int(given) if len(given) == 4 else 2000 + int(given)
        month = _months().get(match[1].lower(), 0) if match[1] else int(match[3] or match[7])
    else:
        return None
    if not 1 <= month <= 12 or year not in clock.YEARS:
        return None
    return date(year, month, monthrange(year, month)[1])


def write_day(day: date) -> str:
    """08.04.2027 · 8 April 2027: how a day stands in a field."""
    return day.strftime("%d.%m.%Y") if language() == "de" else format_date(day, "d MMMM y", locale="en_GB")


def check_year(day: date) -> None:
    """Raises ValueError with a sentence: the first and the last day of all cannot be reckoned with."""
    if day.year not in clock.YEARS:
        raise ValueError(_("The year must lie between 2000 and 2100."))


def read_clock(text: str) -> time | None:
    """9, 9:00, 09.00, 9 Uhr, 09:00:00; 24:00 is midnight. None when it is no time of the day."""
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def read_moment(text: str) -> datetime | None:
    """A day and a time of the day as above, on some wall clock: 8.4.2027 9 Uhr, 2027-04-08T09:00; None for neither.

    24:00 is the beginning of the next day.
    """
    for gap in GAP.finditer(text[:LONGEST_MOMENT]):
        day, at = read_day(text[: gap.start()]), read_clock(text[gap.end() :])
        if day is not None and at is not None:
            days = 1 if text[gap.end() :].startswith("24") and day < date.max else 0
            return datetime.combine(day, at) + timedelta(days=days)
    return None


def read_whole(text: str) -> int | None:
    """30, also 1.000 and 1 000, 30.0 and 30,0 as spreadsheets write them, and -1; None when it is no whole number, or
    has more than nine digits."""
    if THOUSANDS.fullmatch(text):
        text = re.sub(r"[^\d-]", "", text)
    elif match := WITH_ZEROS.fullmatch(text):
        text = match[1]
    return int(text) if re.fullmatch(r"-?\d{1,9}", text, re.ASCII) else None


def web_address(text: str | None) -> str | None:
    """www.example.org/page -> https://www.example.org/page; what has a scheme, or is no name of a host, stays."""
    return f"https://{text}" if text and HOST.match(text) else text
