"""The programme page by page: headings, rows, what runs on."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing import filter as filters, query
from clusterweek.listing.query import DayPage
from tests import make
from tests.conftest import NOW
from tests.statements import Statements


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def page(edition: Edition, *pairs: tuple[str, str], number: int = 1) -> DayPage:
    return query.page_of_days(edition, filters.of(pairs, now=NOW), page=number)


def shape(found: DayPage) -> list[tuple[int | None, list[str], list[str]]]:
    """(day of April, titles listed, titles running) of each heading."""
    return [
        (
            day.day.day if day.day else None,
            [entry.activity.title_de for entry in day.entries],
            [entry.activity.title_de for entry in day.running],
        )
        for day in found.days
    ]


def test_rows_stand_under_their_first_day_and_run_on_under_the_later_ones() -> None:
    edition = make.edition()
    make.activity(edition=edition, title_de="Zehn Uhr", starts="2027-04-08 10:00", ends="2027-04-08 11:00")
    make.activity(edition=edition, title_de="Neun Uhr", starts="2027-04-08 09:00", ends="2027-04-08 11:00")
    make.activity(
        edition=edition,
        title_de="Messe",
        starts="2027-04-07 00:00",
        ends="2027-04-10 00:00",
        place={"is_all_day": True},
    )
    course = make.activity(edition=edition, title_de="Kurs", starts="2027-04-06 09:00", ends="2027-04-06 12:00")
    make.occurrence(course, "2027-04-08 14:00", "2027-04-08 16:00")
    make.activity(edition=edition, title_de="Termin offen", starts=None, happening="postponed")

    found = page(edition)

    assert shape(found) == [
        (6, ["Kurs"], []),
        (7, ["Messe"], []),
        (8, ["Neun Uhr", "Zehn Uhr"], ["Kurs", "Messe"]),
        (9, [], ["Messe"]),
        (None, ["Termin offen"], []),
    ]
    assert [day.count for day in found.days] == [1, 1, 4, 1, 1]
    assert (found.page.total, found.page.count) == (5, 1)
    assert sorted(a.title_de for a in found.activities) == ["Kurs", "Messe", "Neun Uhr", "Termin offen", "Zehn Uhr"]
    # Under each day stands the date that is on then.
    starts = {day.day: [e.occurrence.starts_at.hour for e in day.running if e.occurrence] for day in found.days}
    assert starts[date(2027, 4, 8)] == [12, 22]


def test_with_days_chosen_rows_stand_under_the_first_chosen_day() -> None:
    edition = make.edition()
    make.activity(
        edition=edition,
        title_de="Messe",
        starts="2027-04-06 00:00",
        ends="2027-04-10 00:00",
        place={"is_all_day": True},
    )
    make.activity(edition=edition, title_de="Kurs")

    assert shape(page(edition, ("day", "2027-04-08"))) == [(8, ["Messe", "Kurs"], [])]
    assert shape(page(edition, ("day", "2027-04-09"), ("day", "2027-04-07"))) == [
        (7, ["Messe"], []),
        (9, [], ["Messe"]),
    ]


def test_a_long_day_goes_on_on_the_next_page_and_nothing_is_lost_or_doubled() -> None:
    edition = make.edition()
    host = make.cluster()
    for n in range(60):
        make.activity(edition=edition, host=host, title_de=f"{n:02d}")
    for n in range(60, 63):
        make.activity(
            edition=edition, host=host, title_de=f"{n:02d}", starts="2027-04-07 00:00", ends="2027-04-09 00:00"
        )

    first, second = page(edition), page(edition, number=2)

    assert [(d.day.day, d.is_continued, len(d.entries), d.count) for d in first.days if d.day] == [
        (7, False, 3, 3),
        (8, False, 47, 63),
    ]
    assert [(d.day.day, d.is_continued, len(d.entries), len(d.running)) for d in second.days if d.day] == [
        (8, True, 13, 0)
    ]
    titles = [e.activity.title_de for p in (first, second) for d in p.days for e in d.entries]
    assert sorted(titles) == [f"{n:02d}" for n in range(63)]
    assert page(edition, number=3).days == []


def test_at_most_twenty_running_ones_are_shown_and_all_are_counted() -> None:
    edition, host = make.edition(), make.cluster()
    for _n in range(25):
        make.activity(edition=edition, host=host, starts="2027-04-06 10:00", ends="2027-04-07 18:00")

    later = page(edition).days[1]

    assert (len(later.running), later.running_count, later.count) == (20, 25, 25)


@pytest.mark.parametrize("size", [1, 3])
def test_a_page_costs_the_same_number_of_queries(size: int) -> None:
    edition = make.edition()
    for _n in range(size):
        activity = make.activity(
            edition=edition, countries=("FR",), co_hosts=(make.cluster(),), partners=(("X", "NL"),)
        )
        make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 10:00")
    db.session.refresh(edition)

    with Statements() as said:
        found = page(edition)
        again = page(edition)
        for day in found.days:
            for entry in day.entries + day.running:
                activity = entry.activity
                assert activity.host_cluster
                assert activity.edition.slug
                assert activity.fields + activity.partner_countries + activity.languages
                assert activity.co_hosts[0].name + activity.external_partners[0].name

    assert found.page.total == again.page.total == size
    selects = [s for s in said.all if s.startswith("SELECT")]
    assert len(selects) == 1 + 7 + 7  # the outline once; it is kept until the programme changes


def test_what_is_kept_ends_with_the_next_change() -> None:
    edition = make.edition()
    make.activity(edition=edition)
    assert page(edition).page.total == 1

    make.activity(edition=edition)

    assert page(edition).page.total == 2
