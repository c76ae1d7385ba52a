"""Workbooks as Excel wrote them until 2003, made of bytes: [MS-XLS] in [MS-CFB]."""

import struct
from typing import Any

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
ERRORS = {"#NULL!": 0, "#DIV/0!": 7, "#VALUE!": 15, "#REF!": 23, "#NAME?": 29, "#NUM!": 36, "#N/A": 42}


def xls(*sheets: dict[str, Any], is_1904: bool = False, has_password: bool = False) -> bytes:
    """Sheets as {"name", "rows", "state" (0 seen, 1 hidden), "joined" (top, bottom, left, right from 0)}. A cell is a
    text, a number, (number, format), an error ("#N/A"), True or False, ("formula", result) or None."""
    texts: list[str] = []
    formats: list[str] = []
    bodies = [_sheet(one, texts, formats) for one in sheets]
    globals_ = [_record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 6))]
    if has_password:
        globals_.append(_record(0x2F, struct.pack("<HHH", 0, 1, 2)))
    globals_ += [_record(0x42, struct.pack("<H", 1200)), _record(0x22, struct.pack("<H", is_1904))]
    globals_ += [
        _record(0x41E, struct.pack("<HHB", 164 + n, len(one), 1) + one.encode("utf-16-le"))
        for n, one in enumerate(formats)
    ]
    globals_ += [
        _record(0xE0, struct.pack("<HH", 0, number) + bytes(16)) for number in (0, *range(164, 164 + len(formats)))
    ]
    strings = b"".join(struct.pack("<HB", len(text), 1) + text.encode("utf-16-le") for text in texts)
    assert len(strings) < 8000
    after = [_record(0xFC, struct.pack("<II", len(texts), len(texts)) + strings), _record(0x0A, b"")]
    names = [one.get("name", f"Tabelle{n}").encode("utf-16-le") for n, one in enumerate(sheets, start=1)]
    begin = sum(map(len, globals_ + after)) + sum(4 + 8 + len(name) for name in names)
    for one, name, body in zip(sheets, names, bodies, strict=True):
        globals_.append(_record(0x85, struct.pack("<IBBBB", begin, one.get("state", 0), 0, len(name) // 2, 1) + name))
        begin += len(body)
    return ole({"Workbook": b"".join(globals_ + after + bodies)})


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _sheet(one: dict[str, Any], texts: list[str], formats: list[str]) -> bytes:
    rows = one["rows"]
    width = max(map(len, rows), default=0)
    out = [_record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 6))]
    out.append(_record(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0)))
    for row, cells in enumerate(rows):
        out += [_cell(row, column, cell, texts, formats) for column, cell in enumerate(cells)]
    if joined := one.get("joined"):
        out.append(
            _record(0xE5, struct.pack("<H", len(joined)) + b"".join(struct.pack("<HHHH", *box) for box in joined))
        )
    return b"".join([*out, _record(0x0A, b"")])


def _cell(row: int, column: int, cell: Any, texts: list[str], formats: list[str]) -> bytes:
    style, result = 0, False
    if isinstance(cell, tuple) and cell[0] == "formula":
        result, cell = True, cell[1]
    if isinstance(cell, tuple):
        cell, number_format = cell
        if number_format not in formats:
            formats.append(number_format)
        style = 1 + formats.index(number_format)
    place = struct.pack("<HHH", row, column, style)
    if cell is None:
        return _record(0x201, place)
    if result:
        kept, after = _result(cell)
        return _record(0x06, place + kept + bytes(6) + struct.pack("<HB", 1, 0x16)) + after
    if isinstance(cell, bool):
        return _record(0x205, place + bytes([cell, 0]))
    if cell in ERRORS:
        return _record(0x205, place + bytes([ERRORS[cell], 1]))
    if isinstance(cell, str):
        texts.append(cell)
        return _record(0xFD, place + struct.pack("<I", len(texts) - 1))
    if isinstance(cell, int) and abs(cell) < 2**29:
        return _record(0x27E, place + struct.pack("<I", (cell << 2 | 2) & 0xFFFFFFFF))
    return _record(0x203, place + struct.pack("<d", cell))


def _result(value: Any) -> tuple[bytes, bytes]:
    if value in ERRORS:
        return bytes([2, 0, ERRORS[value], 0, 0, 0, 255, 255]), b""
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return bytes([0, 0, 0, 0, 0, 0, 255, 255]), _record(0x207, text)
    return struct.pack("<d", value), b""


def ole(streams: dict[str, bytes]) -> bytes:
    """A file system of these streams, each stretched to a length that is not packed with others."""
    sectors: list[bytes] = []
    table: list[int] = []

    def add(data: bytes) -> int:
        first = len(sectors)
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        sectors.extend(pieces)
        table.extend([*range(first + 1, first + len(pieces)), END])
        return first

    entries = [_entry("Root Entry", 5, END, 0, child=1)]
    for number, (name, data) in enumerate(streams.items(), start=2):
        full = data.ljust(4096, b"\0")
        entries.append(_entry(name, 2, add(full), len(full), right=number if number <= len(streams) else FREE))
    folder = add(b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0"))
    count = 1
    while count * 128 < len(table) + count:
        count += 1
    begin = len(sectors)
    table += [TABLE] * count
    packed = struct.pack(f"<{count * 128}I", *table, *[FREE] * (count * 128 - len(table)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, count, folder, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *range(begin, begin + count), *[FREE] * (109 - count))
    return header + b"".join(sectors) + packed


def _entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<BBIII", kind, 1, FREE, right, child)
    return (
        written.ljust(64, b"\0")
        + struct.pack("<H", len(written))
        + links
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
