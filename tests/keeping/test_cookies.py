"""No cookie holds anything that somebody has typed: names, addresses, titles wait in rows, the cookie has numbers."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import jobs
from clusterweek.accounts import passwords
from clusterweek.activities import rules as activities
from clusterweek.activities.models import Activity
from clusterweek.clusters import actions as clusters
from clusterweek.db.session import db
from clusterweek.keeping.models import Kept
from clusterweek.registrations import actions as registrations, queries
from tests import forms, make
from tests.browse import Page, page
from tests.conftest import NOW, Client, Clock
from tests.host.test_entry import COMPLETE

RANDOM = re.compile(r"[A-Za-z0-9_.-]{22,100}")
NAMES = {"login", "login_before", "csrf_token", "kept", "form", "sign_up", "said"}


def content(client: Client) -> dict[str, Any]:
    """What the session cookie holds, read as anybody can who has it: it is signed, not encrypted."""
    with client.session_transaction() as cookie:
        return dict(cookie)


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for pair in value.items() for part in pair for s in strings(part)]
    if isinstance(value, list | tuple):
        return [s for part in value for s in strings(part)]
    return [str(value)]


def only_numbers(client: Client) -> None:
    told = [s for s in strings(content(client)) if s not in NAMES and not RANDOM.fullmatch(s)]
    assert told == []


class Watched:
    """A browser whose cookie is read after every answer."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.count = 0

    def get(self, path: str) -> Any:
        answer = self.client.get(path)
        self.looks()
        return answer

    def sends(self, path: str, address: str | None = None, **typed: Any) -> Any:
        """Fill in the form on a page and send it, with what a browser would send; then see where it leads."""
        form = next(f for f in forms.of(Page(self.get(path))) if address is None or f.action.startswith(address))
        data = form.sent() | {name: [value] for name, value in typed.items()}
        answer = self.client.post(form.action, data=data)
        self.looks()
        assert answer.status_code == 303, (path, answer.text[:3000])
        self.get(answer.location)
        return answer

    def looks(self) -> None:
        self.count += 1
        only_numbers(self.client)


@pytest.fixture
def browser(client: Client) -> Watched:
    return Watched(client)


def address(activity: Activity, part: str = "sign-up") -> str:
    return f"/de/{activity.edition.slug}/{activities.address_part(activity)}/{part}"


def test_nothing_of_an_attendee(browser: Watched) -> None:
    activity = make.activity()
    ada = {"name": "Ada Lovelace", "email": "adda@example.org", "organisation": "Analytische Maschinen"}

    browser.sends(address(activity), **ada)
    browser.sends(address(activity, "sign-up/received"), address(activity, "sign-up/address"), email="ada@example.org")
    browser.sends(address(activity, "lost-link"), email="ada@example.org")
    (registration,) = queries.of_activity(activity)
    link = f"/de/registration/{registrations.token_of(registration)}"
    browser.sends(link, f"{link}/confirm")
    browser.sends(link, link, name="Ada King", organisation="Oxford")
    browser.sends(f"{link}/reminders")
    browser.sends(f"{link}/give-up")

    assert browser.count > 20


def test_nothing_of_a_cluster_and_the_office(browser: Watched) -> None:
    edition, optonet = make.edition(slug="woche"), make.cluster("OptoNet", slug="optonet")
    olaf = make.organiser(password_hash=passwords.hashed("hier ist das Programm"))
    make.member(optonet, "Clara")
    assert olaf
    browser.sends("/de/login", email="olaf@example.org", password="hier ist das Programm")
    browser.sends("/de/account", name="Olaf Müller")
    browser.sends("/de/host/optonet/new?edition=woche", **COMPLETE, submit="1")
    browser.sends("/de/host/optonet/team", "/de/host/optonet/team", email="carl@example.org")
    browser.sends("/de/host/optonet/profile", "/de/host/optonet/profile", summary_de="Licht und mehr")
    activity = db.session.scalars(select(Activity)).one()
    entry = f"/de/organiser/woche/queue/{activity.id}"
    browser.sends(entry, f"{entry}/request-changes", remark_title_de="Bitte kürzer")
    browser.sends(f"/de/host/optonet/{activity.id}", title_de="Seminar: Netze", submit="1")
    browser.sends(entry, f"{entry}/publish")
    browser.sends(f"/de/host/optonet/{activity.id}/cancel", reason="Der Referent ist krank")
    browser.sends("/de/organiser/people/", "/de/organiser/people/", name="Vera Viel", email="vera@example.org")
    browser.sends("/de/organiser/clusters/new", name="FördeStrom")
    browser.sends("/de/organiser/clusters/foerdestrom", email="frida@example.org")
    browser.sends("/de/organiser/clusters/send-again")
    browser.sends(f"/de/organiser/editions/{edition.slug}/becomes/closed")
    browser.client.post("/de/logout")
    browser.looks()
    browser.client.post("/de/host/optonet/profile", data={"summary_de": "Zwei Stunden Arbeit"})
    browser.looks()
    browser.sends("/de/login", email="olaf@example.org", password="hier ist das Programm")
    browser.client.post("/de/logout")
    browser.looks()

    assert browser.count > 45
    assert {row.kind for row in db.session.scalars(select(Kept))} == {"form", "said"}


def test_a_sentence_that_names_somebody_is_said_once_and_to_this_browser_alone(client: Client) -> None:
    optonet = make.cluster(slug="optonet")
    clara = make.member(optonet)
    make.login(client, clara)
    other = type(client)(client.application, client.application.response_class)
    make.login(other, clara)
    client.post("/de/host/optonet/team", data={"email": "carl@example.org", "language": "de"})

    said = "Die Einladung an carl@example.org ist unterwegs."
    assert said not in other.get("/de/host/optonet/team").text
    assert said in client.get("/de/host/optonet/team").text
    assert said not in client.get("/de/host/optonet/team").text


def test_what_was_said_to_one_person_is_not_said_to_the_next(client: Client) -> None:
    optonet = make.cluster(slug="optonet")
    make.login(client, make.member(optonet))
    client.post("/de/host/optonet/team", data={"email": "carl@example.org", "language": "de"})
    client.post("/de/logout")
    make.login(client, make.member(optonet, "Carl"))

    assert "carl@example.org ist unterwegs" not in client.get("/de/host/optonet/team").text


def test_a_cookie_of_before_is_emptied_on_sight(client: Client) -> None:
    activity = make.activity()
    old = {"17": {"email": "ada@example.org", "name": "Ada Lovelace"}}
    for path in (address(activity), address(activity, "lost-link"), "/de/login", "/de/account"):
        with client.session_transaction() as cookie:
            cookie["sign_ups"] = old
        client.get(path)
        assert "sign_ups" not in content(client), path
    with client.session_transaction() as cookie:
        cookie["sign_ups"] = old
    client.post("/de/login", data={"email": "x"})
    assert "sign_ups" not in content(client)


def test_a_public_page_sets_no_cookie_even_then(client: Client) -> None:
    with client.session_transaction() as cookie:
        cookie["sign_ups"] = {"17": {}}

    answer = client.get("/de/")

    assert "Set-Cookie" not in answer.headers
    assert "ookie" not in answer.headers.get("Vary", "")


def test_twelve_sign_ups_of_one_browser_are_remembered_side_by_side(client: Client) -> None:
    week = [make.activity() for _ in range(12)]
    for n, activity in enumerate(week):
        client.post(address(activity), data={"name": "Ada", "email": f"ada{n}@example.org"})

    for n, activity in enumerate(week):
        assert f"ada{n}@example.org" in page(client, address(activity, "sign-up/received")).text
    assert len(client.get_cookie("session").value) < 1500


def test_a_sign_up_is_forgotten_in_the_night_after_its_hold(client: Client, at: Clock) -> None:
    activity = make.activity()
    client.post(address(activity), data={"name": "Ada", "email": "ada@example.org"})
    row = db.session.scalars(select(Kept)).one()
    assert row.kept_until == NOW.replace(day=24)  # 48 hours, as long as the hold
    assert row.person_id is None

    at(NOW.replace(day=24, hour=8, minute=0))
    jobs.clear_up()
    assert "ada@example.org" in page(client, address(activity, "sign-up/received")).text
    at(NOW.replace(day=25, hour=2))
    jobs.clear_up()
    assert client.get(address(activity, "sign-up/received")).location == address(activity)
    assert db.session.scalars(select(Kept)).all() == []


def test_a_stranger_reads_no_sign_up_of_another_browser(app: Flask, client: Client) -> None:
    activity = make.activity()
    client.post(address(activity), data={"name": "Ada", "email": "ada@example.org"})
    row = db.session.scalars(select(Kept)).one()
    stranger = type(client)(app, app.response_class)
    for number in (row.secret_hash, row.secret_hash[:22], str(row.id), "x" * 22):
        with stranger.session_transaction() as cookie:
            cookie["kept"] = {"sign_up": [number]}
        assert stranger.get(address(activity, "sign-up/received")).status_code == 303


def test_invitations_that_are_accepted_leave_nothing_behind(browser: Watched) -> None:
    optonet = make.cluster(slug="optonet")
    invitation = clusters.invite(optonet, "carl@example.org", by=None, now=NOW)
    path = f"/de/invitation/{clusters.token_of(invitation)}"

    led_to = browser.sends(path, path, name="Carl Neu", password="ein ganz neues Passwort").location

    assert led_to.startswith("/de/host/")
    assert browser.count == 3  # the page, the answer, where it leads: numbers only in the cookie each time
