"""The programme as a file, from the office's desk."""

import json
from typing import Any

import pytest

from clusterweek.editions.models import Edition
from clusterweek.listing import filter as filters
from tests import make
from tests.browse import page

EXPORT = "/de/organiser/woche/export"


@pytest.fixture
def week() -> Edition:
    return make.edition(slug="woche")


@pytest.fixture
def olaf(client: Any, week: Edition) -> Any:
    make.activity(edition=week, title_de="Aus Jena", title_en=None)
    make.activity(edition=week, title_de="Aus Kiel", place={"venue_land": "DE-SH", "city": "Kiel"})
    make.submitted(edition=week, title_de="Noch nicht öffentlich")
    make.login(client, make.organiser())
    return client


def test_the_form_counts_what_the_filter_finds(olaf: Any) -> None:
    assert "2 veröffentlichte Veranstaltungen" in page(olaf, EXPORT).text
    found = page(olaf, EXPORT + "?land=DE-SH&day=&q=&format_of_file=csv&lang_of_file=de&profile=office")
    assert "1 veröffentlichte Veranstaltung mit diesem Filter" in found.text
    assert found.fields["land"] == "DE-SH"
    assert olaf.get(EXPORT + "?land=Mars").status_code == 400


# Of every filter one value that finds an activity.
CHOSEN = {
    "q": "licht",
    "day": "2027-04-08",
    "land": "DE-TH",
    "host_land": "DE-TH",
    "field": "optical-technologies-photonics",
    "country": "FR",
    "format": "workshop",
    "mode": "in_person",
    "access": "registration",
    "cluster": "licht-und-mehr",
    "language": "de",
    "seats": "1",
    "cost": "none",
    "accessible": "1",
    "status": "confirmed",
}


@pytest.mark.parametrize("name", filters.NAMES)
def test_the_form_offers_every_filter(olaf: Any, week: Edition, name: str) -> None:
    host = make.cluster("Licht", slug="licht-und-mehr")
    make.activity(edition=week, host=host, title_de="Zu zweit", countries=("FR",), is_accessible=True)

    assert name in page(olaf, EXPORT).fields or any(
        choice.get("name") == name and choice.get("value") == CHOSEN[name] for choice in page(olaf, EXPORT).all("input")
    )
    assert page(olaf, f"{EXPORT}?{name}={CHOSEN[name]}").fields[name] == CHOSEN[name]


def test_counting_keeps_what_was_said_about_the_file(olaf: Any) -> None:
    found = page(olaf, EXPORT + "?land=DE-SH&land=DE-TH&format_of_file=csv&lang_of_file=en&profile=office")

    assert (found.fields["format_of_file"], found.fields["lang_of_file"], found.fields["profile"]) == (
        "csv",
        "en",
        "office",
    )
    assert found.fields["land"] == ["DE-SH", "DE-TH"]


@pytest.mark.parametrize(
    ("format", "start"),
    [("pdf", b"%PDF-"), ("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf"), ("json", b"{"), ("ics", b"BEGIN")],
)
def test_every_format_is_made(olaf: Any, format: str, start: bytes) -> None:
    answer = olaf.get(f"{EXPORT}/file?format_of_file={format}&lang_of_file=en&land=&q=")

    assert answer.status_code == 200
    assert answer.data.startswith(start)
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="woche')


def test_only_all_columns_have_the_contacts(olaf: Any) -> None:
    answers = [olaf.get(f"{EXPORT}/file?format_of_file=csv&profile={profile}") for profile in ("office", "public")]
    office, public = [answer.text for answer in answers]

    assert "clara@optonet.example" in office
    assert "clara@optonet.example" not in public
    assert "Noch nicht öffentlich" not in office
    names = [answer.headers["Content-Disposition"].partition("filename=")[2] for answer in answers]
    assert names == ['"woche-internal.csv"', '"woche.csv"']


def test_the_format_has_a_short_name_and_all_columns_are_the_default(olaf: Any) -> None:
    answer = olaf.get(f"{EXPORT}/file?format=csv&format=workshop")

    assert answer.mimetype == "text/csv"
    assert "clara@optonet.example" in answer.text


def test_the_filter_and_the_language_reach_the_file(olaf: Any) -> None:
    answer = olaf.get(f"{EXPORT}/file?format_of_file=json&land=DE-SH&lang_of_file=de")

    assert "Aus Kiel" in answer.text
    assert "Aus Jena" not in answer.text
    assert json.loads(answer.text)


@pytest.mark.parametrize("query", ["format_of_file=docx", "lang_of_file=fr", "profile=all", "land=Mars", "wrong=1"])
def test_what_does_not_exist_is_named(olaf: Any, query: str) -> None:
    assert olaf.get(f"{EXPORT}/file?{query}").status_code == 400


def test_exports_are_for_the_office_only(client: Any, week: Edition) -> None:
    make.login(client, make.viewer())

    assert client.get(EXPORT).status_code == 403
    assert client.get(f"{EXPORT}/file").status_code == 403
