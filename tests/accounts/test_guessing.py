"""Guessing passwords, and asking for links without end: whoever does it is slowed, nobody else is held up."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek import clock
from clusterweek.accounts import actions, passwords, rules
from clusterweek.accounts.models import LinkRequest, OneTimeLink, Person
from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.limits import waits
from clusterweek.limits.models import Wait
from clusterweek.outbox import upkeep
from clusterweek.outbox.models import Letter
from tests import make
from tests.browse import checked, page
from tests.mailbox import letters, mailbox

PASSWORD = "Licht im Mai 2027"
CLARA = "clara@optonet.example"
STRANGER, OWNER = "198.51.100.7", "203.0.113.9"


@pytest.fixture
def clara(db: Any) -> Person:
    return make.member(make.cluster(), email=CLARA, password_hash=passwords.hashed(PASSWORD))


def log_in(client: Any, email: str = CLARA, password: str = "a wrong password", network: str = STRANGER) -> Any:
    browser = client.application.test_client()
    sent = {"email": email, "password": password}
    return browser.post("/en/login", data=sent, environ_overrides={"REMOTE_ADDR": network})


def ask(client: Any, email: str = CLARA, network: str = STRANGER, door: str = "link") -> Any:
    sent = {"email": email}
    return client.post(f"/en/login/{door}", data=sent, environ_overrides={"REMOTE_ADDR": network})


def link_in_letter() -> str:
    text = letters()[-1].text
    return next(word for word in text.split() if word.startswith("http")).replace("http://127.0.0.1:8000", "")


def test_each_mistake_beyond_four_makes_the_wait_longer_up_to_five_minutes(client: Any, clara: Person, at: Any) -> None:
    assert [log_in(client).status_code for _ in range(5)] == [422] * 5

    waited = []
    for _ in range(9):
        slowed = log_in(client)
        assert slowed.status_code == 429
        seconds = int(slowed.headers["Retry-After"])
        assert log_in(client, password=PASSWORD).status_code == 429  # knocking meanwhile prolongs nothing
        waited.append(seconds)
        at(clock.now() + timedelta(seconds=seconds - 1))
        assert log_in(client).status_code == 429
        at(clock.now() + timedelta(seconds=1))
        assert log_in(client).status_code == 422

    assert waited == [5, 10, 20, 40, 80, 160, 300, 300, 300]


def test_a_stranger_does_not_lock_the_owner_out(client: Any, clara: Person, at: Any) -> None:
    for _ in range(12):
        log_in(client)
    assert log_in(client).status_code == 429

    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303
    assert log_in(client, password="a typing mistake", network=OWNER).status_code == 422
    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303
    ask(client, network=OWNER)
    assert client.post(link_in_letter()).status_code == 303


def test_logins_that_are_open_stay_open(client: Any, clara: Person) -> None:
    make.login(client, clara)

    for _ in range(12):
        log_in(client)

    assert client.get("/en/account").status_code == 200


@pytest.mark.parametrize("email", [CLARA, "CLARA@OptoNet.example", "clara@ｏptonet.example", " clara@optonet.example "])
def test_however_the_address_is_written_it_is_the_same(client: Any, clara: Person, email: str) -> None:
    for _ in range(5):
        log_in(client)

    assert log_in(client, email).status_code == 429


def test_the_page_says_how_long_and_keeps_the_address(client: Any, clara: Person) -> None:
    for _ in range(5):
        log_in(client)

    got = checked(log_in(client), status=429)

    assert got.fields["email"] == CLARA
    assert got.links["Too many attempts. Please try again in 5 seconds, or log in with a link that we send you."]
    assert got.links["Log in without a password: get a link by mail"] == "/en/login/link"
    assert got.headers["Cache-Control"] == "no-store"


def test_the_right_password_forgets_ones_own_mistakes(client: Any, clara: Person) -> None:
    for _ in range(3):
        assert [log_in(client, network=OWNER).status_code for _ in range(4)] == [422] * 4
        assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303


def test_a_day_later_mistakes_are_forgotten(client: Any, clara: Person, at: Any) -> None:
    for _ in range(5):
        log_in(client)

    at("2027-03-23 09:31")

    assert [log_in(client).status_code for _ in range(5)] == [422] * 5


@pytest.mark.parametrize(
    ("one", "other"), [("2001:db8:1:2::7", "2001:db8:1:2:ffff::9"), ("198.51.100.7", "::ffff:198.51.100.7")]
)
def test_a_household_is_one_network(client: Any, clara: Person, one: str, other: str) -> None:
    for _ in range(5):
        log_in(client, network=one)

    assert log_in(client, network=other).status_code == 429


def test_a_network_that_tries_a_list_of_addresses_waits_up_to_a_minute(client: Any, clara: Person, at: Any) -> None:
    answers = [log_in(client, f"p{n}@example.org").status_code for n in range(103)]
    assert answers == [422] * 101 + [429] * 2
    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303

    waited = []
    for n in range(8):
        seconds = int(log_in(client, "x@example.org").headers["Retry-After"])
        waited.append(seconds)
        at(clock.now() + timedelta(seconds=seconds))
        assert log_in(client, f"q{n}@example.org").status_code == 422
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60]

    at(clock.now() + timedelta(seconds=60))
    assert log_in(client, password=PASSWORD).status_code == 303  # whoever knows it gets in from there, too


def test_an_office_of_a_hundred_behind_one_address_gets_in_after_lunch(client: Any) -> None:
    kept = passwords.hashed(PASSWORD)
    for n in range(120):
        make.person(f"P{n}", email=f"p{n}@amt.example", password_hash=kept)

    answers = [log_in(client, f"p{n}@amt.example", PASSWORD).status_code for n in range(120)]

    assert answers == [303] * 120


def test_against_many_networks_the_link_is_asked_for_but_not_where_the_owner_is_known(
    client: Any, clara: Person, monkeypatch: pytest.MonkeyPatch, at: Any
) -> None:
    monkeypatch.setattr(rules, "LOGINS_OF_ADDRESS", Rate(40, 86_400))
    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303
    for n in range(45):
        log_in(client, network=f"198.51.100.{n}")

    slowed = checked(log_in(client, password=PASSWORD, network="192.0.2.1"), status=429)

    assert "A great many wrong passwords have been tried for this address today." in slowed.text
    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303
    ask(client, network="192.0.2.1")
    assert client.post(link_in_letter()).status_code == 303
    at("2027-03-23 09:31")
    assert log_in(client, password=PASSWORD, network="192.0.2.1").status_code == 303


def test_an_unknown_address_is_slowed_alike(client: Any, clara: Person) -> None:
    known = [log_in(client) for _ in range(7)]
    unknown = [log_in(client, "nobody1@optonet.examp", network=OWNER) for _ in range(7)]

    assert [a.status_code for a in known] == [a.status_code for a in unknown] == [422] * 5 + [429] * 2
    assert [a.headers.get("Retry-After") for a in known] == [a.headers.get("Retry-After") for a in unknown]
    for one, other in zip(known, unknown, strict=True):
        told = [checked(answer, status=answer.status_code).text for answer in (one, other)]
        assert told[0].replace(CLARA, "") == told[1].replace("nobody1@optonet.examp", "")


def test_the_present_password_cannot_be_tried_out_at_an_open_desk(client: Any, clara: Person, at: Any) -> None:
    make.login(client, clara)
    wrong = {"current": "not this one", "password": "Ein neuer Satz"}
    assert [client.post("/en/account/password", data=wrong).status_code for _ in range(5)] == [422] * 5

    got = checked(client.post("/en/account/password", data=wrong | {"current": PASSWORD}), status=429)

    assert got.headers["Retry-After"] == "5"
    assert log_in(client, password=PASSWORD, network=OWNER).status_code == 303
    at(clock.now() + timedelta(seconds=5))
    assert client.post("/en/account/password", data=wrong | {"current": PASSWORD}).status_code == 303


def test_a_new_password_that_will_not_do_is_no_guess(client: Any, clara: Person) -> None:
    make.login(client, clara)
    weak = {"current": PASSWORD, "password": "kurz"}

    assert [client.post("/en/account/password", data=weak).status_code for _ in range(12)] == [422] * 12


def test_what_is_counted_names_nobody_and_is_forgotten(client: Any, clara: Person, at: Any) -> None:
    log_in(client)
    log_in(client, password=PASSWORD, network=OWNER)
    rows = db.session.scalars(select(Wait)).all()
    assert not [row for row in rows if "clara" in row.who or OWNER in row.who or len(row.who) != 64]

    def kept(day: str) -> int:
        now = at(day)
        with unit_of_work():
            waits.forget_old(now=now)
        return db.session.scalar(select(func.count()).select_from(Wait)) or 0

    assert kept("2027-03-24 09:00") == len(rows) == 4
    assert kept("2027-03-25 09:00") == 1  # from there Clara was let in
    assert kept("2027-06-21 09:00") == 0


# Links by mail


def test_a_stranger_who_asks_a_hundred_times_neither_floods_the_mailbox_nor_keeps_the_owner_out(
    client: Any, clara: Person
) -> None:
    assert {ask(client, door=door).status_code for _ in range(50) for door in ("link", "forgotten")} == {200}
    assert len(mailbox()) == 2 * rules.LINK_LETTERS_FROM_NETWORK

    assert ask(client, network=OWNER).status_code == 200
    assert mailbox() == [(CLARA, "Ihr Link zum Einloggen")]
    assert client.post(link_in_letter()).status_code == 303


def test_strangers_in_many_networks_do_no_better(client: Any, clara: Person, at: Any) -> None:
    count = 0
    for hour in range(30):
        at(clock.now() + timedelta(hours=1))
        for n in range(10):
            ask(client, network=f"198.51.{hour}.{n}")
        mails = mailbox()
        assert len(mails) <= rules.LINK_LETTERS_AN_HOUR
        count += len(mails)
        if hour == 23:
            assert count <= rules.LINK_LETTERS_A_DAY

    # No letter leaves any more, but the newest one, hours old, lets its owner in as soon as she asks.
    link = link_in_letter()
    at(clock.now() + timedelta(minutes=30))
    assert client.get(link).status_code == 404
    assert ask(client, network=OWNER).status_code == 200
    before = len(letters())
    assert client.post(link).status_code == 303
    assert client.post(link).status_code == 404  # once, all the same

    # And whoever has used a link is written to again.
    ask(client, network=OWNER)
    assert len(letters()) in (before, before + 1)


def test_a_link_that_a_command_has_printed_is_never_made_to_work_longer(client: Any, clara: Person, at: Any) -> None:
    with unit_of_work():
        printed, _token = actions.new_link(clara, "login", now=clock.now(), minutes=10)
    ends_at = printed.expires_at

    for _ in range(10):
        ask(client)
    mailbox()

    assert db.session.get_one(OneTimeLink, printed.id).expires_at == ends_at


def test_a_used_link_stays_dead_however_often_somebody_asks(client: Any, clara: Person) -> None:
    ask(client)
    link = link_in_letter()
    client.post(link)

    for n in range(12):
        ask(client, network=f"198.51.100.{n}")
    mailbox()

    assert client.post(link).status_code == 404


@pytest.mark.parametrize("given", [{"is_active": False}, {"is_demo": True}])
def test_who_may_not_log_in_gets_no_letter(
    client: Any, given: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    make.person("Sven", email=CLARA, **given)
    monkeypatch.setitem(client.application.config, "IS_LOOPBACK", False)

    assert ask(client).status_code == 200

    assert mailbox() == []
    assert db.session.scalars(select(OneTimeLink)).all() == []


def test_a_network_that_asks_without_end_has_to_wait_and_its_address_stays_in_the_form(
    client: Any, clara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LINKS_FROM_NETWORK", Rate(5, 600))
    for n in range(5):
        ask(client, f"p{n}@example.org")

    got = checked(ask(client), status=429)

    assert got.fields["email"] == CLARA
    assert 0 < int(got.headers["Retry-After"]) <= 600
    assert ask(client, network=OWNER).status_code == 200


def test_requests_and_letters_to_nobody_are_forgotten(client: Any, clara: Person, at: Any) -> None:
    ask(client)
    ask(client, "nobody@example.org")
    assert len(mailbox()) == 1

    now = at("2027-03-24 10:00")
    with unit_of_work():
        actions.forget_old(now=now)
        upkeep.forget_old(now=now)

    assert db.session.scalars(select(LinkRequest)).all() == []
    assert [letter.state for letter in db.session.scalars(select(Letter))] == ["sent"]
    assert page(client, "/en/login/link").h1 == "Log in by a link"
