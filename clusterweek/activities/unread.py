"""What was typed about an activity and could not be stored: it stays in the form until somebody mends or deletes it.

`Activity.unread` is empty, or holds
`names`   the entries that are not stored as they were typed (names of `entries.py`), in the order of the form,
`fields`  name of a field -> what was typed, as a browser sends it,
`dates`   rows `{"id": the stored date or None, "position": place in the form, "typed": {part: what was typed}}`.
Nothing public knows of it. What is stored stays as it is, and nothing is submitted or published before it is settled.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import String, cast, select

from clusterweek import clock
from clusterweek.activities import entries
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _

KEPT_AFTER_EDITION = timedelta(days=30)


def rows(activity: Activity) -> list[Occurrence | dict[str, Any]]:
    """The dates as the form lists them: those that are stored, rows of `unfinished_dates`, and in their places those
    rows of `unread` of which nothing is stored."""
    found: list[Occurrence | dict[str, Any]] = [*activity.occurrences, *activity.unfinished_dates]
    known = {one.id for one in activity.occurrences}
    for row in sorted(activity.unread.get("dates", []), key=lambda row: row["position"]):
        if row["id"] not in known:
            found.insert(min(row["position"], len(found)), row)
    return found


def of_row(activity: Activity, row: Occurrence | dict[str, Any]) -> dict[str, Any] | None:
    """What could not be stored of a date of `rows`: its row in `unread`."""
    if isinstance(row, Occurrence):
        return next((one for one in activity.unread.get("dates", []) if one["id"] == row.id), None)
    return row if "typed" in row else None


def obstacles(activity: Activity) -> dict[str, str]:
    """Why an activity cannot be submitted or published as long as something is not settled: field -> sentence."""
    found = {
        name: _("“%(label)s” holds something that could not be stored. Correct it or delete it first.", label=label)
        for name in activity.unread.get("names", [])
        if (label := entries.label(name))
    }
    if "occurrences" in found:
        numbers = [n for n, row in enumerate(rows(activity), start=1) if of_row(activity, row)]
        names = ", ".join(_("Date %(n)s", n=n) for n in numbers) or entries.label("occurrences")
        found["occurrences"] = _(
            "“%(label)s” holds something that could not be stored. Correct it or delete it first.", label=names
        )
    return found


def entry_of(field: str) -> str:
    """The entry that a field of the form belongs to: `external_partners-0-name` is one of `external_partners`."""
    return field.split("-")[0].removesuffix("_time")


def without(unread: dict[str, Any], names: Collection[str], moved: Collection[int]) -> dict[str, Any]:
    """What remains when other values came for some entries and times for some dates, from a table for example."""
    fields = {name: typed for name, typed in unread.get("fields", {}).items() if entry_of(name) not in names}
    dates = [row for row in unread.get("dates", []) if row["id"] is None or row["id"] not in moved]
    waiting = {entry_of(name) for name in fields} | ({"occurrences"} if dates else set())
    left = [name for name in unread.get("names", []) if name in waiting]
    return {"names": left, "fields": fields, "dates": dates} if left else {}


def forget_old(*, now: datetime) -> int:
    """Forget what nobody has mended a month after the edition; says of how many activities."""
    last = clock.today(current_app.config["TIMEZONE"], now=now) - KEPT_AFTER_EDITION
    found = db.session.scalars(
        select(Activity).join(Edition).where(Edition.ends_on < last, cast(Activity.unread, String) != "{}")
    ).all()
    for activity in found:
        activity.unread = {}
    db.session.flush()
    return len(found)
