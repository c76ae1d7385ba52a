"""Tables: the columns that others rely on, cell by cell."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.listing import columns, load
from tests import make
from tests.conftest import NOW
from tests.statements import Statements

HANDBOOK = (Path(__file__).parents[2] / "docs" / "exporting.md").read_text("utf-8")


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def table(*activities: Activity, profile: str = "office", lang: str = "de") -> list[dict[str, str]]:
    db.session.flush()
    loaded = load.whole([activity.id for activity in activities])
    return list(columns.row_dicts(loaded, profile=profile, lang=lang, now=NOW))


def test_the_handbook_names_every_column_in_its_order_and_which_the_public_does_not_see() -> None:
    (said,) = re.findall(r"^## Columns\n(.+?)^## ", HANDBOOK, re.MULTILINE | re.DOTALL)
    (private,) = re.findall(r"^Public files leave out (.+?);", said, re.MULTILINE)
    rows = re.findall(r"^\| (`.+?) \|", said, re.MULTILINE)

    assert [name for row in rows for name in re.findall(r"`(\w+)`", row)] == columns.OFFICE
    assert set(columns.OFFICE) - set(columns.PUBLIC) == set(re.findall(r"`(\w+)`", private))


def test_every_cell_of_a_row() -> None:
    activity = make.activity(
        host=make.cluster("OptoNet", slug="optonet"),
        co_hosts=(make.cluster("A", slug="cluster-a"), make.cluster("B", slug="cluster-b")),
        partners=(("Universität Twente", "NL"), ("Ohne Land", None)),
        countries=("NL", "FR"),
        languages=("de", "en"),
        mode="hybrid",
        capacity=20,
        capacity_online=100,
        description_de="Erste Zeile\nzweite; Zeile",
        registration_deadline=clock.now(),
        accessibility="stufenlos",
        cost_note="25 Euro",
        place={
            "street": "Markt 1",
            "postcode": "07743",
            "latitude": 50.93,
            "longitude": -11.5,
            "online_url": "https://room.example/x",
        },
    )
    make.registration(activity)
    make.registration(activity, "Bob", "waitlisted")

    (row,) = table(activity)

    said = {
        "id": str(activity.id),
        "occurrence": "1",
        "title_de": "Workshop: Licht als Werkzeug",
        "title_en": "Workshop: Light as a tool",
        "summary_de": "Wir zeigen, was Licht in der Fertigung kann.",
        "summary_en": "We show what light can do in production.",
        "description_de": "Erste Zeile\nzweite; Zeile",
        "description_en": "",
        "format": "workshop",
        "mode": "hybrid",
        "access": "registration",
        "starts_at": "2027-04-08 09:00",
        "ends_at": "2027-04-08 12:30",
        "timezone": "Europe/Berlin",
        "venue_name": "Technologiezentrum",
        "street": "Markt 1",
        "postcode": "07743",
        "city": "Jena",
        "land": "DE-TH",
        "latitude": "50.93",
        "longitude": "'-11.5",
        "online_url": "https://room.example/x",
        "host_cluster": "optonet",
        "co_hosts": "cluster-a|cluster-b",
        "technology_fields": "optical-technologies-photonics",
        "partner_countries": "NL|FR",
        "external_partners": "Universität Twente [NL]|Ohne Land",
        "languages": "de|en",
        "capacity": "20",
        "capacity_online": "100",
        "registration_mode": "internal",
        "registration_url": "",
        "registration_deadline": "2027-03-22 09:30",
        "contact_name": "Clara",
        "contact_email": "clara@optonet.example",
        "accessibility": "stufenlos",
        "cost_note": "25 Euro",
        "status": "published",
        "happening": "confirmed",
        "url": f"http://127.0.0.1:8000/de/{activity.edition.slug}/workshop-licht-als-werkzeug-{activity.id}",
        "seats_free": "119",
        "waiting_count": "1",
    }
    assert {name: row[name] for name in said} == said


def test_one_row_for_each_date_with_the_same_number() -> None:
    course = make.activity()
    make.occurrence(course, "2027-04-06 09:00", "2027-04-06 10:00", timezone="Europe/Lisbon")
    undated = make.activity(starts=None, review_status="draft", capacity=None)

    found = table(course, undated)

    assert [(r["id"], r["occurrence"], r["starts_at"], r["timezone"]) for r in found] == [
        (str(course.id), "1", "2027-04-06 09:00", "Europe/Lisbon"),
        (str(course.id), "2", "2027-04-08 09:00", "Europe/Berlin"),
        (str(undated.id), "", "", ""),
    ]
    assert (found[2]["seats_free"], found[2]["capacity"]) == ("", "")


def test_whole_days_are_dates_the_last_one_included() -> None:
    (row,) = table(make.activity(starts="2027-04-06 00:00", ends="2027-04-10 00:00", place={"is_all_day": True}))

    assert (row["starts_at"], row["ends_at"]) == ("2027-04-06", "2027-04-09")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_spreadsheet_runs_a_cell(start: str) -> None:
    evil = f"{start}HYPERLINK(1)"

    (row,) = table(
        make.activity(
            title_de=evil,
            summary_de=evil,
            contact_name=evil,
            cost_note=evil,
            partners=((evil, None),),
            place={"venue_name": evil},
        )
    )

    assert row["title_de"] == f"'{evil}"
    assert not [name for name, cell in row.items() if cell.startswith(start)]


def test_a_csv_opens_in_excel_and_reads_back() -> None:
    activity = make.activity(title_de='Semikolon; "Anführung"\nZeile', title_en="Ünïcode")

    body = columns.csv_bytes(load.whole([activity.id]), profile="public", lang="en", now=NOW)

    assert body.startswith(b"\xef\xbb\xbfid;occurrence;title_de;")
    assert body.endswith(b"\r\n")
    (row,) = csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";")
    assert list(row) == columns.PUBLIC
    assert (row["title_de"], row["title_en"]) == ('Semikolon; "Anführung"\nZeile', "Ünïcode")
    assert "/en/" in row["url"]


@pytest.mark.parametrize("size", [1, 3])
def test_a_table_costs_the_same_number_of_queries(size: int) -> None:
    edition = make.edition()
    ids = [make.activity(edition=edition, co_hosts=(make.cluster(),), countries=("FR",)).id for _n in range(size)]
    db.session.commit()
    db.session.expunge_all()

    with Statements() as said:
        assert len(list(columns.row_dicts(load.whole(ids), profile="office", lang="de", now=NOW))) == size

    assert len([s for s in said.all if s.startswith("SELECT")]) == 8
