"""A cell is what it shows: zeros in front, times by their format, days that came as bare numbers."""

import io
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from clusterweek.i18n import force_language
from clusterweek.importing import activities as importing, clusters, shown, tables
from clusterweek.importing.tables import Row, Table
from tests import make
from tests.conftest import NOW


def book(*rows: list[Any], is_1904: bool = False) -> bytes:
    """A workbook of which a cell may be given as (value, number format)."""
    made, file = Workbook(), io.BytesIO()
    if is_1904:
        made.epoch = CALENDAR_MAC_1904
    for number, row in enumerate(rows, start=1):
        for place, given in enumerate(row, start=1):
            value, number_format = given if isinstance(given, tuple) else (given, None)
            cell = made.active.cell(number, place, value)
            cell.number_format = number_format or cell.number_format
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (1067, "00000", "01067"),
        (1067.0, "00000", "01067"),
        (1067, "00000;@", "01067"),
        (1067, "0000", "1067"),
        (67, "0000", "0067"),
        (1067, "[$-407]00000", "01067"),
        (1067, "[$-F800]00000", "01067"),
        (1067, '"D-"00000', "D-01067"),
        (99817, '"D-"00000', "D-99817"),
        (1067, r"\D\-00000", "D-01067"),
        (1067, "[Blue]00000", "01067"),
        (1067, "_-00000_-", "01067"),
        (1067, "00000*-", "01067"),
        (1067, "[<=99999]00000;00000-0000", "01067"),
        (10671067, "[<=99999]00000;00000-0000", "01067-1067"),
        (1067, "00 000", "01 067"),
        (0, "00000", "00000"),
        (7, "00", "07"),
        (900, '00":"00', "09:00"),
        (1067, "00000;-00000;0", "01067"),
        (1067, "General", None),
        (1067, "0", None),
        (1000, "#,##0", None),
        (1000, "#,##000", None),
        (12, "0.00", None),
        (12, "00.00", None),
        (0.5, "0%", None),
        (0.5, "00", None),
        (30, '0" Plätze"', None),
        (1067, "0.00E+00", None),
        (1067, "00E+00", None),
        (True, "00000", None),
        ("1067", "00000", None),
        (1e300, "00000", None),
    ],
)
def test_a_number_with_zeros_in_front_is_the_text_that_is_shown(
    value: Any, number_format: str, text: str | None
) -> None:
    assert shown.number(value, number_format) == text


def test_a_workbook_gives_the_zeros_on() -> None:
    (row,) = tables.read("t.xlsx", book(["plz", "places"], [(1067, "00000"), (1067, "#,##0")])).rows

    assert row.cells == {"plz": "01067", "places": "1067"}


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2027, 4, 14), "dd.mm.yyyy hh:mm", "2027-04-14 00:00"),
        (datetime(2027, 4, 14), "m/d/yy h:mm", "2027-04-14 00:00"),
        (datetime(2027, 4, 14), '[$-407]d. mmmm yyyy" um "h" Uhr"', "2027-04-14 00:00"),
        (datetime(2027, 4, 14), "TT.MM.JJJJ hh:mm", "2027-04-14 00:00"),
        (datetime(2027, 4, 14), "dd.mm.yyyy", "2027-04-14"),
        (datetime(2027, 4, 14), '[$-407]dddd, d. mmmm yyyy', "2027-04-14"),
        (datetime(2027, 4, 14), r'd.m.yy\h', "2027-04-14"),
        (datetime(2027, 4, 14), '"Tag ohne hh:mm" d.m.yy', "2027-04-14"),
        (datetime(2027, 4, 14, 19), "dd.mm.yyyy", "2027-04-14 19:00"),  # hidden, but what somebody has typed
        (datetime(2027, 4, 14, 9, 59, 59, 970_000), "dd.mm.yyyy hh:mm", "2027-04-14 10:00"),
        (datetime(2027, 4, 14, 23, 59, 59, 500_000), "dd.mm.yyyy hh:mm", "2027-04-15 00:00"),
        (datetime(2026, 12, 1), "mmm yy", "2026-12"),  # what a spreadsheet makes of 12/2026
        (datetime(2026, 12, 1), "MM.JJJJ", "2026-12"),
        (datetime(2026, 12, 1), "[$-407]mmmm yyyy", "2026-12"),
        (datetime(2026, 1, 1), "yyyy", "2026"),
        (time(0), "hh:mm", "00:00"),
        (time(9, 30), "h:mm AM/PM", "09:30"),
    ],
)  # fmt: skip
def test_whether_a_cell_is_a_day_or_a_time_is_said_by_its_format(value: Any, number_format: str, text: str) -> None:
    for is_1904 in (False, True):
        (row,) = tables.read("t.xlsx", book(["when"], [(value, number_format)], is_1904=is_1904)).rows

        assert row.cells["when"] == text


def test_an_evening_may_end_at_midnight() -> None:
    activity = make.activity()
    when = "dd.mm.yyyy hh:mm"
    rows = [
        ["id", "starts_at", "ends_at"],
        [activity.id, (datetime(2027, 4, 13, 19), when), (datetime(2027, 4, 14), when)],
    ]

    (result,) = _take(tables.read("t.xlsx", book(*rows)), activity)

    assert result.outcome == "changed"
    (occurrence,) = activity.occurrences
    assert (occurrence.ends_local, occurrence.is_all_day) == (datetime(2027, 4, 14), False)


@pytest.mark.parametrize(
    ("number", "is_1904", "day"),
    [
        ("46387", False, "2026-12-31"),
        ("46387.0", False, "2026-12-31"),
        ("46387,00", False, "2026-12-31"),
        ("36526", False, "2000-01-01"),
        ("73050", False, "2099-12-31"),
        ("36525", False, None),
        ("73051", False, None),
        ("44925", True, "2026-12-31"),
        ("35064", True, "2000-01-01"),
        ("35063", True, None),
        ("46490.375", False, "2027-04-13 09:00"),
        ("46490,375", False, "2027-04-13 09:00"),
        ("46490.4166666667", False, "2027-04-13 10:00"),
        ("46490.41666666", False, "2027-04-13 10:00"),
        ("2027", False, None),
        ("-46387", False, None),
        ("46.387", False, None),
        ("46387 Tage", False, None),
    ],
)
def test_a_bare_number_in_a_column_of_days_is_a_day(number: str, is_1904: bool, day: str | None) -> None:
    assert shown.day_of_serial(number, is_1904=is_1904) == day


@pytest.mark.parametrize(("serial", "is_1904"), [(46387, False), (46387.0, False), (44925, True), ("46387", False)])
def test_a_label_may_end_on_a_day_that_is_a_bare_number(serial: Any, is_1904: bool) -> None:
    data = book(["name", "land", "valid_until", "city"], ["OptoNet", "DE-TH", serial, 46387], is_1904=is_1904)

    (result,) = clusters.preview(tables.read("t.xlsx", data))

    assert result.values["label_valid_until"] == date(2026, 12, 31)
    assert result.values["city"] == "46387"  # no column of days


def test_an_activity_may_begin_at_a_bare_number() -> None:
    activity = make.activity()
    data = f"id;starts_at;ends_at;registration_deadline\n{activity.id};46490,375;46490.4166666667;46480\n"

    (result,) = _take(tables.read("t.csv", data.encode()), activity)

    assert result.outcome == "changed"
    (occurrence,) = activity.occurrences
    assert (occurrence.starts_local, occurrence.ends_local) == (datetime(2027, 4, 13, 9), datetime(2027, 4, 13, 10))


@pytest.mark.parametrize(
    ("cells", "stored", "is_said"),
    [
        ({"postcode": "1067", "land": "DE-SN"}, "01067", True),
        ({"postcode": "6108", "land": "Sachsen-Anhalt"}, "06108", True),
        ({"postcode": "01067", "land": "DE-SN"}, "01067", False),
        ({"postcode": "1012", "land": "", "timezone": "Europe/Amsterdam"}, "1012", False),  # Amsterdam
        ({"postcode": "1067"}, "01067", True),  # the stored place lies in a Land
        ({"postcode": "1067.0", "land": "DE-SN"}, "01067", True),
        ({"postcode": "80331,0", "land": "DE-BY"}, "80331", True),
        ({"postcode": "106", "land": "DE-SN"}, "106", False),
        ({"postcode": "D-01067", "land": "DE-SN"}, "D-01067", False),
    ],
)
def test_a_german_postcode_gets_its_zero_back_and_that_is_said(
    cells: dict[str, str], stored: str, is_said: bool
) -> None:
    activity = make.activity()
    row = {"id": str(activity.id)} | cells

    with force_language("en"):
        (result,) = _take(Table([*row], [Row(2, row)]), activity)

    assert activity.occurrences[0].postcode == stored
    given = cells["postcode"]
    said = [("postcode", f"“{given}” is read as {stored}: the table took it for a number.")]
    assert result.reasons == (said if is_said else [])
    assert result.line().startswith(f"row 2: {result.outcome}  {activity.id}")


def _take(table: Table, activity: Any) -> list[importing.Result]:
    return importing.take_over(table, edition=activity.edition, by=None, now=NOW)
