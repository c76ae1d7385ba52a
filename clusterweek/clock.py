"""What time it is: the only place that asks. And the zones in which it may be.

Everything else is handed `now`, so a test or a script (`--now`) can play time forward.
"""

from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

YEARS = range(2000, 2101)  # days and moments outside are mistyped


def now() -> datetime:
    """This moment, aware, in UTC, without microseconds (no calendar format carries them)."""
    return datetime.now(UTC).replace(microsecond=0)


def today(zone: str, *, now: datetime) -> date:
    """The day that it is in `zone`; in UTC it is still yesterday there for the first hour or two after midnight."""
    return now.astimezone(ZoneInfo(zone)).date()


@cache
def zones() -> frozenset[str]:
    """The zones that there are for us: places like "Europe/Berlin"; no bare offsets, which Outlook does not know."""
    return frozenset(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))


def to_utc(wall_clock: datetime, zone: str) -> datetime:
    """The moment of a wall-clock time. What happens twice in autumn means the first time."""
    return wall_clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def is_left_out(wall_clock: datetime, zone: str) -> bool:
    """Whether a wall-clock time does not exist, because the clocks go forward over it."""
    return to_utc(wall_clock, zone).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall_clock
