"""Reading the first visible sheet of a workbook (XLSX, ODS, XLS): a program of its own, so that no file can stop a web
process.

`reader.py` runs it. It reads the file from standard input, looks at it before any reader does (`packed.refuse`), and
writes one line of JSON per row to standard output, before them what is to be known besides: `{"sheet": …}`, the name of
the one that is read where there are several to be seen, `{"is_1904": true}`. It is stopped when it needs too much
memory or time. A "no" is one line, `{"no": …}`, with a key of workbooks.REFUSALS.
"""

import json
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from openpyxl.utils.exceptions import InvalidFileException

from clusterweek.importing import ods, packed, xls, xlsx
from clusterweek.importing.packed import No

if sys.platform != "win32":
    import resource

MEMORY_BYTES = 1024 * 1024 * 1024  # of address space; a quarter of it is taken when nothing has been read yet
CPU_SECONDS = 40
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the file system in a file in which old programs of Microsoft wrote

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


def main() -> None:
    _limit()
    data = sys.stdin.buffer.read()
    given = empty = 0
    try:
        for row in rows(data):
            if not row:  # held back until something stands below
                empty += 1
                continue
            sys.stdout.write("[]\n" * empty)
            empty = 0
            given += sum(len(cell) for cell in row if isinstance(cell, str))
            if given > packed.MOST_TEXT:
                raise No("unpacked")
            sys.stdout.write(json.dumps(row, ensure_ascii=True, default=_plain, allow_nan=False) + "\n")
    except No as no:
        sys.stdout.write(json.dumps({"no": no.args[0]}) + "\n")
    except DAMAGED:
        sys.stdout.write(json.dumps({"no": "unreadable"}) + "\n")


def rows(data: bytes) -> Iterator[list[Any] | dict[str, Any]]:
    """The rows of a workbook of whichever kind."""
    if data.startswith(OLE):
        return xls.rows(data)
    packed.refuse(data)
    return ods.rows(data) if packed.kind_of(data) == "ods" else xlsx.rows(data)


def _limit() -> None:
    """Be stopped by the system, whatever the file does; be the first whose turn is over when others want theirs."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


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
