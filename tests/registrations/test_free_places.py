"""Whether one may still come without waiting: said by the page in Python and by the filter `seats=1` in SQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import newcomers, queries, rules
from tests import make
from tests.conftest import NOW

BEGUN, AHEAD = ("2027-03-20 09:00", "2027-03-20 12:00"), ("2027-04-08 09:00", "2027-04-08 12:30")

CASES: list[tuple[str, dict[str, Any], list[tuple[str, str]], dict[str, int], bool]] = [
    ("one date ahead, places left", {}, [AHEAD], {}, True),
    ("no limit", {"capacity": None}, [AHEAD], {"in_person": 3}, True),
    ("full", {"capacity": 2}, [AHEAD], {"in_person": 2}, False),
    ("no places at all", {"capacity": 0}, [AHEAD], {}, False),
    ("a course that has begun", {}, [BEGUN, AHEAD], {}, False),
    ("over", {}, [BEGUN], {}, False),
    ("no date yet", {}, [], {}, False),
    ("deadline ahead", {"registration_deadline": NOW + timedelta(seconds=1)}, [AHEAD], {}, True),
    ("deadline now", {"registration_deadline": NOW}, [AHEAD], {}, False),
    ("hybrid, full on site", {"mode": "hybrid", "capacity": 1, "capacity_online": 1}, [AHEAD], {"in_person": 1}, True),
    (
        "hybrid, full in both ways",
        {"mode": "hybrid", "capacity": 1, "capacity_online": 1},
        [AHEAD],
        {"in_person": 1, "online": 1},
        False,
    ),
    ("online, the places in the other entry", {"mode": "online", "capacity": 1}, [AHEAD], {"online": 1}, False),
    (
        "online, its own number counts",
        {"mode": "online", "capacity": 1, "capacity_online": 2},
        [AHEAD],
        {"online": 1},
        True,
    ),
    ("by invitation", {"access": "invitation"}, [AHEAD], {}, False),
    ("cancelled", {"happening": "cancelled"}, [AHEAD], {}, False),
    ("postponed", {"happening": "postponed"}, [AHEAD], {}, False),
    ("tentative", {"happening": "tentative"}, [AHEAD], {}, True),
]


@pytest.mark.parametrize(("given", "dates", "taken", "is_free"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_page_and_filter_agree(
    given: dict[str, Any], dates: list[tuple[str, str]], taken: dict[str, int], is_free: bool
) -> None:
    activity = make.activity(starts=None, **given)
    for starts, ends in dates:
        make.occurrence(activity, starts, ends)
    for mode, count in taken.items():
        for number in range(count):
            make.registration(activity, f"Ada{number}{mode}", mode=mode)

    places = queries.places([activity])[activity.id]
    found = db.session.scalars(select(Activity.id).where(newcomers.has_free_places(NOW))).all()

    assert (rules.why_closed(activity, NOW) is None and places.free != 0) is is_free
    assert (activity.id in found) is is_free


@pytest.mark.parametrize(
    ("date", "is_free"), [(("2027-03-22 09:00", "2027-03-22 12:00"), True), (BEGUN, False), (AHEAD, True)]
)
def test_what_needs_no_registration_is_free_until_it_ends(date: tuple[str, str], is_free: bool) -> None:
    activity = make.activity(registration_mode="none", starts=None)
    make.occurrence(activity, *date)

    assert (activity.id in db.session.scalars(select(Activity.id).where(newcomers.has_free_places(NOW)))) is is_free
