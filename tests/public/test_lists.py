"""Clusters, partner countries, the archive."""

from datetime import date

import pytest

from clusterweek.db.session import db
from clusterweek.editions.models import EditionPartnerCountry, Highlight
from tests import make
from tests.browse import page, text_of


def rows(got):
    return [text_of(h3) for h3 in got.all("h3", class_="cw-row__title")]


def test_clusters_stand_by_land_with_what_they_offer(client):
    week = make.edition()
    make.activity(edition=week, host=make.cluster("OptoNet"))
    make.cluster("AlsterFlug", land="DE-HH")
    make.cluster("Ministerium", kind="ministry", land="DE-BE")
    make.cluster("Ehemalig", is_active=False)

    got = page(client, "public.clusters")

    assert [text_of(h2) for h2 in got.all("h2")] == ["Hamburg", "Thüringen", "Außerdem beteiligt"]
    assert [text_of(h3) for h3 in got.all("h3")] == ["AlsterFlug", "OptoNet", "Ministerium"]
    assert [text_of(p) for p in got.all("p", class_="cw-entries__side")] == ["1 Veranstaltung"]


def test_a_cluster_shows_its_activities_also_as_co_host(client):
    week, opto = make.edition(slug="woche"), make.cluster("OptoNet", summary_de="Licht.")
    make.activity(edition=week, host=opto, title_de="Eigene")
    make.activity(edition=week, host=make.cluster("Anderer"), co_hosts=(opto,), title_de="Mit anderen")
    make.activity(edition=week, host=make.cluster("Fremd"), title_de="Fremde")

    got = page(client, "public.cluster", cluster=opto.slug)

    assert got.h1 == "OptoNet"
    assert rows(got) == ["Eigene", "Mit anderen"]
    assert got.all("input", id="feed")[0].get("value").endswith(f"/feeds/woche.ics?cluster={opto.slug}&lang=de")


def test_a_label_is_shown_only_while_it_is_valid(client):
    valid = make.cluster("Golden", ecei_label="gold", label_valid_until=date(2027, 3, 22))
    over = make.cluster("Verblasst", ecei_label="silver", label_valid_until=date(2027, 3, 21))

    assert "ECEI-Label Gold" in page(client, "public.cluster", cluster=valid.slug).text
    assert "ECEI-Label" not in page(client, "public.cluster", cluster=over.slug).text


@pytest.mark.parametrize(
    ("moment", "is_shown"),
    [
        ("2027-03-21 23:59", True),
        ("2027-03-22 00:00", False),  # still the 21st in UTC
        ("2027-03-22 00:59", False),
        ("2027-03-22 01:00", False),
    ],
)
def test_a_label_ends_at_midnight_in_berlin(client, at, moment, is_shown):
    cluster = make.cluster("Verblasst", ecei_label="silver", label_valid_until=date(2027, 3, 21))

    at(moment)

    assert ("ECEI-Label" in page(client, "public.cluster", cluster=cluster.slug).text) is is_shown


@pytest.mark.parametrize(("moment", "is_shown"), [("2027-07-21 23:59", True), ("2027-07-22 01:59", False)])
def test_a_label_ends_at_midnight_in_summer_too(client, at, moment, is_shown):
    cluster = make.cluster("Verblasst", ecei_label="silver", label_valid_until=date(2027, 7, 21))

    at(moment)

    assert ("ECEI-Label" in page(client, "public.cluster", cluster=cluster.slug).text) is is_shown


def test_a_cluster_that_left_or_never_was_is_not_found(client):
    left = make.cluster("Ehemalig", is_active=False)

    assert client.get(f"/de/clusters/{left.slug}").status_code == 404
    assert client.get("/de/clusters/nie-gewesen").status_code == 404


def test_countries_with_partners_and_guest_countries_stand_apart(client):
    week = make.edition()
    make.activity(edition=week, countries=("NL", "AT"))
    past = make.edition(
        slug="tagung-2016",
        kind="annual_conference",
        state="archived",
        title_de="Jahrestagung 2016",
        starts_on=date(2016, 3, 17),
        ends_on=date(2016, 3, 17),
    )
    past.partner_countries = [EditionPartnerCountry(country="AT"), EditionPartnerCountry(country="SE", is_guest=False)]
    db.session.flush()

    got = page(client, "public.partner_countries")

    assert [text_of(h3) for h3 in got.all("h3")] == ["Niederlande", "Österreich", "2016: Österreich"]
    assert got.links["Jahrestagung 2016"] == "/de/archive/tagung-2016"


def test_a_country_shows_activities_partners_editions_and_its_feed(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, countries=("NL",), partners=(("Lichtkring", "NL"), ("Autre", "FR")))
    make.activity(edition=week, title_de="Ohne Partner")
    past = make.edition(
        slug="tagung-2016",
        state="archived",
        title_de="Jahrestagung 2016",
        starts_on=date(2016, 3, 17),
        ends_on=date(2016, 3, 17),
    )
    past.partner_countries = [EditionPartnerCountry(country="NL")]
    db.session.flush()

    got = page(client, "public.partner_country", code="NL")

    assert got.h1 == "Niederlande"
    assert rows(got) == ["Workshop: Licht als Werkzeug"]
    assert text_of(got.all("p", class_="cw-row__host")[0]) == "OptoNet mit Lichtkring"
    assert got.links["Jahrestagung 2016"] == "/de/archive/tagung-2016"
    assert got.all("input", id="feed")[0].get("value").endswith("/feeds/woche.ics?country=NL&lang=de")


def test_a_country_without_activities_says_so_and_an_unknown_one_is_not_found(client):
    make.edition()

    assert "keine Veranstaltung mit Partnern aus diesem Land" in page(client, "public.partner_country", code="BR").text
    assert client.get("/de/partner-countries/XX").status_code == 404
    assert client.get("/de/partner-countries/nl").headers["Location"] == "/de/partner-countries/NL"


def test_the_archive_groups_what_has_been(client):
    make.edition(
        slug="woche-2019",
        state="archived",
        title_de="2. Clusterwoche",
        starts_on=date(2019, 4, 2),
        ends_on=date(2019, 4, 11),
        activity_count=196,
    )
    make.edition(
        slug="tagung-2014",
        kind="annual_conference",
        state="archived",
        title_de="Jahrestagung 2014",
        starts_on=date(2014, 1, 1),
        ends_on=date(2014, 12, 31),
        date_precision="year",
        participant_count=200,
        participant_count_qualifier="more_than",
    )
    make.edition(title_de="Noch nicht vorbei")

    got = page(client, "public.archive")

    assert [text_of(h2) for h2 in got.all("h2")] == ["Clusterwochen", "Jahrestagungen"]
    assert rows(got) == ["2. Clusterwoche", "Jahrestagung 2014"]
    assert "2. bis 11. April 2019 196 Aktivitäten" in got.text
    assert "mehr als 200 Teilnehmende" in got.text
    assert "1. Januar" not in got.text


def test_an_archive_page_says_how_was_counted_and_where_that_stands(client):
    week = make.edition(
        slug="woche-2019",
        state="archived",
        title_de="2. Clusterwoche",
        starts_on=date(2019, 4, 2),
        ends_on=date(2019, 4, 11),
        activity_count=196,
        event_count=158,
        fair_count=38,
        counting_rule_de="Messebeteiligungen zählen mit.",
        countries_exhaustive=False,
        patrons_de="Ministerium A\nMinisterium B",
        sources=[
            {"what": "count", "what_de": "Zahl", "url": "https://www.example.org/2019"},
            {"what": "print", "title": "Jubiläumsheft"},
            {"what": "bad", "url": "javascript:alert(1)"},
        ],
    )
    week.partner_countries = [EditionPartnerCountry(country="SE", is_guest=False)]
    week.highlights = [Highlight(title_de="Betonstammtisch", format="regulars_meetup", city="Rüdersdorf")]
    make.edition(
        slug="tagung-2019",
        kind="annual_conference",
        state="archived",
        parent_edition_id=week.id,
        title_de="Jahrestagung 2019",
    )
    db.session.flush()

    got = page(client, "public.archive_edition", edition="woche-2019")

    assert [text_of(dd) for dd in got.all("dl", class_="cw-figures")[0].iter("dd")] == ["196", "158", "38"]
    assert "So wurde gezählt: Messebeteiligungen zählen mit." in got.text
    assert got.links["www.example.org (externe Seite)"] == "https://www.example.org/2019"
    assert "print: Jubiläumsheft" in got.text
    assert "javascript" not in got.html
    assert "Partner kamen unter anderem aus Schweden" in got.text
    assert "Ministerium A Ministerium B" in got.text
    assert "Betonstammtisch" in got.text
    assert got.links["Jahrestagung 2019"] == "/de/archive/tagung-2019"


def test_a_current_edition_is_not_in_the_archive_yet(client):
    make.edition(slug="woche")

    assert client.get("/de/archive/woche").headers["Location"] == "/de/woche/"
    assert client.get("/de/archive/nie").status_code == 404
