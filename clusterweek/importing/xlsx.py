"""The rows of the first visible sheet of an XLSX file.

Nothing here knows the program, so that a process of its own may run it, which `packed.refuse` has let through.
"""

import io
from collections.abc import Iterator
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from clusterweek.importing import marks, packed
from clusterweek.importing.packed import DEEPEST_ROW, MOST_COLUMNS, No


def rows(data: bytes) -> Iterator[list[Any] | dict[str, Any]]:
    """The rows of the first visible sheet, each cell as `marks.rows` gives it; missing rows come as empty ones. What is
    to be known of it besides comes before: `{"sheet": title}` of several, `{"is_1904": True}`."""
    book = load_workbook(io.BytesIO(packed.put_right(data)), read_only=True, data_only=True)
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
    for number, cells in enumerate(marks.rows(sheet, max_col=MOST_COLUMNS + 1), start=1):
        if number > DEEPEST_ROW:
            if marks.last_row(sheet) > DEEPEST_ROW:
                raise No("deep")
            return
        row = list(cells)
        while row and row[-1] is None:
            row.pop()
        yield row
