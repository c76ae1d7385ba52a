"""What time it is: the only place that asks.

Everything else is handed `now`, so a test or a script (`--now`) can play time forward.
"""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, aware, in UTC, without microseconds (no calendar format carries them)."""
    return datetime.now(UTC).replace(microsecond=0)
