"""Working days: Monday to Friday without the public holidays of Berlin, where programme offices of the federation sit.

The office's own promise is counted in them: a submission is answered within ten.
"""

from datetime import date, timedelta
from functools import cache

import holidays

ANSWER_WITHIN = 10  # working days from submission to decision; the queue marks what waits longer


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("DE", subdiv="BE", years=year))


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def between(since: date, until: date) -> int:
    """Working days after `since`, up to and including `until`: 0 on the day itself, 1 on the next working day."""
    return sum(is_working_day(since + timedelta(days=n)) for n in range(1, (until - since).days + 1))


def after(day: date, count: int) -> date:
    """The day that is `count` working days later: an answer is due on it."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
