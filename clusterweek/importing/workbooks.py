"""A workbook (XLSX, ODS, XLS) that somebody sends: handed to a process of its own (`sheet.py`), that may be stopped."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from clusterweek.i18n import gettext as _
from clusterweek.importing import packed, sheet
from clusterweek.refusal import Refusal

READER = Path(__file__).with_name("reader.py")
LONGEST = 60  # seconds, whatever else the machine does
LONGEST_WAIT = 20  # for whoever sent a workbook before
ONE_AT_A_TIME = threading.Lock()  # in each web process: the memory for reading one is needed once


def rows(data: bytes, told: dict[str, Any], kind: str = "xlsx") -> Iterator[list[Any]]:
    """The rows of the first visible sheet, cells as `marks.rows` gives them, without the empty ones at their ends; in
    `told` then stands `sheet`, its name, where several can be seen, and `is_1904`, where days are counted from 1904 on.

    Raises Refusal when the file is no workbook, or would cost too much: 422; 503 while others are being read. `kind` is
    what it is called in the sentence.
    """
    for line in _read(data, kind).splitlines():
        row = json.loads(line)
        if isinstance(row, dict):
            if "no" in row:
                raise refusal(row["no"], kind)
            told |= row
            continue
        yield [sheet.value(cell) for cell in row]


def _read(data: bytes, kind: str) -> bytes:
    if not ONE_AT_A_TIME.acquire(timeout=LONGEST_WAIT):
        raise Refusal(_("Other tables are being read at the moment. Please send yours again in a minute."), status=503)
    try:
        # -P: this folder must not become the place where the program looks for its libraries.
        reader = subprocess.run([sys.executable, "-P", str(READER)], input=data, capture_output=True, timeout=LONGEST)
    except subprocess.TimeoutExpired:
        raise refusal("cells", kind) from None
    finally:
        ONE_AT_A_TIME.release()
    if reader.returncode:  # stopped by the system, or out of memory
        raise refusal("cells", kind)
    return reader.stdout


def refusal(why: str, kind: str) -> Refusal:
    name = kind.upper()
    unreadable = _("The %(kind)s file cannot be read. Save it once more as “Excel workbook (.xlsx)”.", kind=name)
    sentences = {
        "unreadable": unreadable,
        "odd": unreadable,
        "password": _("The %(kind)s file is protected with a password. Save it without one.", kind=name),
        "unpacked": _("The %(kind)s file is too large when unpacked.", kind=name),
        "cells": _(
            "The %(kind)s file holds far more cells than a table needs. Copy the table into a new file; cells that "
            "only have a format or a border count, too.",
            kind=name,
        ),
        "deep": _(
            "Something stands below row %(count)s of the sheet. Delete the rows there.", count=packed.DEEPEST_ROW
        ),
    }
    return Refusal(sentences[why], status=422)
