"""Tables as spreadsheets write them."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from clusterweek.i18n import force_language
from clusterweek.importing import packed, tables
from clusterweek.importing.tables import Row
from clusterweek.refusal import Refusal


def xlsx(*lines: list[Any]) -> bytes:
    book = Workbook()
    for line in lines:
        book.active.append(line)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"name;Land\r\nOptoNet;DE-TH\r\n",
        "\ufeffname;Land\nOptoNet;DE-TH\n".encode(),
        b"name,Land\nOptoNet,DE-TH",
        b'"name","Land"\n" OptoNet ","DE-TH"\n\n;\n',
    ],
    ids=["semicolon", "BOM", "comma", "quoted"],
)
def test_csv_is_read_as_every_spreadsheet_writes_it(data: bytes) -> None:
    table = tables.read("clusters.csv", data.replace(b";\n", b",\n") if data.startswith(b'"') else data)

    assert table.headings == ["name", "Land"]
    assert table.rows == [Row(2, {"name": "OptoNet", "Land": "DE-TH"})]


def test_csv_from_excel_on_an_old_windows_keeps_its_umlauts() -> None:
    table = tables.read("clusters.csv", "name\nGünther\n".encode("cp1252"))

    assert table.rows == [Row(2, {"name": "Günther"})]


def test_rows_have_the_numbers_that_the_spreadsheet_shows() -> None:
    table = tables.read("t.csv", b'name;note\nA;\n;\nB;"two\nlines"\nC;')

    assert [(row.number, row.cells["name"]) for row in table.rows] == [(2, "A"), (4, "B"), (5, "C")]


def test_xlsx_cells_become_the_text_a_person_sees() -> None:
    data = xlsx(
        ["name", "day", "moment", "clock", "places", "share", "empty"],
        ["OptoNet", date(2027, 4, 8), datetime(2027, 4, 8, 9, 30), time(9, 30), 20, 0.5, None],
    )

    table = tables.read("T.XLSX", data)

    assert table.rows == [
        Row(
            2,
            {
                "name": "OptoNet",
                "day": "2027-04-08",
                "moment": "2027-04-08 09:30",
                "clock": "09:30",
                "places": "20",
                "share": "0.5",
                "empty": "",
            },
        )
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"Our clusters\n\nname;Land\nOptoNet;DE-TH\n",
        b"Our clusters, 2027;\n;\nname;Land\nOptoNet;DE-TH\n",
        b"Our clusters\n\nname,Land\nOptoNet,DE-TH\n",
    ],
)
def test_a_title_above_the_headings_is_passed_over(data: bytes) -> None:
    table = tables.read("t.csv", data)

    assert (table.headings, table.rows) == (["name", "Land"], [Row(4, {"name": "OptoNet", "Land": "DE-TH"})])


def test_a_table_of_one_column_has_its_headings_first() -> None:
    table = tables.read("t.csv", b"name\nA\nB\n")

    assert (table.headings, [row.cells["name"] for row in table.rows]) == (["name"], ["A", "B"])


def test_formula_protection_is_taken_off_and_only_that() -> None:
    table = tables.read("t.csv", b"a;b;c\n'=1+1;'quoted';it's\n")

    assert table.rows[0].cells == {"a": "=1+1", "b": "'quoted'", "c": "it's"}


def test_short_rows_are_filled_and_cells_beyond_the_headings_left_out() -> None:
    table = tables.read("t.csv", b"a;b\n1\n1;2;3\n")

    assert [row.cells for row in table.rows] == [{"a": "1", "b": ""}, {"a": "1", "b": "2"}]


def test_what_no_form_would_take_is_cleaned_away() -> None:
    data = 'a;b;c\n\ufeffOpto\x07Net\u202e;"eins\r\nzwei\x1b";e\u0301\n'.encode()

    assert tables.read("t.csv", data).rows[0].cells == {"a": "OptoNet", "b": "eins\nzwei", "c": "é"}


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (packed.MOST_UNPACKED + 1))
    return file.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    whole = io.BytesIO(xlsx(["a"], [1]))
    file = io.BytesIO()
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(file, "w") as copy:
        for name in parts.namelist():
            copy.writestr(name, change(parts.read(name)) if part in name else parts.read(name))
    return file.getvalue()


def deep(number: int) -> bytes:
    """A sheet with one more cell, in the row `number`."""
    more = f'<row r="{number}"><c r="A{number}" t="n"><v>2</v></c></row></sheetData>'.encode()
    return changed("sheet1", lambda xml: xml.replace(b"</sheetData>", more))


def book(*sheets: tuple[str, str, str]) -> bytes:
    """A workbook of sheets: (title, state, the one name in it)."""
    made = Workbook()
    made.remove(made.active)
    for title, state, name in sheets:
        one = made.create_sheet(title)
        one.sheet_state = state
        for line in (["name", "land"], [name, "DE-BY"]):
            one.append(line)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("sheets", "read", "remarks"),
    [
        ([("Lists", "hidden", "No"), ("2027", "visible", "Yes")], "Yes", 0),
        ([("2026", "veryHidden", "No"), ("Lists", "hidden", "No"), ("2027", "visible", "Yes")], "Yes", 0),
        ([("2027", "visible", "Yes"), ("Lists", "hidden", "No")], "Yes", 0),
        ([("2027", "visible", "Yes"), ("2026", "visible", "No")], "Yes", 1),
        ([("Lists", "hidden", "No"), ("2027", "visible", "Yes"), ("2026", "visible", "No")], "Yes", 1),
    ],
)
@pytest.mark.parametrize(("lang", "sentence"), [("en", "Of several sheets"), ("de", "Von mehreren Blättern")])
def test_the_first_sheet_that_people_see_is_read(
    sheets: list[tuple[str, str, str]], read: str, remarks: int, lang: str, sentence: str
) -> None:
    with force_language(lang):
        table = tables.read("t.xlsx", book(*sheets))

    assert [row.cells["name"] for row in table.rows] == [read]
    assert len(table.remarks) == remarks
    assert all(sentence in remark and "2027" in remark for remark in table.remarks)


def test_rows_far_below_that_only_have_a_format_do_not_count() -> None:
    far = "".join(f'<row r="{number}"><c r="A{number}" s="0"/></row>' for number in range(1_048_574, 1_048_577))
    data = changed("sheet1", lambda xml: xml.replace(b"</sheetData>", f"{far}</sheetData>".encode()))

    assert [row.cells for row in tables.read("t.xlsx", data).rows] == [{"a": "1"}]


DAMAGED = [
    changed("sheet1", lambda xml: xml[:-20]),
    changed("sheet1", lambda xml: b"<worksheet"),
    changed("workbook.xml", lambda xml: xml[:-20]),
    changed("sheet1", lambda xml: xml.replace(b"<v>1</v>", b"<v>one</v>")),
    changed("sheet1", lambda xml: xml.replace(b't="n"', b't="s"').replace(b"<v>1</v>", b"<v>99</v>")),
    changed("sheet1", lambda xml: xml.replace(b't="n"', b't="d"')),
    changed("sheet1", lambda xml: xml.replace(b'r="2"', b'r="two"')),
]


@pytest.mark.parametrize("data", DAMAGED)
def test_a_workbook_that_no_spreadsheet_has_written_is_refused(data: bytes) -> None:
    with force_language("en"), pytest.raises(Refusal, match="The XLSX file cannot be read"):
        tables.read("t.xlsx", data)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("t.pdf", b"%PDF", "“t.pdf” is no table: its name must end in .csv, .xlsx, .ods or .xls."),
        ("t.csv", b"", "The table is empty: its first row must hold the headings."),
        ("t.csv", b";;\n;;\n", "The table is empty: its first row must hold the headings."),
        ("t.csv", b"a;b;a\n1;2;3", "The heading “a” stands in the table twice."),
        ("t.csv", b"a;\0", "This is no CSV file: it holds bytes that no text has."),
        *(
            (
                "t.csv",
                odd,
                "In row 2 a quotation mark opens that is never closed. Delete it, or write it twice inside a cell.",
            )
            for odd in (b'a;b\n"1;2', b'a;b\n"1;2\n3;4\n', b'a;b\n1;"2\n3;4\n"5" x;6\n', b'a;b\r\n"1" x;"2\r\n3;4')
        ),
        ("t.csv", b"a\n" + b"1\n" * (tables.MOST_ROWS + 1), "The table has more than 20000 rows."),
        ("t.csv", b"a;" * 200, "The table has more than 100 columns."),
        ("t.xlsx", b"a;b", "The XLSX file cannot be read. Save it once more as “Excel workbook (.xlsx)”."),
        ("t.xlsx", xlsx(["a"])[:300], "The XLSX file cannot be read. Save it once more as “Excel workbook (.xlsx)”."),
        ("t.xlsx", deep(10**9), "Something stands below row 100000 of the sheet. Delete the rows there."),
        (
            "t.xlsx",
            deep(packed.DEEPEST_ROW + 1),
            "Something stands below row 100000 of the sheet. Delete the rows there.",
        ),
        ("t.xlsx", bomb(), "The XLSX file is too large when unpacked."),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_what_is_no_table_is_refused_with_a_sentence(name: str, data: bytes, sentence: str) -> None:
    with force_language("en"), pytest.raises(Refusal) as refusal:
        tables.read(name, data)

    assert str(refusal.value) == sentence
