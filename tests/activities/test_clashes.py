"""Near duplicates and overlaps."""

from typing import Any

import pytest

from clusterweek.activities import clashes
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.editions.models import Edition
from tests import make
from tests.statements import Statements


@pytest.fixture
def week() -> Edition:
    return make.edition()


@pytest.fixture
def host() -> Cluster:
    return make.cluster()


def found(activity: Activity, *, for_office: bool = False) -> clashes.Clashes:
    return clashes.of([activity], for_office=for_office)[activity.id]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Workshop: Speicher im Quartier", "Speicher im Quartier – Workshop", True),
        ("Workshop: Speicher im Quartier", "WORKSHOP Speicher im Quartier!", True),
        ("Führung durch das Reinraumlabor", "Fuehrung durch das Reinraumlabor", True),
        ("Seminar: Wärmenetze planen", "Seminar: Wärmenetze planen II", True),
        ("Seminar: Wärmenetze planen", "Seminar: Gleichstrom in der Fabrik", False),
        ("", "", False),
        ("תל אביב", "תל אביב", True),
    ],
)
def test_titles_are_alike_however_they_are_written(one: str, other: str, alike: bool) -> None:
    assert clashes.is_alike(one, other) is alike


def test_the_same_host_on_the_same_day_with_nearly_the_same_title(week: Edition, host: Cluster) -> None:
    activity = make.activity(edition=week, host=host, starts="2027-04-08 14:00", ends="2027-04-08 16:00")
    double = make.activity(edition=week, host=host, title_de="Licht als Werkzeug (Workshop)")
    make.activity(edition=week, host=host, starts="2027-04-09 09:00", ends="2027-04-09 10:00")  # another day

    assert (found(activity).duplicates, found(activity).overlaps) == ([double], [])


def test_the_same_field_or_land_at_the_same_time(week: Edition, host: Cluster) -> None:
    abroad = {"venue_land": None, "city": "Wien"}
    activity = make.activity(edition=week, host=host, title_de="Eins")
    both = make.activity(edition=week, title_de="Zwei", starts="2027-04-08 10:00", ends="2027-04-08 11:00")
    field = make.activity(edition=week, title_de="Drei", starts="2027-04-08 09:30", place=abroad)
    land = make.activity(edition=week, title_de="Vier", starts="2027-04-08 09:15", fields=("logistics",))
    make.activity(edition=week, title_de="Fünf", fields=("logistics",), place=abroad)  # nothing in common
    make.activity(
        edition=week, title_de="Sechs", starts="2027-04-08 12:30", ends="2027-04-08 14:00"
    )  # begins at the end
    make.activity(title_de="Sieben")  # another edition

    assert found(activity).overlaps == [both, land, field]


def test_what_lasts_for_days_comes_last(week: Edition) -> None:
    activity = make.activity(edition=week, title_de="Eins")
    fair = make.activity(
        edition=week, title_de="Messe", starts="2027-04-07 00:00", ends="2027-04-10 00:00", place={"is_all_day": True}
    )
    late = make.activity(edition=week, title_de="Zwei", starts="2027-04-08 12:00", ends="2027-04-08 14:00")

    assert found(activity).overlaps == [late, fair]
    assert clashes.date_at_the_same_time(activity, fair) is fair.occurrences[0]


@pytest.mark.parametrize(
    ("given", "host_sees", "office_sees"),
    [
        ({}, True, True),
        ({"review_status": "submitted"}, False, True),
        ({"review_status": "draft"}, False, False),
        ({"review_status": "rejected"}, False, False),
        ({"happening": "cancelled"}, False, False),
    ],
)
def test_hosts_see_only_what_is_public(
    week: Edition, given: dict[str, Any], host_sees: bool, office_sees: bool
) -> None:
    activity = make.activity(edition=week, title_de="Eins")
    make.activity(edition=week, title_de="Zwei", **given)

    assert bool(found(activity)) is host_sees
    assert bool(found(activity, for_office=True)) is office_sees


def test_a_host_sees_the_own_drafts(week: Edition, host: Cluster) -> None:
    activity = make.activity(edition=week, host=host)
    draft = make.activity(edition=week, host=host, review_status="draft")

    assert found(activity).duplicates == [draft]


def test_without_a_date_nothing_clashes(week: Edition) -> None:
    make.activity(edition=week)

    assert not found(make.activity(edition=week, starts=None))


def test_many_are_asked_as_cheaply_as_one(week: Edition) -> None:
    activities = [make.activity(edition=week, title_de=f"Nummer {n}") for n in range(3)]
    clashes.of(activities, for_office=True)

    with Statements() as one:
        clashes.of(activities[:1], for_office=True)
    with Statements() as three:
        clashes.of(activities, for_office=True)

    assert len(one.all) == len(three.all)
