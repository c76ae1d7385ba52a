"""What people change of their own registration: details, the way of attending, the address; and lost links."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, lost_letters, queries
from clusterweek.registrations.models import Registration
from tests import make, tables
from tests.conftest import NOW
from tests.registrations.deeds import attendee, confirm, give_up, kinds, sign_up, states


def test_changing_what_one_has_told() -> None:
    registration = make.registration(make.activity())

    with unit_of_work():
        actions.change(
            registration.id, name="Ada L.", organisation=None, access_need="Rampe", wants_reminders=False, now=NOW
        )

    assert (registration.name, registration.access_need, registration.wants_reminders) == ("Ada L.", "Rampe", False)


def change_mode(registration: Registration, mode: str) -> None:
    with unit_of_work():
        actions.change(
            registration.id, name="x", organisation=None, access_need=None, wants_reminders=True, mode=mode, now=NOW
        )


def test_changing_to_online_frees_the_place_on_site() -> None:
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=1)
    ada = make.registration(activity, "Ada", ticket=1)
    sven = make.registration(activity, "Sven", "waitlisted", ticket=2)

    change_mode(ada, "online")

    assert (ada.mode, ada.status, sven.status) == ("online", "confirmed", "confirmed")
    assert [kind.split()[0] for kind in kinds()] == ["place_confirmed", "promoted"]


def test_who_waits_on_site_may_take_a_place_online() -> None:
    activity = make.activity(mode="hybrid", capacity=0, capacity_online=1)
    ada = make.registration(activity, "Ada", "waitlisted")

    change_mode(ada, "online")

    assert (ada.mode, ada.status, ada.placed_at) == ("online", "confirmed", NOW)


@pytest.mark.parametrize("status", ["unconfirmed", "waitlisted"])
def test_who_has_not_confirmed_changes_the_way_of_attending_only_afterwards(status: str) -> None:
    """Else a letter with everything about the place would go to an address that may be a stranger's."""
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=1)
    ada = make.registration(activity, "Ada", status, confirmed_at=None, hold_until=NOW + timedelta(hours=9))

    with pytest.raises(Refusal, match="bestätigen Sie zuerst"):
        change_mode(ada, "online")

    assert (ada.mode, ada.status, kinds()) == ("in_person", status, [])


def test_changing_to_a_full_way_is_refused_and_keeps_the_place() -> None:
    activity = make.activity(mode="hybrid", capacity=1, capacity_online=0)
    ada = make.registration(activity, "Ada")

    with pytest.raises(Refusal):
        change_mode(ada, "online")

    assert (ada.mode, ada.name) == ("in_person", "Ada")


def test_correcting_the_address_keeps_the_place_and_closes_the_old_link() -> None:
    activity = make.activity()
    mine = sign_up(activity, email="adda@example.org", reference="r" * 22)
    old_token = actions.token_of(mine)

    with unit_of_work():
        lost_letters.correct_address(activity.id, attendee(), reference="r" * 22, now=NOW + timedelta(seconds=20))

    assert (mine.email, mine.ticket) == ("ada@example.org", 1)
    assert queries.by_token(old_token, now=NOW) is None
    assert queries.by_token(actions.token_of(mine), now=NOW) is mine
    assert kinds() == ["confirm_request Ada", "confirm_request Ada"]


def test_a_stranger_cannot_take_over_a_registration_by_correcting_its_address() -> None:
    activity = make.activity()
    ada = sign_up(activity, "Ada", reference="a" * 22)
    sign_up(activity, "Sven", email="ada@example.org", reference="s" * 22)  # Sven types Ada's address

    with unit_of_work():
        lost_letters.correct_address(activity.id, attendee("Sven"), reference="s" * 22, now=NOW)

    assert ada.email == "ada@example.org"
    assert states(activity) == {"Ada": "unconfirmed", "Sven": "unconfirmed"}


def test_correcting_to_an_address_that_is_registered_gives_the_second_place_back() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    sign_up(activity, "Adda", reference="a" * 22)

    with unit_of_work():
        lost_letters.correct_address(activity.id, attendee("Ada"), reference="a" * 22, now=NOW)

    assert states(activity) == {"Ada": "confirmed", "Adda": "withdrawn"} or states(activity) == {
        "Adda": "withdrawn",
        "Ada": "confirmed",
    }
    assert kinds() == ["confirm_request Adda", "manage_link Ada"]


def test_correcting_to_the_very_same_address_costs_neither_the_place_nor_the_turn() -> None:
    activity = make.activity(capacity=1)
    ada = sign_up(activity, "Ada", reference="a" * 22)
    sven = sign_up(activity, "Sven")

    with unit_of_work():
        lost_letters.correct_address(
            activity.id, attendee("Ada", email="ADA@example.org"), reference="a" * 22, now=NOW + timedelta(minutes=2)
        )

    db.session.expire_all()
    assert [(one.id, one.status) for one in queries.of_activity(activity)] == [
        (ada.id, "unconfirmed"),
        (sven.id, "waitlisted"),
    ]
    assert kinds() == ["confirm_request Ada", "confirm_request Sven", "confirm_request Ada"]


def test_what_is_confirmed_cannot_be_corrected_any_more() -> None:
    activity = make.activity()
    ada = confirm(sign_up(activity, "Ada", reference="a" * 22))

    with unit_of_work():
        lost_letters.correct_address(activity.id, attendee("Sven"), reference="a" * 22, now=NOW)

    assert ada.email == "ada@example.org"


def test_a_lost_link_is_sent_only_to_who_is_registered() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    make.registration(activity, "Olaf", "withdrawn")

    for email in ("ada@example.org", "olaf@example.org", "sven@example.org"):
        with unit_of_work():
            lost_letters.send_again(activity.id, email, now=NOW)

    assert kinds() == ["manage_link Ada"]


def test_a_database_holds_no_usable_link() -> None:
    registration = sign_up(make.activity())

    stored = {str(value) for value in db.session.execute(select(Registration.__table__)).one()}

    assert actions.token_of(registration) not in stored


def test_a_number_that_is_given_again_does_not_revive_an_old_link() -> None:
    """It is not given again by itself; a restore could bring the counting back to where it was."""
    activity = make.activity()
    first = sign_up(activity)
    number, old_token = first.id, actions.token_of(first)
    db.session.execute(db.delete(Letter))
    db.session.delete(first)
    db.session.commit()
    second = sign_up(activity, "Sven")
    assert second.id > number
    assert queries.by_token(old_token, now=NOW) is None
    db.session.delete(second)
    db.session.commit()
    tables.count_from("registrations", number)

    third = sign_up(activity, "Olaf")

    assert third.id == number
    assert queries.by_token(old_token, now=NOW) is None
    assert queries.by_token(actions.token_of(third), now=NOW) is third


def test_tickets_are_never_used_twice() -> None:
    activity = make.activity(capacity=1)
    for name in ("Ada", "Sven", "Olaf"):
        give_up(sign_up(activity, name))
        sign_up(activity, name)

    assert sorted(one.ticket for one in queries.of_activity(activity)) == [1, 2, 3, 4, 5, 6]
    assert db.session.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "given_up")) == 0
