"""Rows, choices, and what cannot be read."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField

from clusterweek.i18n import force_language
from clusterweek.refusal import Refusal
from clusterweek.vocabulary import lists
from clusterweek.web import fields, readers


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


class Talk(Form):
    title = fields.line("Title", 10, needed="Enter a title")
    note = fields.line("Note", 10)
    day = fields.day("Day", needed="Enter a day", field=fields.PickedDay)
    land = fields.choice("Land", lists.LAENDER, open="none")
    main_field = fields.choice("Field", lists.FIELDS, is_sorted=True)


def talk(**typed: str) -> Talk:
    form = Talk(MultiDict({"title": "Licht", "day": "8.4.2027", "main_field": "logistics"} | typed))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ({}, {}),
        ({"title": " \x00 "}, {"title": ["Enter a title"]}),
        (
            {"title": "x" * 11, "note": "x" * 11},
            {n: ["At most 10 characters; these are 11."] for n in ("title", "note")},
        ),
        ({"day": ""}, {"day": ["Enter a day"]}),
        ({"day": "bald"}, {"day": ["Enter a day like 2027-04-06 or 06.04.2027."]}),  # and not that it is missing too
        ({"day": "8.4.1999"}, {"day": ["The year must lie between 2000 and 2100."]}),
        ({"land": "DE-XX", "main_field": ""}, {n: ["Not a valid choice."] for n in ("land", "main_field")}),
    ],
)
def test_each_field_says_what_is_wrong_with_it(app: Flask, typed: dict[str, str], errors: dict[str, list[str]]) -> None:
    with force_language("en"):
        assert talk(**typed).errors == errors


def test_nothing_typed_is_none_where_nothing_is_needed(app: Flask) -> None:
    form = talk(note=" ", land="")

    assert (form.note.data, form.land.data) == (None, None)


def test_a_choice_offers_its_list_in_the_language_of_the_page(app: Flask) -> None:
    with force_language("en"):
        form = talk()
        labels = [choice.label for choice in form.main_field.choices]

    assert ("DE-BY", "Bavaria") in [(choice.value, choice.label) for choice in form.land.choices]
    assert form.land.choices[0].label == "none"
    assert labels == sorted(labels) != [entry.en for entry in lists.FIELDS.values()]


def test_what_cannot_be_read_is_shown_as_it_was_typed_and_a_day_as_the_browser_wants_it(app: Flask) -> None:
    assert 'value="bald"' in talk(day="bald").day()
    assert 'value="2027-04-08"' in Talk(data={"day": readers.read_day("8.4.2027")}).day()
