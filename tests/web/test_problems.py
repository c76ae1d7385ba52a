"""One place turns a "no" into an answer."""

import pytest
from flask import Blueprint, abort
from sqlalchemy.exc import OperationalError, TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from clusterweek.refusal import Refusal
from clusterweek.web import guards
from tests import forms
from tests.browse import checked, page
from tests.conftest import build_app

PROBLEMS = {
    "refused": Refusal("Alle Plätze sind vergeben."),
    "gone": Refusal("Das gibt es nicht mehr.", status=410),
    "overtaken": StaleDataError("UPDATE statement on table 'activities' expected to update 1 row(s); 0 were matched."),
    "locked": OperationalError("SELECT", {}, Exception("database is locked")),
    "crowded": PoolTimeout("QueuePool limit"),
    "mistake": ZeroDivisionError("geheim"),
}
room = Blueprint("trouble", __name__)


@room.get("/<lang:lang>/trouble/<kind>/<int:n>/x")
@guards.public
def trouble(kind, n):
    if kind.isdigit():
        abort(int(kind))
    raise PROBLEMS[kind]


@room.get("/feeds/trouble/<kind>/x")
@guards.public
def feed_trouble(kind):
    raise PROBLEMS[kind]


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """An application of its own with addresses that fail on purpose, answering as it would in production."""
    app = build_app(tmp_path_factory.mktemp("trouble"))
    app._got_first_request = False
    app.register_blueprint(room)
    app.testing = False
    return app.test_client()


@pytest.mark.parametrize(
    ("kind", "status", "sentence"),
    [
        ("refused", 409, "Alle Plätze sind vergeben."),
        ("gone", 410, "Das gibt es nicht mehr."),
        ("overtaken", 409, "im selben Augenblick"),
        ("locked", 503, "Es wurde nichts gespeichert"),
        ("crowded", 503, "Es wurde nichts gespeichert"),
        ("mistake", 500, "Bei uns ist etwas schiefgegangen."),
        ("400", 400, "etwas, das sich nicht lesen lässt"),
        ("403", 403, "gehört jemand anderem"),
        ("404", 404, "Diese Seite gibt es nicht (mehr). Suchen Sie im Programm:"),
        ("413", 413, "bis zu 8 MB"),
        ("429", 429, "später noch einmal"),
        ("415", 415, "So kann diese Adresse nicht benutzt werden."),
    ],
)
def test_every_problem_has_a_page_with_a_sentence(troubled, kind, status, sentence):
    got = page(troubled, f"/de/trouble/{kind}/1/x", status=status)

    assert sentence in got.text
    assert "geheim" not in got.html
    assert got.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in got.headers


def test_a_busy_database_says_when_to_come_again(troubled):
    assert troubled.get("/de/trouble/locked/1/x").headers["Retry-After"] == "5"


def test_machines_get_one_plain_line(troubled):
    answer = troubled.get("/feeds/trouble/locked/x", headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert answer.text == "Very many people are here right now. Nothing was saved; please try again in a few seconds.\n"


def test_a_wrong_method_names_the_right_ones(client):
    answer = client.post("/de/")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


@pytest.mark.parametrize(
    ("address", "accepted", "lang"),
    [
        ("/en/nowhere/at/all/x", "de", "en"),
        ("/de/nirgends/wo/x/y", "en", "de"),
        ("/nowhere", "en-GB", "en"),
        ("/nowhere", "fr", "de"),
    ],
)
def test_a_missing_page_speaks_the_language_of_its_address(client, address, accepted, lang):
    answer = client.get(address, headers={"Accept-Language": accepted})

    assert answer.status_code == 404
    assert f'<html lang="{lang}">' in answer.text
    assert ("Page not found" if lang == "en" else "Seite nicht gefunden") in answer.text


def test_a_form_without_its_token_is_refused_in_words(tmp_path):
    app = build_app(tmp_path)
    app.config["WTF_CSRF_ENABLED"] = True

    answer = app.test_client().post("/de/login", data={"email": "ada@example.org"})

    assert answer.status_code == 400
    assert "Bitte senden Sie das Formular noch einmal" in answer.text


@room.post("/<lang:lang>/trouble/<kind>/<int:n>/x")
@guards.public
def trouble_with_a_form(kind, n):
    trouble(kind, n)


TYPED = {"title_de": 'Größe <b>"&"</b>', "occurrences-1-starts_time": "9.4x", "version": "7", "password": "geheim"}


@pytest.mark.parametrize(
    ("kind", "status", "is_sent_again"),
    [
        ("refused", 409, True),
        ("overtaken", 409, True),
        ("429", 429, True),
        ("mistake", 500, True),
        ("locked", 503, True),
        ("crowded", 503, True),
        ("400", 400, False),
        ("403", 403, False),
        ("404", 404, False),
        ("gone", 410, False),
        ("422", 422, False),
    ],
)
def test_a_form_that_was_not_taken_is_given_back(troubled, kind, status, is_sent_again):
    got = checked(troubled.post(f"/de/trouble/{kind}/1/x?a=b", data=TYPED), status=status)

    assert 'Größe <b>"&"</b>' in got.text
    assert "Termin 2, Beginn" in got.text
    assert "geheim" not in got.html
    again = [form for form in forms.of(got) if form.action == f"/de/trouble/{kind}/1/x?a=b"]
    assert bool(again) is is_sent_again
    for form in again:  # hidden values are sent, not shown
        assert dict(form.typed) == {name: value for name, value in TYPED.items() if name != "password"}


def test_nothing_is_given_back_to_another_site(troubled):
    got = troubled.post("/de/trouble/429/1/x", data=TYPED, headers={"Origin": "https://evil.example"})

    assert "Größe" not in got.text


def test_what_is_too_large_to_be_read_is_said_to_be_lost(client):
    answer = client.post("/de/login", data={"email": "x" * 9_000_000})

    assert "konnte nicht aufbewahrt werden" in checked(answer, status=413).text
