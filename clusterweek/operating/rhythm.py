"""When a job's next round is due. Rhythms go by the monotonic clock: one that is set back would silence them for as
long, one that is set forward would make them race. Only "every day at" has to ask the clock on the wall."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SET_BACK = timedelta(minutes=1)  # more than any correction that a time server makes by itself


@dataclass
class Every:
    """Every so many seconds, the first time at once. A round that comes late comes once, then in the old rhythm."""

    seconds: float
    due_at: float | None = None  # monotonic

    def is_due(self, steady: float, wall: datetime) -> bool:
        if self.due_at is None:
            self.due_at = steady
        if steady < self.due_at:
            return False
        missed = int((steady - self.due_at) // self.seconds)
        self.due_at += (missed + 1) * self.seconds
        return True


@dataclass
class Daily:
    """Once a day at a time of the office's clock. When the clock was wrong and is set right, the next day is reckoned
    anew; a day that was missed meanwhile is made up for once."""

    at: time
    zone: ZoneInfo
    due_at: datetime | None = None
    seen_at: datetime | None = None

    def is_due(self, steady: float, wall: datetime) -> bool:
        was_set_back = self.seen_at is not None and wall < self.seen_at - SET_BACK
        self.seen_at = wall
        if self.due_at is None or was_set_back:
            self.due_at = self._next(wall)
            return False
        if wall < self.due_at:
            return False
        self.due_at = self._next(wall)
        return True

    def _next(self, wall: datetime) -> datetime:
        today = wall.astimezone(self.zone).date()
        moments = (
            datetime.combine(today + timedelta(days), self.at, tzinfo=self.zone).astimezone(UTC) for days in (0, 1, 2)
        )
        return next(moment for moment in moments if moment > wall)
