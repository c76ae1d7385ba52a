"""The field that nobody sees: who fills it in all the same loses nothing, and is promised nothing."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import current_app

from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.limits import counters
from clusterweek.limits.models import Counter
from clusterweek.registrations import queries
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client, Clock
from tests.mailbox import mailbox
from tests.registrations.test_views import ADA, address, only, post

# Names, and words in names, by which programs that fill in forms know what belongs where.
KNOWN = re.compile(
    "addr|city|company|country|email|fax|first|given|honey|last|mail|mobile|name|org|phone|post|state|street|subject|"
    "tel|title|url|user|web|zip|birth|card|age|sex|site|home|link|comment|message|nick|login"
)


def trap(client: Client, path: str) -> Any:
    """The one field of the form that people neither see nor reach."""
    (hidden,) = page(client, path).all("div", class_="cw-trap")
    (field,) = hidden.iter("input")
    assert hidden.get("aria-hidden") == "true"
    return field


def test_the_hidden_field_is_for_nobody_and_says_so_to_programs(client: Client) -> None:
    field = trap(client, address(make.activity()))

    assert field.get("tabindex") == "-1"
    assert field.get("value") == ""
    assert field.get("autocomplete") == "off"
    assert {name: value for name, value in field.items() if name.startswith("data-")} == {
        "data-1p-ignore": "",
        "data-lpignore": "true",
        "data-bwignore": "",
        "data-form-type": "other",
    }
    assert KNOWN.search(f"{field.get('name')} {field.get('id')}") is None


@pytest.mark.parametrize("lang", ["de", "en"])
def test_who_fills_it_in_sends_the_same_form_with_one_more_click(client: Client, lang: str) -> None:
    activity = make.activity(mode="hybrid", capacity_online=5)
    path = address(activity, lang=lang)
    typed = page(client, path).fields | ADA | {"organisation": 'Optik "Süd" & <Söhne>', "mode": "online"}
    typed["access_need"] = "Rampe\nund ein Platz vorn"

    asked = post(client, path, **typed | {trap(client, path).get("name"): "https://spam.example"})

    assert asked.h1 == {"de": "Noch ein Klick", "en": "One more click"}[lang]
    assert {"de": "Ich bin ein Mensch", "en": "I am a person"}[lang] in asked.text
    assert (queries.of_activity(activity), mailbox()) == ([], [])
    assert "Postfach" not in asked.text  # no letter is promised

    received = post(client, path, **asked.fields)

    assert received.h1 == {"de": "Sehen Sie in Ihr Postfach", "en": "Check your inbox"}[lang]
    one = only(activity)
    assert (one.name, one.email, one.organisation, one.mode, one.access_need) == (
        "Ada Lovelace",
        "ada@example.org",
        'Optik "Süd" & <Söhne>',
        "online",
        "Rampe\nund ein Platz vorn",
    )
    assert len(mailbox()) == 1


@pytest.mark.parametrize("name", ["website", "url", "phone", "company", "homepage", "address2"])
def test_fields_that_the_form_does_not_have_are_no_trap(client: Client, name: str) -> None:
    """As browsers' extensions send them that remember an older form."""
    activity = make.activity()

    assert (
        post(client, address(activity), **ADA | {name: "https://www.firma.example"}).h1 == "Sehen Sie in Ihr Postfach"
    )
    assert only(activity).email == "ada@example.org"


def test_mistakes_are_said_first(client: Client) -> None:
    path = address(make.activity())

    again = post(client, path, 422, **ADA | {"email": "", trap(client, path).get("name"): "x"})

    assert "Geben Sie Ihre E-Mail-Adresse ein" in again.text
    assert trap(client, path).get("value") == ""


def test_the_office_sees_how_often_and_nothing_else(client: Client) -> None:
    path = address(make.activity())
    make.login(client, make.organiser())
    name = trap(client, path).get("name")
    assert "das nur Programme sehen" not in page(client, "/de/organiser/letters/").text

    for _ in range(3):
        post(client, path, **ADA | {name: "x"})

    assert (
        "In den letzten 30 Tagen war bei 3 Anmeldungen das Feld ausgefüllt"
        in page(client, "/de/organiser/letters/").text
    )
    kept = [(one.what, one.who, one.count) for one in db.session.query(Counter).filter_by(who=counters.EVERYBODY)]
    assert kept == [(queries.TRAPPED, "", 3)]


def test_the_count_is_forgotten_after_thirty_days(at: Clock) -> None:
    for days in (31, 29, 3, 0):
        counters.tally(queries.TRAPPED, now=NOW - timedelta(days=days))
    counters.allow("sign-up", "ada", Rate(5, 60), now=NOW - timedelta(days=3))

    with unit_of_work():
        counters.forget_old(now=NOW)

    assert queries.trapped_count() == 3
    assert {one.who for one in db.session.query(Counter)} == {counters.EVERYBODY}


def test_the_style_that_hides_it_is_there(client: Client) -> None:
    shown = page(client, address(make.activity()))
    sheets = [one.get("href", "").partition("?")[0] for one in shown.all("link", rel="stylesheet")]

    assert "/static/registrations/sign_up.css" in sheets
    style = Path(current_app.static_folder, "registrations/sign_up.css").read_text()
    assert re.search(r"\.cw-trap \{[^}]*left: -\d+rem", style)
