"""Signing up, confirming, moving up, giving up; what becomes of the places."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, queries
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from tests import make
from tests.conftest import NOW
from tests.registrations.deeds import attendee, confirm, give_up, kinds, sign_up, states


def test_signing_up_holds_a_place_and_asks_for_confirmation() -> None:
    activity = make.activity(capacity=1)

    registration = sign_up(activity, organisation="Jenoptik", access_need="Induktionsschleife", language="en")

    assert (registration.status, registration.ticket, registration.organisation) == ("unconfirmed", 1, "Jenoptik")
    assert registration.hold_until == NOW + timedelta(hours=48)
    assert registration.token_hash == links.fingerprint(actions.token_of(registration))
    assert kinds() == ["confirm_request Ada"]
    assert db.session.scalars(select(Letter.language)).all() == ["en", "en"]


def test_a_full_activity_puts_the_next_person_on_the_waiting_list() -> None:
    activity = make.activity(capacity=1)
    sign_up(activity, "Ada")

    sven = sign_up(activity, "Sven")

    assert (sven.status, sven.ticket) == ("waitlisted", 2)
    assert sven.hold_until == NOW + timedelta(hours=48)  # the address has to be confirmed all the same


def test_without_a_limit_everybody_gets_a_place() -> None:
    activity = make.activity(capacity=None)

    assert [sign_up(activity, name).status for name in ("Ada", "Sven", "Olaf")] == ["unconfirmed"] * 3


def test_no_places_at_all_means_waiting() -> None:
    assert sign_up(make.activity(capacity=0)).status == "waitlisted"


def test_hybrid_activities_count_their_places_apart() -> None:
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=1)

    got = [
        sign_up(activity, name, mode=mode)
        for name, mode in (("Ada", "in_person"), ("Sven", "in_person"), ("Olaf", "online"), ("Clara", None))
    ]

    assert [(one.mode, one.status) for one in got] == [
        ("in_person", "unconfirmed"),
        ("in_person", "waitlisted"),
        ("online", "unconfirmed"),
        ("in_person", "waitlisted"),
    ]


def test_who_attends_an_online_activity_attends_online() -> None:
    assert sign_up(make.activity(mode="online"), mode="in_person").mode == "online"


def test_the_same_address_twice_is_one_registration_and_one_letter() -> None:
    activity = make.activity()
    first = sign_up(activity)

    second = sign_up(activity, "Ada Lovelace", email="ADA@example.org", now=NOW + timedelta(seconds=30))

    assert second.id == first.id
    assert second.name == "Ada"
    assert kinds() == ["confirm_request Ada"]


def test_after_a_minute_the_letter_is_sent_again_three_times_at_most() -> None:
    activity = make.activity()

    for minutes in range(8):
        sign_up(activity, now=NOW + timedelta(minutes=minutes))

    assert kinds() == ["confirm_request Ada"] * 4


def test_a_known_address_gets_the_link_by_letter_and_nothing_changes() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")

    sign_up(activity, "Sven", email="ada@example.org")

    assert states(activity) == {"Ada": "confirmed"}
    assert kinds() == ["manage_link Ada"]


@pytest.mark.parametrize(
    "given",
    [
        {"happening": "cancelled"},
        {"happening": "postponed"},
        {"happening": "held"},
        {"review_status": "submitted"},
        {"registration_mode": "external"},
        {"registration_mode": "none"},
        {"access": "invitation"},
        {"registration_deadline": NOW},
        {"starts": "2027-03-22 09:30"},
        {"starts": None},
    ],
)
def test_what_is_closed_takes_nobody(given: dict) -> None:
    activity = make.activity(**given)

    with pytest.raises(Refusal), unit_of_work():
        make.signed_up(activity.id, attendee(), now=NOW)

    assert queries.of_activity(activity) == []
    assert kinds() == []


def test_an_activity_that_is_not_there_says_so() -> None:
    with pytest.raises(Refusal) as no, unit_of_work():
        make.signed_up(4711, attendee(), now=NOW)

    assert no.value.status == 404


def test_confirming_gives_the_place() -> None:
    registration = sign_up(make.activity())

    confirm(registration, NOW + timedelta(hours=1))

    assert registration.status == "confirmed"
    assert registration.hold_until is None
    assert registration.placed_at == registration.confirmed_at == NOW + timedelta(hours=1)
    assert kinds() == ["confirm_request Ada", "place_confirmed Ada"]


def test_confirming_twice_changes_nothing() -> None:
    registration = sign_up(make.activity())
    confirm(registration)

    confirm(registration, NOW + timedelta(hours=2))

    assert registration.confirmed_at == NOW
    assert kinds() == ["confirm_request Ada", "place_confirmed Ada"]


def test_confirming_on_the_waiting_list_keeps_the_place_in_line() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada", ticket=1)
    sven = sign_up(activity, "Sven")

    confirm(sven)

    assert (sven.status, queries.position(sven)) == ("waitlisted", 1)
    assert kinds() == ["confirm_request Sven", "waitlisted Sven"]


def test_who_confirms_while_a_place_is_free_gets_it() -> None:
    activity = make.activity(capacity=1)
    ada = make.registration(activity, "Ada", ticket=1)
    sven = sign_up(activity, "Sven")
    give_up(ada)  # nobody in line has confirmed: the place stays free for the moment

    confirm(sven)

    assert states(activity) == {"Ada": "withdrawn", "Sven": "confirmed"}
    assert kinds() == ["confirm_request Sven", "given_up Ada", "promoted Sven"]


def test_confirming_too_late_is_too_late() -> None:
    activity = make.activity(capacity=1)
    ada = sign_up(activity, "Ada")
    sven = sign_up(activity, "Sven")
    confirm(sven, NOW + timedelta(hours=1))

    confirm(ada, NOW + timedelta(hours=48))

    assert states(activity) == {"Ada": "expired", "Sven": "confirmed"}
    assert kinds() == ["confirm_request Ada", "confirm_request Sven", "waitlisted Sven", "promoted Sven"]


def test_a_cancelled_activity_cannot_be_confirmed() -> None:
    activity = make.activity()
    registration = sign_up(activity)
    activity.happening, activity.cancelled_at = "cancelled", NOW
    db.session.commit()

    with pytest.raises(Refusal):
        confirm(registration)


def test_a_place_given_up_goes_to_the_next_confirmed_person() -> None:
    activity = make.activity(capacity=1)
    ada = make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Olaf", "waitlisted", ticket=2, confirmed_at=None, hold_until=NOW + timedelta(hours=9))
    make.registration(activity, "Sven", "waitlisted", ticket=3)

    give_up(ada)

    assert states(activity) == {"Ada": "withdrawn", "Olaf": "waitlisted", "Sven": "confirmed"}
    assert kinds() == ["given_up Ada", "promoted Sven"]


def test_giving_up_twice_promotes_once() -> None:
    activity = make.activity(capacity=1)
    ada = make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    make.registration(activity, "Olaf", "waitlisted", ticket=3)
    give_up(ada)

    give_up(ada)

    assert states(activity) == {"Ada": "withdrawn", "Sven": "confirmed", "Olaf": "waitlisted"}


def test_a_place_online_goes_to_somebody_who_waits_online() -> None:
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=1)
    make.registration(activity, "Ada", ticket=1)
    clara = make.registration(activity, "Clara", ticket=2, mode="online")
    make.registration(activity, "Sven", "waitlisted", ticket=3)
    make.registration(activity, "Olaf", "waitlisted", ticket=4, mode="online")

    give_up(clara)

    assert states(activity) == {"Ada": "confirmed", "Clara": "withdrawn", "Sven": "waitlisted", "Olaf": "confirmed"}


def test_nobody_moves_up_once_it_has_begun() -> None:
    activity = make.activity(capacity=1, starts="2027-03-22 09:00", ends="2027-03-22 12:00")
    ada = make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)

    give_up(ada)

    assert states(activity) == {"Ada": "withdrawn", "Sven": "waitlisted"}


def test_a_place_cannot_be_given_up_afterwards() -> None:
    activity = make.activity(starts="2027-03-21 09:00", ends="2027-03-21 12:00")
    ada = make.registration(activity, "Ada")

    with pytest.raises(Refusal):
        give_up(ada)

    assert ada.status == "confirmed"


def test_who_gave_up_may_sign_up_again_with_a_new_ticket() -> None:
    activity = make.activity()
    first = confirm(sign_up(activity))
    give_up(first)

    second = sign_up(activity, now=NOW + timedelta(minutes=5))

    assert (second.status, second.ticket) == ("unconfirmed", 2)


def test_overdue_holds_go_to_the_next_in_line() -> None:
    activity = make.activity(capacity=1)
    sign_up(activity, "Ada")
    confirm(sign_up(activity, "Sven"))
    elsewhere = make.activity(capacity=1)
    sign_up(elsewhere, "Clara")

    assert actions.expire_holds(NOW + timedelta(hours=47, minutes=59)) == 0
    assert actions.expire_holds(NOW + timedelta(hours=48)) == 2
    assert actions.expire_holds(NOW + timedelta(hours=48)) == 0

    assert states(activity) == {"Ada": "expired", "Sven": "confirmed"}
    assert states(elsewhere) == {"Clara": "expired"}


def test_an_activity_that_fails_holds_up_no_other(caplog: pytest.LogCaptureFixture) -> None:
    broken, fine = make.activity(), make.activity()
    address, broken_id = sign_up(broken, "Ada").email, broken.id
    sign_up(fine, "Clara")

    def fail(_mapper: Any, _connection: Any, registration: Registration) -> None:
        if registration.activity_id == broken_id:
            raise ZeroDivisionError(address)

    event.listen(Registration, "before_update", fail)
    try:
        assert actions.expire_holds(NOW + timedelta(hours=48)) == 1
    finally:
        event.remove(Registration, "before_update", fail)

    assert states(broken) == {"Ada": "unconfirmed"}
    assert states(fine) == {"Clara": "expired"}
    assert f"activity {broken_id} keeps its overdue holds: ZeroDivisionError" in caplog.text
    assert address not in caplog.text


def test_an_overdue_hold_goes_to_who_waits_and_not_to_a_newcomer() -> None:
    activity = make.activity(capacity=1)
    sign_up(activity, "Ada")
    confirm(sign_up(activity, "Sven"))

    sign_up(activity, "Olaf", now=NOW + timedelta(hours=49))  # the job has not come by yet

    assert states(activity) == {"Ada": "expired", "Sven": "confirmed", "Olaf": "waitlisted"}


def test_an_unconfirmed_place_in_line_expires_too() -> None:
    activity = make.activity(capacity=0)
    sign_up(activity)

    actions.expire_holds(NOW + timedelta(hours=48))

    assert states(activity) == {"Ada": "expired"}
