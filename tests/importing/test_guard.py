"""What could not be read never clears what is stored, and never becomes another value: it is an error at its cell."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from clusterweek.activities.entries import COLUMNS
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import force_language
from clusterweek.importing import activities as importing, clusters, guard, reading, tables
from clusterweek.importing.guard import Unread
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import NOW, build_app
from tests.postgres import postgres_url

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(*rows: tuple[str, ...], joined: tuple[str, ...] = (), prefix: str = "") -> bytes:
    """A workbook of which each cell is given as XML (`<v>…</v>`, `t="e"|<v>…</v>`), or as text."""
    lines = []
    for number, row in enumerate(rows, start=1):
        cells = []
        for letter, cell in zip("ABCDEFGHIJ", row, strict=False):
            if not cell:
                continue
            if "<" not in cell:
                cell = f't="inlineStr"|<is><t>{cell}</t></is>'
            attributes, _bar, inner = cell.rpartition("|")
            cells.append(f'<c r="{letter}{number}" {attributes}>{inner}</c>')
        lines.append(f'<row r="{number}">{"".join(cells)}</row>')
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in joined)
    merged = f"<mergeCells>{merges}</mergeCells>" if joined else ""
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(lines)}</sheetData>{merged}</worksheet>'
    if prefix:
        sheet = sheet.replace("</", f"</{prefix}:").replace("<", f"<{prefix}:").replace(f"<{prefix}:/", "</")
        sheet = sheet.replace(f"</{prefix}:{prefix}:", f"</{prefix}:").replace("xmlns=", f"xmlns:{prefix}=")
    empty, out = io.BytesIO(), io.BytesIO()
    Workbook().save(empty)
    with zipfile.ZipFile(empty) as parts, zipfile.ZipFile(out, "w") as made:
        for name in parts.namelist():
            made.writestr(name, sheet if name.endswith("sheet1.xml") else parts.read(name))
    return out.getvalue()


CELLS = {
    "#N/A": ('t="e"|<v>#N/A</v>', "error"),
    "#REF!": ('t="e"|<v>#REF!</v>', "error"),
    "#DIV/0! of a formula": ('t="e"|<f>1/0</f><v>#DIV/0!</v>', "error"),
    "#NV as text": ("#NV", "error"),
    "#WERT! as text": ("#WERT!", "error"),
    "#BEZUG! as the text of a formula": ('t="str"|<f>A1</f><v>#BEZUG!</v>', "error"),
    "Err:502": ("Err:502", "error"),
    "Loading...": ("Loading...", "error"),
    "Wird geladen…": ("Wird geladen…", "error"),
    "too narrow": ("########", "error"),
    "formula without a result": ("<f>1+1</f>", "formula"),
    "formula with an empty result": ("<f>1+1</f><v></v>", "formula"),
    "text formula without a result": ('t="str"|<f>"Ulm"</f>', "formula"),
    "shared formula without a result": ('|<f t="shared" si="0" ref="C2:C2">1+1</f>', "formula"),
    "yes or no": ('t="b"|<v>1</v>', "yes or no"),
    "lost before": ("M\ufffdnchen", "bytes"),
    "only signs that nobody sees": ("\u200b\u200d", "signs"),
}


@pytest.mark.parametrize("prefix", ["", "x"])
@pytest.mark.parametrize(("cell", "kind"), CELLS.values(), ids=CELLS)
def test_a_cell_of_a_workbook_that_cannot_be_read_is_named(cell: str, kind: str, prefix: str) -> None:
    table = tables.read("t.xlsx", workbook(("name", "land", "city"), ("OptoNet", "DE-TH", cell), prefix=prefix))

    (row,) = table.rows
    assert (row.cells, row.unread["city"].kind) == ({"name": "OptoNet", "land": "DE-TH"}, kind)


@pytest.mark.parametrize("cell", ["", 't="str"|<f>IF(A1="","","x")</f><v></v>', "   ", "\u00a0"])
def test_a_cell_that_is_truly_empty_clears(cell: str) -> None:
    cluster = make.cluster("OptoNet", city="Jena")
    table = tables.read("t.xlsx", workbook(("name", "city"), ("OptoNet", cell)))

    clusters.take_over(table, by=None, now=NOW)

    assert cluster.city is None


CSV = {
    "#N/A": "#N/A",
    "#NV": " #nv ",
    "#REF!": "#REF!",
    "#BEZUG!": "#BEZUG!",
    "#VALUE!": "#VALUE!",
    "#WERT!": "#WERT!",
    "#NAME?": "#NAME?",
    "#ZAHL!": "#ZAHL!",
    "#DIV/0!": "#DIV/0!",
    "#ÜBERLAUF!": "#ÜBERLAUF!",
    "Fehler:508": "Fehler:508",
    "###": "####",
    "formula": "=A1&B1",
    "replacement": "K\ufffdln",
    "control": "\x01\x02",
}


@pytest.mark.parametrize("cell", CSV.values(), ids=CSV)
def test_it_neither_clears_a_cluster_nor_writes_another_value(cell: str) -> None:
    cluster = make.cluster("OptoNet", city="Jena", website="https://optonet.example", ecei_label="gold", land="DE-TH")
    columns = ("city", "website", "label", "land", "fields", "valid_until", "email", "kind")
    for column in columns:
        table = tables.read("t.csv", f"name;{column}\nOptoNet;{cell}\n".encode())

        (result,) = clusters.take_over(table, by=None, now=NOW)

        assert (result.outcome, [name for name, _sentence in result.reasons]) == ("error", [column])
        assert result.line().startswith(f"row 2: error  OptoNet  {column}: ")
    assert (cluster.city, cluster.website, cluster.ecei_label, cluster.land) == (
        *("Jena", "https://optonet.example", "gold", "DE-TH"),
    )


ALL = [entry.key for entry in COLUMNS if entry.key not in reading.IGNORED | {"id"}]


def dump(activity: Any) -> tuple[Any, ...]:
    db.session.expire_all()
    return (
        activity.version,
        activity.updated_at,
        [(o.id, o.uid, o.sequence, o.starts_at, o.city, o.online_url) for o in activity.occurrences],
    )


@pytest.mark.parametrize("cell", ["#NV", "=1+1", "\ufffd", "\x02", "Err:502"])
@pytest.mark.parametrize("column", ALL)
def test_no_column_of_an_activity_is_cleared_or_changed_by_it(column: str, cell: str) -> None:
    activity = make.activity(place={"online_url": "https://raum.example/1"}, countries=("FR",), cost_note="20 Euro")
    db.session.commit()
    before = dump(activity)
    table = tables.read("t.csv", f"id;{column}\n{activity.id};{cell}\n".encode())

    (result,) = importing.take_over(table, edition=activity.edition, by=None, now=NOW)

    assert result.outcome == "error"
    assert [name for name, _sentence in result.reasons] == [column]
    assert dump(activity) == before


@pytest.mark.parametrize(
    "column", ["technology_fields", "partner_countries", "external_partners", "languages", "co_hosts"]
)
@pytest.mark.parametrize("element", ["#NV", "#REF!", "Fehler:502"])
def test_one_element_of_a_list_that_cannot_be_read_makes_the_list_an_error(column: str, element: str) -> None:
    make.cluster("FördeStrom", slug="foerdestrom")
    activity = make.activity(countries=("FR",), partners=(("Verein", "NL"),))
    sound = {
        **{"technology_fields": "logistics", "partner_countries": "NL", "external_partners": "Verein [NL]"},
        **{"languages": "de", "co_hosts": "foerdestrom"},
    }[column]
    db.session.commit()
    before = dump(activity)

    table = tables.read("t.csv", f"id;{column}\n{activity.id};{sound}|{element}\n".encode())
    (result,) = importing.take_over(table, edition=activity.edition, by=None, now=NOW)

    assert (result.outcome, [name for name, _s in result.reasons], dump(activity)) == ("error", [column], before)


@pytest.mark.parametrize("partner", ["Verein [N1]", "Verein [N]", "Verein []", "Verein [N?]"])
def test_a_country_that_is_none_is_no_part_of_a_name(partner: str) -> None:
    activity = make.activity()

    table = tables.read("t.csv", f"id;external_partners\n{activity.id};{partner}\n".encode())
    (result,) = importing.take_over(table, edition=activity.edition, by=None, now=NOW)

    assert result.outcome == "error"


@pytest.mark.parametrize(
    ("joined", "outcomes", "cities"),
    [
        (("C2:C3",), "ucu", ["Pirna", "Pirna", "Riesa"]),
        (("C2:C4",), "ucc", ["Pirna", "Pirna", "Pirna"]),
        (("C3:C4",), "uuc", ["Pirna", "Aue", "Aue"]),
        (("B2:B4",), "uuu", ["Pirna", "Aue", "Riesa"]),
        (("B2:C2",), "euu", ["Pirna", "Aue", "Riesa"]),
        (("B3:C4",), "uee", ["Pirna", "Aue", "Riesa"]),
        (("C5:C9",), "uuu", ["Pirna", "Aue", "Riesa"]),
    ],
    ids=str,
)
def test_cells_that_are_joined_hold_the_value_of_the_first_or_are_named(
    joined: tuple[str, ...], outcomes: str, cities: list[str]
) -> None:
    given = [["name", "land", "city"]]
    for name, city in zip("ABC", ("Pirna", "Aue", "Riesa"), strict=True):
        make.cluster(name, land="DE-SN", city=city)
        given.append([name, "DE-SN", city])
    for ref in joined:  # the cells that are covered are empty in the file
        (left, top), (right, bottom) = (("ABC".index(part[0]), int(part[1:]) - 1) for part in ref.split(":"))
        for row in range(top, min(bottom, 3) + 1):
            for column in range(left, right + 1):
                given[row][column] = given[row][column] if (column, row) == (left, top) else ""

    table = tables.read("t.xlsx", workbook(*map(tuple, given), joined=joined))
    results = clusters.take_over(table, by=None, now=NOW)

    assert "".join(result.outcome[0] for result in results) == outcomes
    assert [(cell.kind, cell.shown) for row in table.rows for cell in row.unread.values()] == [
        ("joined", joined[0].split(":")[0])
    ] * outcomes.count("e")
    assert list(db.session.scalars(select(Cluster.city).order_by(Cluster.id))) == cities


def test_a_joined_title_is_no_heading_and_joined_rows_without_a_word_are_none() -> None:
    rows = [("Unsere Cluster",), (), ("name", "land"), ("OptoNet", "DE-TH"), ()]

    table = tables.read("t.xlsx", workbook(*rows, joined=("A1:F1", "A5:B8", "A4:A5")))

    assert (table.headings, [row.cells for row in table.rows]) == (
        ["name", "land"],
        [{"name": "OptoNet", "land": "DE-TH"}],
    )


def test_cells_joined_across_each_other_are_no_workbook() -> None:
    crossing = tuple(f"A{n}:CV{n + 400}" for n in range(2, 300))

    with pytest.raises(Refusal, match="XLSX"):
        tables.read("t.xlsx", workbook(("name",), *(("x",) for _ in range(300)), joined=crossing))


def test_a_heading_that_cannot_be_read_is_named() -> None:
    with (
        force_language("en"),
        pytest.raises(Refusal, match=r"The heading of column 2 cannot be read\. The cell shows #REF!"),
    ):
        tables.read("t.csv", b"name;#REF!\nOptoNet;x\n")


def test_columns_that_nobody_reads_may_hold_anything() -> None:
    activity = make.activity(host=make.cluster("OptoNet", land="DE-TH"))
    db.session.commit()

    (cluster,) = clusters.preview(tables.read("t.csv", b"name;land;Farbe\nOptoNet;DE-TH;#NV\n"))
    table = tables.read("t.csv", f"id;url;seats_free;waiting_count\n{activity.id};#NV;=1;#REF!\n".encode())
    (row,) = importing.take_over(table, edition=activity.edition, by=None, now=NOW)

    assert (cluster.outcome, row.outcome) == ("unchanged", "unchanged")


def test_all_cells_that_cannot_be_read_are_named_with_what_else_is_wrong() -> None:
    activity = make.activity()

    table = tables.read("t.csv", f"id;city;street;capacity\n{activity.id};#NV;#REF!;viele\n".encode())
    with force_language("en"):
        (result,) = importing.take_over(table, edition=activity.edition, by=None, now=NOW)

    assert result.line() == (
        f"row 2: error  {activity.id}  capacity: “viele” is not a whole number.  "
        "city: The cell shows #NV. Write the value itself, or leave the cell empty.  "
        "street: The cell shows #REF!. Write the value itself, or leave the cell empty."
    )


@pytest.mark.parametrize("lang", ["de", "en"])
def test_every_reason_is_a_sentence_in_both_languages(lang: str) -> None:
    kinds = ("error", "formula", "joined", "bytes", "signs", "yes or no", "duration")
    with force_language(lang):
        sentences = [Unread(kind, "C2").sentence for kind in kinds]
    assert len(set(sentences)) == len(kinds)
    assert all(("Zelle" in sentence or "„" in sentence) is (lang == "de") for sentence in sentences)


@pytest.mark.parametrize(
    ("data", "cells"),
    [
        ("name;city\nMüller;Fürth\n".encode("cp1252"), ["Müller", "Fürth"]),
        ("name;city\nMüller;Fürth\n".encode(), ["Müller", "Fürth"]),
        ("name;city\nMüller;".encode() + b"F\xfcrth\n", ["Müller", "bytes"]),
        (b"\xef\xbb\xbfname;city\nA;F\xfcrth\n", ["A", "bytes"]),
        ("name;city\nMüller Größe Übung;".encode("cp1252") + "Fürth\n".encode(), ["Müller Größe Übung", "bytes"]),
        (b"name;city\nM\xfcller;K\x81ln\n", ["Müller", "bytes"]),
        (b"name;city\nA;K\xc3\n", ["A", "KÃ"]),
    ],
)
def test_bytes_that_are_no_text_are_an_error_of_their_cell(data: bytes, cells: list[str]) -> None:
    (row,) = tables.read("t.csv", data).rows

    assert [row.cells.get(name) or row.unread[name].kind for name in ("name", "city")] == cells


@pytest.mark.parametrize(
    ("cell", "text"), [('"=""01067"""', "01067"), ("'=1+1", "=1+1"), ("Note: #1!", "Note: #1!"), ("#Optik", "#Optik")]
)
def test_what_only_looks_like_an_error_is_read(cell: str, text: str) -> None:
    assert tables.read("t.csv", f"a;b\n1;{cell}\n".encode()).rows[0].cells["b"] == text


def test_a_duration_is_no_text() -> None:
    book, file = Workbook(), io.BytesIO()
    book.active.append(["name", "city"])
    book.active.append(["OptoNet", timedelta(hours=30)])
    book.save(file)

    assert tables.read("t.xlsx", file.getvalue()).rows[0].unread["city"].kind == "duration"


def test_the_page_of_clusters_names_the_cell(client: Any) -> None:
    cluster = make.cluster("OptoNet", city="Jena", land="DE-TH")
    make.login(client, make.organiser())
    file = (io.BytesIO(workbook(("name", "land", "city"), ("OptoNet", "DE-TH", "<f>1+1</f>"))), "cluster.xlsx")

    answer = client.post("/de/organiser/clusters/table", data={"file": file}, content_type="multipart/form-data")

    assert "Die Zelle enthält eine Formel ohne Ergebnis." in answer.text
    assert "1 Zeile ist fehlerhaft. Es wurde nichts gespeichert." in answer.text
    db.session.refresh(cluster)
    assert cluster.city == "Jena"


@pytest.mark.slow
@pytest.mark.postgres
def test_on_the_other_database_nothing_is_cleared_either(tmp_path: Path) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("guard"))
    with app.app_context():
        with unit_of_work():
            optonet = make.cluster("OptoNet", city="Jena")
            activity = make.activity(cost_note="20 Euro", host=optonet)
            cluster_id, edition, activity_id = optonet.id, activity.edition, activity.id
        with unit_of_work():
            clusters.take_over(tables.read("t.csv", b"name;city\nOptoNet;#NV\n"), by=None, now=NOW)
        table = tables.read("t.csv", f"id;cost_note\n{activity_id};K\ufffd\n".encode())
        (result,) = importing.take_over(table, edition=edition, by=None, now=NOW)

        assert result.outcome == "error"
        assert db.session.get_one(Cluster, cluster_id).city == "Jena"
        db.session.remove()
        db.engine.dispose()


def test_a_cell_comes_the_same_way_through_json() -> None:
    assert guard.from_sheet(["error", "#N/A"]) == guard.from_sheet(("error", "#N/A")) == Unread("error", "#N/A")
