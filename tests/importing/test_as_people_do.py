"""Known activities, written into tables in whatever way people and their programs do: read back they are the same, or
an error names row and column; never another value."""

import io
import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from clusterweek.editions.models import Edition
from clusterweek.i18n import force_language
from clusterweek.importing import activities as importing, dates, guard, reading, sheet, tables
from clusterweek.importing.guard import Unread
from tests.importing.libre_office import cell as ods_cell, ods

WEEK = Edition(timezone="Europe/Berlin")
HEADINGS = {
    "id": ("id", "Nr.", "ID"),
    "title_de": ("title_de", "Titel", "TITEL*"),
    "starts_at": ("starts_at", "Beginn", "Anfang:"),
    "ends_at": ("ends_at", "Ende", "\u00a0Ende "),
    "postcode": ("postcode", "PLZ", "Postleitzahl"),
    "city": ("city", "Stadt"),
    "land": ("land", "Land", "Bundesland"),
    "capacity": ("capacity", "Plätze"),
    "languages": ("languages", "Sprachen", "Sprache"),
    "registration_mode": ("registration_mode", "Anmeldeweg"),
}
TITLES = (
    "Führung",
    "Größe & Gewicht; ein „Versuch“",
    "Zeile eins\nZeile zwei",
    "=kein Befehl",
    "Optik, Licht",
    "01067",
    "#1",
)
PLACES = (
    ("01067", "Dresden", "DE-SN", ("DE-SN", "Sachsen", "SN ist falsch")[:2]),
    ("80331", "München", "DE-BY", ("DE-BY", "Bayern")),
)
ERRORS = ("#N/A", "#NV", "#REF!", "#BEZUG!", "Err:508")
ABOVE = ((), ("Programm, Stand 12.11.2026",), ("Liste; intern", ""))
BELOW = ((), ("Stand: 12.11.2026",), ("", "Bitte bis Freitag prüfen"))


@st.composite
def activities(draw: st.DrawFn) -> list[dict[str, Any]]:
    found = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        postcode, city, land, lands = draw(st.sampled_from(PLACES))
        begins = datetime(
            2027, 4, draw(st.integers(5, 11)), draw(st.sampled_from((9, 10, 19))), draw(st.sampled_from((0, 30)))
        )
        is_all_day = draw(st.booleans())
        # An evening that ends at midnight is one of them.
        ends = begins + draw(
            st.sampled_from(
                (
                    timedelta(minutes=45),
                    timedelta(hours=2),
                    timedelta(hours=24 - begins.hour) - timedelta(minutes=begins.minute),
                )
            )
        )
        found.append(
            {
                "id": f"new-{number}",
                "title_de": draw(st.sampled_from(TITLES)),
                "starts_at": begins.date() if is_all_day else begins,
                "ends_at": begins.date() if is_all_day else ends,
                "postcode": postcode,
                "city": city,
                "land": land,
                "lands": lands,
                "capacity": draw(st.sampled_from((None, 8, 30, 1000, 12500))),
                "languages": draw(st.sampled_from((["de"], ["de", "en"], ["en", "fr", "nl"]))),
                "registration_mode": draw(st.sampled_from(("none", "internal", "external"))),
            }
        )
    return found


def texts_of(column: str, value: Any, one: dict[str, Any]) -> list[str]:
    """How people write a value as a text."""
    if value is None:
        return [""]
    match column:
        case "starts_at" | "ends_at":
            if isinstance(value, datetime):
                at = [
                    f"{value:%d.%m.%Y %H:%M}",
                    f"{value:%Y-%m-%d %H:%M}",
                    f"{value.day}.{value.month}.{value:%y}, {value:%H.%M} Uhr",
                ]
                return [*at, f"{value:%Y-%m-%dT%H:%M:%S}"]
            return [f"{value:%d.%m.%Y}", f"{value}", f"{value.day}. April 2027"]
        case "land":
            return list(one["lands"])
        case "postcode":
            return [value, f" {value}\u00a0", value.lstrip("0")]
        case "capacity":
            return [
                str(value),
                f"{value}.0",
                f"{value},00",
                f"{value:,}".replace(",", "."),
                f"{value:,}".replace(",", "\u202f"),
            ]
        case "languages":
            names = {
                "de": ("de", "Deutsch"),
                "en": ("en", "Englisch", "English"),
                "fr": ("fr",),
                "nl": ("nl", "Niederländisch"),
            }
            return [mark.join(names[code][-1] for code in value) for mark in ("|", ", ", ";", "\n")] + ["|".join(value)]
        case "registration_mode":
            return [value, {"none": "keine", "internal": "Intern", "external": "extern "}[value]]
        case "city":
            return [value, f"{value[:2]}\u00ad{value[2:]}", f"\u200b{value} "]
        case "title_de":
            return [f"'{value}" if value.startswith("=") else value]
    return [str(value)]


def table(draw: Any, known: list[dict[str, Any]]) -> tuple[list[list[Any]], dict[tuple[int, int], str], int]:
    """The rows of a table, its cells as (column, value, one); which of them hold no value; and which row has the
    headings (from 0)."""
    columns = list(draw(st.permutations([*HEADINGS])))
    rows: list[list[Any]] = [list(draw(st.sampled_from(ABOVE)))] if draw(st.booleans()) else []
    head = len(rows)
    rows.append([draw(st.sampled_from(HEADINGS[column])) for column in columns])
    for one in known:
        rows.append([(column, one[column], one) for column in columns])
        if draw(st.booleans()):
            rows.append([])
    below = draw(st.sampled_from(BELOW))
    rows += [[], list(below)] if below else []
    faults: dict[tuple[int, int], str] = {}
    if draw(st.booleans()):
        row = draw(st.sampled_from([at for at, cells in enumerate(rows) if cells and isinstance(cells[0], tuple)]))
        faults[row, draw(st.integers(0, len(columns) - 1))] = draw(st.sampled_from((*ERRORS, "=")))
    return rows, faults, head


def _alike(rows: list[list[Any]], faults: dict[tuple[int, int], str]) -> list[tuple[int, int]]:
    """Where a town or a Land stands twice, one below the other, without touching another such pair."""
    found: list[tuple[int, int]] = []
    for at in range(len(rows) - 1):
        for place, (cell, below) in enumerate(zip(rows[at], rows[at + 1], strict=False)):
            if not (isinstance(cell, tuple) and isinstance(below, tuple)) or cell[0] not in ("city", "land"):
                continue
            if cell[1] == below[1] and not {(at, place), (at + 1, place)} & {*faults}:
                found += [] if (at - 1, place) in found else [(at, place)]
    return found


def judge(found: tables.Table, rows: list[list[Any]], faults: dict[tuple[int, int], str], head: int) -> None:
    """Each activity is there as it was, or the row and the column are named."""
    columns = tables.columns(found, reading.column_of, needed="id", reason="no id")
    days = tables.with_days(found, reading.column_of, reading.DAYS)
    left = {number: cells for number, cells in enumerate(rows, start=1) if cells and isinstance(cells[0], tuple)}
    bad = {row + 1 for row, _column in faults}
    for group in importing._grouped(days, columns):
        (row,) = group.rows
        cells = left.pop(row.number, None)
        named = _reasons(group)
        if cells is None:  # a note below: an error, or nothing that could be an activity
            assert named or importing._is_note(group), row
            continue
        if row.number in bad:
            place = next(column for at, column in faults if at + 1 == row.number)
            assert cells[place][0] in named, (named, row)
            continue
        assert not named, (named, row)
        _same(row, cells[0][2])
    assert not left, f"rows are missing: {left}"


def _reasons(group: Any) -> dict[str, str]:
    (row,) = group.rows
    named = {"id": group.reason} if group.reason else {}
    steps = (
        lambda: reading.values(row, WEEK),
        lambda: reading.unread([row]),
        lambda: None if reading.OF_OCCURRENCES & row.unread.keys() else dates.of([row], None, {}),
    )
    for step in steps:
        try:
            step()
        except reading.Problem as problem:
            named |= dict(problem.by_row[row.number])
    return named


def _same(row: tables.Row, one: dict[str, Any]) -> None:
    values = reading.values(row, WEEK)
    ((_row, when),) = dates.of([row], None, {}) or []
    begins, ends = one["starts_at"], one["ends_at"]
    if not isinstance(begins, datetime):
        begins, ends = datetime.combine(begins, time()), datetime.combine(ends + timedelta(days=1), time())
    assert (when["starts_local"], when["ends_local"]) == (begins.isoformat(), ends.isoformat())
    assert when["is_all_day"] is not isinstance(one["starts_at"], datetime)
    assert (when["postcode"], when["city"], when["venue_land"]) == (one["postcode"], one["city"], one["land"])
    assert values["title_de"] == one["title_de"].replace("\n", " ")
    assert (values["capacity"], values["languages"]) == (one["capacity"], one["languages"])
    assert values["registration_mode"] == one["registration_mode"]


def opened(data: bytes) -> tables.Table:
    """A workbook by way of the program that reads it, without starting one each time."""
    told: dict[str, Any] = {}

    def lines() -> Iterator[list[guard.Cell]]:
        for row in sheet.rows(data):
            line = json.loads(json.dumps(row, default=sheet._plain))
            if isinstance(line, dict):
                told.update(line)
            else:
                yield [guard.from_sheet(sheet.value(cell)) for cell in line]

    found = tables._table(lines(), _is_known)
    return tables.Table(found.headings, found.rows, is_1904=told.get("is_1904", False))


def _is_known(heading: guard.Cell) -> bool:
    return not isinstance(heading, Unread) and reading.column_of(heading) is not None


# What is found is told as it was drawn: looking for a smaller case takes minutes.
MANY = settings(
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@settings(MANY, max_examples=60)
@given(st.data())
def test_csv_of_any_program(app: Flask, data: st.DataObject) -> None:
    rows, faults, head = table(data.draw, data.draw(activities()))
    mark = data.draw(st.sampled_from(";,\t"))
    encoding = data.draw(st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")))
    ends = data.draw(st.sampled_from(("\n", "\r\n")))
    lines = []
    for at, cells in enumerate(rows):
        line = []
        for place, cell in enumerate(cells):
            text = cell if isinstance(cell, str) else data.draw(st.sampled_from(texts_of(*cell)))
            if fault := faults.get((at, place)):
                text = "=A1" if fault == "=" else fault
            if encoding == "cp1252":
                text = text.encode("cp1252", "ignore").decode("cp1252")
            is_quoted = any(sign in text for sign in (mark, '"', "\n")) or data.draw(st.booleans())
            line.append('"' + text.replace('"', '""') + '"' if is_quoted else text)
        lines.append(mark.join(line))
    # Lines inside of cells are rows of the file, not of the spreadsheet.
    with force_language("en"):
        judge(tables.read("t.csv", ends.join(lines).encode(encoding), reading.column_of), rows, faults, head)


@settings(MANY, max_examples=30)
@given(st.data())
def test_workbooks_of_excel(app: Flask, data: st.DataObject) -> None:
    draw = data.draw
    rows, faults, head = table(draw, draw(activities()))
    is_1904 = draw(st.booleans())
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd.mm.yyyy", "date_1904": is_1904})
    if has_hidden := draw(st.booleans()):
        book.add_worksheet("Listen").write_row(0, 0, ["id", "title_de", "starts_at"])
    page = book.add_worksheet("Programm")
    if has_hidden:
        page.activate()
        page.set_first_sheet()
        book.worksheets()[0].hide()
    moments = book.add_format(
        {"num_format": draw(st.sampled_from(("dd.mm.yyyy hh:mm", "[$-407]d. mmm yyyy h:mm;@", "m/d/yy h:mm")))}
    )
    days = book.add_format(
        {"num_format": draw(st.sampled_from(("dd.mm.yyyy", "[$-407]dddd, d. mmmm yyyy", "yyyy-mm-dd")))}
    )
    zeros = book.add_format({"num_format": draw(st.sampled_from(("00000", "00000;@", "[$-407]00000")))})
    general = book.add_format()
    epoch = datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
    for at, cells in enumerate(rows):
        for place, cell in enumerate(cells):
            if fault := faults.get((at, place)):
                page.write_formula(at, place, "=A1", None, "" if fault == "=" else fault)
                continue
            if isinstance(cell, str):
                page.write_string(at, place, cell)
                continue
            column, value, one = cell
            ways = [*texts_of(column, value, one)]
            if column in ("starts_at", "ends_at"):
                ways += ["as a cell"] * 6
            if column in ("postcode", "capacity") and value:
                ways += ["as a number"] * 6
            text = draw(st.sampled_from(ways))
            if text == "as a cell":
                when = value if isinstance(value, datetime) else datetime.combine(value, time())
                is_bare = when.time() != time() or not isinstance(value, datetime)
                if is_bare and draw(st.booleans()):  # without a format: the bare number
                    page.write_number(at, place, (when - epoch) / timedelta(days=1), general)
                else:
                    page.write_datetime(at, place, when, moments if isinstance(value, datetime) else days)
            elif text == "as a number":
                page.write_number(
                    at, place, int(value), zeros if column == "postcode" and draw(st.booleans()) else general
                )
            elif text and draw(st.booleans()):
                page.write_formula(at, place, '="x"', None, text)
            else:
                page.write_string(at, place, text)
    for at, place in _alike(rows, faults):  # as people join what they would have to write twice
        if draw(st.booleans()):
            page.merge_range(at, place, at + 1, place, rows[at][place][1])
    book.close()
    with force_language("en"):
        judge(opened(file.getvalue()), rows, faults, head)


@settings(MANY, max_examples=30)
@given(st.data())
def test_spreadsheets_of_libre_office(app: Flask, data: st.DataObject) -> None:
    draw = data.draw
    rows, faults, head = table(draw, draw(activities()))
    made: list[Any] = []
    for at, cells in enumerate(rows):
        line = []
        for place, cell in enumerate(cells):
            if fault := faults.get((at, place)):
                shown = f"<text:p>{fault}</text:p>" if fault != "=" else ""
                line.append(f'<table:table-cell table:formula="of:=[.A1]">{shown}</table:table-cell>')
                continue
            if isinstance(cell, str):
                line.append(ods_cell(cell))
                continue
            column, value, one = cell
            ways: list[Any] = [*texts_of(column, value, one)]
            if column in ("starts_at", "ends_at"):
                ways += [
                    value,
                    (value, f"{value:%d.%m.%Y %H:%M}" if isinstance(value, datetime) else f"{value:%d. %B %Y}"),
                ]
            if column == "postcode":
                ways += [(int(value), value), int(value)]
            if column == "capacity" and value:
                ways += [value, float(value), (value, f"{value} Plätze")]
            line.append(ods_cell(draw(st.sampled_from(ways))))
        made.append(line)
    sheets = [{"name": "Programm", "rows": made}]
    if draw(st.booleans()):
        sheets.insert(0, {"name": "Listen", "is_hidden": True, "rows": [["id", "title_de", "starts_at"]]})
    with force_language("en"):
        judge(opened(ods(*sheets)), rows, faults, head)


@pytest.mark.parametrize("day", [date(2027, 4, 8)])
def test_the_judge_finds_another_value(app: Flask, day: date) -> None:
    one = {"id": "new-1", "title_de": "A", "starts_at": day, "ends_at": day, "postcode": "01067", "city": "Dresden"}
    one |= {"land": "DE-SN", "lands": ("DE-SN",), "capacity": 30, "languages": ["de"], "registration_mode": "none"}
    rows: list[list[Any]] = [[*HEADINGS], [(column, one[column], one) for column in HEADINGS]]
    right = [texts_of(*cell)[0] for cell in rows[1]]
    wrong = {
        "starts_at": "2027-04-07",
        "postcode": "1068",
        "city": "",
        "capacity": "3",
        "title_de": "B",
        "languages": "en",
    }

    judge(tables.Table([*HEADINGS], [tables.Row(2, dict(zip(HEADINGS, right, strict=True)))]), rows, {}, 0)
    for column, text in wrong.items():
        cells = dict(zip(HEADINGS, right, strict=True)) | {column: text}
        with pytest.raises(AssertionError):
            judge(tables.Table([*HEADINGS], [tables.Row(2, cells)]), rows, {}, 0)
    with pytest.raises(AssertionError, match="rows are missing"):
        judge(tables.Table([*HEADINGS], []), rows, {}, 0)
