"""Activities from a table: what was exported comes back unchanged, wrong rows stop everything and say why."""

import csv
import io
import json
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.importing import activities as importing, dates, identity, reading, tables
from clusterweek.listing import columns, load, query
from clusterweek.listing.filter import Filter
from clusterweek.outbox.models import Letter
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import NOW

NEW = {
    "id": "new-1",
    "title_de": "Seminar: Kleben",
    "summary_de": "Was hält und warum.",
    "format": "seminar",
    "starts_at": "2027-04-07 09:00",
    "ends_at": "2027-04-07 16:00",
    "city": "Jena",
    "land": "DE-TH",
    "technology_fields": "plastics-technologies",
    "languages": "de",
    "contact_email": "clara@optonet.example",
}


def table(*given: dict[str, str]) -> tables.Table:
    headings = list(dict.fromkeys(name for row in given for name in row))
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, delimiter=";")
    writer.writeheader()
    writer.writerows(given)
    return tables.read("programme.csv", out.getvalue().encode())


def take_over(*given: dict[str, str], **options: Any) -> list[str]:
    edition = options.pop("edition")
    db.session.commit()
    options.setdefault("by", None)
    return [r.line() for r in importing.take_over(table(*given), edition=edition, now=NOW, **options)]


def exported(edition: Any, as_xlsx: bool) -> tables.Table:
    activities = load.whole(query.ids(edition, Filter()))
    if as_xlsx:
        made = columns.xlsx_bytes(activities, profile="office", lang="de", now=NOW, sheet="Programm")
        return tables.read("p.xlsx", made)
    return tables.read("p.csv", columns.csv_bytes(activities, profile="office", lang="de", now=NOW))


def dump(edition: Any) -> list[dict[str, str]]:
    db.session.expire_all()
    activities = load.whole(query.ids(edition, Filter()))
    return [dict(row) for row in columns.row_dicts(activities, profile="office", lang="de", now=NOW)]


def test_what_a_row_says_travels_as_json_could_hold_it() -> None:
    cells = NEW | {"registration_deadline": "2027-04-01", "external_partners": "Verein [NL]|Institut", "capacity": "20"}
    row = tables.Row(2, cells | {"co_hosts": "optonet"})
    clusters = identity.Clusters([make.cluster("OptoNet", slug="optonet")])

    found = reading.values(row, make.edition()) | {"co_hosts": reading.co_hosts(row, clusters)}
    found["occurrences"] = [date for _row, date in dates.of([row], None, {}) or []]

    assert json.loads(json.dumps(found)) == found
    assert (found["co_hosts"], found["registration_deadline"]) == (["optonet"], "2027-04-01T21:59:00+00:00")
    assert found["external_partners"] == [{"name": "Verein", "country": "NL"}, {"name": "Institut", "country": None}]
    assert found["occurrences"][0]["starts_local"] == "2027-04-07T09:00:00"


def programme() -> Any:
    """An edition with all that a table may hold, in six rows."""
    edition = make.edition()
    host, other = make.cluster("OptoNet"), make.cluster("Neckar-Montage")
    make.activity(
        edition=edition,
        host=host,
        co_hosts=(other,),
        countries=("NL", "AT"),
        partners=(("Composite Werkplaats", "NL"), ("Ohne Land", None)),
        languages=("de", "en"),
        title_de='=Summe "A"; B|C',
        description_de="Erste Zeile\n\n- Punkt; mit Semikolon",
        cost_note="-20 Euro",
        capacity_online=5,
        registration_deadline=datetime.fromisoformat("2027-04-01T12:00+02:00"),
        place={"latitude": 50.92878, "longitude": 11.5899, "street": "Straße 1", "postcode": "01234"},
    )
    block = make.activity(edition=edition, host=host, title_de="Blockveranstaltung", starts="2027-04-07 09:00")
    make.occurrence(block, "2027-04-09 09:00", "2027-04-09 12:00", city="Kulmbach", venue_land="DE-BY")
    fair = make.activity(edition=edition, host=host, title_de="Messestand", starts=None, capacity=None)
    make.occurrence(fair, "2027-04-06 00:00", "2027-04-09 00:00", is_all_day=True)
    make.activity(edition=edition, host=host, title_de="Abgesagt", happening="cancelled")
    remote = make.activity(edition=edition, host=host, title_de="Aus Lissabon", starts=None, mode="online")
    make.occurrence(
        remote, "2027-04-08 09:00", "2027-04-08 10:00", timezone="Europe/Lisbon", venue_land=None, city=None
    )
    db.session.commit()
    return edition


@pytest.mark.parametrize("as_xlsx", [False, True], ids=["csv", "xlsx"])
def test_what_was_exported_imports_as_unchanged(as_xlsx: bool) -> None:
    edition = programme()
    before = dump(edition)

    results = importing.take_over(exported(edition, as_xlsx), edition=edition, by=None, now=NOW)

    assert [r.outcome for r in results] == ["unchanged"] * 6, [r.line() for r in results]
    assert dump(edition) == before


def test_of_the_archive_too_what_was_exported_imports_as_unchanged() -> None:
    edition = make.edition(state="archived")
    activity = make.activity(edition=edition)

    unchanged = importing.take_over(exported(edition, False), edition=edition, by=None, now=NOW)
    refused = [
        *take_over({"id": str(activity.id), "title_de": "Neu"}, edition=edition),
        *take_over({"id": str(activity.id), "happening": "cancelled"}, edition=edition),
    ]

    assert [r.line() for r in unchanged] == [f"row 2: unchanged  {activity.id}"]
    assert [line.partition("  id: ")[0] for line in refused] == [f"row 2: error  {activity.id}"] * 2
    assert dump(edition)[0]["title_de"] == "Workshop: Licht als Werkzeug"


def test_a_new_row_becomes_a_draft_of_its_host() -> None:
    edition, host = make.edition(), make.cluster()

    lines = take_over(NEW | {"host_cluster": host.slug}, edition=edition)

    activity = db.session.scalars(select(Activity)).one()
    assert lines == ["row 2: new  new-1"]
    assert (activity.review_status, activity.host_cluster, activity.fields) == (
        "draft",
        host,
        ["plastics-technologies"],
    )
    assert [(o.city, o.starts_local) for o in activity.occurrences] == [("Jena", datetime(2027, 4, 7, 9))]


def test_the_office_can_publish_by_table() -> None:
    edition, host = make.edition(), make.cluster()

    lines = take_over(NEW | {"host_cluster": host.slug, "status": "published"}, edition=edition)

    assert lines == ["row 2: new  new-1"]
    assert db.session.scalars(select(Activity.review_status)).all() == ["published"]


@pytest.mark.parametrize(
    ("cell", "happening"), [("cancelled", "cancelled"), ("Abgesagt", "cancelled"), ("verschoben", "postponed")]
)
def test_a_table_cancels_and_postpones_in_german_too(cell: str, happening: str) -> None:
    activity = make.activity()

    lines = take_over({"id": str(activity.id), "happening": cell}, edition=activity.edition)

    assert lines == [f"row 2: changed  {activity.id}"]
    assert activity.happening == happening


def test_rows_with_one_id_are_one_activity_with_several_dates() -> None:
    edition, host = make.edition(), make.cluster()
    first = NEW | {"host_cluster": host.slug, "occurrence": "1"}
    second = first | {
        "occurrence": "2",
        "starts_at": "2027-04-09 09:00",
        "ends_at": "2027-04-09 12:00",
        "city": "Kulmbach",
    }

    lines = take_over(first, second, edition=edition)

    activity = db.session.scalars(select(Activity)).one()
    assert lines == ["row 2: new  new-1", "row 3: new  new-1"]
    assert [o.city for o in activity.occurrences] == ["Jena", "Kulmbach"]


def test_a_missing_column_leaves_and_an_empty_cell_clears() -> None:
    activity = make.activity(cost_note="20 Euro", accessibility="Stufenlos")

    lines = take_over({"id": str(activity.id), "cost_note": ""}, edition=activity.edition)

    db.session.refresh(activity)
    assert lines == [f"row 2: changed  {activity.id}"]
    assert (activity.cost_note, activity.accessibility, activity.capacity) == (None, "Stufenlos", 20)


def test_an_empty_cell_leaves_what_an_activity_cannot_be_without() -> None:
    activity = make.activity(mode="hybrid", happening="tentative")
    row = {"id": str(activity.id), "mode": "", "access": "", "registration_mode": "", "happening": ""}

    assert take_over(row, edition=activity.edition) == [f"row 2: unchanged  {activity.id}"]

    db.session.refresh(activity)
    assert (activity.mode, activity.access, activity.registration_mode, activity.happening) == (
        *("hybrid", "registration", "internal", "tentative"),
    )


def test_a_wrong_row_stops_everything_and_every_reason_is_listed() -> None:
    edition, host = make.edition(), make.cluster()
    good = NEW | {"host_cluster": host.slug}

    lines = take_over(
        good,
        good | {"id": "new-2", "capacity": "viele", "format": "Tanz"},
        good | {"id": "new-3", "starts_at": "8.4."},
        good | {"id": "99999"},
        good | {"id": "new-4", "host_cluster": "nobody"},
        good | {"id": ""},
        edition=edition,
    )

    assert [line.split("  ")[0] for line in lines] == ["row 2: new", *(f"row {n}: error" for n in range(3, 8))]
    assert lines[1].split("  ")[1:] == [
        "new-2",
        "format: „Tanz“ kennen wir nicht. Beispiele: Blockveranstaltung, Seminar, Stammtisch.",
        "capacity: „viele“ ist keine ganze Zahl.",
    ]
    assert "starts_at:" in lines[2]
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 0


def test_all_that_is_wrong_in_a_row_is_said_at_once() -> None:
    edition = make.edition()
    row = NEW | {"format": "tanz", "land": "DE-XX", "starts_at": "8.4.", "host_cluster": "nobody"}

    (line,) = take_over(row, edition=edition)

    assert [reason.split(":")[0] for reason in line.split("  ")[2:]] == ["format", "host_cluster", "land", "starts_at"]


@pytest.mark.parametrize(("column", "cell"), [("id", "²"), ("id", "٣"), ("occurrence", "①"), ("occurrence", "²")])
def test_signs_that_only_look_like_numbers_are_named(column: str, cell: str) -> None:
    edition, host = make.edition(), make.cluster()

    (line,) = take_over(NEW | {"host_cluster": host.slug, column: cell}, edition=edition)

    assert line.startswith("row 2: error  ")
    assert f"  {column}: " in line


def test_a_status_that_cannot_be_reached_is_named_by_its_column() -> None:
    activity = make.activity()

    back = take_over({"id": str(activity.id), "status": "draft"}, edition=activity.edition)
    odd = take_over({"id": str(activity.id), "status": "rejected"}, edition=activity.edition)

    assert ["  status: " in line for line in (*back, *odd)] == [True, True]


def test_a_wrong_date_is_named_by_its_own_row() -> None:
    edition, host = make.edition(), make.cluster()
    first = NEW | {"host_cluster": host.slug, "occurrence": "1"}
    backwards = first | {"occurrence": "2", "ends_at": "2027-04-07 08:00"}
    no_date = first | {"occurrence": "3", "starts_at": "", "ends_at": "", "city": "", "land": ""}

    upside_down = take_over(backwards, first, edition=edition)
    after_an_empty_one = take_over(
        no_date | {"occurrence": "1"}, first | {"occurrence": "2"}, backwards | {"occurrence": "3"}, edition=edition
    )

    problem = "ends_at: Das Ende muss nach dem Beginn liegen."
    assert upside_down == [f"row 2: error  new-1  {problem}", "row 3: error  new-1  id: siehe Zeile 2"]
    assert after_an_empty_one[2] == f"row 4: error  new-1  {problem}"


def test_days_out_of_this_century_are_slips() -> None:
    edition, host = make.edition(), make.cluster()
    good = NEW | {"host_cluster": host.slug}

    lines = take_over(
        good | {"starts_at": "9999-12-31", "ends_at": "9999-12-31"},
        good | {"id": "new-2", "registration_deadline": "0001-01-01"},
        edition=edition,
    )

    assert ["Das Jahr muss zwischen 2000 und 2100 liegen." in line for line in lines] == [True, True]


def test_a_note_below_the_table_is_no_activity() -> None:
    edition, host = make.edition(), make.cluster("OptoNet")
    empty = dict.fromkeys(NEW, "")

    lines = take_over(
        NEW | {"host_cluster": host.slug}, empty | {"title_de": "Stand: 12.11.2026"}, edition=edition, is_partial=True
    )

    assert [line.split("  ")[0] for line in lines] == ["row 2: new", "row 3: error"]
    assert "Diese Zeile sieht wie eine Notiz aus." in lines[1]


def test_with_partial_the_good_rows_are_taken() -> None:
    edition, host = make.edition(), make.cluster()
    good = NEW | {"host_cluster": host.slug}

    lines = take_over(good, good | {"id": "new-2", "capacity": "-1"}, edition=edition, is_partial=True)

    assert [line.split("  ")[0] for line in lines] == ["row 2: new", "row 3: error"]
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 1


def test_a_dry_run_writes_nothing() -> None:
    edition, host = make.edition(), make.cluster()

    lines = take_over(NEW | {"host_cluster": host.slug, "status": "published"}, edition=edition, is_dry_run=True)

    assert lines == ["row 2: new  new-1"]
    assert db.session.scalar(select(func.count()).select_from(Activity)) == 0
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_a_moved_date_tells_the_attendees() -> None:
    activity = make.activity()
    make.registration(activity)
    row = {"id": str(activity.id), "starts_at": "2027-04-08 10:00", "ends_at": "2027-04-08 13:30"}

    take_over(row, edition=activity.edition)

    assert db.session.scalars(select(Letter.kind)).all() == ["activity_moved"]


def test_a_number_of_another_edition_is_no_activity_here() -> None:
    last_year = make.activity()

    lines = take_over({"id": str(last_year.id), "title_de": "Neu"}, edition=make.edition())

    assert lines == [f"row 2: error  {last_year.id}  id: Eine Veranstaltung {last_year.id} gibt es hier nicht."]
    db.session.refresh(last_year)
    assert last_year.title_de == "Workshop: Licht als Werkzeug"


def test_a_cluster_may_bring_only_its_own() -> None:
    edition, host, other = make.edition(), make.cluster("OptoNet"), make.cluster("Fremd")
    foreign = make.activity(edition=edition, host=other)

    lines = take_over(
        NEW | {"host_cluster": other.slug},
        NEW | {"id": str(foreign.id), "host_cluster": ""},
        edition=edition,
        cluster=host,
    )

    assert [line.split("  ")[0] for line in lines] == ["row 2: error", "row 3: error"]


def test_german_headings_are_understood() -> None:
    edition, host = make.edition(), make.cluster()
    german = {
        "Nr.": "new-1",
        "Titel": "Seminar: Kleben",
        "Format": "Seminar",
        "Beginn": "2027-04-07",
        "Ende": "2027-04-08",
        "Stadt": "Jena",
        "Land": "Thüringen",
        "Veranstalter": host.name,
        "Technologiefelder": "Kunststofftechnik|Nanotechnologien",
        "Sprachen": "Deutsch",
    }

    lines = take_over(german, edition=edition)

    activity = db.session.scalars(select(Activity)).one()
    occurrence = activity.occurrences[0]
    assert lines == ["row 2: new  new-1"]
    assert activity.fields == ["plastics-technologies", "nanotechnologies"]
    assert (occurrence.is_all_day, occurrence.ends_local, occurrence.venue_land) == (
        True,
        datetime(2027, 4, 9),
        "DE-TH",
    )


@pytest.mark.parametrize("headings", [{"title_de": "x"}, {"Farbe": "rot"}, {"id": "1", "title_de": "x", "Titel": "y"}])
def test_a_table_that_makes_no_sense_is_refused(headings: dict[str, str]) -> None:
    with pytest.raises(Refusal):
        take_over(headings, edition=make.edition())
