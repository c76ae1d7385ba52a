"""The list of attendees as a table: CSV and XLSX with the same cells. What somebody needs is not in it: only the host's
page shows it, so that it does not travel in files."""

from collections.abc import Iterator
from datetime import datetime

from clusterweek.activities.models import Activity
from clusterweek.i18n import either, local
from clusterweek.registrations import queries
from clusterweek.web import sheets
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
FORMATS = {"csv": sheets.CSV, "xlsx": sheets.XLSX}
OF_A_PERSON = ("name", "email", "organisation")
NUMBERS = ("id", "activity_id", "position")


def make(format: str, activity: Activity, *, with_ended: bool = False) -> bytes:
    """Who has a place at an activity or waits for one, in the order of asking, as a file of `format` (csv or xlsx).

    `with_ended`: also those that were given up or have run out, as numbers, states and times, without whose they were.
    """
    if format == "csv":
        return sheets.csv_bytes(COLUMNS, _rows(activity, with_ended))
    rows = _rows(activity, with_ended)
    return sheets.xlsx_bytes(COLUMNS, rows, sheet=either(activity, "title")[0], numbers=NUMBERS)


def _rows(activity: Activity, with_ended: bool) -> Iterator[dict[str, str]]:
    """The cells, ready to be written. `position` is the present place in line; times are on the edition's clock."""
    positions = queries.positions(activity.id)

    def clock(moment: datetime | None) -> str:
        return f"{local(moment, activity.edition.timezone):%Y-%m-%d %H:%M}" if moment else ""

    for one in queries.of_activity(activity):
        if not (one.is_active or with_ended):
            continue
        row = {
            "id": str(one.id),
            "activity_id": str(one.activity_id),
            "name": safe_cell(one.name),
            "email": safe_cell(one.email),
            "organisation": safe_cell(one.organisation or ""),
            "status": one.status,
            "position": str(positions.get(one.id, "")),
            "mode": one.mode,
            "signed_up_at": clock(one.signed_up_at),
            "confirmed_at": clock(one.confirmed_at),
            "checked_in_at": clock(one.checked_in_at),
        }
        yield row if one.is_active else row | dict.fromkeys(OF_A_PERSON, "")
