"""The list of attendees as a table: CSV and XLSX with the same cells. What somebody needs is not in it: only the host's
page shows it, so that it does not travel in files."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime

import xlsxwriter

from clusterweek.activities.models import Activity
from clusterweek.i18n import local
from clusterweek.registrations import queries
from clusterweek.web.downloads import safe_cell

COLUMNS = (
    "id",
    "activity_id",
    "name",
    "email",
    "organisation",
    "status",
    "position",
    "mode",
    "signed_up_at",
    "confirmed_at",
    "checked_in_at",
)
FORMATS = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WIDTH = 20  # of a column, in characters


def make(format: str, activity: Activity) -> bytes:
    """All registrations of an activity in the order of asking, as a file of `format` (csv or xlsx)."""
    return {"csv": _csv, "xlsx": _xlsx}[format](activity)


def _rows(activity: Activity) -> Iterator[list[str]]:
    """The cells, ready to be written. `position` is the present place in line; times are on the edition's clock."""
    lines: dict[str, int] = {}

    def clock(moment: datetime | None) -> str:
        return f"{local(moment, activity.edition.timezone):%Y-%m-%d %H:%M}" if moment else ""

    for one in queries.of_activity(activity):
        position = ""
        if one.status == "waitlisted":
            lines[one.mode] = lines.get(one.mode, 0) + 1
            position = str(lines[one.mode])
        yield [
            str(one.id),
            str(one.activity_id),
            safe_cell(one.name),
            safe_cell(one.email),
            safe_cell(one.organisation or ""),
            one.status,
            position,
            one.mode,
            clock(one.signed_up_at),
            clock(one.confirmed_at),
            clock(one.checked_in_at),
        ]


def _csv(activity: Activity) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_rows(activity))
    return b"\xef\xbb\xbf" + out.getvalue().encode()  # Excel needs the mark for umlauts


def _xlsx(activity: Activity) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    page = book.add_worksheet()
    heading = book.add_format({"bold": True, "bottom": 2})
    page.set_column(0, len(COLUMNS) - 1, WIDTH)
    for number, name in enumerate(COLUMNS):
        page.write_string(0, number, name, heading)
    for line, cells in enumerate(_rows(activity), start=1):
        for number, cell in enumerate(cells):
            if COLUMNS[number] in ("id", "activity_id", "position") and cell:
                page.write_number(line, number, int(cell))
            elif cell:
                page.write_string(line, number, cell)
    page.freeze_panes(1, 0)
    book.close()
    return out.getvalue()
