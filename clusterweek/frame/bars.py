"""The day strip: one bar for each day of an edition."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Bar:
    """A day with its number of activities; `url` None: nothing to see there."""

    date: date
    count: int
    url: str | None = None
    is_current: bool = False
    is_marked: bool = False


@dataclass(frozen=True)
class AllDays:
    """The tile before the first day."""

    count: int
    url: str
    is_current: bool = False


def of(
    days: Mapping[date, int],
    *,
    url: Callable[[date], str] | None = None,
    current: Iterable[date] = (),
    marked: Iterable[date] = (),
) -> list[Bar]:
    """A bar for every day; a day with 0 stays, without a link, unless it is the one that is shown."""
    current, marked = set(current), set(marked)
    return [
        Bar(day, count, url(day) if url and (count or day in current) else None, day in current, day in marked)
        for day, count in sorted(days.items())
    ]
