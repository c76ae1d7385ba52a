"""Who is logged in, how long, and what ends it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from clusterweek import clock, config
from clusterweek.accounts import actions, passwords, sessions
from clusterweek.accounts.models import LoginSession, Person
from clusterweek.db.session import db, unit_of_work
from clusterweek.refusal import Refusal
from tests import make

ACCOUNT = "/en/account"


def is_in(client: Any) -> bool:
    """Whether the browser is logged in: asked as a browser asks, by a page that needs it."""
    return bool(client.get(ACCOUNT).status_code == 200)


def copy_of(client: Any) -> Any:
    """Another browser into which somebody has copied the cookie."""
    thief = client.application.test_client()
    thief.set_cookie("session", client.get_cookie("session").value)
    return thief


@pytest.fixture
def clara(client: Any) -> Person:
    """Clara, logged in."""
    person = make.person("Clara")
    make.login(client, person)
    return person


def test_nobody_is_logged_in_without_a_cookie(client: Any) -> None:
    response = client.get(ACCOUNT)

    assert response.status_code == 303
    assert response.location == "/en/login?next=/en/account"


def test_what_needs_a_login_answers_401_to_a_form_from_a_stranger(client: Any) -> None:
    assert client.post(ACCOUNT, data={"name": "Sven", "language": "de"}).status_code == 401


def test_a_login_lasts_while_somebody_is_there(client: Any, clara: Person, at: Any) -> None:
    for time in ("10:20", "11:10", "12:05", "13:00"):
        at(f"2027-03-22 {time}")
        assert is_in(client)


def test_an_hour_without_a_page_ends_it(client: Any, clara: Person, at: Any) -> None:
    at("2027-03-22 10:29:59")
    assert is_in(copy_of(client))

    at("2027-03-22 11:29:59")
    assert not is_in(client)


def test_twelve_hours_end_it_however_busy_the_day(client: Any, clara: Person, at: Any) -> None:
    began = clock.now()
    for minutes in range(0, 12 * 60, 45):
        at(began + timedelta(minutes=minutes))
        assert is_in(client)

    at(began + timedelta(hours=12))

    assert not is_in(client)


def test_being_there_is_noted_at_most_once_a_minute(client: Any, clara: Person, at: Any) -> None:
    def seen() -> str:
        return f"{db.session.scalars(select(LoginSession)).one().seen_at:%H:%M:%S}"

    at("2027-03-22 09:30:59")
    client.get(ACCOUNT)
    assert seen() == "08:30:00"

    at("2027-03-22 09:31:00")
    client.get(ACCOUNT)
    assert seen() == "08:31:00"


def test_a_note_from_before_the_clock_was_set_back_does_not_keep_it_alive(client: Any, clara: Person, at: Any) -> None:
    at("2027-03-22 05:30")
    client.get(ACCOUNT)
    at("2027-03-22 06:31")

    assert not is_in(client)


def test_logging_out_ends_it_for_every_copy_of_the_cookie(client: Any, clara: Person) -> None:
    thief = copy_of(client)
    assert is_in(thief)

    client.post("/en/logout")

    assert not is_in(client)
    assert not is_in(thief)


def test_logging_out_twice_does_no_harm(client: Any, clara: Person) -> None:
    client.post("/en/logout")

    assert client.post("/en/logout").status_code == 303


def test_a_disabled_person_is_out_at_once(client: Any, clara: Person) -> None:
    with unit_of_work():
        actions.disable(clara, now=clock.now())

    assert not is_in(client)


@pytest.mark.parametrize("purpose", ["login", "set_password"])
def test_a_link_that_was_out_when_the_account_was_closed_opens_nothing_when_it_is_open_again(
    clara: Person, purpose: str
) -> None:
    with unit_of_work():
        _link, token = actions.new_link(clara, purpose, now=clock.now(), minutes=60)
        actions.disable(clara, now=clock.now())
        actions.enable(clara, now=clock.now())

    with pytest.raises(Refusal):
        actions.use_link(token, purpose, is_loopback=True, now=clock.now())


def test_each_login_has_a_secret_of_its_own_and_ends_the_one_before(client: Any, clara: Person) -> None:
    """Session fixation: a cookie planted in a browser before its owner logs in must not be the one that is in."""
    make.person("Olaf", password_hash=passwords.hashed("hier ist das Programm"))
    planted = copy_of(client)

    client.post("/en/login", data={"email": "olaf@example.org", "password": "hier ist das Programm"})

    assert "olaf@example.org" in client.get(ACCOUNT).text
    assert not is_in(planted)


def test_what_the_cookie_held_before_is_forgotten(client: Any) -> None:
    with client.application.test_request_context():
        from_before = sessions.session
        from_before["planted"] = "x"
        actions.log_in(make.person("Clara"), now=clock.now())

        assert set(from_before) == {sessions.COOKIE_KEY}


def test_a_made_up_secret_opens_nothing(client: Any) -> None:
    for secret in ("x", "", 7, ["x"], None):
        with client.session_transaction() as cookie:
            cookie[sessions.COOKIE_KEY] = secret

        assert not is_in(client)


def test_the_database_holds_no_secret_that_opens_a_session(client: Any, clara: Person) -> None:
    with client.session_transaction() as cookie:
        secret = cookie[sessions.COOKIE_KEY]

    row = db.session.scalars(select(LoginSession)).one()

    assert secret not in [str(getattr(row, column.key)) for column in LoginSession.__table__.columns]


def test_a_demo_person_is_out_as_soon_as_the_site_is_public(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make.login(client, make.person("Clara", is_demo=True))
    assert is_in(client)

    monkeypatch.setitem(client.application.config, "IS_LOOPBACK", False)

    assert not is_in(client)


def test_old_logins_and_links_are_forgotten_and_living_ones_kept(client: Any, clara: Person, at: Any) -> None:
    at("2027-04-10 09:00")
    make.login(client, make.person("Olaf"))
    now = at("2027-04-22 09:00")
    with unit_of_work():
        actions.new_link(clara, "login", now=now, minutes=10)
        actions.forget_old(now=now)

    assert [row.person.name for row in db.session.scalars(select(LoginSession))] == ["Olaf"]
    assert is_in(client) is False


def test_without_a_database_the_page_says_so_instead_of_failing(
    client: Any, clara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**_: Any) -> None:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    monkeypatch.setattr(sessions, "of_cookie", gone)

    response = client.get(ACCOUNT)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert "Just a moment, please" in response.text


def test_no_script_and_no_other_site_gets_hold_of_the_cookie(client: Any) -> None:
    make.person("Clara", password_hash=passwords.hashed("Licht im Mai 2027"))

    answer = client.post("/en/login", data={"email": "clara@example.org", "password": "Licht im Mai 2027"})

    parts = [part.strip() for part in answer.headers["Set-Cookie"].split(";")]
    assert parts[0].startswith("session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
    assert not [part for part in parts if part.startswith(("Expires", "Max-Age", "Domain"))]  # gone with the browser


def test_under_https_the_cookie_is_bound_to_this_very_host(tmp_path: Path) -> None:
    given = {"CLUSTERWEEK_INSTANCE_PATH": str(tmp_path), "CLUSTERWEEK_BASE_URL": "https://clusterwoche.example"}

    settings = config.load(given)

    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["SESSION_COOKIE_SECURE"]
    assert not settings["IS_LOOPBACK"]
