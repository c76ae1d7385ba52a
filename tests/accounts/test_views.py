"""The pages to log in, and about oneself."""

from typing import Any

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from clusterweek.accounts import passwords, rules
from clusterweek.accounts.models import OneTimeLink, Person
from clusterweek.db.session import db
from tests import make
from tests.browse import checked, page
from tests.conftest import QUICK_HASHER
from tests.mailbox import letters, mailbox

PASSWORD = "Licht im Mai 2027"


@pytest.fixture
def clara(db: Any) -> Person:
    """Clara runs OptoNet and has a password; nobody is logged in."""
    return make.member(make.cluster(), email="clara@optonet.example", password_hash=passwords.hashed(PASSWORD))


def log_in(client: Any, email: str = "clara@optonet.example", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/en/login", data={"email": email, "password": password, **more})


def link_in_letter() -> str:
    """The path of the link in the newest letter."""
    text = letters()[-1].text
    return next(word for word in text.split() if word.startswith("http")).replace("http://127.0.0.1:8000", "")


def test_the_log_in_page_names_its_fields_for_password_managers(client: Any) -> None:
    got = page(client, "/en/login")

    assert got.h1 == "Log in"
    assert got.all("input", name="email")[0].get("autocomplete") == "username"
    assert got.all("input", name="password")[0].get("autocomplete") == "current-password"
    assert got.headers["Cache-Control"] == "no-store"


def test_a_host_goes_to_the_hosts_desk_and_an_organiser_to_the_offices(client: Any, clara: Person) -> None:
    make.organiser(email="olaf@example.org", password_hash=passwords.hashed(PASSWORD), language="en")

    assert log_in(client).location.startswith("/de/host/")
    assert log_in(client, "olaf@example.org").location.startswith("/en/organiser/")


def test_address_and_spelling_do_not_matter(client: Any, clara: Person) -> None:
    assert log_in(client, " Clara@OptoNet.Example ").status_code == 303


def test_after_logging_in_one_goes_where_one_wanted_to_go(client: Any, clara: Person) -> None:
    asked = page(client, "/en/login?next=/de/host/optonet/team%3Fa%3D1")

    assert asked.fields["next"] == "/de/host/optonet/team?a=1"
    assert log_in(client, next="/de/host/optonet/team?a=1").location == "/de/host/optonet/team?a=1"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/\t/evil.example"])
def test_but_never_to_another_site(client: Any, clara: Person, elsewhere: str) -> None:
    assert log_in(client, next=elsewhere).location.startswith("/de/host/")
    asked = client.get("/en/login", query_string={"next": elsewhere})
    assert asked.location.startswith("/de/host/")


def test_wrong_password_unknown_address_and_closed_account_get_the_same_answer(client: Any, clara: Person) -> None:
    make.person("Closed", email="closed@example.org", password_hash=passwords.hashed(PASSWORD), is_active=False)
    make.person("Without", email="without@example.org")
    sentence = "Address and password do not fit together."

    for email, password in (
        ("clara@optonet.example", "something else"),
        ("nobody@example.org", PASSWORD),
        ("closed@example.org", PASSWORD),
        ("without@example.org", PASSWORD),
    ):
        got = checked(log_in(client, email, password), status=422)
        assert sentence in got.text
        assert got.fields["email"] == email
        assert got.all("input", name="password")[0].get("value", "") == ""


def test_an_unknown_address_costs_the_same_work_as_a_known_one(
    client: Any, clara: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Any:
            asked.append(extract_parameters(str(hash)))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Counting(**QUICK_HASHER))
    log_in(client, "clara@optonet.example", "a wrong password")
    known, asked[:] = list(asked), []
    log_in(client, "nobody@example.org", "a wrong password")

    # argon2 takes tens of milliseconds: leaving it out would tell which addresses are known.
    assert len(known) == 1
    assert asked == known


def test_what_is_missing_is_said_at_the_field(client: Any) -> None:
    got = checked(log_in(client, "clara", ""), status=422)

    assert got.links["The @ is missing, for example name@example.org"] == "#email"
    assert got.links["Enter your password"] == "#password"


def test_a_password_kept_with_weaker_settings_is_kept_anew(client: Any, clara: Person) -> None:
    weak = passwords.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    clara.password_hash = weak

    assert log_in(client).status_code == 303

    kept = db.session.get_one(Person, clara.id).password_hash or ""
    assert kept != weak
    assert passwords.is_right(PASSWORD, kept)


def test_logging_out_says_so(client: Any, clara: Person) -> None:
    log_in(client)

    answer = client.post("/en/logout")

    assert "You are logged out." in page(client, answer.location).text


def test_a_link_by_mail_logs_in_once(client: Any, clara: Person) -> None:
    sent = checked(client.post("/en/login/link", data={"email": "clara@optonet.example"}))
    assert sent.h1 == "Please look into your mailbox."
    assert mailbox() == [("clara@optonet.example", "Ihr Link zum Einloggen")]
    link = link_in_letter()

    for _ in range(2):  # mail scanners open links
        assert page(client, link).h1 == "Einloggen"
    assert client.post(link).location == "/de/host/"
    assert page(client, "/en/account").h1 == "Your account"

    assert page(client, link, status=404).h1 == "Dieser Link gilt nicht mehr."
    assert client.post(link).status_code == 404


def test_a_link_to_log_in_works_for_ten_minutes(client: Any, clara: Person, at: Any) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})
    link = link_in_letter()

    at("2027-03-22 09:39:59")
    assert client.get(link).status_code == 200

    at("2027-03-22 09:40")
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404


def test_a_letter_that_is_late_does_not_bring_a_dead_link(client: Any, clara: Person, at: Any) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})

    at("2027-03-22 09:45")

    assert mailbox() == []


@pytest.mark.parametrize("path", ["/en/login/link", "/en/login/forgotten"])
def test_an_unknown_address_gets_no_letter_and_the_same_page(client: Any, clara: Person, path: str) -> None:
    known = checked(client.post(path, data={"email": "clara@optonet.example"}))
    mailbox()
    unknown = checked(client.post(path, data={"email": "nobody1@optonet.examp"}))

    assert unknown.text.replace("nobody1@optonet.examp", "clara@optonet.example") == known.text
    assert mailbox() == []


def test_a_forgotten_password_is_set_anew_by_a_link(client: Any, clara: Person) -> None:
    make.login(client, clara)
    other_browser = client.application.test_client()
    other_browser.post("/en/login/forgotten", data={"email": "clara@optonet.example"})
    link = link_in_letter()

    short = checked(other_browser.post(link, data={"password": "kurz"}), status=422)
    assert short.links["Nehmen Sie mindestens 12 Zeichen; mehrere Wörter sind leicht zu merken."] == "#password"
    assert other_browser.post(link, data={"password": "Ein neuer Satz"}).location == "/de/host/"

    assert other_browser.get("/en/account").status_code == 200
    assert client.get("/en/account").status_code == 303  # the old login is over
    assert other_browser.post(link, data={"password": "Noch ein neuer Satz"}).status_code == 404
    assert log_in(client, password="Ein neuer Satz").status_code == 303
    assert mailbox() == [("clara@optonet.example", "Ihr Passwort wurde geändert")]


def test_a_new_password_ends_all_links_that_are_out(client: Any, clara: Person) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})
    login_link = link_in_letter()
    client.post("/en/login/forgotten", data={"email": "clara@optonet.example"})

    client.post(link_in_letter(), data={"password": "Ein neuer Satz"})

    assert client.get(login_link).status_code == 404


def test_a_link_of_one_purpose_does_not_open_the_other_door(client: Any, clara: Person) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})
    link = link_in_letter()

    assert client.get(link.replace("/login/link/", "/login/password/")).status_code == 404


def test_the_database_keeps_no_token(client: Any, clara: Person) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})
    token = link_in_letter().rpartition("/")[2]

    row = db.session.scalars(select(OneTimeLink)).one()

    assert token not in [str(getattr(row, column.key)) for column in OneTimeLink.__table__.columns]


def test_a_page_reached_by_a_link_is_kept_by_nobody_and_named_to_nobody(client: Any, clara: Person) -> None:
    client.post("/en/login/link", data={"email": "clara@optonet.example"})

    headers = client.get(link_in_letter()).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"


def test_name_and_language_can_be_changed_and_nothing_else(client: Any, clara: Person) -> None:
    make.login(client, clara)
    asked = page(client, "/en/account")
    assert asked.fields["name"] == "Clara"

    sent = {"name": " Clara  Zeiß ", "language": "en", "is_active": "", "email": "x@example.org", "is_demo": "1"}
    assert client.post("/en/account", data=sent).status_code == 303

    now = db.session.get_one(Person, clara.id)
    assert (now.name, now.language, now.email, now.is_active, now.is_demo) == (
        "Clara Zeiß",
        "en",
        "clara@optonet.example",
        True,
        False,
    )
    assert "Saved." in page(client, "/en/account").html


def test_changing_the_password_asks_for_the_present_one_and_ends_other_logins(client: Any, clara: Person) -> None:
    make.login(client, clara)
    other_browser = client.application.test_client()
    make.login(other_browser, clara)

    wrong = {"current": "not this one", "password": "too short"}
    got = checked(client.post("/en/account/password", data=wrong), status=422)
    assert got.links["This is not your present password."] == "#current"
    problems = [link.get("href") for link in got.all("div", id="problems")[0].iter("a")]
    assert problems == ["#current", "#password"]  # in the order of the page

    right = {"current": PASSWORD, "password": "Ein neuer Satz"}
    assert client.post("/en/account/password", data=right).status_code == 303
    assert client.get("/en/account").status_code == 200
    assert other_browser.get("/en/account").status_code == 303
    assert mailbox() == [("clara@optonet.example", "Ihr Passwort wurde geändert")]


def test_who_has_no_password_yet_sets_one_without_being_asked_for_it(client: Any) -> None:
    make.login(client, make.person("Clara"))

    assert "current" not in page(client, "/en/account/password").fields
    assert client.post("/en/account/password", data={"password": "Ein neuer Satz"}).status_code == 303
    assert mailbox() == []  # nothing was changed that anybody could miss


def test_demo_logins_stand_on_the_page_only_while_there_is_a_demo(client: Any) -> None:
    assert "Demo logins" not in page(client, "/en/login").text
    password = passwords.hashed(rules.DEMO_PASSWORD)
    make.organiser(is_demo=True, password_hash=password)
    make.person("Sven", is_demo=True, password_hash=password, is_active=False)

    got = page(client, "/en/login").text

    assert "sven@example.org" not in got
    assert "olaf@example.org – programme office" in got
    assert rules.DEMO_PASSWORD in got


def test_demo_accounts_cannot_log_in_on_a_public_site(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make.organiser(is_demo=True, password_hash=passwords.hashed(rules.DEMO_PASSWORD))
    assert log_in(client, "olaf@example.org", rules.DEMO_PASSWORD).status_code == 303
    client.post("/en/login/link", data={"email": "olaf@example.org"})
    link = link_in_letter()
    client.post("/en/logout")

    monkeypatch.setitem(client.application.config, "IS_LOOPBACK", False)

    assert "Demo logins" not in page(client, "/en/login").text
    assert log_in(client, "olaf@example.org", rules.DEMO_PASSWORD).status_code == 422
    assert client.post(link).status_code == 404
    client.post("/en/login/link", data={"email": "olaf@example.org"})
    assert mailbox() == []


def test_no_account_is_called_like_a_web_address(client: Any, clara: Person) -> None:
    """The name stands in invitations, which go to whomever somebody likes."""
    make.login(client, clara)

    shown = checked(client.post("/en/account", data={"name": "Gewinn evil.com", "language": "en"}), status=422)

    assert "Please write the name only, no web address." in shown.text
    assert clara.name == "Clara"
