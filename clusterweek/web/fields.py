"""Fields of forms, each written once: a line of text, a name, an address, a day, a time, a number, a choice, rows.

What is typed is read in readers.py, which reads the cells of tables as well.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Protocol

from wtforms import EmailField, FieldList, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.widgets import DateInput, DateTimeLocalInput, NumberInput

from clusterweek.i18n import gettext as _, lazy_gettext as _l
from clusterweek.refusal import Refusal
from clusterweek.web.forms import (
    AtMost,
    EmailAddress,
    Needed,
    Unneeded,
    WebAddress,
    empty_as_none,
    many_lines,
    one_line,
)
from clusterweek.web.names import NoLink
from clusterweek.web.readers import (
    check_year,
    read_clock,
    read_day,
    read_last_day,
    read_moment,
    read_whole,
    web_address,
    write_day,
)

MOST_ROWS = 150  # more than any page of ours shows; each one costs some milliseconds, and a body has room for 30,000
MOST_COUNTED = 10_000_000
NAME, YOUR_NAME = _l("Name"), _l("Enter your name")
ADDRESS, YOUR_ADDRESS = _l("E-mail address"), _l("Enter your e-mail address")


class Read(StringField):
    """A text field whose text is read: what could not be read is shown again as it was typed."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = one_line(valuelist[0]) if valuelist else ""
        read = self.read(text) if text else None
        if text and read is None:
            raise ValueError(self.unread())
        self.data = read

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0]).replace("\0", "")  # a sign that no page may hold
        return "" if self.data is None else self.write(self.data)

    def read(self, text: str) -> Any:
        """What the text says; None when it cannot be read. Raises ValueError with a sentence that says more."""
        raise NotImplementedError

    def unread(self) -> str:
        """The sentence for a text that cannot be read."""
        raise NotImplementedError

    def write(self, value: Any) -> str:
        return str(value)


class DayField(Read):
    """data: a date or None."""

    def read(self, text: str) -> date | None:
        if day := read_day(text):
            check_year(day)
        return day

    def unread(self) -> str:
        example = write_day(date(2027, 4, 8))
        return _("This is not a day: write day, month and year, for example %(example)s", example=example)

    def write(self, value: date) -> str:
        return write_day(value)


class LastDayField(DayField):
    """The same for the end of something, which people name by its month or its year, too."""

    def read(self, text: str) -> date | None:
        if day := read_last_day(text):
            check_year(day)
        return day


class PickedDay(DayField):
    """The same where the browser shows its calendar, which wants 2027-04-08."""

    widget = DateInput()

    def unread(self) -> str:
        return _("Enter a day like 2027-04-06 or 06.04.2027.")

    def write(self, value: date) -> str:
        return value.isoformat()


class PickedMoment(Read):
    """data: a day and a time on a wall clock, or None; the browser shows its calendar and its clock."""

    widget = DateTimeLocalInput()

    def read(self, text: str) -> datetime | None:
        if moment := read_moment(text):
            check_year(moment)
        return moment

    def unread(self) -> str:
        return _("Enter a day and a time like 2027-01-31 23:59.")

    def write(self, value: datetime) -> str:
        return f"{value:%Y-%m-%dT%H:%M}"


class ClockField(Read):
    """data: a time of the day or None."""

    def read(self, text: str) -> time | None:
        return read_clock(text)

    def unread(self) -> str:
        return _("This is not a time, for example 09:00")

    def write(self, value: time) -> str:
        return value.strftime("%H:%M")


class CountField(Read):
    """data: a whole number, or None."""

    def read(self, text: str) -> int | None:
        return read_whole(text)

    def unread(self) -> str:
        return _("Enter a whole number, for example 30")


class StoredCount(CountField):
    """A number from 0 that the database can hold, of something that was counted."""

    widget = NumberInput()

    def read(self, text: str) -> int | None:
        number = super().read(text)
        return number if number is not None and 0 <= number <= MOST_COUNTED else None

    def unread(self) -> str:
        return _("Enter a whole number.")


def line(
    label: Any, limit: int, *checks: Any, needed: Any = None, field: type[StringField] = StringField
) -> StringField:
    """A text of one line. `needed` is the sentence for one that is missing; without it, nothing typed is None."""
    filters = [one_line] if needed else [one_line, empty_as_none]
    return field(label, [_asked(needed), AtMost(limit), *checks], filters=filters)


def lines(label: Any, limit: int, *, needed: Any = None) -> TextAreaField:
    """A text of several lines."""
    filters = [many_lines] if needed else [many_lines, empty_as_none]
    return TextAreaField(label, [_asked(needed), AtMost(limit)], filters=filters)


def name(label: Any = NAME, needed: Any = YOUR_NAME) -> StringField:
    """The name of a person."""
    return line(label, 120, NoLink(is_person=True), needed=needed)


def organisation(label: Any, *, needed: Any = None) -> StringField:
    """The name of an organisation."""
    return line(label, 160, NoLink(is_person=False), needed=needed)


def email(label: Any = ADDRESS, needed: Any = YOUR_ADDRESS) -> StringField:
    return line(label, 254, EmailAddress(), needed=needed, field=EmailField)


def website(label: Any) -> StringField:
    filters = [one_line, empty_as_none, web_address]
    return StringField(label, [_asked(None), AtMost(300), WebAddress()], filters=filters)


def day(label: Any, *, needed: Any = None, field: type[DayField] = DayField) -> DayField:
    return field(label, [_asked(needed)])


class Term(Protocol):
    """What a fixed list holds; see vocabulary/lists.py."""

    @property
    def code(self) -> str: ...

    @property
    def name(self) -> str: ...


def choice(label: Any, entries: Mapping[str, Term], *, open: Any = None, is_sorted: bool = False) -> SelectField:
    """One entry of a fixed list. `open` is what stands there for none, which then is None."""

    def choices() -> list[SelectChoice]:
        return ([SelectChoice("", str(open))] if open else []) + named(entries, is_sorted=is_sorted)

    return SelectField(label, choices=choices, coerce=lambda code: code or None)


def named(entries: Mapping[str, Term], *, is_sorted: bool = False) -> list[SelectChoice]:
    """The entries of a fixed list as a select offers them, in the language of the page; in its order or by name."""
    found = [SelectChoice(entry.code, entry.name) for entry in entries.values()]
    return sorted(found, key=lambda choice: choice.label) if is_sorted else found


def _asked(needed: Any) -> Needed | Unneeded:
    return Needed(needed) if needed else Unneeded()


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
