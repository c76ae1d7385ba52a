"""Which date of an activity a row speaks of: never another one than the person means, or a sentence.

Dates are known by their start, then by their number (`occurrence`), then by what is left over on both sides, when the
table names as many as there are. Of a table that names fewer, no date moves and none goes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from clusterweek.activities.dates import PLACE
from clusterweek.activities.entries import plain
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.importing import cells, identity, reading
from clusterweek.importing.tables import Row

HIGHEST = 999
POSTCODE = re.compile(r"(\d{4,5})(?:[.,]0{1,2})?", re.ASCII)
SAYS = reading.OF_OCCURRENCES - {"occurrence", "timezone"}


@dataclass
class Named:
    """A date as a row names it: its number (None: not said), what `actions.update` takes, and which one it is."""

    row: Row
    number: int | None
    values: dict[str, Any]
    is_empty: bool
    occurrence: Occurrence | None = None

    @property
    def has_start(self) -> bool:
        return "starts_local" in self.values

    def is_one_of(self, count: int) -> bool:
        """Whether it may be one of so many dates that are stored."""
        return count > 0 if self.number is None else self.number <= count

    def begins_like(self, other: Occurrence) -> bool:
        return (self.values["starts_local"], self.values["is_all_day"]) == (other.starts_local, other.is_all_day)

    def lasts_like(self, other: Occurrence) -> bool:
        return bool(self.values["ends_local"] == other.ends_local)

    def lies_like(self, other: Occurrence) -> bool:
        return all(self.values[name] == getattr(other, name) for name in PLACE if name in self.values)

    @property
    def plain(self) -> dict[str, Any]:
        return {name: plain(value) for name, value in self.values.items()}

    def says(self) -> tuple[Any, ...]:
        return tuple(self.values.get(name) for name in ("starts_local", "ends_local", "is_all_day", *PLACE))


def of(rows: list[Row], activity: Activity | None, notes: reading.Notes) -> list[tuple[Row, dict[str, Any]]] | None:
    """The dates that the rows name, each with the `id` of the stored one or None; None when the table has no columns of
    dates. Into `notes` comes what was read otherwise than it stands there. Raises Problem."""
    if not reading.OF_OCCURRENCES & rows[0].cells.keys():
        return None
    existing = list(activity.occurrences) if activity else []
    named = reading.together(*(_reading(row, len(existing)) for row in rows))
    for one in named:
        _mend_postcode(one, notes)
    _each_once(named)
    named = [one for one in named if not one.is_empty or one.is_one_of(len(existing))]  # no date yet
    _recognise(named, existing)
    reading.together(*(_complete(one) for one in named))
    for one in named:
        _mend_postcode(one, notes)
    return [(one.row, one.plain | {"id": one.occurrence.id if one.occurrence else None}) for one in named]


def _reading(row: Row, count: int) -> Callable[[], Named]:
    return lambda: _read(row, count)


def _read(row: Row, count: int) -> Named:
    values, reasons = reading.read(row, reading.PLACE_READERS)
    number = None
    if given := row.cells.get("occurrence"):
        try:
            number = identity.number_of(given)
        except ValueError:
            number = None
        if number is None or number > HIGHEST:
            reasons.append(("occurrence", _("“%(value)s” is not a whole number.", value=given)))
    if row.cells.get("timezone"):
        values["timezone"] = row.cells["timezone"]
    one = Named(row, number, values, is_empty=not any(row.cells.get(column) for column in SAYS))
    starts, ends = row.cells.get("starts_at"), row.cells.get("ends_at")
    if (starts is not None or ends is not None) and (one.is_one_of(count) or not one.is_empty):
        try:
            values |= cells.span(starts or "", ends or "")
        except ValueError as problem:
            reasons.append(("starts_at", str(problem)))
    if reasons:
        raise reading.Problem(row.number, reasons)
    return one


def _mend_postcode(one: Named, notes: reading.Notes) -> None:
    """1067 and 1067.0 in a German Land are 01067: a program took it for a number."""
    given = one.values.get("postcode") or ""
    land = one.values.get("venue_land", one.occurrence.venue_land if one.occurrence else None)
    match = POSTCODE.fullmatch(given)
    if land and match and (whole := match[1].zfill(5)) != given:
        one.values["postcode"] = whole
        sentence = _(
            "“%(value)s” is read as %(postcode)s: the table took it for a number.", value=given, postcode=whole
        )
        notes.setdefault(one.row.number, []).append(("postcode", sentence))


def _each_once(named: list[Named]) -> None:
    numbers: set[int] = set()
    said: dict[tuple[Any, ...], int] = {}
    for one in named:
        if one.number in numbers:
            sentence = _("The date %(number)s stands in the table twice.", number=one.number)
            raise reading.Problem(one.row.number, [("occurrence", sentence)])
        if one.number is not None:
            numbers.add(one.number)
        if not one.has_start:
            continue
        if earlier := said.get(one.says()):
            sentence = _("The same date stands in row %(number)s.", number=earlier)
            raise reading.Problem(one.row.number, [("starts_at", sentence)])
        said[one.says()] = one.row.number


def _recognise(named: list[Named], existing: list[Occurrence]) -> None:
    left = list(existing)

    def known(one: Named, by: Callable[[Named, Occurrence], bool]) -> None:
        one.occurrence = next((other for other in left if by(one, other)), None)
        if one.occurrence:
            left.remove(one.occurrence)

    def is_numbered(one: Named, other: Occurrence) -> bool:
        return one.number is not None and one.number <= len(existing) and existing[one.number - 1] is other

    for one in named:
        if not one.has_start:
            known(one, is_numbered)
    by_start: tuple[Callable[[Named, Occurrence], bool], ...] = (
        lambda one, other: one.begins_like(other) and one.lasts_like(other) and one.lies_like(other),
        lambda one, other: one.begins_like(other) and is_numbered(one, other),
        lambda one, other: one.begins_like(other) and one.lies_like(other),
        lambda one, other: one.begins_like(other) and one.lasts_like(other),
        lambda one, other: one.begins_like(other),
    )
    for by in by_start:
        for one in named:
            if one.has_start and one.occurrence is None:
                known(one, by)
    for one in named:
        if one.occurrence is None:
            known(one, is_numbered)
    _what_is_left(named, left, existing)


def _what_is_left(named: list[Named], left: list[Occurrence], existing: list[Occurrence]) -> None:
    """Rows that no start and no number has placed: new dates, if all others are known; the ones that are left, if the
    table names as many as there are."""
    open_rows = [one for one in named if one.occurrence is None and not _is_further(one, existing)]
    if not left or not open_rows:
        return
    if len(named) != len(existing) or not all(one.has_start for one in open_rows):
        if len(named) == len(existing) == 1:
            open_rows[0].occurrence = left[0]
            return
        raise _which(open_rows, len(existing))
    for is_same_day in (True, False):
        for one in sorted(open_rows, key=lambda one: one.values["starts_local"]):
            fits = [other for other in left if not is_same_day or other.starts_on == _day(one)]
            if one.occurrence is None and fits:
                one.occurrence = fits[0]
                left.remove(fits[0])


def _is_further(one: Named, existing: list[Occurrence]) -> bool:
    """Whether its number says that it is a date more."""
    return one.number is not None and one.number > len(existing)


def _day(one: Named) -> date:
    day: date = one.values["starts_local"].date()
    return day


def _which(open_rows: list[Named], count: int) -> reading.Problem:
    sentence = ngettext(
        "Which date is meant? There is %(num)s. Write its number into the column “occurrence”, "
        "or the next number for one more.",
        "Which date is meant? There are %(num)s. Write its number into the column “occurrence”, "
        "or the next number for one more.",
        count,
    )
    problem = reading.Problem(open_rows[0].row.number, [])
    problem.by_row = {one.row.number: [("starts_at" if one.has_start else "occurrence", sentence)] for one in open_rows}
    return problem


def _complete(one: Named) -> Callable[[], None]:
    def check() -> None:
        if one.occurrence is None and not one.has_start:
            raise reading.Problem(one.row.number, [("starts_at", _("Enter both “starts_at” and “ends_at”."))])

    return check
