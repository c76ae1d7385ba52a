"""What a spreadsheet shows of a number, as far as its value alone would say something else: 01067 and 00:00.

Nothing here knows the program, so that a process of its own may run it.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

# Parts of a number format: a quoted text, one sign after \, a width or a filling, what stands in brackets, the rest.
_PARTS = re.compile(r'"([^"]*)"?|\\(.)|([_*].)|\[([^\]]*)\]|(.)', re.DOTALL)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?\d+(?:\.\d+)?)")
_HOURS = re.compile("[hs]|am/pm|a/p")
_DIGITS = "0#?"
_AS_THEY_STAND = " -/():+$€"  # what a format may hold without quotes
SECOND = timedelta(seconds=1)


@lru_cache(maxsize=512)
def parts_of(number_format: str) -> str:
    """The signs of a format that stand for parts of a moment, in small letters."""
    found = _PARTS.findall(number_format.split(";")[0])
    return "".join(
        rest or (f"[{inside}]" if inside in ("h", "hh", "s", "ss") else "") for *_, inside, rest in found
    ).lower()


def moment(value: Any, number_format: str) -> Any:
    """A day where the format shows no time and there is none; 2026-12 where it shows no day; a time of the day to the
    minute, not a hair before it."""
    if isinstance(value, time) and value.second == 59 and (value.hour, value.minute) != (23, 59):
        return time(value.hour + (value.minute == 59), (value.minute + 1) % 60)
    if not isinstance(value, datetime):
        return value
    if value.second == 59 and value < datetime.max - SECOND:  # 09:59:59.97, as fractions of a day are rounded
        value = value + (60 - value.second) * SECOND - timedelta(microseconds=value.microsecond)
    parts = parts_of(number_format)
    if value.time() != time() or _HOURS.search(parts):
        return value
    if parts == "general" or re.search("[dt]", parts) or not re.search("[myj]", parts):
        return date(value.year, value.month, value.day)
    return f"{value:%Y-%m}" if "m" in parts else f"{value:%Y}"


def number(value: Any, number_format: str) -> str | None:
    """1067 with the format 00000: 01067; None where the value says as much as what is shown."""
    if isinstance(value, bool) or "00" not in number_format or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not (abs(value) < 1e15 and value.is_integer()):
        return None
    places = _places(_section(value, number_format))
    return None if places is None else _written(abs(int(value)), places)


def _section(value: float, number_format: str) -> str:
    """The part of a format that counts for a number: by its own condition, or for positive ones, negative ones, 0."""
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    given = [_CONDITION.search(section) for section in sections]
    if any(given):
        for section, condition in zip(sections, given, strict=True):
            if condition is None or _holds(value, *condition.groups()):
                return section
        return ""
    if value < 0:
        return sections[1] if len(sections) > 1 else f"-{number_format}"
    return sections[2] if value == 0 and len(sections) > 2 else sections[0]


def _holds(value: float, sign: str, other: str) -> bool:
    limit = float(other)
    return {
        "<": value < limit,
        "<=": value <= limit,
        ">": value > limit,
        ">=": value >= limit,
        "=": value == limit,
        "<>": value != limit,
    }[sign]


@lru_cache(maxsize=512)
def _places(section: str) -> tuple[tuple[bool, str], ...] | None:
    """(whether it stands for a digit, the sign) of a format of whole numbers with zeros in front; None for others."""
    found: list[tuple[bool, str]] = []
    for quoted, escaped, space, inside, rest in _PARTS.findall(section):
        if inside.startswith("$"):
            found += [(False, one) for one in inside[1:].partition("-")[0]]
        elif inside or space.startswith("*"):
            continue
        elif space:
            found.append((False, " "))
        elif rest and rest in _DIGITS:
            found.append((True, rest))
        elif rest and rest not in _AS_THEY_STAND:
            return None
        else:
            found += [(False, one) for one in quoted or escaped or rest]
    return tuple(found) if [sign for is_digit, sign in found if is_digit].count("0") > 1 else None


def _written(value: int, places: tuple[tuple[bool, str], ...]) -> str:
    digits, out = list(str(value)), []
    first = next(at for at, (is_digit, _sign) in enumerate(places) if is_digit)
    for at, (is_digit, sign) in reversed(list(enumerate(places))):
        if not is_digit:
            out.append(sign)
        elif at == first:
            out += reversed(digits or (["0"] if sign == "0" else []))
        elif digits:
            out.append(digits.pop())
        elif sign == "0":
            out.append("0")
    return "".join(reversed(out)).strip()


FIRST_SERIAL, LAST_SERIAL = 36526, 73050  # 2000-01-01 and 2099-12-31 as a spreadsheet counts days
SERIAL = re.compile(r"(\d{5})(?:[.,](\d{1,17}))?", re.ASCII)
EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}


def day_of_serial(text: str, *, is_1904: bool) -> str | None:
    """A bare number of a column of days as a day (2026-12-31) or a moment (2026-12-31 09:00); None for no such one."""
    match = SERIAL.fullmatch(text)
    shift = (EPOCHS[True] - EPOCHS[False]).days if is_1904 else 0
    if match is None or not FIRST_SERIAL <= int(match[1]) + shift <= LAST_SERIAL:
        return None
    seconds = (Decimal(f"0.{match[2] or 0}") * 86_400).to_integral_value(ROUND_HALF_UP)
    found = moment(EPOCHS[is_1904] + timedelta(days=int(match[1]), seconds=int(seconds)), "")
    return found.isoformat() if not isinstance(found, datetime) else f"{found:%Y-%m-%d %H:%M}"
