"""Making, changing, opening and closing editions."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.db.session import db
from clusterweek.editions import actions
from clusterweek.editions.models import Edition, EditionPartnerCountry
from tests import make
from tests.browse import checked, page
from tests.conftest import NOW

WEEK = {
    "title_de": "Clusterwoche 2031",
    "kind": "cluster_week",
    "slug": "clusterwoche-2031",
    "starts_on": "2031-04-01",
    "ends_on": "2031-04-10",
    "date_precision": "day",
    "timezone": "Europe/Berlin",
    "mode": "in_person",
    "parent_edition_id": "",
    "land": "",
}
NEW = "/de/organiser/editions/new"


@pytest.fixture
def olaf(client: Any) -> Any:
    make.login(client, make.organiser())
    return client


def made(slug: str = "clusterwoche-2031") -> Edition:
    return db.session.scalars(select(Edition).where(Edition.slug == slug)).one()


def test_a_title_and_the_days_are_enough(olaf: Any) -> None:
    answer = olaf.post(NEW, data=WEEK)

    assert answer.location == "/de/organiser/editions/clusterwoche-2031"
    edition = made()
    assert (edition.state, edition.starts_on, edition.ends_on) == ("draft", date(2031, 4, 1), date(2031, 4, 10))
    assert "Als Entwurf gespeichert." in page(olaf, answer.location).text


def test_a_new_edition_is_offered_the_zone_of_the_settings(olaf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(olaf.application.config, "TIMEZONE", "Europe/Vienna")

    assert page(olaf, NEW).fields["timezone"] == "Europe/Vienna"


def test_everything_that_is_typed_is_kept_and_shown_again(olaf: Any) -> None:
    typed = WEEK | {
        "title_en": "Cluster week 2031",
        "starts_on": "01.04.2031",
        "submissions_until": "2031-01-31T23:59",
        "programme_from": "01.02.2031 09:00",
        "summary_de": "Zehn Tage.\r\nÜberall.",
        "greeting_de": "Liebe **Gäste**,\r\n\r\n- willkommen <b>!",
        "partner_countries": "niederlande, FR , Czechia",
        "patrons_de": "Bundesministerium A\r\nBundesministerium B",
        "sponsor_de": "Eine Initiative von A",
        "organised_by": "Programmbüro",
        "counting_rule_de": "Messen zählen extra.",
        "participant_count": "90000",
        "city": "Berlin",
        "land": "DE-BE",
    }

    answer = olaf.post(NEW, data=typed)

    edition = made()
    assert edition.submissions_until == datetime(2031, 1, 31, 22, 59, tzinfo=UTC)
    assert edition.programme_from == datetime(2031, 2, 1, 8, 0, tzinfo=UTC)
    assert [row.country for row in edition.partner_countries] == ["NL", "FR", "CZ"]
    assert edition.greeting_de == "Liebe **Gäste**,\n\n- willkommen <b>!"
    assert edition.patrons_de == "Bundesministerium A\nBundesministerium B"
    seen = page(olaf, answer.location)
    assert "<strong>Gäste</strong>" in seen.html
    assert "<li>willkommen &lt;b&gt;!</li>" in seen.html
    shown = seen.fields
    assert shown["partner_countries"] == "Niederlande, Frankreich, Tschechien"
    assert shown["submissions_until"] == "2031-01-31T23:59"
    assert shown["starts_on"] == "2031-04-01"
    assert shown["participant_count"] == "90000"

    before = edition.updated_at, edition.programme_version
    assert olaf.post(answer.location, data=shown).status_code == 303
    db.session.refresh(edition)
    assert (edition.updated_at, edition.programme_version) == before


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title_de": " "}, "Geben Sie einen deutschen Titel ein, zum Beispiel „Clusterwoche 2027“."),
        ({"slug": "Woche 2031"}, "Verwenden Sie 3 bis 80 Kleinbuchstaben"),
        ({"slug": "feeds"}, "kein Wort, das unsere Seiten selbst verwenden"),
        ({"slug": "vergeben"}, "Die Adresse „vergeben“ ist schon vergeben."),
        ({"starts_on": ""}, "Geben Sie den ersten Tag ein."),
        ({"starts_on": "morgen"}, "Geben Sie einen Tag ein, zum Beispiel 06.04.2027."),
        ({"starts_on": "0031-04-01"}, "Das Jahr muss zwischen 2000 und 2100 liegen."),
        ({"ends_on": "2031-03-31"}, "Der letzte Tag darf nicht vor dem ersten liegen."),
        ({"ends_on": "2033-03-31"}, "Eine Woche oder Tagung dauert höchstens ein Jahr."),
        ({"timezone": "Berlin"}, "„Berlin“ ist keine Zeitzone"),
        ({"timezone": "UTC"}, "„UTC“ ist keine Zeitzone"),  # no date could be entered in it
        ({"submissions_until": "bald"}, "Geben Sie Tag und Uhrzeit ein"),
        ({"submissions_until": "2031-03-30T02:30"}, "Diese Uhrzeit gibt es nicht"),
        ({"partner_countries": "Narnia"}, "„Narnia“ ist kein Staat."),
        ({"fair_count": "viele"}, "Geben Sie eine ganze Zahl ein."),
        ({"fair_count": "-1"}, "Geben Sie eine ganze Zahl ein."),
        ({"title_en": "x" * 161}, "Höchstens 160 Zeichen; es sind 161."),
    ],
)
def test_what_is_wrong_is_named_and_the_rest_is_kept(olaf: Any, typed: dict[str, str], sentence: str) -> None:
    make.edition(slug="vergeben")

    found = checked(olaf.post(NEW, data=WEEK | {"organised_by": "Programmbüro"} | typed), status=422)

    (link,) = [words for words, target in found.links.items() if target == "#" + next(iter(typed))]
    assert sentence in link
    assert found.fields["organised_by"] == "Programmbüro"
    assert db.session.scalars(select(Edition).where(Edition.slug == "clusterwoche-2031")).first() is None


def test_only_the_year_may_be_known(olaf: Any) -> None:
    olaf.post(NEW, data=WEEK | {"date_precision": "year", "starts_on": "2031-06-01", "ends_on": "2031-06-02"})

    assert (made().starts_on, made().ends_on) == (date(2031, 1, 1), date(2031, 12, 31))


def test_a_new_edition_takes_over_the_texts_of_an_earlier_one(olaf: Any) -> None:
    make.edition(slug="woche-2027", patrons_de="Ministerium A", organised_by="Programmbüro")

    assert "Texte von „Clusterwoche Deutschland 2027“ übernehmen" in page(olaf, NEW).links
    found = page(olaf, NEW + "?like=woche-2027")

    assert (found.fields["patrons_de"], found.fields["organised_by"]) == ("Ministerium A", "Programmbüro")
    assert (found.fields["title_de"], found.fields["starts_on"], found.fields["slug"]) == ("", "", "")
    assert olaf.get(NEW + "?like=gibt-es-nicht").status_code == 404


def test_the_texts_of_every_edition_of_the_kind_are_offered_the_newest_first(olaf: Any) -> None:
    for year in (2021, 2019, 2027, 2023):
        make.edition(
            slug=f"woche-{year}",
            title_de=f"Woche {year}",
            starts_on=date(year, 4, 1),
            ends_on=date(year, 4, 9),
            is_demo=year == 2027,
        )
    make.edition(slug="konferenz", kind="annual_conference", title_de="Konferenz")

    def offered(query: str) -> list[str]:
        return [link[-4:] for link in page(olaf, NEW + query).links.values() if link.startswith(NEW + "?like=")]

    assert offered("") == ["2027", "2023", "2021", "2019"]
    assert offered("?like=konferenz") == ["renz"]


def test_a_public_address_stays_whatever_is_sent(olaf: Any) -> None:
    edition = make.edition(slug="woche")
    url = "/de/organiser/editions/woche"
    shown = page(olaf, url)

    answer = olaf.post(url, data=shown.fields | {"slug": "anders", "title_de": "Neuer Titel"})

    assert "slug" not in shown.fields
    assert answer.status_code == 303
    assert (edition.slug, edition.title_de) == ("woche", "Neuer Titel")


def test_the_second_of_two_who_save_is_told(olaf: Any) -> None:
    edition = make.edition(slug="woche")
    url = "/de/organiser/editions/woche"
    shown = page(olaf, url).fields
    actions.update(edition, {"organised_by": "Jemand anderes"}, by=None, now=NOW)

    found = checked(olaf.post(url, data=shown | {"title_de": "Meiner"}), status=422)

    assert "Jemand anderes hat inzwischen gespeichert." in found.text
    assert found.fields["title_de"] == "Meiner"
    assert olaf.post(url, data=found.fields).status_code == 303
    assert edition.title_de == "Meiner"


def test_countries_that_are_only_named_stay_beside_the_guests(olaf: Any) -> None:
    edition = make.edition(slug="woche")
    edition.partner_countries = [
        EditionPartnerCountry(country="NL", position=0),
        EditionPartnerCountry(country="FR", position=1, is_guest=False),
    ]
    shown = page(olaf, "/de/organiser/editions/woche").fields

    olaf.post("/de/organiser/editions/woche", data=shown | {"partner_countries": "Polen, NL"})

    assert [(row.country, row.is_guest) for row in edition.partner_countries] == [
        ("PL", True),
        ("NL", True),
        ("FR", False),
    ]


def test_new_days_say_how_many_activities_lie_outside(olaf: Any) -> None:
    edition = make.edition(slug="woche")
    make.activity(edition=edition)
    shown = page(olaf, "/de/organiser/editions/woche").fields

    answer = olaf.post("/de/organiser/editions/woche", data=shown | {"starts_on": "2027-04-10"})

    assert "Veranstaltungen außerhalb des Zeitraums: 1." in page(olaf, answer.location).text


@pytest.mark.parametrize(
    ("old", "new", "heading", "button"),
    [
        ("draft", "open", "Öffnen?", "Öffnen"),
        ("open", "closed", "Schließen?", "Schließen"),
        ("closed", "open", "Wieder öffnen?", "Wieder öffnen"),
        ("closed", "archived", "Ins Archiv?", "Ins Archiv"),
        ("archived", "closed", "Aus dem Archiv holen?", "Aus dem Archiv holen"),
    ],
)
def test_each_step_asks_first(olaf: Any, old: str, new: str, heading: str, button: str) -> None:
    edition = make.edition(slug="woche", state=old)
    make.submitted(edition=edition)
    url = f"/de/organiser/editions/woche/becomes/{new}"

    asked = page(olaf, url)
    answer = olaf.post(url)

    assert asked.h1 == heading
    assert button in [" ".join("".join(b.itertext()).split()) for b in asked.all("button")]
    assert answer.location == "/de/organiser/editions/"
    assert edition.state == new
    assert page(olaf, answer.location).status == 200


@pytest.mark.parametrize(("old", "new"), [("draft", "archived"), ("open", "draft"), ("open", "lost")])
def test_a_step_that_does_not_exist_is_not_found(olaf: Any, old: str, new: str) -> None:
    make.edition(slug="woche", state=old)

    assert olaf.get(f"/de/organiser/editions/woche/becomes/{new}").status_code == 404
    assert olaf.post(f"/de/organiser/editions/woche/becomes/{new}").status_code == 404


def test_the_list_shows_what_runs_and_the_archive(client: Any) -> None:
    make.login(client, make.viewer())
    week = make.edition(slug="woche")
    make.activity(edition=week)
    make.submitted(edition=week)
    make.edition(title_de="Clusterwoche 2019", state="archived", activity_count=196)

    found = page(client, "/de/organiser/editions/")

    assert "1 veröffentlicht" in found.text
    assert "eingereicht" not in found.text
    assert "196 gezählt" in found.text
    assert "Neue Woche oder Tagung" not in found.links
    assert client.get("/de/organiser/editions/woche").status_code == 403


def test_an_empty_list_says_what_to_do(olaf: Any) -> None:
    assert "Hier ist noch nichts." in page(olaf, "/de/organiser/editions/").text
