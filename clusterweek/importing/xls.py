"""The rows of the first visible sheet of an XLS file ([MS-XLS]), as Excel wrote it until 2003.

The library gives the texts. It has no number formats, takes errors for empty cells and ends the whole process for a
file of 2 KB, so numbers, times, errors and joined cells are read here, and all of it in a process of its own.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from clusterweek.importing import marks, ole, shown
from clusterweek.importing.packed import MOST_CELLS, MOST_COLUMNS, No

ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
END, PASSWORD, SHEET, FROM_1904, FORMAT, STYLE, BEGIN = 0x0A, 0x2F, 0x85, 0x22, 0x41E, 0xE0, 0x809
FORMULA, NUMBER, SHORT_NUMBER, SHORT_NUMBERS, YES_NO_ERROR, JOINED = 0x06, 0x203, 0x27E, 0xBD, 0x205, 0xE5
SEEN, A_TABLE = 0, 0


@dataclass
class _Book:
    sheets: list[tuple[int, bool]] = field(default_factory=list)  # where each begins, and whether it is seen
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)
    is_1904: bool = False


def rows(data: bytes) -> Iterator[list[Any] | dict[str, Any]]:
    """Each cell as `marks.rows` gives it; missing rows come as empty ones. What is to be known of it comes before."""
    streams = ole.Streams(data)
    if "EncryptedPackage" in streams.names:  # an XLSX file with a password
        raise No("password")
    name = next((name for name in ("Workbook", "Book") if name in streams.names), None)
    if name is None:
        raise No("unreadable")
    stream = streams.read(name)
    book = _book(stream)
    if not book.sheets:
        raise No("unreadable")
    seen = [place for place, (_at, is_seen) in enumerate(book.sheets) if is_seen] or [0]
    found, boxes = _sheet(stream, book.sheets[seen[0]][0], book)
    try:
        library = CalamineWorkbook.from_filelike(io.BytesIO(data))
        tables = [one for one in library.sheets_metadata if "WorkSheet" in str(one.typ)]
        title = tables[seen[0]].name
        texts = library.get_sheet_by_name(title).to_python(skip_empty_area=False)
    except PasswordError:
        raise No("password") from None
    except CalamineError:
        raise No("unreadable") from None
    if len(seen) > 1:
        yield {"sheet": title}
    if book.is_1904:
        yield {"is_1904": True}
    joined = marks.Joined(MOST_COLUMNS + 1, boxes)
    for number in range(max([len(texts), *(row + 1 for row, _column in found)])):
        line = texts[number] if number < len(texts) else []
        row = [text if isinstance(text, str) and text else None for text in line[: MOST_COLUMNS + 1]]
        for column in range(MOST_COLUMNS + 1):
            if (number, column) in found:
                row += [None] * (column + 1 - len(row))
                row[column] = found[number, column]
        joined.fill(number + 1, row)
        while row and row[-1] is None:
            row.pop()
        yield row


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The records of a part of a stream, without its end."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == BEGIN) - (kind == END)
        if kind == END and depth <= 0:
            return
        if depth == 1:  # drawings in a sheet are parts of their own
            yield kind, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _book(stream: bytes) -> _Book:
    book = _Book()
    for kind, body in _records(stream, 0):
        if kind == PASSWORD:
            raise No("password")
        if kind == SHEET:
            at, state, sort = struct.unpack_from("<IBB", body)
            if sort == A_TABLE:
                book.sheets.append((at, state & 3 == SEEN))
        elif kind == FROM_1904:
            book.is_1904 = struct.unpack_from("<H", body)[0] == 1
        elif kind == FORMAT:
            number, _length, is_wide = struct.unpack_from("<HHB", body)
            book.formats[number] = body[5:].decode("utf-16-le" if is_wide & 1 else "latin-1", "replace")
        elif kind == STYLE:
            book.styles.append(struct.unpack_from("<HH", body)[1])
    return book


def _sheet(stream: bytes, at: int, book: _Book) -> tuple[dict[tuple[int, int], Any], list[marks.Box]]:
    """What the sheet holds besides texts, by (row, column) from 0; and which of its cells are joined."""
    found: dict[tuple[int, int], Any] = {}
    boxes: list[marks.Box] = []
    for kind, body in _records(stream, at):
        if kind == JOINED:
            for place in range(struct.unpack_from("<H", body)[0]):
                top, bottom, left, right = struct.unpack_from("<HHHH", body, 2 + 8 * place)
                boxes.append((left + 1, top + 1, right + 1, bottom + 1))
        elif kind == SHORT_NUMBERS:
            row, column = struct.unpack_from("<HH", body)
            for place in range((len(body) - 6) // 6):
                style, packed = struct.unpack_from("<HI", body, 4 + 6 * place)
                found[row, column + place] = _shown(_unpacked(packed), style, book)
        elif kind in (FORMULA, NUMBER, SHORT_NUMBER, YES_NO_ERROR):
            row, column, style = struct.unpack_from("<HHH", body)
            if kind == FORMULA:
                value = _result(body[6:14], style, book)
            elif kind == NUMBER:
                value = _shown(struct.unpack_from("<d", body, 6)[0], style, book)
            elif kind == SHORT_NUMBER:
                value = _shown(_unpacked(struct.unpack_from("<I", body, 6)[0]), style, book)
            else:
                value = _yes_no_error(body[6], is_error=bool(body[7]))
            if value is not None:
                found[row, column] = value
        if len(found) > MOST_CELLS:
            raise No("cells")
    return found, boxes


def _unpacked(packed: int) -> float:
    """A number of 30 bits: the upper half of a real one, or a whole one, maybe hundredths."""
    if packed & 2:
        value = float(struct.unpack("<i", struct.pack("<I", packed))[0] >> 2)
    else:
        value = struct.unpack("<d", struct.pack("<Q", (packed & 0xFFFFFFFC) << 32))[0]
    return value / 100 if packed & 1 else value


def _result(body: bytes, style: int, book: _Book) -> Any:
    """What a formula has come to; None for a text, which the library gives."""
    if body[6:8] != b"\xff\xff":
        return _shown(struct.unpack("<d", body)[0], style, book)
    return _yes_no_error(body[2], is_error=body[0] == 2) if body[0] in (1, 2) else None


def _yes_no_error(value: int, *, is_error: bool) -> tuple[str, str]:
    return ("error", ERRORS.get(value, "#")) if is_error else ("yes or no", "TRUE" if value else "FALSE")


def _shown(value: float, style: int, book: _Book) -> Any:
    number = book.styles[style] if style < len(book.styles) else 0
    number_format = book.formats.get(number) or BUILTIN_FORMATS.get(number) or "General"
    if not is_date_format(number_format):
        text = shown.number(value, number_format)
        return value if text is None else text
    epoch = CALENDAR_MAC_1904 if book.is_1904 else CALENDAR_WINDOWS_1900
    try:
        moment = from_excel(value, epoch, timedelta=is_timedelta_format(number_format))
    except (OverflowError, ValueError):
        return ("error", "#####")
    return ("duration", str(moment)) if isinstance(moment, timedelta) else shown.moment(moment, number_format)
