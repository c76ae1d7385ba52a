"""Form fields for what people type: a day, a time of the day, a number, numbered rows."""

import re
from collections.abc import Iterator
from datetime import date, time
from functools import cache
from typing import Any

from babel import Locale
from babel.dates import format_date
from wtforms import FieldList, StringField

from clusterweek import clock
from clusterweek.i18n import LANGUAGES, language
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.web.forms import one_line

MOST_ROWS = 150  # more than any page of ours shows; each one costs some milliseconds, and a body has room for 30,000
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
DAY = re.compile(r"(?:[^\W\d_]+\.?,? )?(\d{1,2})[. /]{1,2}(\d{1,2}|[^\W\d_]+)[. /]{1,2}(\d{4}|\d{2})")
CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?: ?(?:uhr|h))?", re.IGNORECASE)


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


def write_day(day: date) -> str:
    """08.04.2027 · 8 April 2027: how a day stands in a field."""
    return day.strftime("%d.%m.%Y") if language() == "de" else format_date(day, "d MMMM y", locale="en_GB")


def read_clock(text: str) -> time | None:
    """9, 9:00, 09.00, 9 Uhr; 24:00 is midnight. None when it is no time of the day."""
    match = CLOCK.fullmatch(text)
    if match is None:
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if (hour, minute) == (24, 0):
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


class _Read(StringField):
    """A text field whose text is read: what could not be read is shown again as it was typed."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = one_line(valuelist[0]) if valuelist else ""
        self.data = self.read(text) if text else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0]).replace("\0", "")  # a sign that no page may hold
        return "" if self.data is None else self.write(self.data)

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> str:
        return str(value)


class DayField(_Read):
    """data: a date or None."""

    def read(self, text: str) -> date:
        if (day := read_day(text)) is None:
            raise ValueError(
                _(
                    "This is not a day: write day, month and year, for example %(example)s",
                    example=write_day(date(2027, 4, 8)),
                )
            )
        if day.year not in clock.YEARS:  # the first and the last day of all cannot be reckoned with
            raise ValueError(_("The year must lie between 2000 and 2100."))
        return day

    def write(self, value: date) -> str:
        return write_day(value)


class ClockField(_Read):
    """data: a time of the day or None."""

    def read(self, text: str) -> time:
        if (read := read_clock(text)) is None:
            raise ValueError(_("This is not a time, for example 09:00"))
        return read

    def write(self, value: time) -> str:
        return value.strftime("%H:%M")


class CountField(_Read):
    """data: a whole number from 0, or None."""

    def read(self, text: str) -> int:
        if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
            raise ValueError(_("Enter a whole number, for example 30"))
        return int(text)


class Rows(FieldList):
    """Numbered rows (`dates-0-city`). Raises Refusal (413) for more than `MOST_ROWS`, before any of them is built."""

    def _extract_indices(self, prefix: str, formdata: Any) -> Iterator[int]:
        # The library's own takes "²" and a number of 5,000 digits for numbers, and then fails.
        numbers = {
            int(match[1]) for key in formdata if (match := re.match(rf"{re.escape(prefix)}-([0-9]{{1,6}})(?:-|$)", key))
        }
        if len(numbers) > MOST_ROWS:
            raise Refusal(
                _("At most %(limit)s rows of one kind; these are %(count)s.", limit=MOST_ROWS, count=len(numbers)),
                status=413,
            )
        return iter(numbers)
