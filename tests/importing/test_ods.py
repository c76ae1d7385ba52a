"""Spreadsheets of LibreOffice: each cell is what it shows."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest

from clusterweek.i18n import force_language
from clusterweek.importing import ods as reader, packed, tables
from clusterweek.refusal import Refusal
from tests.importing.libre_office import cell, ods

P = "<text:p>{}</text:p>"


def xml(inside: str, attributes: str = 'office:value-type="string"') -> str:
    return f"<table:table-cell {attributes}>{inside}</table:table-cell>"


def read(*rows: Any, **more: Any) -> tables.Table:
    return tables.read("t.ods", ods({"rows": rows, **more}))


CELLS = {
    "a text": ("Bad Tölz", "Bad Tölz"),
    "lines": ("eins\nzwei\n\ndrei", "eins\nzwei\n\ndrei"),
    "spaces": (xml(P.format('a<text:s/>b<text:s text:c="2"/>c')), "a b  c"),
    "spaces that are none": (xml(P.format(" a\n   b ")), "a b"),
    "a tab": (xml(P.format("a<text:tab/>b")), "a b"),
    "a line break": (xml(P.format("a<text:line-break/>b")), "a\nb"),
    "formats": (
        xml(P.format('<text:span text:style-name="T1">fett <text:span>und</text:span></text:span> mehr')),
        "fett und mehr",
    ),
    "a link": (xml(P.format('<text:a xlink:href="x" xmlns:xlink="y">hier</text:a>')), "hier"),
    "a remark beside": (
        xml("<office:annotation><text:p>Bitte prüfen</text:p></office:annotation>" + P.format("Ulm")),
        "Ulm",
    ),
    "a drawing": (
        xml(P.format("Ulm") + "<draw:frame><draw:text-box><text:p>x</text:p></draw:text-box></draw:frame>"),
        "Ulm",
    ),
    "a whole number": (12, "12"),
    "written as a real one": (12.0, "12"),
    "a real number": (50.92878, "50.92878"),
    "shown rounded": ((50.92878, "50,93"), "50.92878"),
    "shown with thousands": ((1000, "1.000"), "1000"),
    "shown with a unit": ((30, "30 Plätze"), "30"),
    "shown too narrow": ((30, "###"), "30"),
    "zeros in front": ((1067, "01067"), "01067"),
    "zeros and letters": ((1067, "D-01067"), "D-01067"),
    "letters in front": ((99817, "D-99817"), "D-99817"),
    "a negative number": ((-5, "-5"), "-5"),
    "percent": (xml(P.format("50 %"), 'office:value-type="percentage" office:value="0.5"'), "0.5"),
    "money": (xml(P.format("20,00 €"), 'office:value-type="currency" office:value="20"'), "20"),
    "a day": (date(2027, 4, 13), "2027-04-13"),
    "a day in words": ((date(2027, 4, 13), "Di, 13. April 2027"), "2027-04-13"),
    "a day without its year": ((date(2027, 4, 13), "13.04."), "2027-04-13"),
    "a moment": (datetime(2027, 4, 13, 9), "2027-04-13 09:00"),
    "a hair before": (datetime(2027, 4, 13, 8, 59, 59), "2027-04-13 09:00"),
    "midnight": (datetime(2027, 4, 14), "2027-04-14 00:00"),
    "a time that is not shown": ((datetime(2027, 4, 13, 9), "13.04.27"), "2027-04-13 09:00"),
    "a month": ((date(2026, 12, 1), "Dezember 2026"), "2026-12"),
    "a month in digits": ((date(2026, 12, 1), "12/26"), "2026-12"),
    "a year": ((date(2026, 1, 1), "2026"), "2026"),
    "a time of the day": (time(9, 30), "09:30"),
    "a formula": (xml(P.format("Ulm"), 'table:formula="of:=[.A1]" office:value-type="string"'), "Ulm"),
    "an empty formula": (xml("", 'table:formula="of:=X" office:value-type="string" office:string-value=""'), ""),
    "a text kept beside": (xml("", 'office:value-type="string" office:string-value="Ulm"'), "Ulm"),
    "spaces alone": (xml(P.format(" ")), ""),
}


@pytest.mark.parametrize(("given", "text"), CELLS.values(), ids=CELLS)
def test_a_cell_is_what_it_shows(given: Any, text: str) -> None:
    (row,) = read(["name", "x"], ["A", given]).rows

    assert (row.cells, row.unread) == ({"name": "A", "x": text}, {})


UNREAD = {
    "#NV": (
        xml(P.format("#NV"), 'table:formula="of:=NA()" office:value-type="string" calcext:value-type="error"'),
        "error",
    ),
    "#N/A in a number": (
        xml(P.format("#N/A"), 'table:formula="of:=X" office:value-type="float" office:value="0"'),
        "error",
    ),
    "Err:508": (xml(P.format("Err:508"), 'table:formula="of:=(" office:value-type="float" office:value="0"'), "error"),
    "Fehler:508 as a text": ("Fehler:508", "error"),
    "#DIV/0!": (
        xml(P.format("#DIV/0!"), 'table:formula="of:=1/0" office:value-type="float" office:value="0"'),
        "error",
    ),
    "an error that shows nothing": (xml("", 'office:value-type="string" calcext:value-type="error"'), "error"),
    "a formula without a result": (xml("", 'table:formula="of:=1+1"'), "formula"),
    "yes or no": (True, "yes or no"),
    "a duration": (xml(P.format("30:00"), 'office:value-type="time" office:time-value="PT30H00M00S"'), "duration"),
    "signs": ("\u200b", "signs"),
}


@pytest.mark.parametrize(("given", "kind"), UNREAD.values(), ids=UNREAD)
def test_a_cell_that_cannot_be_read_is_named(given: Any, kind: str) -> None:
    (row,) = read(["name", "x"], ["A", given]).rows

    assert (row.cells, row.unread["x"].kind) == ({"name": "A"}, kind)


def test_rows_and_cells_that_stand_for_many_are_bounded() -> None:
    twice = f'<table:table-row table:number-rows-repeated="2">{cell("A")}{cell("B")}</table:table-row>'
    gap = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    wide = (
        '<table:table-row><table:table-cell table:number-columns-repeated="2" office:value-type="string">'
        + P.format("C")
    )
    wide += '</table:table-cell><table:table-cell table:number-columns-repeated="16382"/></table:table-row>'

    table = read(["x", "y"], twice, gap, wide)

    assert [(row.number, row.cells) for row in table.rows] == [
        (2, {"x": "A", "y": "B"}),
        (3, {"x": "A", "y": "B"}),
        (7, {"x": "C", "y": "C"}),
    ]


def refused(data: bytes) -> str:
    with force_language("en"), pytest.raises(Refusal) as refusal:
        tables.read("t.ods", data)
    assert refusal.value.status == 422
    return str(refusal.value)


def many(times: int, wide: int) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{times}"><table:table-cell office:value-type="string" '
        f'table:number-columns-repeated="{wide}">{P.format("x")}</table:table-cell></table:table-row>'
    )


EMPTY = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda: ods({"rows": [many(1_000_000, 16_384)]}), "Something stands below row 100000 of the sheet."),
        (lambda: ods({"rows": [many(99_000, 16_384)]}), "The ODS file holds far more cells than a table needs."),
        (lambda: ods({"rows": [many(10**30, 10**30)]}), "Something stands below row 100000 of the sheet."),
        (lambda: ods({"rows": [["x"], EMPTY, ["y"]]}), "Something stands below row 100000 of the sheet."),
        (
            lambda: ods({"rows": ["<table:table-row>" + "<table:table-cell/>" * 1_000_001 + "</table:table-row>"]}),
            "The ODS file holds far more cells than a table needs.",
        ),
        (
            lambda: ods({"rows": [], "before": "<x/>" * (packed.MOST_TAGS + 1)}),
            "The ODS file holds far more cells than a table needs.",
        ),
        (lambda: ods({"rows": []}, parts={"content.xml": "x" * (packed.MOST_UNPACKED + 1)}), "The ODS file is too"),
        (
            lambda: ods({"rows": []}, parts={"content.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'}),
            "The ODS file cannot be read.",
        ),
        (lambda: ods({"rows": []}, parts={"content.xml": "<x>"}), "The ODS file cannot be read."),
        (lambda: ods(), "The ODS file cannot be read."),
        (lambda: ods({"rows": [["a"]]})[:-40], "The ODS file cannot be read."),
        (lambda: b"PK\x03\x04", "The ODS file cannot be read."),
        (lambda: b"name;land", "The ODS file cannot be read."),
        (
            lambda: ods({"rows": []}, parts={"META-INF/manifest.xml": '<m:encryption-data m:x="y"/>'}),
            "The ODS file is protected with a password. Save it without one.",
        ),
        (lambda: ods({"rows": []}, parts={"encrypted-package": "x"}), "The ODS file is protected with a password."),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_would_cost_much_or_is_no_spreadsheet_is_refused(data: Any, sentence: str) -> None:
    assert refused(data()).startswith(sentence)


def test_a_million_empty_rows_below_are_usual() -> None:
    table = read(["name"], ["A"], EMPTY, below="")

    assert [row.cells for row in table.rows] == [{"name": "A"}]


@pytest.mark.parametrize(
    ("sheets", "name", "remarks"),
    [
        ([("Listen", True), ("2027", False)], "2027", 0),
        ([("2027", False), ("Listen", True)], "2027", 0),
        ([("2027", False), ("2026", False)], "2027", 1),
        ([("2027", True), ("2026", True)], "2027", 0),
    ],
)
def test_the_first_sheet_that_people_see_is_read(sheets: list[tuple[str, bool]], name: str, remarks: int) -> None:
    made = [{"name": title, "is_hidden": is_hidden, "rows": [["name"], [title]]} for title, is_hidden in sheets]

    table = tables.read("t.ods", ods(*made))

    assert [row.cells["name"] for row in table.rows] == [name]
    assert len(table.remarks) == remarks
    assert all("2027" in remark for remark in table.remarks)


def test_tables_of_drawings_and_of_changes_are_no_sheets() -> None:
    other = '<table:table table:name="Chart"><table:table-row>' + cell("No") + "</table:table-row></table:table>"
    drawn = f"<table:shapes><draw:frame><draw:object>{other}</draw:object></draw:frame></table:shapes>"
    inside = xml(other + P.format("A"))

    table = read(["name"], [inside], before=drawn)

    assert [row.cells for row in table.rows] == [{"name": "A"}]


def test_headings_and_groups_of_rows_are_rows() -> None:
    head = "<table:table-header-rows><table:table-row>" + cell("name") + "</table:table-row></table:table-header-rows>"
    group = (
        '<table:table-row-group><table:table-row-group><table:table-row table:visibility="filter">'
        + cell("A")
        + "</table:table-row></table:table-row-group></table:table-row-group>"
    )

    table = read(head, group, ["B"])

    assert [row.cells["name"] for row in table.rows] == [
        "A",
        "B",
    ]  # as in other workbooks, where filtered rows are read


def test_cells_that_are_joined_hold_the_value_of_the_first_or_are_named() -> None:
    spanned = 'office:value-type="string" table:number-rows-spanned="2" table:number-columns-spanned="{}"'
    covered = "<table:covered-table-cell/>"

    table = read(
        ["name", "x", "y"],
        ["A", xml(P.format("Ulm"), spanned.format(1)), "1"],
        ["B", covered, "2"],
        ["C", xml(P.format("Jena"), spanned.format(2)), covered],
        ["D", covered, covered],
    )

    assert [row.cells for row in table.rows] == [
        {"name": "A", "x": "Ulm", "y": "1"},
        {"name": "B", "x": "Ulm", "y": "2"},
        {"name": "C", "x": "Jena"},
        {"name": "D", "x": "Jena"},
    ]
    assert [row.unread["y"].shown for row in table.rows[2:]] == ["B4", "B4"]


def test_a_text_document_is_no_table() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        parts.writestr("content.xml", "<x/>")

    assert refused(file.getvalue()).startswith("The ODS file cannot be read.")


def test_one_sign_stands_for_few_spaces() -> None:
    (row,) = read(["name", "x"], ["A", xml(P.format('a<text:s text:c="999999999"/>b'))]).rows

    assert len(row.cells["x"]) == reader.MOST_SPACES + 2
