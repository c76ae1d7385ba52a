"""How long submissions have been waiting."""

from datetime import UTC, datetime

import pytest

from clusterweek.organiser import review
from tests import make
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("submitted_at", "days"),
    [
        (datetime(2027, 3, 22, 6, tzinfo=UTC), 0),
        (datetime(2027, 3, 18, 9, tzinfo=UTC), 2),
        (datetime(2027, 3, 18, 23, 30, tzinfo=UTC), 1),  # in Berlin it was Friday already
        (datetime(2027, 3, 5, 9, tzinfo=UTC), 10),  # 8 March is a public holiday in Berlin
        (datetime(2027, 3, 4, 9, tzinfo=UTC), 11),
    ],
)
def test_waiting_is_counted_in_working_days_on_the_clock_of_the_edition(submitted_at: datetime, days: int) -> None:
    (entry,) = review.submissions([make.submitted(submitted_at=submitted_at)], now=NOW)

    assert (entry.days, entry.is_late) == (days, days > 10)
