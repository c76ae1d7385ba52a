"""What we have exported comes back unchanged, whatever program has opened and saved it meanwhile."""

import csv
import io
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook

from clusterweek.importing import activities as importing, reading, tables
from clusterweek.listing import columns, load, query
from clusterweek.listing.filter import Filter
from tests.conftest import NOW
from tests.importing.libre_office import ods
from tests.importing.old_excel import xls
from tests.importing.test_activities import dump, programme

MOMENT, DAY = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), re.compile(r"\d{4}-\d\d-\d\d")
Rows = list[list[str]]


def exported(edition: Any) -> Rows:
    activities = load.whole(query.ids(edition, Filter()))
    data = columns.csv_bytes(activities, profile="office", lang="de", now=NOW)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def typed(cell: str) -> Any:
    """What a spreadsheet takes a cell of a CSV file for."""
    if MOMENT.fullmatch(cell):
        return datetime.fromisoformat(cell)
    if DAY.fullmatch(cell):
        return date.fromisoformat(cell)
    if re.fullmatch(r"\d{1,9}", cell):
        return int(cell)
    return cell or None


def as_csv(rows: Rows, mark: str = ";") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=mark, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def changed(rows: Rows, write: Callable[[Any], str]) -> Rows:
    return [[write(typed(cell)) for cell in row] for row in rows]


def german(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%d.%m.%Y %H:%M}"
    return f"{cell:%d.%m.%Y}" if isinstance(cell, date) else "" if cell is None else str(cell)


def with_seconds(cell: Any) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else str(cell)


def by_a_script(cell: Any) -> str:
    """Columns of numbers with gaps become real numbers."""
    return f"{cell}.0" if isinstance(cell, int) else with_seconds(cell)


def excel_csv(rows: Rows) -> tuple[str, bytes]:
    return "p.csv", as_csv(changed(rows, german)).encode("cp1252")


def excel_csv_utf8(rows: Rows) -> tuple[str, bytes]:
    return "p.csv", as_csv(changed(rows, german)).encode("utf-8-sig")


def excel_text(rows: Rows) -> tuple[str, bytes]:
    return "p.csv", as_csv(changed(rows, german), "\t").encode("utf-16")


def excel(rows: Rows) -> tuple[str, bytes]:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([None if cell is None else cell for cell in map(typed, row)])
    for row in book.active.iter_rows():
        for cell in row:
            if cell.data_type == "f":  # a text that begins with =
                cell.data_type = "s"
            if isinstance(cell.value, datetime):
                cell.number_format = "dd.mm.yyyy hh:mm" if cell.value.time() else "dd.mm.yyyy"
    book.save(file)
    return "p.xlsx", file.getvalue()


def old_excel(rows: Rows) -> tuple[str, bytes]:
    def cell(value: Any) -> Any:
        if not isinstance(value, date):
            return value
        when = value if isinstance(value, datetime) else datetime.combine(value, datetime.min.time())
        days = (when - datetime(1899, 12, 30)) / timedelta(days=1)
        return days, "dd.mm.yyyy hh:mm" if isinstance(value, datetime) else "dd.mm.yyyy"

    return "p.xls", xls({"rows": [[cell(typed(one)) for one in row] for row in rows]})


def libre_office(rows: Rows) -> tuple[str, bytes]:
    return "p.ods", ods({"name": "Programm", "rows": [[typed(cell) for cell in row] for row in rows]})


def libre_office_csv(rows: Rows) -> tuple[str, bytes]:
    return "p.csv", as_csv(changed(rows, with_seconds), ",").encode()


def script(rows: Rows) -> tuple[str, bytes]:
    return "p.csv", as_csv(changed(rows, by_a_script), ",").encode()


SAVED = [excel_csv, excel_csv_utf8, excel_text, excel, old_excel, libre_office, libre_office_csv, script]
SORTED: dict[str, Callable[[Rows], Rows]] = {
    "as it was": lambda rows: rows,
    "the other way": lambda rows: rows[::-1],
    "by the town": lambda rows: sorted(rows, key=lambda row: row[-1]),
    "without the first": lambda rows: rows[1:],
    "without one of several dates": lambda rows: [row for at, row in enumerate(rows) if at != 2],
}


@pytest.mark.parametrize("save", SAVED)
def test_a_program_that_opens_and_saves_it_changes_nothing(save: Callable[[Rows], tuple[str, bytes]]) -> None:
    edition = programme()
    before = dump(edition)
    head, *rows = exported(edition)

    name, data = save([head, *rows])
    results = importing.take_over(tables.read(name, data, reading.column_of), edition=edition, by=None, now=NOW)

    assert [r.outcome for r in results] == ["unchanged"] * len(rows), [r.line() for r in results]
    assert dump(edition) == before


@pytest.mark.parametrize("order", SORTED.values(), ids=SORTED)
def test_rows_that_were_sorted_or_deleted_change_nothing(order: Callable[[Rows], Rows]) -> None:
    edition = programme()
    before = dump(edition)
    head, *rows = exported(edition)
    left = order(rows)

    name, data = libre_office([head, *left])
    results = importing.take_over(tables.read(name, data, reading.column_of), edition=edition, by=None, now=NOW)

    assert [r.outcome for r in results] == ["unchanged"] * len(left), [r.line() for r in results]
    assert dump(edition) == before
