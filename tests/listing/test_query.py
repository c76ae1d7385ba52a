"""What each filter finds; the same on both databases."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from flask import Flask

from clusterweek.activities import texts
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing import filter as filters, outline, query
from clusterweek.listing.filter import UnknownFilter
from tests import make
from tests.conftest import NOW


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def found(edition: Edition | None, *pairs: tuple[str, str]) -> set[int]:
    db.session.flush()
    return set(db.session.scalars(query.matching(edition, filters.of(pairs, now=NOW))))


def ids(*activities: Activity) -> set[int]:
    return {activity.id for activity in activities}


def test_only_what_is_published_is_found_whatever_became_of_it() -> None:
    edition = make.edition()
    public = [make.activity(edition=edition, happening=how) for how in ("confirmed", "tentative", "cancelled", "held")]
    for status in ("draft", "submitted", "changes_requested", "rejected", "withdrawn"):
        make.activity(edition=edition, review_status=status)
    make.activity()

    assert found(edition) == ids(*public)


def test_all_editions_are_those_that_are_public() -> None:
    here, there = make.activity(), make.activity(edition=make.edition(state="archived"))
    make.activity(edition=make.edition(state="draft"))

    assert found(None) == ids(here, there)


def test_by_place_and_by_where_the_cluster_sits() -> None:
    edition = make.edition()
    abroad = make.activity(edition=edition, place={"venue_land": None}, host=make.cluster(land="DE-BY"))
    bavarian = make.activity(edition=edition, place={"venue_land": "DE-BY"})
    moved = make.activity(
        edition=edition, place={"venue_land": "DE-BY", "removed_at": make.THEN, "removed_because": "removed"}
    )
    make.occurrence(moved, venue_land="DE-BW")

    assert found(edition, ("land", "DE-BY")) == ids(bavarian)
    assert found(edition, ("land", "DE-BY"), ("land", "DE-BW")) == ids(bavarian, moved)
    assert found(edition, ("host_land", "DE-BY")) == ids(abroad)


@pytest.mark.parametrize(
    ("name", "value", "given"),
    [
        ("field", "logistics", {"fields": ("automotive", "logistics")}),
        ("country", "FR", {"countries": ("NL", "FR")}),
        ("language", "en", {"languages": ("de", "en")}),
        ("format", "seminar", {"format": "seminar"}),
        ("mode", "hybrid", {"mode": "hybrid"}),
        ("access", "open", {"access": "open", "registration_mode": "none"}),
        ("status", "cancelled", {"happening": "cancelled"}),
        ("accessible", "1", {"is_accessible": True}),
    ],
)
def test_by_one_property(name: str, value: str, given: dict[str, object]) -> None:
    edition = make.edition()
    wanted = make.activity(edition=edition, **given)
    make.activity(edition=edition)

    assert found(edition, (name, value)) == ids(wanted)


def test_free_of_charge_is_what_names_no_cost() -> None:
    edition = make.edition()
    free, empty = make.activity(edition=edition), make.activity(edition=edition, cost_note="")
    make.activity(edition=edition, cost_note="25 Euro")

    assert found(edition, ("cost", "none")) == ids(free, empty)


def test_by_cluster_as_host_or_co_host() -> None:
    edition, cluster = make.edition(), make.cluster("FaserKreis")
    hosted = make.activity(edition=edition, host=cluster)
    shared = make.activity(edition=edition, co_hosts=(cluster,))
    make.activity(edition=edition)

    assert found(edition, ("cluster", cluster.slug)) == ids(hosted, shared)
    with pytest.raises(UnknownFilter, match="faserkreis-nirgends"):
        found(edition, ("cluster", "faserkreis-nirgends"))


def test_places_available_are_counted_now() -> None:
    edition = make.edition()
    full, one_left, unlimited = (make.activity(edition=edition, capacity=n) for n in (1, 2, None))
    for activity in (full, one_left, unlimited):
        make.registration(activity)

    assert found(edition, ("seats", "1")) == ids(one_left, unlimited)


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        *(
            ("führung", 2),
            ("FUEHRUNG", 2),
            ("fuhrung wasser", 1),
            ("wasser fuhrung", 1),
            ("werkstatt", 1),
            ("nichts", 0),
        ),
        *(("100 %", 1), ("100_", 0), ("a\\b", 1), ("'", 0), ("%", 1), ("_", 0), ("/", 1), ("stra", 1), ('a"b AND', 0)),
    ],
)
def test_every_word_must_be_found_and_none_is_a_pattern(typed: str, hits: int) -> None:
    edition = make.edition()
    for title in ("Führung: Wasser/Strom", "Werksführung a\\b", "Straßenbahnwerkstatt", "100 % Ökostrom"):
        activity = make.activity(edition=edition, title_de=title, title_en=None, summary_de=None, summary_en=None)
        activity.search_text = texts.fold(title)

    assert len(found(edition, ("q", typed))) == hits


def test_two_searches_mean_either() -> None:
    edition = make.edition()
    both = [make.activity(edition=edition, search_text=word) for word in ("wasser", "strom")]
    make.activity(edition=edition, search_text="luft")

    assert found(edition, ("q", "wasser"), ("q", "strom")) == ids(*both)


def test_different_filters_mean_both_and_place_and_day_speak_of_one_date() -> None:
    edition = make.edition()
    course = make.activity(edition=edition, starts="2027-04-08 09:00", place={"venue_land": "DE-BY"})
    make.occurrence(course, "2027-04-09 09:00", "2027-04-09 12:00", venue_land="DE-BW")

    assert found(edition, ("land", "DE-BW"), ("day", "2027-04-09")) == ids(course)
    assert found(edition, ("land", "DE-BW"), ("day", "2027-04-08")) == set()


DATES = [
    # starts, ends, more, the days that it touches on Berlin's clock
    ("2027-04-08 09:00", "2027-04-08 12:00", {}, [8]),
    ("2027-04-08 18:00", "2027-04-09 00:30", {}, [8, 9]),
    ("2027-04-08 18:00", "2027-04-09 00:00", {}, [8]),
    ("2027-04-08 23:30", "2027-04-09 00:30", {"timezone": "Europe/Lisbon"}, [9]),
    ("2027-04-08 22:00", "2027-04-08 23:30", {"timezone": "Europe/Lisbon"}, [8, 9]),
    ("2027-04-08 22:00", "2027-04-08 23:00", {"timezone": "Europe/Lisbon"}, [8]),
    ("2027-04-06 00:00", "2027-04-10 00:00", {"is_all_day": True}, [6, 7, 8, 9]),
    ("2027-04-08 00:00", "2027-04-09 00:00", {"is_all_day": True, "timezone": "Europe/Lisbon"}, [8]),
    ("2027-04-08 00:00", "2027-04-09 00:00", {"is_all_day": True, "timezone": "Asia/Tokyo"}, [8]),
    ("2027-04-08 02:00", "2027-04-08 04:00", {"timezone": "Asia/Tokyo"}, [7]),
    ("2027-04-07 10:00", "2027-04-09 16:00", {}, [7, 8, 9]),
]


@pytest.mark.parametrize(("starts", "ends", "place", "days"), DATES)
def test_a_day_is_a_day_of_the_edition(starts: str, ends: str, place: dict[str, object], days: list[int]) -> None:
    edition = make.edition()
    activity = make.activity(edition=edition, starts=starts, ends=ends, place=place)
    all_days = [date(2027, 4, 5) + timedelta(n) for n in range(7)]

    touched = [d.day for d in all_days if found(edition, ("day", d.isoformat()))]
    everywhere = [d.day for d in all_days if found(None, ("day", d.isoformat()))]
    tiles = outline.of(edition, filters.Filter())

    assert touched == everywhere == days
    # The tiles on the page are counted by the other half of the rule, in Python.
    assert [d.day for d in all_days if tiles.count_on(d.toordinal())] == days
    assert [outline.occurrence_on(activity, d, edition.timezone) is not None for d in all_days] == [
        d.day in days for d in all_days
    ]


def test_each_edition_counts_days_on_its_own_clock() -> None:
    late = ("2027-04-08 23:30", "2027-04-08 23:45")
    berlin = make.activity(starts=late[0], ends=late[1])
    lisbon = make.activity(
        edition=make.edition(timezone="Europe/Lisbon"), starts="2027-04-08 00:15", ends="2027-04-08 00:45"
    )

    assert found(None, ("day", "2027-04-08")) == ids(berlin)
    assert found(None, ("day", "2027-04-07")) == ids(lisbon)


def test_exports_come_by_their_first_date_and_undated_ones_last() -> None:
    edition = make.edition()
    undated = make.activity(edition=edition, starts=None, happening="postponed")
    late = make.activity(edition=edition, starts="2027-04-09 09:00", ends="2027-04-09 10:00")
    early = make.activity(edition=edition)
    make.occurrence(late, "2027-04-07 09:00", "2027-04-07 10:00")

    assert query.ids(edition, filters.Filter()) == [late.id, early.id, undated.id]
    assert query.count(edition, filters.Filter()) == 3
