"""Reading the first visible sheet of a workbook: a program of its own, so that no file can stop a web process.

A workbook is a ZIP of XML; 300 KB can hold twelve million cells, a few KB gigabytes. `python -P sheet.py` reads the
file from standard input, looks at it before any reader does (`refuse`), and writes one line of JSON per row to
standard output, before them, where there are several sheets to be seen, `{"sheet": …}` with the name of the one that is
read. It is stopped when it needs too much memory or time. A "no" is one line, `{"no": …}`, with a key of REFUSALS.
"""

import io
import json
import os
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.utils.exceptions import InvalidFileException

from clusterweek.importing import marks

if sys.platform != "win32":
    import resource

REFUSALS = ("unreadable", "unpacked", "cells", "deep", "odd")

MOST_COLUMNS = 100
DEEPEST_ROW = 100_000  # of a sheet; a stray cell in the last of a million rows would keep the program busy for minutes
MOST_UNPACKED = 100 * 1024 * 1024  # bytes of all parts
MOST_PARTS = 2_000  # a workbook of a hundred sheets has some three hundred
MOST_CELLS = 1_000_000  # of one part, empty ones too: some five seconds
MOST_STRINGS = 1_000_000
MOST_STYLES_BYTES = 16 * 1024 * 1024  # these three are read at once, before any row is
MOST_BOOK_BYTES = 4 * 1024 * 1024
MOST_TEXT = 32 * 1024 * 1024  # characters handed on: one text may be shown by a million cells
MEMORY_BYTES = 1024 * 1024 * 1024  # of address space; a quarter of it is taken when nothing has been read yet
CPU_SECONDS = 40

CELL = re.compile(rb"<(?:[^\s<>/:=]+:)?c[\s/>]")
STRING = re.compile(rb"<(?:[^\s<>/:=]+:)?si[\s/>]")
ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODING = re.compile(rb"""^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.-]+)["']""")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin")
PLAIN = {b"utf-8", b"utf8", b"us-ascii", b"ascii"}
LONGEST_TAG = 128  # bytes kept from one piece to the next, so that nothing is overlooked where they meet
# What the library raises, early or at some later row, for a workbook that no spreadsheet has written.
DAMAGED = (
    *(
        zipfile.BadZipFile,
        zlib.error,
        SyntaxError,  # of XML, whichever parser the library has found
        InvalidFileException,
        struct.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ),
    *(KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError, OSError),
)


class No(Exception):
    """A workbook that is not read; the argument is one of REFUSALS."""


def main() -> None:
    _limit()
    data = sys.stdin.buffer.read()
    try:
        refuse(data)
        for row in rows(data):
            sys.stdout.write(json.dumps(row, ensure_ascii=True, default=_plain, allow_nan=False) + "\n")
    except No as no:
        sys.stdout.write(json.dumps({"no": no.args[0]}) + "\n")
    except DAMAGED:
        sys.stdout.write(json.dumps({"no": "unreadable"}) + "\n")


def _limit() -> None:
    """Be stopped by the system, whatever the file does; be the first whose turn is over when others want theirs."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def refuse(data: bytes) -> None:
    """Look through all parts of a workbook without building anything. Raises No for what would cost too much, and
    errors of DAMAGED for what is no workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        listed = parts.infolist()
        if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > MOST_UNPACKED:
            raise No("unpacked")
        for part in listed:
            if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.flag_bits & 1:
                raise No("odd")  # encrypted, or packed as no spreadsheet does
            name = part.filename.lower().replace("\\", "/")
            if name.endswith(("styles.xml", "theme1.xml")) and part.file_size > MOST_STYLES_BYTES:
                raise No("unpacked")
            if name.endswith(("workbook.xml", ".rels", "[content_types].xml")) and part.file_size > MOST_BOOK_BYTES:
                raise No("unpacked")
            _refuse_part(parts, part, may_be_picture=name.endswith(PICTURES))


def _refuse_part(parts: zipfile.ZipFile, part: zipfile.ZipInfo, *, may_be_picture: bool) -> None:
    cells = strings = 0
    with parts.open(part) as file:
        rest = b""
        is_first = True
        while piece := file.read(1 << 20):
            if is_first:
                if may_be_picture and not _may_be_xml(piece):
                    return
                _refuse_encoding(piece)
                is_first = False
            text = rest + piece
            if ENTITY.search(text):
                raise No("odd")
            # What ends after `rest` is new; what ended within it was counted with the piece before.
            cells += sum(1 for found in CELL.finditer(text) if found.end() > len(rest))
            strings += sum(1 for found in STRING.finditer(text) if found.end() > len(rest))
            if cells > MOST_CELLS or strings > MOST_STRINGS:
                raise No("cells")
            rest = text[-LONGEST_TAG:]


def _may_be_xml(begins: bytes) -> bool:
    """A name says nothing: which part is the sheet stands elsewhere in the file, and may be called a picture."""
    text = begins.removeprefix(b"\xef\xbb\xbf").lstrip()
    return not text or text.startswith((b"<", b"\0", b"\xff\xfe", b"\xfe\xff"))


def _refuse_encoding(begins: bytes) -> None:
    """Other encodings would hide from the look what the reader finds."""
    if begins[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in begins[:4]:
        raise No("odd")
    if (found := ENCODING.match(begins.removeprefix(b"\xef\xbb\xbf"))) and found[1].lower() not in PLAIN:
        raise No("odd")


def rows(data: bytes) -> Iterator[list[Any] | dict[str, Any]]:
    """The rows of the first visible sheet, each cell as `marks.rows` gives it; missing rows come as empty ones. What is
    to be known of it besides comes before: `{"sheet": title}` of several, `{"is_1904": True}`."""
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    if not book.worksheets:
        raise No("unreadable")
    # What is hidden is a list of choices, or last year's; where all are, the first one is meant.
    visible = [one for one in book.worksheets if one.sheet_state == "visible"] or book.worksheets[:1]
    sheet = visible[0]
    if len(visible) > 1:
        yield {"sheet": sheet.title}
    if book.epoch == CALENDAR_MAC_1904:  # what the first spreadsheets on a Mac count days from
        yield {"is_1904": True}
    sheet.reset_dimensions()  # some programs write a wrong size, and rows would be missing
    given = 0
    for number, cells in enumerate(marks.rows(sheet, max_col=MOST_COLUMNS + 1), start=1):
        if number > DEEPEST_ROW:
            if marks.last_row(sheet) > DEEPEST_ROW:
                raise No("deep")
            return
        row = list(cells)
        while row and row[-1] is None:
            row.pop()
        given += sum(len(cell) for cell in row if isinstance(cell, str))
        if given > MOST_TEXT:
            raise No("unpacked")
        yield row


def _plain(cell: Any) -> Any:
    """What JSON does not know; `value` makes it again what it was."""
    if isinstance(cell, datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"clock": cell.isoformat()}
    return str(cell)


def value(cell: Any) -> Any:
    """A cell of a line of JSON as `marks.rows` had given it; its pairs come as lists."""
    if isinstance(cell, dict):
        ((kind, written),) = cell.items()
        return {"moment": datetime, "day": date, "clock": time}[kind].fromisoformat(written)  # type: ignore[attr-defined]
    return cell
