"""Every file from the same filter, on the page and by command."""

import csv
import io
import json

import openpyxl
import pytest
from icalendar import Calendar

from clusterweek.db.session import db
from clusterweek.editions.queries import by_slug
from clusterweek.listing.filter import Filter
from clusterweek.programme import booklets, files
from tests import make
from tests.conftest import NOW, Client


def week() -> str:
    edition = make.edition(slug="clusterwoche-2027")
    host = make.cluster()
    make.activity(edition=edition, host=host, title_de="=1+1 Workshop", place={"online_url": "https://geheim.example"})
    make.activity(edition=edition, host=host, title_de="Seminar", format="seminar", countries=("NL",))
    make.activity(edition=edition, host=host, title_de="Entwurf", review_status="draft", published_at=None)
    db.session.commit()
    return edition.slug


@pytest.mark.parametrize("format", files.FORMATS)
def test_every_format_can_be_saved_from_the_page(client: Client, format: str) -> None:
    slug = week()

    answer = client.get(f"/de/{slug}/programme.{format}?format=seminar")

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{slug}.{format}"'
    assert answer.headers["Content-Type"] == files.MIMETYPES[format]
    assert "Set-Cookie" not in answer.headers


def test_the_table_has_the_public_columns_and_nothing_private(client: Client) -> None:
    slug = week()

    body = client.get(f"/de/{slug}/programme.csv").data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(body), delimiter=";"))

    assert [row["title_de"] for row in rows] == ["'=1+1 Workshop", "Seminar"]
    assert {"contact_name", "contact_email", "online_url"} & rows[0].keys() == set()


def test_a_spreadsheet_holds_texts_and_never_formulas(client: Client) -> None:
    slug = week()

    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/de/{slug}/programme.xlsx").data))
    cells = list(book.active.iter_rows(values_only=True))

    assert cells[0][:3] == ("id", "occurrence", "title_de")
    assert [row[2] for row in cells[1:]] == ["'=1+1 Workshop", "Seminar"]
    assert {cell.data_type for row in book.active.iter_rows() for cell in row} <= {"s", "n"}


def test_json_says_lists_as_lists_and_times_with_offset(client: Client) -> None:
    slug = week()

    (item,) = json.loads(client.get(f"/en/{slug}/programme.json?country=NL").data)["items"]

    assert item["partner_countries"] == ["NL"]
    assert item["occurrences"][0]["starts_at"] == "2027-04-08T09:00:00+02:00"
    assert item["occurrences"][0]["timezone"] == "Europe/Berlin"
    assert item["url"].endswith(f"/en/{slug}/seminar-{item['id']}")
    assert (item["seats_free"], item["waiting_count"]) == (20, 0)
    assert "contact_email" not in item
    assert "online_url" not in item["occurrences"][0]


def test_the_office_gets_all_columns() -> None:
    slug = week()
    edition = by_slug(slug)

    made = files.make("json", edition=edition, filter=Filter(), lang="de", now=NOW, is_office=True)

    assert [item["contact_email"] for item in json.loads(made.body)["items"]] == ["clara@optonet.example"] * 2


def test_the_calendar_file_holds_the_filtered_entries(client: Client) -> None:
    slug = week()

    calendar = Calendar.from_ical(client.get(f"/de/{slug}/programme.ics?format=seminar").data)

    assert [str(event["SUMMARY"]) for event in calendar.events] == ["Seminar"]


def test_the_calendar_file_holds_the_dates_of_the_feed(client: Client) -> None:
    course = make.activity(edition=make.edition(slug="woche"))
    hof = make.occurrence(course, "2027-04-10 09:00", "2027-04-10 12:00", city="Hof", venue_land="DE-BY")

    file, feed = (client.get(f"{path}?land=DE-BY").data for path in ("/de/woche/programme.ics", "/feeds/woche.ics"))

    for data in (file, feed):
        assert [str(event["UID"]) for event in Calendar.from_ical(data).events] == [hof.uid]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/de/clusterwoche-2027/programme.docx", 404),
        ("/de/nirgends/programme.pdf", 404),
        ("/de/clusterwoche-2027/programme.pdf?colour=red", 400),
        ("/de/clusterwoche-2027/programme.csv?land=DE-XX", 400),
    ],
)
def test_what_does_not_exist_is_said(client: Client, path: str, status: int) -> None:
    week()

    assert client.get(path).status_code == status


def test_a_draft_edition_gives_no_files(client: Client) -> None:
    make.edition(slug="geheim", state="draft")

    assert client.get("/de/geheim/programme.csv").status_code == 404


def test_many_booklets_at_once_leave_the_pages_to_everybody_else(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    slug = week()
    answers = []

    def printed_while_others_ask(*_args: object, **_kwargs: object) -> bytes:
        answers.append(client.application.test_client().get(f"/de/{slug}/programme.pdf?q=w{len(answers)}"))
        return b"%PDF"

    monkeypatch.setattr(booklets.pdf_file, "make", printed_while_others_ask)
    first = client.get(f"/de/{slug}/programme.pdf")

    assert first.status_code == 200
    assert [answer.status_code for answer in answers] == [503, 200]  # the innermost was one too many
    assert "in einer halben Minute" in answers[0].text
    assert client.get(f"/de/{slug}/programme.pdf?q=later").status_code == 200
