"""The start page."""

from datetime import UTC, date, datetime

import pytest

from clusterweek.db.session import db
from clusterweek.editions.models import EditionPartnerCountry
from tests import make
from tests.browse import page, text_of


def facts(got):
    return {text_of(dt): text_of(dd) for dt, dd in zip(got.all("dt"), got.all("dd"), strict=True)}


def test_the_start_page_says_what_when_and_how_much(client):
    week = make.edition(slug="woche", summary_de="Cluster öffnen ihre Türen.")
    make.activity(edition=week, countries=("NL", "FR"))
    make.activity(edition=week, place={"venue_land": "DE-BY"})
    make.activity(edition=week, happening="cancelled")

    got = page(client, "/de/")

    assert got.h1 == "Clusterwoche Deutschland 2027"
    assert "6. bis 15. April 2027 · beginnt in 15 Tagen" in got.text
    assert facts(got) == {"Tage": "10", "Veranstaltungen": "2", "Bundesländer": "2", "Staaten mit Partnern": "2"}
    assert "1 ist abgesagt oder verschoben." in got.text
    assert got.links["Programm ansehen"] == "/de/woche/"


def test_before_the_week_the_first_day_is_shown_timed_before_open_all_day(client):
    week = make.edition(slug="woche")
    make.activity(
        edition=week, title_de="Stand", starts="2027-04-06 00:00", ends="2027-04-09 00:00", place={"is_all_day": True}
    )
    make.activity(edition=week, title_de="Vortrag", starts="2027-04-06 18:00", ends="2027-04-06 19:00")
    make.activity(edition=week, title_de="Später")

    got = page(client, "/de/")

    assert "Der erste Tag: Dienstag, 6. April" in got.text
    assert [text_of(h3) for h3 in got.all("h3")] == ["Vortrag", "Stand"]
    assert got.links["Alles am Dienstag, 6. April"] == "/de/woche/?day=2027-04-06"


def test_during_the_week_today_is_shown_without_what_is_over(client, at):
    week = make.edition(slug="woche")
    make.activity(edition=week, title_de="Vorbei", starts="2027-04-08 08:00", ends="2027-04-08 09:00")
    make.activity(edition=week, title_de="Läuft", starts="2027-04-08 09:00", ends="2027-04-08 12:00")
    at("2027-04-08 10:00")

    got = page(client, "/de/")

    assert "heute ist Tag 3 von 10" in got.text
    assert "Heute: Donnerstag, 8. April" in got.text
    assert [text_of(h3) for h3 in got.all("h3")] == ["Läuft"]


@pytest.mark.parametrize("now", ["2026-11-20 09:00", "2027-04-08 07:00"])
def test_of_an_edition_without_days_only_the_year_is_told(client, at, now):
    make.edition(
        slug="woche",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        date_precision="year",
        programme_from=datetime(2027, 5, 1, 8, 0, tzinfo=UTC),
    )
    at(now)

    got = page(client, "/de/")

    assert text_of(got.all("p", class_="cw-pre")[0]) == "2027"
    assert facts(got) == {}


def test_during_the_week_the_way_to_the_subscription_does_not_end_at_today(client, at):
    make.activity(edition=make.edition(slug="woche"))
    at("2027-04-08 07:00")

    got = page(client, "/de/")

    for words in ("Kalender abonnieren", "Kalender-Abo einrichten"):
        assert got.links[words] == "/de/woche/?page=1#subscribe"
    assert page(client, "/de/woche/?page=1").all("*", id="subscribe")


def test_after_the_week_the_page_leads_to_the_archive(client, at):
    make.activity(edition=make.edition())
    at("2027-04-16 10:00")

    got = page(client, "/de/")

    assert "sie ist vorbei" in got.text
    assert "Danke fürs Mitmachen" in got.text
    assert not got.all("h3")


def test_before_the_programme_appears_nothing_of_it_is_counted(client):
    week = make.edition(programme_from=datetime(2027, 3, 25, 8, 0, tzinfo=UTC))
    make.activity(edition=week)

    got = page(client, "/de/")

    assert facts(got) == {"Tage": "10"}
    assert "Es erscheint am Donnerstag, 25. März 2027, 09:00 Uhr." in got.text


def test_the_guest_country_of_the_conference_is_announced(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, countries=("NL",))
    conference = make.edition(
        slug="tagung",
        kind="annual_conference",
        parent_edition_id=week.id,
        starts_on=date(2027, 4, 15),
        ends_on=date(2027, 4, 15),
        city="Berlin",
    )
    conference.partner_countries = [EditionPartnerCountry(country="NL")]
    db.session.flush()

    got = page(client, "/de/")

    assert "Partnerland der Jahrestagung: Niederlande" in got.text
    assert "Donnerstag, 15. April 2027, Berlin" in got.text
    assert got.links["Zur Jahrestagung"] == "/de/tagung/"
    assert got.links["1 Veranstaltung mit Partnern: Niederlande"] == "/de/partner-countries/NL"


def test_the_archive_is_one_click_away(client):
    make.edition()
    make.edition(
        slug="woche-2019",
        state="archived",
        title_de="2. Clusterwoche",
        starts_on=date(2019, 4, 2),
        ends_on=date(2019, 4, 11),
    )

    got = page(client, "/de/")

    assert got.links["2. Clusterwoche (2019)"] == "/de/archive/woche-2019"
    assert got.links["alle 1 Einträge seit 2019"] == "/de/archive/"


def test_without_any_edition_the_page_still_stands(client):
    assert "Zurzeit ist keine Woche angekündigt" in page(client, "/de/").text
