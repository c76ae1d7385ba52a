"""The numbers beside the filters."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing import facets, filter as filters
from clusterweek.listing.facets import Facets
from tests import make
from tests.conftest import NOW
from tests.statements import Statements


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def counted(edition: Edition, *pairs: tuple[str, str]) -> Facets:
    return facets.facets(edition, filters.of(pairs, now=NOW))


def three(edition: Edition) -> None:
    bavarian = make.cluster("Isar", land="DE-BY")
    make.activity(edition=edition, countries=("FR", "NL"), fields=("logistics",), mode="online", is_accessible=True)
    make.activity(
        edition=edition,
        host=bavarian,
        place={"venue_land": "DE-BY"},
        co_hosts=(make.cluster("Opto"),),
        format="seminar",
        languages=("de", "en"),
        cost_note="5 Euro",
    )
    course = make.activity(edition=edition, host=bavarian, starts="2027-04-09 09:00", ends="2027-04-10 12:00")
    make.occurrence(course, "2027-04-12 09:00", "2027-04-12 12:00", venue_land="DE-BY")
    make.activity(edition=edition, review_status="submitted")


def test_everything_is_counted_once_for_each_choice() -> None:
    edition = make.edition()
    three(edition)

    found = counted(edition)

    assert (found.total, found.all_total) == (3, 3)
    assert found.laender == {"DE-TH": 2, "DE-BY": 2}
    assert found.counts["host_land"] == {"DE-TH": 1, "DE-BY": 2}
    assert found.counts["field"] == {"logistics": 1, "optical-technologies-photonics": 2}
    assert found.countries == {"FR": 1, "NL": 1}
    assert found.counts["format"] == {"workshop": 2, "seminar": 1}
    assert found.counts["mode"] == {"online": 1, "in_person": 2}
    assert found.counts["access"] == {"registration": 3}
    assert found.counts["language"] == {"de": 3, "en": 1}
    assert found.statuses == {"confirmed": 3}
    assert sorted(found.clusters.values()) == [1, 1, 2]
    assert (found.of("cost", "none"), found.of("accessible", "1"), found.of("land", "DE-HH")) == (2, 1, 0)


def test_a_choice_is_counted_as_if_nothing_of_its_own_name_were_chosen() -> None:
    edition = make.edition()
    three(edition)

    found = counted(edition, ("land", "DE-BY"), ("format", "seminar"))

    assert (found.total, found.all_total) == (1, 3)
    assert found.laender == {"DE-BY": 1}
    assert found.counts["format"] == {"workshop": 1, "seminar": 1}
    assert found.counts["mode"] == {"in_person": 1}


def test_with_a_day_the_laender_of_that_day_are_counted() -> None:
    edition = make.edition()
    three(edition)

    assert counted(edition, ("day", "2027-04-12")).laender == {"DE-BY": 1}
    assert counted(edition, ("day", "2027-04-10")).laender == {"DE-TH": 1}


def test_day_tiles_count_everything_that_touches_a_day_and_days_with_nothing_stay() -> None:
    edition = make.edition()
    three(edition)
    make.activity(edition=edition, starts="2027-04-05 18:00", ends="2027-04-05 20:00", outside_window_allowed=True)

    everything, chosen = counted(edition), counted(edition, ("land", "DE-BY"), ("day", "2027-04-08"))

    assert list(everything.days) == [date(2027, 4, n) for n in range(5, 16)]
    assert {d.day: n for d, n in everything.days.items() if n} == {5: 1, 8: 2, 9: 1, 10: 1, 12: 1}
    assert {d.day: n for d, n in chosen.days.items() if n} == {8: 1, 12: 1}
    assert len(chosen.days) == 11


def test_an_edition_without_anything_counts_nothing() -> None:
    found = counted(make.edition())

    assert (found.total, found.all_total, found.counts) == (0, 0, {})
    assert set(found.days.values()) == {0}


@pytest.mark.parametrize("size", [1, 3])
def test_counting_costs_a_few_queries_and_then_none(size: int) -> None:
    edition = make.edition()
    for _n in range(size):
        make.activity(edition=edition, countries=("FR",))

    with Statements() as first:
        counted(edition, ("land", "DE-TH"), ("day", "2027-04-08"))
    with Statements() as second:
        counted(edition, ("day", "2027-04-08"), ("land", "DE-TH"))

    assert sum(s.startswith(("SELECT", "WITH")) for s in first.all) == 4
    assert sum(s.startswith(("SELECT", "WITH")) for s in second.all) == 0


def test_places_are_counted_anew_each_time() -> None:
    edition = make.edition()
    activity = make.activity(edition=edition, capacity=1)
    assert counted(edition, ("seats", "1")).total == 1

    make.registration(activity)

    assert counted(edition, ("seats", "1")).total == 0


def test_what_is_kept_is_not_taken_for_another_state_with_the_same_number() -> None:
    """A restored database counts its versions anew: number 8 of today is not number 8 of yesterday."""
    edition = make.edition()
    three(edition)
    before = counted(edition).total
    number = edition.programme_version
    make.activity(edition=edition)
    edition.programme_version = number
    edition.programme_changed_at = NOW
    db.session.flush()

    after = counted(edition).total

    assert (before, after) == (3, 4)
