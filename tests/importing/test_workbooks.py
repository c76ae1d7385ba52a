"""Workbooks that are small and would cost much: looked at before they are read, and read by a process of its own."""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time as clock_time
from typing import Any

import psutil
import pytest

from clusterweek.i18n import force_language
from clusterweek.importing import packed, sheet, tables, workbooks
from clusterweek.refusal import Refusal
from tests.importing.test_tables import changed, xlsx

CELLS = "The XLSX file holds far more cells than a table needs."
UNPACKED = "The XLSX file is too large when unpacked."
UNREADABLE = "The XLSX file cannot be read."


def refused(data: bytes, name: str = "t.xlsx") -> str:
    with force_language("en"), pytest.raises(Refusal) as refusal:
        tables.read(name, data)
    assert refusal.value.status == 422
    return str(refusal.value)


def sheet_of(cells: Callable[[], Iterator[bytes]], part: str = "sheet1") -> bytes:
    """A workbook whose sheet holds these rows instead of its own."""

    def swap(xml: bytes) -> bytes:
        begins, _data, ends = xml.partition(b"<sheetData>")
        return begins + b"<sheetData>" + b"".join(cells()) + b"</sheetData>" + ends.partition(b"</sheetData>")[2]

    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(changed(part, swap))) as plain, zipfile.ZipFile(file, "w", 8) as packed:
        for name in plain.namelist():
            packed.writestr(name, plain.read(name))
    return file.getvalue()


def with_part(name: str, content: bytes, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO(xlsx(["a"], [1]))
    with zipfile.ZipFile(file, "a", packing) as parts:
        parts.writestr(name, content)
    return file.getvalue()


def twelve_million_empty_cells() -> Iterator[bytes]:
    yield b'<row r="1">' + b'<c r="A1"/>' * (packed.MOST_CELLS * 2) + b"</row>"


def cells_with_a_format() -> Iterator[bytes]:
    for number in range(1, packed.MOST_CELLS // 20 + 2):
        yield b'<row r="%d">' % number + b'<c s="1"></c>' * 20 + b"</row>"


def cells_with_a_prefix() -> Iterator[bytes]:
    yield b'<x:row xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="1">'
    yield b'<x:c r="A1"/>' * (packed.MOST_CELLS + 1) + b"</x:row>"


def cells_on_lines_of_their_own() -> Iterator[bytes]:
    yield b'<row r="1">' + b'<c\nr="A1"/>' * (packed.MOST_CELLS + 1) + b"</row>"


@pytest.mark.parametrize(
    "cells",
    [twelve_million_empty_cells, cells_with_a_format, cells_with_a_prefix, cells_on_lines_of_their_own],
)
def test_a_sheet_of_countless_cells_is_refused_before_it_is_read(cells: Callable[[], Iterator[bytes]]) -> None:
    data = sheet_of(cells)

    assert len(data) < 400_000
    assert refused(data).startswith(CELLS)
    with pytest.raises(packed.No, match="cells"):  # by the look, not by the limits of the reading process
        packed.refuse(data)


@pytest.mark.parametrize(
    ("data", "why", "sentence"),
    [
        (lambda: with_part("xl/media/x.xml", b"0" * (packed.MOST_UNPACKED + 1)), "unpacked", UNPACKED),
        (lambda: with_part("xl/styles2/styles.xml", b" " * (packed.MOST_STYLES_BYTES + 1)), "unpacked", UNPACKED),
        (lambda: with_part("xl/more/workbook.xml", b" " * (packed.MOST_BOOK_BYTES + 1)), "unpacked", UNPACKED),
        (lambda: with_part("xl/sharedStrings.xml", b"<si/>" * (packed.MOST_STRINGS + 1)), "cells", CELLS),
        (lambda: with_part("xl/a.xml", b'<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'), "odd", UNREADABLE),
        (lambda: with_part("xl/b.xml", b" " * (1 << 20) + b"<!EnTiTy a>"), "odd", UNREADABLE),
        (lambda: with_part("xl/c.xml", "<x/>".encode("utf-16")), "odd", UNREADABLE),
        (lambda: with_part("xl/d.xml", "<x/>".encode("utf-16-le")), "odd", UNREADABLE),
        (lambda: with_part("xl/e.xml", b'<?xml version="1.0" encoding="utf-7"?><x/>'), "odd", UNREADABLE),
        (lambda: with_part("xl/h.png", b"<c/>" * (packed.MOST_CELLS + 1)), "cells", CELLS),
        (lambda: with_part("xl/i.BIN", b" " * (1 << 20) + b"<c/>" * (packed.MOST_CELLS + 1)), "cells", CELLS),
        (lambda: with_part("xl/j.jpg", "<x/>".encode("utf-16")), "odd", UNREADABLE),
        (lambda: with_part("xl/f.xml", b"<x/>", zipfile.ZIP_LZMA), "odd", UNREADABLE),
        (lambda: with_part("xl/g.xml", b"<x/>", zipfile.ZIP_BZIP2), "odd", UNREADABLE),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_spreadsheet_writes_is_refused(data: Callable[[], bytes], why: str, sentence: str) -> None:
    made = data()

    with pytest.raises(packed.No, match=why):
        packed.refuse(made)
    assert refused(made).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("xl/media/a.png", b"\x89PNG\r\n<!ENTITY" + b"<c/>" * 10),
        ("xl/media/b.emf", b"\x01\0\0\0l\0\0\0"),
        ("xl/printerSettings/c.bin", "HP <!DOCTYPE".encode("utf-16-le")),
    ],
)
def test_pictures_and_settings_of_printers_are_not_looked_into(name: str, content: bytes) -> None:
    assert tables.read("t.xlsx", with_part(name, content)).headings == ["a"]


def test_countless_parts_are_refused() -> None:
    file = io.BytesIO(xlsx(["a"], [1]))
    with zipfile.ZipFile(file, "a") as parts:
        for number in range(packed.MOST_PARTS):
            parts.writestr(f"{number}", b"")

    assert refused(file.getvalue()) == UNPACKED


def test_a_size_that_is_a_lie_unpacks_to_no_more_than_it_says() -> None:
    """The ZIP says ten bytes and holds a sheet of millions of cells: the rest is not unpacked, and the sum is wrong."""
    data = bytearray(sheet_of(twelve_million_empty_cells))
    at = data.index(b"PK\x01\x02")
    while at >= 0:
        length = struct.unpack_from("<H", data, at + 28)[0]
        if data[at + 46 : at + 46 + length].endswith(b"sheet1.xml"):
            struct.pack_into("<I", data, at + 24, 10)
        at = data.find(b"PK\x01\x02", at + 1)

    assert refused(bytes(data)).startswith(UNREADABLE)


def test_one_text_that_a_million_cells_show_is_refused() -> None:
    words = b"<si><t>" + b"x" * 30_000 + b"</t></si>"

    def show() -> Iterator[bytes]:
        for number in range(1, 3_000):
            yield b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (number, number)

    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>'
    )
    namespace = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet_of(show))) as parts, zipfile.ZipFile(file, "w", 8) as copy:
        for name in parts.namelist():
            if name == "[Content_Types].xml":
                copy.writestr(name, parts.read(name).replace(b"</Types>", override))
            elif name != "xl/sharedStrings.xml":
                copy.writestr(name, parts.read(name))
        copy.writestr("xl/sharedStrings.xml", namespace + words + b"</sst>")

    assert refused(file.getvalue()) == UNPACKED


def test_cells_come_through_the_reading_process_as_they_were() -> None:
    moment, day = datetime(2027, 4, 8, 9, 30, 15), date(2027, 4, 8)
    line: list[Any] = ["a", 1, 1.5, True, None, moment, clock_time(9, 30), "\U0001f600 ü\n\u2028", day]

    (given,) = workbooks.rows(xlsx(line), {})

    assert given[:8] == [*line[:3], ["yes or no", "TRUE"], *line[4:8]]
    assert given[8] == day
    assert [type(cell) for cell in given[4:8]] == [type(cell) for cell in line[4:8]]


def rewritten(name_of: Callable[[str], str], change: Callable[[bytes], bytes]) -> bytes:
    """A workbook whose parts have other names or other texts."""
    file = io.BytesIO()
    whole = io.BytesIO(xlsx(["name", "x"], ["A", "Ulm"]))
    with zipfile.ZipFile(whole) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in parts.namelist():
            part = zipfile.ZipInfo()
            part.filename = name_of(name)  # as it stands: its maker would turn backslashes
            copy.writestr(part, change(parts.read(name)))
    return file.getvalue()


def strict(text: bytes) -> bytes:
    for theirs, ours in packed.STRICT.items():
        text = text.replace(ours, theirs)
    return text


def same(text: bytes) -> bytes:
    return text


@pytest.mark.parametrize(
    ("name_of", "change"),
    [
        (str, strict),
        (lambda name: name.replace("sharedStrings", "SharedStrings"), same),
        (lambda name: name.replace("sheet1", "Sheet1"), same),
        (lambda name: name.replace("workbook", "Workbook").replace("styles", "Styles"), same),
        (lambda name: name.replace("[Content_Types]", "[content_types]"), same),
        (str.upper, same),
        (lambda name: name.replace("/", "\\"), same),
        (lambda name: name.replace("/", "\\").replace("sharedStrings", "SharedStrings"), strict),
        (str, lambda text: text.replace(b"/xl/sharedStrings.xml", b"/xl/SharedStrings.xml")),
        (lambda name: f"/{name}", same),
    ],
    ids=["strict", "texts", "sheet", "book", "contents", "capitals", "backslashes", "all", "the other way", "slash"],
)
def test_what_other_programs_call_the_parts_of_a_workbook_is_no_matter(
    name_of: Callable[[str], str], change: Callable[[bytes], bytes]
) -> None:
    (row,) = tables.read("t.xlsx", rewritten(name_of, change)).rows

    assert row.cells == {"name": "A", "x": "Ulm"}


def test_a_workbook_with_usual_names_is_read_as_it_is() -> None:
    data = xlsx(["name"], ["A"])

    assert packed.put_right(data) is data


def test_a_reader_that_is_stopped_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """The limits of the reading process are real: it is asked for more memory than it may have, and for ever."""
    for body in (
        f"import sys; sys.path.insert(0, {os.path.dirname(sheet.__file__)!r}); import reader\n"
        "reader.load()._limit(); x = bytearray(2 * 1024**3)\n",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n",
    ):
        reader = tmp_path / "reader.py"
        reader.write_text(body)
        monkeypatch.setattr(workbooks, "READER", reader)

        assert refused(xlsx(["a"])).startswith(CELLS)

    (tmp_path / "reader.py").write_text("while True: pass\n")
    monkeypatch.setattr(workbooks, "LONGEST", 0.2)
    assert refused(xlsx(["a"])).startswith(CELLS)
    assert [one for one in psutil.Process().children() if one.is_running() and one.status() != "zombie"] == []


def test_one_workbook_is_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "LONGEST_WAIT", 0)
    with workbooks.ONE_AT_A_TIME, force_language("en"), pytest.raises(Refusal) as refusal:
        tables.read("t.xlsx", xlsx(["a"]))

    assert refusal.value.status == 503
    assert "Please send yours again" in str(refusal.value)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b";" * 8_000_000, "The CSV file holds far more cells or lines than a table needs."),
        (b"a;b\n" + b";" * 3_000_000, "The CSV file holds far more cells or lines than a table needs."),
        (b"a;b\n" + b"\n" * 4_000_000, "The CSV file holds far more cells or lines than a table needs."),
        (b"a;b\n" + b"\r" * 4_000_000, "The CSV file holds far more cells or lines than a table needs."),
        (b"a;b\n" + b"x" * 8_000_000, "The CSV file holds a cell that is too long."),
        (
            b'a;b\n"' + b"x\n" * 200_000,
            "In row 2 a quotation mark opens that is never closed. Delete it, or write it twice inside a cell.",
        ),
        (b";".join(b"h%d" % n for n in range(1_000_000)), "The table has more than 100 columns."),
    ],
    ids=["8 MB of separators", "one row", "empty lines", "carriage returns", "one cell", "quoted", "headings"],
)
def test_csv_that_would_cost_much_is_refused(data: bytes, sentence: str) -> None:
    assert refused(data, "t.csv") == sentence


def test_a_table_as_large_as_is_promised_is_read() -> None:
    line = ";".join(f"h{n}" for n in range(40))
    row = ";".join("wert" for _n in range(40))

    table = tables.read("t.csv", "\n".join([line, *([row] * tables.MOST_ROWS)]).encode())

    assert len(table.rows) == tables.MOST_ROWS
