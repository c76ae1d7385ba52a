"""Reading a table that somebody made in a spreadsheet: CSV, XLSX, ODS or XLS in, rows of plain text out.

Nothing here knows what the columns mean; `clusters.py` and the import of activities do.
"""

import csv
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from clusterweek.i18n import gettext as _
from clusterweek.importing import csv_text, guard, kinds, shown, workbooks
from clusterweek.importing.guard import Cell, Unread
from clusterweek.refusal import Refusal

ENDINGS = ("csv", "xlsx", "ods", "xls")
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_LINES = 400_000  # of a CSV file, those inside of cells counted, too
MOST_TITLE_ROWS = 10  # above the headings: a title, a date, an empty row


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it (the first one is 1), and its cells by heading; those that could
    not be read stand in `unread` and nowhere else, so that nobody takes them for empty."""

    number: int
    cells: dict[str, str]
    unread: dict[str, Unread] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """The headings in their order, and every row that is not empty."""

    headings: list[str]
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)  # sentences: what had to be guessed, to be looked at
    is_1904: bool = False  # whether bare numbers count days from then on


def read(name: str, data: bytes, column_of: Callable[[str], str | None] | None = None) -> Table:
    """The first visible sheet of `data`, whose name must have one of ENDINGS; which of them it is, its content says.

    `column_of` says which headings are known: by them the row of the headings and the separator of a CSV file are
    found. Cells are text as a form would take it (no control characters, no spaces at the ends), without the ' of
    formula protection; dates are written as `2027-04-08` or `2027-04-08 09:00`, whole numbers without a point. Raises
    Refusal for what is no such table.
    """
    ending = name.lower().rpartition(".")[2]
    remarks: list[str] = []
    told: dict[str, Any] = {}

    def is_known(heading: Cell) -> bool:
        return isinstance(heading, str) and column_of is not None and column_of(heading.strip()) is not None

    if ending not in ENDINGS:
        raise Refusal(
            _("“%(name)s” is no table: its name must end in .csv, .xlsx, .ods or .xls.", name=name), status=422
        )
    match kinds.of(data):
        case "workbook":
            lines: Iterable[list[Cell]] = (
                [guard.from_sheet(cell) for cell in cells] for cells in workbooks.rows(data, told, ending)
            )
        case "markup":
            raise Refusal(
                _(
                    "“%(name)s” is a web page or another document, not a spreadsheet, whatever its name says. Open it "
                    "in your spreadsheet program and save it as “Excel workbook (.xlsx)”.",
                    name=name,
                ),
                status=422,
            )
        case "text" if ending in ("csv", "xls"):  # many programs write CSV as .xls
            lines = _csv(data, is_known, remarks)
        case _:
            raise workbooks.refusal("unreadable", ending)
    table = _table(lines, is_known)
    if "sheet" in told:
        remarks.append(_("Of several sheets the first one is read: “%(name)s”.", name=told["sheet"]))
    return replace(table, remarks=remarks, is_1904=told.get("is_1904", False))


def with_days(table: Table, column_of: Callable[[str], str | None], days: Collection[str]) -> Table:
    """The table with bare numbers in columns of `days` (46387) as the days that a spreadsheet would show of them."""
    headings = [heading for heading in table.headings if column_of(heading) in days]

    def read(row: Row) -> Row:
        found = {
            heading: shown.day_of_serial(row.cells.get(heading, ""), is_1904=table.is_1904) for heading in headings
        }
        return replace(row, cells=row.cells | {heading: day for heading, day in found.items() if day})

    return replace(table, rows=[read(row) for row in table.rows]) if headings else table


def unknown(table: Table, column_of: Callable[[str], str | None]) -> list[str]:
    """The headings that nobody knows."""
    return [heading for heading in table.headings if heading and column_of(heading) is None]


def columns(table: Table, column_of: Callable[[str], str | None], *, needed: str, reason: str) -> dict[str, str]:
    """Heading -> column, of those that are known. Raises Refusal for two that mean the same column, and with `reason`
    when the column `needed` is missing."""
    found: dict[str, str] = {}
    for heading in filter(None, table.headings):
        column = column_of(heading)
        if column is None:
            continue
        if column in found.values():
            raise Refusal(_("The heading “%(name)s” stands in the table twice.", name=heading), status=422)
        found[heading] = column
    if needed not in found.values():
        raise Refusal(reason, status=422)
    return found


def _table(lines: Iterable[list[Cell]], is_known: Callable[[Cell], bool]) -> Table:
    first, numbered = _below_the_title(enumerate(lines, start=1), is_known)
    headings = [_heading(place, cell) for place, cell in enumerate(first, start=1)]
    while headings and not headings[-1]:
        headings.pop()
    if not headings:
        raise Refusal(_("The table is empty: its first row must hold the headings."), status=422)
    if len(headings) > MOST_COLUMNS:
        raise Refusal(_("The table has more than %(count)s columns.", count=MOST_COLUMNS), status=422)
    if twice := sorted({heading for heading in headings if heading and headings.count(heading) > 1}):
        raise Refusal(_("The heading “%(name)s” stands in the table twice.", name=twice[0]), status=422)
    rows: list[Row] = []
    for number, cells in numbered:
        if any(cells):
            if len(rows) == MOST_ROWS:
                raise Refusal(_("The table has more than %(count)s rows.", count=MOST_ROWS), status=422)
            padded = cells + [""] * (len(headings) - len(cells))
            named = [(heading, cell) for heading, cell in zip(headings, padded, strict=False) if heading]
            rows.append(
                Row(
                    number,
                    {heading: cell for heading, cell in named if isinstance(cell, str)},
                    {heading: cell for heading, cell in named if isinstance(cell, Unread)},
                )
            )
    return Table(headings, rows)


def _heading(place: int, cell: Cell) -> str:
    if isinstance(cell, str):
        return cell
    if cell.kind == "joined":  # one heading above several columns is that of the first
        return ""
    raise Refusal(
        _("The heading of column %(number)s cannot be read. %(reason)s", number=place, reason=cell.sentence), status=422
    )


def _below_the_title(
    numbered: Iterator[tuple[int, list[Cell]]], is_known: Callable[[Cell], bool]
) -> tuple[list[Cell], Iterable[tuple[int, list[Cell]]]]:
    """The headings, and what follows: the row with most headings that are known. Where none has two, a title stands
    alone in its row, and a table of one column has its headings first."""
    first = list(islice(numbered, MOST_TITLE_ROWS))
    known = [sum(map(is_known, cells)) for _number, cells in first]
    filled = [(place, sum(map(bool, cells))) for place, (_number, cells) in enumerate(first) if any(cells)]
    at = next((place for place, count in filled if count > 1), filled[0][0] if filled else None)
    if (most := max(known, default=0)) > 1:
        at = known.index(most)
    return ([], ()) if at is None else (first[at][1], chain(first[at + 1 :], numbered))


def _csv(data: bytes, is_known: Callable[[Cell], bool], remarks: list[str]) -> Iterator[list[Cell]]:
    try:
        text, guessed = csv_text.decoded(data)
    except UnicodeError:
        raise Refusal(_("This is no CSV file: it holds bytes that no text has."), status=422) from None
    if "\0" in text:
        raise Refusal(_("This is no CSV file: it holds bytes that no text has."), status=422)
    if guessed:
        remarks.append(_("The file was written by an older program. Please look whether its umlauts are right."))
    signs = max(map(text.count, csv_text.SEPARATORS))
    if signs > MOST_ROWS * MOST_COLUMNS or text.count("\n") + text.count("\r") > MOST_LINES:
        raise Refusal(_("The CSV file holds far more cells or lines than a table needs."), status=422)
    try:
        for cells in csv_text.rows(text, is_known):
            # Only as many as are looked at: cleaning a million empty ones would take a second.
            yield [guard.from_csv(cell) if cell else "" for cell in cells[: MOST_COLUMNS + 1]]
    except csv_text.Unclosed as problem:
        raise Refusal(
            _(
                "In row %(row)s a quotation mark opens that is never closed. Delete it, or write it twice inside a "
                "cell.",
                row=problem.args[0],
            ),
            status=422,
        ) from None
    except csv.Error:  # a cell of over 128 KB
        raise Refusal(_("The CSV file holds a cell that is too long."), status=422) from None
