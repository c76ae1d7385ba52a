"""Reading one cell of the programme's table. Each reader raises ValueError with a sentence for people."""

import difflib
import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from clusterweek import clock
from clusterweek.i18n import gettext as _
from clusterweek.importing import guard, identity
from clusterweek.importing.words import NOTHING
from clusterweek.vocabulary import lists
from clusterweek.web import readers
from clusterweek.web.forms import one_line

OFFSET = re.compile(r"\d:\d\d[\d:.,]* ?(?:Z|[+-]\d\d(?::?\d\d)?)", re.IGNORECASE)
NO_COUNTRY = re.compile(r"\[(?:[^\[\]]{0,1}|[^\[\]]{2})\]$")  # [N1], [N]; “Institut [IPT]” is a name
PARTNER = re.compile(r"(?P<name>.+?)\s*\[(?P<country>[A-Za-z]{2})\]")


def text(cell: str) -> str | None:
    return cell or None


def line(cell: str) -> str | None:
    """A text of a single line, as the forms have it."""
    return one_line(cell) or None


def web(cell: str) -> str | None:
    """An address of the web, as the forms have it."""
    return readers.web_address(line(cell))


def whole_number(cell: str) -> int | None:
    if not cell:
        return None
    number = readers.read_whole(cell)
    if number is None or number < 0:
        raise ValueError(_("“%(value)s” is not a whole number.", value=cell))
    return number


def degrees(cell: str) -> float | None:
    """Decimal degrees; German spreadsheets write a comma."""
    if not cell:
        return None
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        raise ValueError(_("“%(value)s” is not a number of degrees, for example 50.92878.", value=cell)) from None
    if value != value or abs(value) > 180:
        raise ValueError(_("“%(value)s” is not a number of degrees, for example 50.92878.", value=cell))
    return value


def local_time(cell: str) -> tuple[datetime, bool]:
    """(wall clock, whether the cell names a whole day), from days and times as the forms understand them."""
    said = one_line(cell)
    day = readers.read_day(said)
    value = datetime.combine(day, time()) if day else readers.read_moment(said)
    if value is None:
        raise ValueError(
            _("Write local times without an offset; the zone has a column of its own.")
            if OFFSET.search(said)
            else _("“%(value)s” is not a time like 2027-04-08 09:00 or a day like 2027-04-08.", value=cell)
        )
    readers.check_year(value)
    return value, day is not None


def span(starts: str, ends: str) -> dict[str, Any]:
    """`starts_at` and `ends_at` as an occurrence keeps them; the table names the last day of an all-day one."""
    if not starts or not ends:
        raise ValueError(_("Enter both “starts_at” and “ends_at”."))
    (first, first_is_day), (last, last_is_day) = local_time(starts), local_time(ends)
    if first_is_day != last_is_day:
        raise ValueError(_("“starts_at” and “ends_at” must both have a time of day, or neither."))
    if first_is_day:
        last = datetime.combine(last.date() + timedelta(days=1), time())
    return {"starts_local": first, "ends_local": last, "is_all_day": first_is_day}


def deadline(cell: str, zone: str) -> datetime | None:
    """A moment, from the wall clock of the edition's zone; a day alone means its last minute."""
    if not cell:
        return None
    value, is_day = local_time(cell)
    if is_day:
        value = value.replace(hour=23, minute=59)
    return clock.to_utc(value, zone)


def several(cell: str) -> list[str]:
    """A list inside a cell, separated by |; "keine" names nothing. One element that cannot be read makes the whole
    list an error, and so does a cell that holds separators alone."""
    parts = [part.strip() for part in cell.split("|") if part.strip()]
    if cell.strip().casefold() in NOTHING:
        return []
    if wrong := next((part for part in parts if guard.is_error(part)), None):
        raise ValueError(guard.Unread("error", wrong).sentence)
    if cell and not parts:
        raise ValueError(_("“%(value)s” names nothing. Write the values, or leave the cell empty.", value=cell))
    return parts


def separated(cell: str, read: Callable[[str], str]) -> list[str]:
    """What `read` makes of each part of a list, each once. People write | and ; and commas and new lines; some names
    hold a comma, so the first way counts in which every part is known. The error is that of the finest."""
    for ends in ("|", "|;\n", "|;\n,"):
        parts = several(re.sub(f"[{ends}]", "|", cell))
        try:
            return list(dict.fromkeys(map(read, parts)))
        except ValueError as problem:
            reason = problem
    raise reason


def countries(cell: str) -> list[str]:
    """Codes, from codes or names in either language."""
    return separated(cell, lists.country_code)


def partners(cell: str) -> list[tuple[str, str | None]]:
    """`Name [NL]|Another name`."""
    found: list[tuple[str, str | None]] = []
    for part in several(cell):
        match = PARTNER.fullmatch(part)
        if match is None and NO_COUNTRY.search(part):
            raise ValueError(_("“%(value)s” does not end with the code of a country, for example [NL].", value=part))
        found.append((match["name"], match["country"].upper()) if match else (part, None))
    return found


def code(entries: dict[str, lists.Term], words: dict[str, str] | None = None) -> Callable[[str], str | None]:
    """One code of a fixed list; its German or English name is understood as well, and other `words` for it."""
    names = {_plain(name): entry.code for entry in entries.values() for name in (entry.code, entry.de, entry.en)}
    also = {_plain(word): code for word, code in (words or {}).items()}

    def read(cell: str) -> str | None:
        if not cell:
            return None
        said = _plain(cell)
        found = names.get(said) or also.get(said)
        if found is None:
            raise ValueError(_unknown(cell, entries, names))
        return found

    return read


def _plain(text: str) -> str:
    """Capitals, kinds of dashes and a full stop at the end say nothing."""
    return identity.folded(text).rstrip(".")


def _unknown(cell: str, entries: dict[str, lists.Term], names: dict[str, str]) -> str:
    """A sentence that helps on: what is spelt nearly like it, else some of the values."""
    wanted = cell.casefold()
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.7)
    near = near or [name for name in names if len(wanted) >= 4 and wanted in name][:3]
    if near:
        meant = dict.fromkeys(entries[names[name]].name for name in near)
        return _("We don't know “%(value)s”. Did you mean %(names)s?", value=cell, names=", ".join(meant))
    some = [entry.name for entry in list(entries.values())[:3]]
    return _("We don't know “%(value)s”. Examples: %(names)s.", value=cell, names=", ".join(some))


def codes(entries: dict[str, lists.Term]) -> Callable[[str], list[str]]:
    """Several codes of a fixed list, each once."""
    one = code(entries)

    def read(cell: str) -> list[str]:
        return separated(cell, lambda part: str(one(part)))

    return read
