"""Rows into files: the one writer of CSV and the one writer of XLSX. Cells are strings, made safe already."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence

import xlsxwriter

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTH, WIDE = 18, 44  # of a column, in characters


def csv_bytes(columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8 with the mark at the beginning that Excel needs for umlauts, semicolons, CRLF."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, columns, delimiter=";", lineterminator="\r\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    sheet: str,
    numbers: Collection[str] = (),
    wide: Collection[str] = (),
) -> bytes:
    """One sheet with frozen headings and a filter on every column, row by row in constant memory.

    The cells of the columns in `numbers` are numbers; everything else is text, whatever it begins with.
    """
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
        page.set_column(number, number, WIDE if column in wide else WIDTH, plain)
        page.write_string(0, number, column, heading)
    page.freeze_panes(1, 1)
    last = 0
    for last, row in enumerate(rows, start=1):
        for number, column in enumerate(columns):
            cell = row[column]
            if column in numbers and cell.isdigit():
                page.write_number(last, number, int(cell))
            elif cell:
                page.write_string(last, number, cell)
    page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    book.close()
    return out.getvalue()


def _sheet_name(text: str) -> str:
    """What spreadsheets allow: 31 characters, without brackets, colons, stars, question marks and slashes."""
    return "".join(c for c in text if c not in "[]:*?/\\'")[:31] or "Programm"
