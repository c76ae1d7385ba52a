"""Working days of the office."""

from datetime import date

import pytest

from clusterweek.editions import workdays


@pytest.mark.parametrize(
    ("since", "until", "count"),
    [
        ("2027-01-08", "2027-01-08", 0),  # the day itself
        ("2027-01-08", "2027-01-11", 1),  # Friday to Monday
        ("2027-01-08", "2027-01-18", 6),
        ("2027-01-09", "2027-01-10", 0),  # a weekend
        ("2027-03-25", "2027-03-30", 1),  # Good Friday and Easter Monday are none
        ("2027-03-05", "2027-03-09", 1),  # Women's Day is a public holiday in Berlin
        ("2026-12-23", "2027-01-04", 6),  # across New Year: 24, 28, 29, 30, 31 December, 4 January
    ],
)
def test_working_days_leave_out_weekends_and_the_holidays_of_berlin(since: str, until: str, count: int) -> None:
    assert workdays.between(date.fromisoformat(since), date.fromisoformat(until)) == count


def test_an_answer_is_due_ten_working_days_later() -> None:
    assert workdays.after(date(2027, 1, 13), workdays.ANSWER_WITHIN) == date(2027, 1, 27)


def test_a_later_day_counts_back_to_the_same_number() -> None:
    day = date(2026, 12, 18)

    assert workdays.between(day, workdays.after(day, 10)) == 10
