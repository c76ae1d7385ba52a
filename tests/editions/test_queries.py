"""Which edition is shown."""

from datetime import date

from clusterweek.editions import queries
from tests import make
from tests.conftest import NOW


def test_the_next_week_is_the_current_edition() -> None:
    make.edition(starts_on=date(2028, 4, 3), ends_on=date(2028, 4, 12))
    next_week = make.edition()
    make.edition(kind="annual_conference", starts_on=date(2027, 4, 1), ends_on=date(2027, 4, 1))
    make.edition(state="archived", starts_on=date(2019, 4, 2), ends_on=date(2019, 4, 11))
    make.edition(state="draft", starts_on=date(2027, 3, 23), ends_on=date(2027, 3, 30))

    assert queries.current(NOW) == next_week


def test_on_its_last_day_a_week_is_still_current(at) -> None:
    week = make.edition()
    make.edition(starts_on=date(2028, 4, 3), ends_on=date(2028, 4, 12))

    assert queries.current(at("2027-04-15 23:59")) == week


def test_after_the_last_week_it_stays_until_it_is_archived(at) -> None:
    week = make.edition()

    assert queries.current(at("2027-06-01 12:00")) == week


def test_without_any_edition_there_is_no_current_one() -> None:
    assert queries.current(NOW) is None
