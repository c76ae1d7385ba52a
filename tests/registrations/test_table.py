"""The list of attendees as a file."""

import io

from openpyxl import load_workbook

from clusterweek.registrations import table
from tests import make
from tests.conftest import NOW

HEAD = "id;activity_id;name;email;organisation;status;position;mode;signed_up_at;confirmed_at;checked_in_at"


def test_the_columns_of_the_handbook_in_the_order_of_asking() -> None:
    activity = make.activity(mode="hybrid", capacity=0, capacity_online=1)
    ada = make.registration(
        activity, "Ada", mode="online", ticket=3, signed_up_at=NOW, confirmed_at=NOW, checked_in_at=NOW
    )
    sven = make.registration(activity, "Sven", "waitlisted", ticket=1, signed_up_at=NOW, organisation="Müller; Söhne")
    olaf = make.registration(
        activity, "Olaf", "waitlisted", ticket=2, signed_up_at=NOW, confirmed_at=None, hold_until=NOW
    )

    made = table.make("csv", activity)

    assert made.startswith(b"\xef\xbb\xbf")
    assert made.decode("utf-8-sig").split("\r\n") == [
        HEAD,
        f'{sven.id};{activity.id};Sven;sven@example.org;"Müller; Söhne";waitlisted;1;in_person;2027-03-22 09:30;'
        f"{sven.confirmed_at:%Y-%m-%d} {sven.confirmed_at.hour + 1:02d}:{sven.confirmed_at:%M};",
        f"{olaf.id};{activity.id};Olaf;olaf@example.org;;waitlisted;2;in_person;2027-03-22 09:30;;",
        f"{ada.id};{activity.id};Ada;ada@example.org;;confirmed;;online;"
        "2027-03-22 09:30;2027-03-22 09:30;2027-03-22 09:30",
        "",
    ]


def test_what_a_spreadsheet_would_run_is_only_text() -> None:
    activity = make.activity()
    make.registration(activity, "=1+1", email="+49@example.org", organisation='=HYPERLINK("x")')

    cells = table.make("csv", activity).decode("utf-8-sig").split("\r\n")[1].split(";")
    sheet = load_workbook(io.BytesIO(table.make("xlsx", activity))).active

    assert cells[2:5] == ["'=1+1", "'+49@example.org", '"\'=HYPERLINK(""x"")"']
    assert sheet is not None
    assert [(cell.value, cell.data_type) for cell in sheet[2][2:5]] == [
        ("'=1+1", "s"),
        ("'+49@example.org", "s"),
        ('\'=HYPERLINK("x")', "s"),
    ]


def test_what_somebody_needs_is_in_no_file() -> None:
    activity = make.activity()
    make.registration(activity, "Ada", access_need="Induktionsschleife")

    assert b"Induktionsschleife" not in table.make("csv", activity)
    sheet = load_workbook(io.BytesIO(table.make("xlsx", activity))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == HEAD.split(";")
    assert "Induktionsschleife" not in {cell.value for row in sheet.rows for cell in row}


def test_an_activity_without_registrations_has_a_heading() -> None:
    assert table.make("csv", make.activity()).decode("utf-8-sig") == f"{HEAD}\r\n"
