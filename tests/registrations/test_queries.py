"""Counting places."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import newcomers, queries
from clusterweek.registrations.models import Registration
from clusterweek.registrations.rules import ModePlaces
from tests import make
from tests.conftest import NOW


def test_places_of_an_activity() -> None:
    activity = make.activity(capacity=3)
    for name, status in (
        ("Ada", "confirmed"),
        ("Sven", "unconfirmed"),
        ("Olaf", "waitlisted"),
        ("Clara", "withdrawn"),
        ("Weert", "expired"),
    ):
        make.registration(activity, name, status)

    places = queries.places([activity])[activity.id]

    assert (places.limit, places.taken, places.free, places.waiting) == (3, 2, 1, 1)


def test_places_are_counted_apart_for_each_way_of_attending() -> None:
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=None)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", "waitlisted")
    make.registration(activity, "Olaf", mode="online")

    assert queries.places([activity])[activity.id].by_mode == {
        "in_person": ModePlaces(1, 1, 1),
        "online": ModePlaces(None, 1, 0),
    }


def test_more_places_given_than_there_are_leaves_none() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven")

    places = queries.places([activity])[activity.id]

    assert (places.taken, places.free) == (2, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_places_of_many_activities_take_one_query(count: int) -> None:
    activities = [make.activity(capacity=2) for _ in range(count)]
    for activity in activities:
        make.registration(activity, "Ada")
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))

    places = queries.places(activities)

    assert [places[activity.id].free for activity in activities] == [1] * count
    assert len(asked) == 1


def test_places_of_nothing() -> None:
    assert queries.places([]) == {}


@pytest.mark.parametrize(
    ("given", "modes_taken", "has_places"),
    [
        ({"capacity": 2}, ["in_person"], True),
        ({"capacity": 1}, ["in_person"], False),
        ({"capacity": 0}, [], False),
        ({"capacity": None}, ["in_person"], True),
        ({"mode": "hybrid", "capacity": 1, "capacity_online": 1}, ["in_person"], True),
        ({"mode": "hybrid", "capacity": 1, "capacity_online": 1}, ["in_person", "online"], False),
        ({"mode": "hybrid", "capacity": 1, "capacity_online": None}, ["in_person", "online"], True),
        ({"mode": "online", "capacity": 1}, ["online"], False),
        ({"mode": "online", "capacity": 1, "capacity_online": 2}, ["online"], True),
        ({"mode": "online", "capacity": 9, "capacity_online": 1}, ["online"], False),
        ({"registration_mode": "none", "access": "open"}, [], True),
        ({"registration_mode": "none", "access": "invitation"}, [], False),
        ({"registration_mode": "external"}, [], False),
        ({"happening": "cancelled"}, [], False),
        ({"happening": "postponed"}, [], False),
        ({"happening": "held"}, [], False),
        ({"happening": "tentative"}, [], True),
        ({"registration_deadline": NOW}, [], False),
        ({"registration_deadline": NOW + timedelta(minutes=1)}, [], True),
        ({"starts": "2027-03-22 09:30", "ends": "2027-03-22 12:00"}, [], False),
        ({"starts": "2027-03-22 09:31", "ends": "2027-03-22 12:00"}, [], True),
        ({"starts": "2027-03-22 08:00", "ends": "2027-03-22 09:30", "registration_mode": "none"}, [], False),
        ({"starts": "2027-03-22 08:00", "ends": "2027-03-22 09:31", "registration_mode": "none"}, [], True),
        ({"starts": None}, [], False),
    ],
)
def test_which_activities_have_free_places(given: dict, modes_taken: list[str], has_places: bool) -> None:
    activity = make.activity(**given)
    for number, mode in enumerate(modes_taken):
        make.registration(activity, f"Ada{number}", mode=mode)

    found = db.session.scalars(select(Activity.id).where(newcomers.has_free_places(NOW))).all()

    assert found == ([activity.id] if has_places else [])


def test_the_place_in_line_counts_everybody_before() -> None:
    activity = make.activity(mode="hybrid", capacity=0, capacity_online=0)
    ada = make.registration(activity, "Ada", "waitlisted", ticket=1)
    sven = make.registration(activity, "Sven", "waitlisted", ticket=2, confirmed_at=None, hold_until=NOW)
    olaf = make.registration(activity, "Olaf", "waitlisted", ticket=3, mode="online")
    weert = make.registration(activity, "Weert", "withdrawn", ticket=4)
    clara = make.registration(activity, "Clara", "waitlisted", ticket=5)

    assert queries.position(clara) == 3
    assert queries.position(weert) == 0
    assert queries.positions(activity.id) == {ada.id: 1, sven.id: 2, clara.id: 3, olaf.id: 1}


@pytest.mark.parametrize(
    ("capacity", "line", "is_awaited"),
    [(2, ["Olaf"], True), (2, [], False), (1, ["Olaf"], False), (0, ["Olaf"], False)],
)
def test_a_place_is_awaited_unless_more_are_given_than_there_are(
    capacity: int, line: list[str], is_awaited: bool
) -> None:
    activity = make.activity(capacity=capacity)
    ada = make.registration(activity, "Ada")
    make.registration(activity, "Sven")
    for name in line:
        make.registration(activity, name, "waitlisted")

    assert queries.is_awaited(ada) is is_awaited


def test_what_is_asked_under_the_lock_is_as_it_is_now_and_not_as_it_was_seen_before() -> None:
    """Somebody else may have changed it while this one stood in line for the lock."""
    activity = make.activity(capacity=0)
    waits = make.registration(activity, "Ada", "waitlisted")
    late = make.registration(activity, "Sven", "unconfirmed", hold_until=NOW)
    db.session.execute(update(Registration.__table__).values(name="changed meanwhile"))
    assert (waits.name, late.name) == ("Ada", "Sven")

    found = [*queries.next_in_line(activity.id, "in_person", 1), *queries.overdue(activity.id, NOW)]

    assert found == [waits, late]
    assert (waits.name, late.name) == ("changed meanwhile", "changed meanwhile")
