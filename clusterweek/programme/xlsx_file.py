"""The programme as a spreadsheet: the same cells as the CSV, frozen headings, a filter on every column."""

import io
from collections.abc import Iterable, Sequence

import xlsxwriter

WIDE = {"title_de", "title_en", "summary_de", "summary_en", "description_de", "description_en", "url", "accessibility"}
NUMBERS = {"id", "occurrence", "capacity", "capacity_online", "seats_free", "waiting_count"}


def make(columns: Sequence[str], rows: Iterable[dict[str, str]], *, sheet: str) -> bytes:
    """One sheet. Row by row in constant memory; every text is a text, whatever it begins with."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    page = book.add_worksheet(_sheet_name(sheet))
    heading = book.add_format({"bold": True, "bottom": 2})
    plain = book.add_format({"valign": "top"})
    for number, column in enumerate(columns):
        page.set_column(number, number, 44 if column in WIDE else 18, plain)
        page.write_string(0, number, column, heading)
    page.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            cell = row[column]
            if column in NUMBERS and cell.isdigit():
                page.write_number(last, number, int(cell))
            elif cell:
                page.write_string(last, number, cell)
    page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    book.close()
    return out.getvalue()


def _sheet_name(text: str) -> str:
    """What spreadsheets allow: 31 characters, without brackets, colons, stars, question marks and slashes."""
    return "".join(c for c in text if c not in "[]:*?/\\'")[:31] or "Programm"
