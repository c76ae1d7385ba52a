"""Days and times, as people type them."""

from datetime import date, time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from clusterweek.refusal import Refusal
from clusterweek.web import fields

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
    assert fields.read_day(text) == day


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
    assert fields.read_clock(text) == clock


class Course(Form):
    dates = fields.Rows(StringField())


def course(*names: str) -> Course:
    return Course(MultiDict((name, "x") for name in names))


def test_rows_are_taken_in_the_order_of_their_numbers() -> None:
    assert len(course("dates-7", "dates-0", "dates-12").dates) == 3
    assert len(course(*(f"dates-{n}" for n in range(fields.MOST_ROWS))).dates) == fields.MOST_ROWS


@pytest.mark.parametrize(
    "name",
    ["dates-²", "dates-٣", f"dates-{'9' * 5000}", "dates-", "dates--1", "dates", "dates-x-1", "dates-1e3", "updates-1"],
)
def test_a_name_that_only_looks_like_a_row_is_none(name: str) -> None:
    assert len(course(name).dates) == 0


@pytest.mark.parametrize("count", [fields.MOST_ROWS + 1, 30_000])
def test_more_rows_than_any_page_shows_are_refused_before_they_are_built(app: Flask, count: int) -> None:
    with pytest.raises(Refusal) as refused:
        course(*(f"dates-{n}" for n in range(count)))

    assert refused.value.status == 413
