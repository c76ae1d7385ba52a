"""Several things changed in one save: each person hears each thing once, and whoever saves hears all of it."""

from tests import make
from tests.mailbox import mailbox
from tests.registrations.deeds import kinds, states
from tests.registrations.test_activity_changes import moved_to, update


def test_who_moves_up_by_the_same_save_is_told_of_the_new_time_by_that_letter_alone() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    make.registration(activity, "Olaf", "waitlisted", ticket=3)

    change = update(
        activity, capacity=2, occurrences=[moved_to(activity, "2027-04-08 10:00:00", "2027-04-08 13:30:00")]
    )

    assert states(activity) == {"Ada": "confirmed", "Sven": "confirmed", "Olaf": "waitlisted"}
    assert sorted(kinds()) == ["activity_moved Ada", "activity_moved Olaf", "promoted Sven"]
    assert (change.promoted_count, change.told_count) == (1, 2)
    assert len(mailbox()) == 3


def test_fewer_places_online_than_were_given_are_said_too() -> None:
    activity = make.activity(mode="hybrid", capacity=5, capacity_online=3)
    for name in ("Ada", "Sven", "Olaf"):
        make.registration(activity, name, mode="online")

    change = update(activity, capacity_online=2)

    assert change.overbooked == {"online": (3, 2)}
    assert len(change.notices) == 1


def test_a_hybrid_activity_that_goes_online_says_that_more_have_a_place_than_there_are() -> None:
    activity = make.activity(mode="hybrid", capacity=5, capacity_online=2)
    make.registration(activity, "Ada", mode="online")
    make.registration(activity, "Sven")
    make.registration(activity, "Olaf")

    change = update(activity, mode="online")

    assert change.overbooked == {"online": (3, 2)}


def test_nothing_is_overbooked_as_long_as_there_are_enough_places() -> None:
    activity = make.activity(mode="hybrid", capacity=5, capacity_online=3)
    for name in ("Ada", "Sven"):
        make.registration(activity, name, mode="online")

    assert update(activity, capacity_online=2).overbooked == {}
