"""The token of a form is too old, or the cookie is gone: the answer holds what was typed, and sends it once more."""

from typing import Any

import pytest
from flask import Flask

from clusterweek.activities import rules as activities
from clusterweek.db.session import db
from clusterweek.keeping.models import Kept
from clusterweek.registrations import actions as registrations
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from clusterweek.web.security import csrf
from tests import forms, make
from tests.browse import Page, checked, page
from tests.conftest import Client
from tests.house.test_addresses import Cast, browser_of, cast, methods_of, path_of, rules_of  # noqa: F401 (a fixture)
from tests.tables import dump

PASSWORD = "streng-geheimes-Passwort"


@pytest.fixture(autouse=True)
def with_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)


def make_token_old(client: Client) -> None:
    with client.session_transaction() as cookie:
        cookie["csrf_token"] = "of another login"


def addresses(app: Flask, values: dict[str, Any]) -> list[str]:
    """Every page that a browser may open."""
    return [path_of(app, rule, values) for rule, _audience in rules_of(app) if "GET" in methods_of(rule)]


def stored() -> dict[str, Any]:
    """Everything but the notes that somebody was here, and that a form was refused."""
    tables = dump(leave_out=("login_sessions.seen_at",))
    return {name: rows for name, rows in tables.items() if name != "security_events"}


def needs_token(app: Flask, form: forms.Form) -> bool:
    """Whether a form lives by its token; where the address itself is the secret, none is asked for."""
    endpoint, _values = app.url_map.bind("").match(form.action.partition("?")[0], method="POST")
    view = app.view_functions[endpoint]
    return f"{view.__module__}.{view.__name__}" not in csrf._exempt_views


@pytest.mark.parametrize("who", ["olaf", "nobody"])
def test_no_form_loses_a_word(app: Flask, client: Client, cast: Cast, who: str) -> None:  # noqa: F811
    registration = db.session.get_one(Registration, cast.values["registration_id"])
    registration.token_hash = links.fingerprint(registrations.token_of(registration))
    hybrid = make.activity(mode="hybrid", capacity_online=5)
    values = cast.values | {
        "token": registrations.token_of(registration),
        "edition": hybrid.edition.slug if who == "nobody" else cast.values["edition"],
        "activity": activities.address_part(hybrid),
    }
    browser = browser_of(app, client, cast.people[who])
    found: dict[str, forms.Form] = {}
    for path in addresses(app, values):
        answer = browser.get(path)
        if answer.status_code == 200 and answer.mimetype == "text/html":
            found |= {form.action: form for form in forms.of(Page(answer), filled=True) if needs_token(app, form)}
    assert len(found) > (25 if who == "olaf" else 4)
    make_token_old(browser)
    before = stored()
    lost = []

    for action, form in found.items():
        answer = checked(browser.post(action, data=form.sent()), status=400)
        assert "noch einmal" in answer.text, action
        shown = {(name, forms.lines(value)) for name, value in forms.values(answer)}
        wanted = {(name, forms.lines(value)) for name, value in form.typed if value != PASSWORD}
        lost += [(action, pair) for pair in sorted(wanted - shown)]
        assert PASSWORD not in answer.html, action
        assert any(again.action.partition("?")[0] == action.partition("?")[0] for again in forms.of(answer)), action

    assert lost == []
    assert stored() == before


def test_from_the_answer_it_is_sent_with_a_fresh_token(client: Client) -> None:
    optonet = make.cluster(slug="optonet")
    make.login(client, make.member(optonet))
    fields = page(client, "/de/host/optonet/profile").fields | {"summary_de": "Zwei Stunden"}
    make_token_old(client)

    answer = checked(client.post("/de/host/optonet/profile", data=fields), status=400)
    form = next(form for form in forms.of(answer) if form.action == "/de/host/optonet/profile")

    assert answer.h1 == page(client, "/de/host/optonet/profile").h1  # in its place, to be corrected as well
    assert client.post(form.action, data=form.sent()).status_code == 303
    assert optonet.summary_de == "Zwei Stunden"


def test_a_step_inside_a_page_is_sent_from_the_answer_too(client: Client) -> None:
    make.login(client, make.organiser())
    activity = make.activity(review_status="draft", published_at=None, registration_mode="none")
    path = f"/de/host/{activity.host_cluster.slug}/{activity.id}/withdraw"
    page(client, "/de/account")
    make_token_old(client)

    answer = checked(client.post(path, data={"csrf_token": "old"}), status=400)
    form = next(form for form in forms.of(answer) if form.action == path)

    assert client.post(form.action, data=form.sent()).status_code == 303
    assert activity.review_status == "withdrawn"


def test_a_lost_cookie_costs_two_more_clicks_and_no_word(client: Client) -> None:
    """Nothing tells whose it was: the answer holds it until the person has logged in beside it."""
    optonet = make.cluster(slug="optonet")
    clara = make.member(optonet)
    make.login(client, clara)
    fields = page(client, "/de/host/optonet/profile").fields | {"summary_de": "Zwei Stunden"}
    client.delete_cookie("session")

    gone = checked(client.post("/de/host/optonet/profile", data=fields), status=400)
    assert "Loggen Sie sich in einem zweiten Tab ein" in gone.text
    form = next(form for form in forms.of(gone) if "profile" in form.action)
    make.login(client, clara)
    make_token_old(client)  # each login has its own
    again = checked(client.post(form.action, data=form.sent()), status=400)
    form = next(form for form in forms.of(again) if "profile" in form.action)

    assert client.post(form.action, data=form.sent()).status_code == 303
    assert optonet.summary_de == "Zwei Stunden"


def test_logged_out_in_another_tab_with_the_token_gone_as_well(client: Client) -> None:
    optonet = make.cluster(slug="optonet")
    clara = make.member(optonet)
    make.login(client, clara)
    fields = page(client, "/de/host/optonet/profile").fields | {"summary_de": "Zwei Stunden"}
    client.post("/de/logout", data={"csrf_token": fields["csrf_token"]})

    answer = checked(client.post("/de/host/optonet/profile", data=fields), status=401)
    make.login(client, clara)

    assert "Es ist nichts verloren" in answer.text
    assert page(client, "/de/host/optonet/profile").fields["summary_de"] == "Zwei Stunden"


def test_what_another_site_sends_gets_neither_a_token_nor_its_words(client: Client) -> None:
    """Else a stranger's text would stand in our page beside a button that works."""
    for path in ("/de/login", "/de/host/optonet/profile", "/de/organiser/clusters/new"):
        answer = client.post(
            path, data={"email": "kauf@example.org", "name": "Kauf"}, headers={"Sec-Fetch-Site": "cross-site"}
        )

        assert answer.status_code == 400
        assert "auf@example.org" not in answer.text
        assert "Kauf" not in answer.text
        assert "csrf_token" not in answer.text
        assert "Set-Cookie" not in answer.headers
    assert db.session.query(Kept).count() == 0
