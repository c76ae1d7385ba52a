"""The link in every letter: it needs no cookie, opens one registration, and none that is forgotten."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import actions
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client, Clock

SECOND = timedelta(seconds=1)
ENDS = datetime.fromisoformat("2027-04-08 12:30+02:00")  # of the activity that make.activity makes
PAGES = ("", "/give-up", "/reminders", "/calendar.ics")
FORMS = ("", "/confirm", "/give-up", "/reminders")


def opened(activity: Activity, name: str = "Ada", status: str = "confirmed", **given: Any) -> Registration:
    made = make.registration(activity, name, status, **given)
    made.token_hash = links.fingerprint(actions.token_of(made))
    db.session.flush()
    return made


def link(registration: Registration, more: str = "", lang: str = "de") -> str:
    return f"/{lang}/registration/{actions.token_of(registration)}{more}"


@pytest.fixture
def bare(app: Flask, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser that keeps no cookies, before an application that asks for form tokens."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    return Client(app, app.response_class, use_cookies=False)


def test_a_browser_without_cookies_confirms_changes_and_gives_up(bare: Client) -> None:
    ada = opened(make.activity(), "Ada", "unconfirmed", hold_until=NOW + timedelta(hours=9))

    assert page(bare, link(ada)).h1 == "Noch nicht angemeldet"
    statuses = [bare.post(link(ada, "/confirm")).status_code]
    assert page(bare, link(ada)).h1 == "Ihr Platz ist bestätigt"
    statuses.append(bare.post(link(ada), data={"name": "Ada L."}).status_code)
    assert (ada.name, ada.wants_reminders) == ("Ada L.", False)
    ada.wants_reminders = True
    statuses.append(bare.post(link(ada, "/reminders")).status_code)
    assert not ada.wants_reminders
    statuses.append(bare.post(link(ada, "/give-up")).status_code)

    assert statuses == [303] * 4
    assert page(bare, link(ada)).h1 == "Sie haben Ihren Platz zurückgegeben"


@pytest.mark.parametrize("token", ["", "made up", "x" * 43])
def test_a_form_token_is_neither_asked_for_nor_looked_at(bare: Client, token: str) -> None:
    ada = opened(make.activity(), "Ada", "unconfirmed", hold_until=NOW + timedelta(hours=9))

    assert bare.post(link(ada, "/confirm"), data={"csrf_token": token}).status_code == 303
    assert bare.post(link(ada), data={"csrf_token": token, "name": ""}).status_code == 422
    assert ada.status == "confirmed"


@pytest.mark.parametrize(
    ("site", "expected"), [("cross-site", 403), ("same-origin", 303), ("same-site", 303), ("none", 303), (None, 303)]
)
@pytest.mark.parametrize("form", FORMS)
def test_another_website_cannot_send_the_form(bare: Client, form: str, site: str | None, expected: int) -> None:
    ada = opened(make.activity())
    before = (ada.status, ada.name, ada.wants_reminders)

    answer = bare.post(link(ada, form), data={"name": "Ada L."}, headers={"Sec-Fetch-Site": site} if site else {})

    assert answer.status_code == expected
    if expected == 403:
        assert (ada.status, ada.name, ada.wants_reminders) == before
        assert "von einer anderen Website abgeschickt" in answer.text


def test_links_from_other_websites_open_the_page(bare: Client) -> None:
    """As webmail does."""
    ada = opened(make.activity())

    assert bare.get(link(ada), headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_links_that_start_a_session_still_ask_for_the_form_token(bare: Client) -> None:
    for path in ("/de/login/link/", "/de/login/password/", "/de/invitation/"):
        assert bare.post(path + "x" * 43).status_code == 400


@pytest.mark.parametrize(
    ("status", "days"), [("confirmed", 90), ("waitlisted", 14), ("withdrawn", 14), ("expired", 14), ("unconfirmed", 14)]
)
def test_a_link_opens_until_the_registration_is_forgotten(client: Client, at: Clock, status: str, days: int) -> None:
    ada = opened(make.activity(), status=status)
    forgotten_at = ENDS + timedelta(days=days)

    at(forgotten_at - SECOND)
    statuses = [client.get(link(ada, one)).status_code for one in PAGES]
    assert statuses[0] == 200
    assert set(statuses) <= {200, 303}
    at(forgotten_at)
    token, unknown = actions.token_of(ada), "x" * 43
    for one in PAGES:
        shown, nothing = client.get(link(ada, one)), client.get(f"/de/registration/{unknown}{one}")
        assert shown.status_code == nothing.status_code == 404
        assert shown.text.replace(token, unknown) == nothing.text  # nobody learns that there was one
    for one in FORMS:
        assert client.post(link(ada, one), data={"name": "Ada L."}).status_code == 404
    assert ada.name == "Ada"


def test_the_last_of_several_dates_counts(client: Client, at: Clock) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-15 09:00", "2027-04-15 12:00")
    make.occurrence(activity, "2027-05-20 09:00", "2027-05-20 12:00", removed_at=NOW, removed_because="removed")
    ada = opened(activity)
    forgotten_at = datetime.fromisoformat("2027-04-15 12:00+02:00") + timedelta(days=90)

    at(forgotten_at - SECOND)
    assert client.get(link(ada)).status_code == 200
    at(forgotten_at)
    assert client.get(link(ada)).status_code == 404


def test_a_cancelled_activity_ends_when_it_would_have_ended(client: Client, at: Clock) -> None:
    ada = opened(make.activity(happening="cancelled"))

    at(ENDS + timedelta(days=90) - SECOND)
    assert client.get(link(ada)).status_code == 200
    at(ENDS + timedelta(days=90))
    assert client.get(link(ada)).status_code == 404


@pytest.mark.parametrize(("status", "days"), [("confirmed", 90), ("waitlisted", 14)])
@pytest.mark.parametrize("happening", ["postponed", "cancelled"])
def test_without_a_date_the_end_of_the_edition_counts_until_there_is_one(
    client: Client, at: Clock, happening: str, status: str, days: int
) -> None:
    activity = make.activity(starts=None, happening=happening)  # in an edition that ends on 15 April 2027
    ada = opened(activity, status=status)
    forgotten_at = datetime.fromisoformat("2027-04-16 00:00+02:00") + timedelta(days=days)

    at(forgotten_at - SECOND)
    assert client.get(link(ada)).status_code == 200
    at(forgotten_at)
    assert client.get(link(ada)).status_code == 404

    make.occurrence(activity, "2027-11-08 09:00", "2027-11-08 12:00")
    assert client.get(link(ada)).status_code == 200
