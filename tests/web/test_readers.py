"""Days and times, as people type them."""

from datetime import date, time

import pytest

from clusterweek.web import readers

EIGHTH = date(2027, 4, 8)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("08.04.2027", EIGHTH),
        ("8.4.2027", EIGHTH),
        ("8. 4. 2027", EIGHTH),
        ("2027-04-08", EIGHTH),
        ("08/04/2027", EIGHTH),  # British
        ("8 April 2027", EIGHTH),
        ("8. April 2027", EIGHTH),
        ("Do, 08.04.2027", EIGHTH),
        ("Donnerstag, 8. April 2027", EIGHTH),
        ("1 März 2027", date(2027, 3, 1)),
        ("1 Mar 2027", date(2027, 3, 1)),
        ("31.04.2027", None),
        ("8.4.27", EIGHTH),
        ("8.4.", None),
        ("8.4.027", None),
        ("8. Quintember 2027", None),
        ("morgen", None),
        ("", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text: str, day: date | None) -> None:
    assert readers.read_day(text) == day


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("09:00", time(9)),
        ("9", time(9)),
        ("9.30", time(9, 30)),
        ("9 Uhr", time(9)),
        ("18:00 Uhr", time(18)),
        ("24:00", time(0)),
        ("24:30", None),
        ("25:00", None),
        ("12:60", None),
        ("abends", None),
        ("", None),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, clock: time | None) -> None:
    assert readers.read_clock(text) == clock
