"""The frame that every page has."""

from datetime import date

import pytest
from sqlalchemy import event

from clusterweek.clusters.models import Membership
from clusterweek.db.session import db
from tests import make
from tests.browse import page, text_of

WISHES = (
    ("en-GB,en;q=0.9,de;q=0.5", "/en/"),
    ("en-GB,de;q=0.5", "/en/"),
    ("de-AT,en;q=0.7", "/de/"),
    ("fr,en;q=0.2,de;q=0.1", "/en/"),
    ("en;q=0,de;q=0.1", "/de/"),
    ("de", "/de/"),
    ("fr", "/de/"),
    ("*", "/de/"),
)


def test_the_first_address_goes_to_the_language_the_browser_likes_best(client):
    for accepted, target in WISHES:
        answer = client.get("/", headers={"Accept-Language": accepted})

        assert (answer.status_code, answer.headers["Location"]) == (303, target)
        assert "Accept-Language" in answer.headers["Vary"]


def test_the_language_switch_keeps_page_and_filters(client):
    make.edition(slug="woche")

    got = page(client, "/de/woche/?land=DE-BY&land=DE-BE")

    assert got.links["EN – English"] == "/en/woche/?land=DE-BY&land=DE-BE"
    assert [e.get("href") for e in got.all("link", rel="alternate")] == [
        "http://127.0.0.1:8000/de/woche/",
        "http://127.0.0.1:8000/en/woche/",
    ]
    assert got.all("link", rel="canonical")[0].get("href") == "http://127.0.0.1:8000/de/woche/"


def test_a_public_page_never_touches_the_session(client):
    make.edition()

    answer = client.get("/de/")

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers["Vary"]


@pytest.mark.parametrize(("moment", "is_shown"), [("2027-03-22 23:59", True), ("2027-03-23 00:30", False)])
def test_a_second_week_leaves_the_menu_at_midnight_in_berlin(client, at, moment, is_shown):
    make.edition(slug="frueher", starts_on=date(2027, 3, 15), ends_on=date(2027, 3, 22))
    shown = make.edition(slug="spaeter")

    at(moment)

    got = page(client, "public.programme", edition=shown.slug)
    assert ('href="/de/frueher/"' in got.html) is is_shown


def test_the_frame_shows_who_stands_behind_the_week(client):
    make.edition(sponsor_de="Eine Initiative des Ministeriums", organised_by="Programmbüro", is_demo=True)

    got = page(client, "/de/")

    assert "Eine Initiative des Ministeriums · Organisation: Programmbüro" in got.html
    assert "Demodaten – frei erfunden" in got.html


def test_the_frame_stands_without_any_edition(client):
    got = page(client, "/en/")

    assert "Programme" not in got.links
    assert got.h1 == "Cluster week"


@pytest.mark.parametrize(
    ("cast", "desks"),
    [
        ("clara", {"Mein Arbeitsplatz": "/de/host/"}),
        ("vera", {"Mein Arbeitsplatz": "/de/organiser/"}),
        ("both", {"Mein Arbeitsplatz": "/de/organiser/", "Meine Cluster": "/de/host/"}),
    ],
)
def test_whoever_is_logged_in_finds_back_to_every_desk(client, cast, desks):
    who = make.member(make.cluster(), "Clara") if cast == "clara" else make.viewer()
    if cast == "both":
        db.session.add(Membership(cluster_id=make.cluster().id, person_id=who.id, created_at=make.THEN))
    make.login(client, who)

    got = page(client, "/de/account")

    menu = {text_of(link): link.get("href") for link in got.all("nav", aria_label="Hauptnavigation")[0].iter("a")}
    assert menu == {**desks, "Öffentliche Seiten": "/de/", f"{who.name} – Ihr Konto": "/de/account"}


def test_the_frame_costs_at_most_two_queries(client):
    week = make.edition()
    make.edition(kind="annual_conference", parent_edition_id=week.id, starts_on=date(2027, 4, 15))
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))

    page(client, "/de/legal/imprint")

    assert len([s for s in asked if s.startswith("SELECT")]) <= 2, asked


def test_a_missing_page_keeps_the_frame_and_the_language(client):
    make.edition(slug="woche")

    got = page(client, "/en/woche/there/is/nothing", status=404)

    assert got.all("html")[0].get("lang") == "en"
    assert got.links["DE – Deutsch"] == "/de/woche/there/is/nothing"
    assert "Set-Cookie" not in got.headers
