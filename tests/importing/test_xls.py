"""Workbooks as Excel wrote them until 2003, and what else comes under their ending."""

import struct
from datetime import date
from typing import Any

import pytest

from clusterweek.i18n import force_language
from clusterweek.importing import kinds, tables
from clusterweek.refusal import Refusal
from tests.importing.libre_office import ods
from tests.importing.old_excel import ole, xls
from tests.importing.test_tables import xlsx


def read(*rows: list[Any], **more: Any) -> tables.Table:
    return tables.read("t.xls", xls({"rows": rows, **more}))


CELLS = {
    "a text": ("Bad Tölz", "Bad Tölz"),
    "a whole number": (12, "12"),
    "a real number": (50.92878, "50.92878"),
    "zeros in front": ((1067, "00000"), "01067"),
    "letters in front": ((1067, '"D-"00000'), "D-01067"),
    "a day": ((46490, "dd.mm.yyyy"), "2027-04-13"),
    "a moment": ((46490.375, "dd.mm.yyyy hh:mm"), "2027-04-13 09:00"),
    "midnight": ((46491, "dd.mm.yyyy hh:mm"), "2027-04-14 00:00"),
    "a month": ((46357, "mmm yy"), "2026-12"),
    "a time of the day": ((0.375, "hh:mm"), "09:00"),
    "a formula": (("formula", "Ulm"), "Ulm"),
    "a formula of a number": (("formula", 2.5), "2.5"),
    "nothing": (None, ""),
}
UNREAD = {
    "#N/A": ("#N/A", "error"),
    "#REF! of a formula": (("formula", "#REF!"), "error"),
    "yes or no": (True, "yes or no"),
    "a duration": ((1.5, "[h]:mm"), "duration"),
    "a day that is none": ((1e9, "dd.mm.yyyy"), "error"),
}


@pytest.mark.parametrize(("given", "text"), CELLS.values(), ids=CELLS)
def test_a_cell_is_what_it_shows(given: Any, text: str) -> None:
    (row,) = read(["name", "x"], ["A", given]).rows

    assert (row.cells, row.unread) == ({"name": "A", "x": text}, {})


@pytest.mark.parametrize(("given", "kind"), UNREAD.values(), ids=UNREAD)
def test_a_cell_that_cannot_be_read_is_named(given: Any, kind: str) -> None:
    (row,) = read(["name", "x"], ["A", given]).rows

    assert (row.cells, row.unread["x"].kind) == ({"name": "A"}, kind)


def test_an_empty_column_and_empty_rows_shift_nothing() -> None:
    table = read([], [None, "name", "x"], [], [None, "A", 1])

    assert (table.headings, [(row.number, row.cells) for row in table.rows]) == (
        ["", "name", "x"],
        [(4, {"name": "A", "x": "1"})],
    )


def test_cells_that_are_joined_hold_the_value_of_the_first_or_are_named() -> None:
    rows = [["name", "x", "y"], ["A", "Ulm", 1], ["B", None, 2], ["C", "Jena", None]]

    table = read(*rows, joined=[(1, 2, 1, 1), (3, 3, 1, 2)])

    assert [row.cells for row in table.rows] == [
        {"name": "A", "x": "Ulm", "y": "1"},
        {"name": "B", "x": "Ulm", "y": "2"},
        {"name": "C", "x": "Jena"},
    ]
    assert table.rows[2].unread["y"].shown == "B4"


def test_the_first_sheet_that_people_see_is_read_in_its_own_system_of_dates() -> None:
    sheets = [
        {"name": "Listen", "state": 1, "rows": [["name"], ["No"]]},
        {"name": "2027", "rows": [["name", "day"], ["Yes", (44925, "dd.mm.yyyy")]]},
        {"name": "2026", "rows": [["name"], ["No"]]},
    ]

    with force_language("en"):
        table = tables.read("t.xls", xls(*sheets, is_1904=True))

    assert [row.cells for row in table.rows] == [{"name": "Yes", "day": str(date(2026, 12, 31))}]
    assert table.remarks == ["Of several sheets the first one is read: “2027”."]
    assert table.is_1904


def refused(name: str, data: bytes) -> str:
    with force_language("en"), pytest.raises(Refusal) as refusal:
        tables.read(name, data)
    assert refusal.value.status == 422
    return str(refusal.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (ole({"EncryptedPackage": b"x"}), "The XLS file is protected with a password. Save it without one."),
        (xls({"rows": [["a"]]}, has_password=True), "The XLS file is protected with a password."),
        (ole({"WordDocument": b"x"}), "The XLS file cannot be read. Save it once more as “Excel workbook (.xlsx)”."),
        (ole({}), "The XLS file cannot be read."),
        (xls(), "The XLS file cannot be read."),
        (xls({"rows": [["a"]]})[:600], "The XLS file cannot be read."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "The XLS file cannot be read."),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "The XLS file cannot be read."),
        (
            b"<html><body><table><tr><td>name</td></tr></table></body></html>",
            "“t.xls” is a web page or another document, not a spreadsheet, whatever its name says. Open it in your "
            "spreadsheet program and save it as “Excel workbook (.xlsx)”.",
        ),
        ("\ufeff\n<!DOCTYPE html><html>".encode(), "“t.xls” is a web page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "“t.xls” is"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "“t.xls” is a web page"),
    ],
    ids=lambda value: "",
)  # fmt: skip
def test_what_is_no_old_workbook_is_refused(data: bytes, sentence: str) -> None:
    assert refused("t.xls", data).startswith(sentence)


@pytest.mark.parametrize("name", ["t.xls", "t.xlsx", "t.ods", "t.csv"])
def test_what_a_file_is_says_its_content(name: str) -> None:
    for data in (xlsx(["name"], ["A"]), ods({"rows": [["name"], ["A"]]}), xls({"rows": [["name"], ["A"]]})):
        assert [row.cells for row in tables.read(name, data).rows] == [{"name": "A"}]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_csv_under_the_ending_of_a_workbook_is_read(encoding: str) -> None:
    data = "name\tland\nBad Tölz\tDE-BY\n".encode(encoding)

    assert [row.cells["name"] for row in tables.read("t.xls", data).rows] == ["Bad Tölz"]


def test_a_cell_that_looks_like_markup_makes_no_web_page_of_a_table() -> None:
    assert kinds.of(b"<name>;land\nA;DE-BY\n") == "text"
    assert kinds.of(b"name;land\n<html>;DE-BY\n") == "text"


def test_an_old_workbook_whose_size_is_a_lie_stops_nothing_but_its_reader() -> None:
    """A cell in the last row and column, and numbers of rows that no sheet has."""
    data = bytearray(xls({"rows": [["name"], ["A"]]}))
    for at in range(len(data) - 4):
        if data[at : at + 4] == struct.pack("<HH", 0x200, 14):
            struct.pack_into("<II", data, at + 4, 0, 0xFFFFFFFF)
        if data[at : at + 4] == struct.pack("<HH", 0xFD, 10) and data[at + 4] == 1:
            struct.pack_into("<HH", data, at + 4, 65535, 65535)

    assert refused("t.xls", bytes(data)).startswith("The XLS file")
