"""Activities from a table: every row checked, and either all of it taken over or nothing (or the good rows only).

One row per occurrence; rows with the same `id` are one activity. A number is an activity that exists, anything else
(`new-1`) a new one. A missing column leaves values as they are, an empty cell clears. Dates that the table does not
name stay.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities
from clusterweek.activities import moderation
from clusterweek.activities import queries as activity_queries
from clusterweek.activities.models import Activity
from clusterweek.activities.values import Wrong
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.importing import headings, reading, tables
from clusterweek.importing.tables import Row, Table
from clusterweek.refusal import Refusal
from clusterweek.registrations import activity_changes

STEPS = ("draft", "submitted", "published")
STOPS = ("cancelled", "postponed")


@dataclass(frozen=True)
class Result:
    """What became of a row: `new`, `changed`, `unchanged` or `error`; reasons are (column, sentence)."""

    number: int
    outcome: str
    id: str
    reasons: list[tuple[str, str]] = field(default_factory=list)

    def line(self) -> str:
        """`row 2: error  12  capacity: “many” is not a whole number.`"""
        said = "  ".join(f"{column}: {sentence}" for column, sentence in self.reasons)
        return f"row {self.number}: {self.outcome}  {self.id}" + (f"  {said}" if said else "")


class _Undo(Exception):
    """Leaves the unit of work without writing."""


def take_over(
    table: Table,
    *,
    edition: Edition,
    cluster: Cluster | None = None,
    by: Person | None,
    now: datetime,
    is_partial: bool = False,
    is_dry_run: bool = False,
) -> list[Result]:
    """Take a table over, in one unit of work of its own; one Result per row, in the table's order.

    With a wrong row nothing is written, unless `is_partial`; with `is_dry_run` never. `cluster` limits the table to
    the activities of one host. Raises Refusal when the table as a whole cannot be used.
    """
    columns = tables.columns(
        table,
        headings.column_of,
        needed="id",
        reason=_("The table needs the column “id”: the number of an activity, or new-1, new-2 … for new ones."),
    )
    results: list[Result] = []
    with suppress(_Undo), unit_of_work():
        edition = db.session.merge(edition)
        known = {c.slug: c for c in db.session.scalars(select(Cluster))}
        known |= {c.name: c for c in known.values()}
        groups = _grouped(table, columns)
        activity_queries.lock_all({number for given_id, _rows in groups if (number := _number(given_id))})
        for given_id, rows in groups:
            results += _one(given_id, rows, edition=edition, cluster=cluster, clusters=known, by=by, now=now)
        if is_dry_run or (not is_partial and any(result.outcome == "error" for result in results)):
            raise _Undo
    return sorted(results, key=lambda result: result.number)


def _grouped(table: Table, columns: dict[str, str]) -> list[tuple[str, list[Row]]]:
    groups: dict[str, list[Row]] = {}
    for row in table.rows:
        read = Row(row.number, {columns[heading]: cell for heading, cell in row.cells.items()})
        # Without an id each row is a group of its own, so that the error names the right row.
        groups.setdefault(read.cells["id"] or f"\0{row.number}", []).append(read)
    return [("" if key.startswith("\0") else key, rows) for key, rows in groups.items()]


def _one(given_id: str, rows: list[Row], **context: Any) -> list[Result]:
    """One activity with all its rows, in a transaction inside the transaction: what fails leaves nothing behind."""
    try:
        with db.session.begin_nested():
            outcome, activity = _take_activity(given_id, rows, **context)
            return [Result(row.number, outcome, str(activity.id) if outcome != "new" else given_id) for row in rows]
    except reading.Problem as problem:
        db.session.expire_all()
        elsewhere = [("id", _("see row %(number)s", number=min(problem.by_row)))]
        return [Result(row.number, "error", given_id, problem.by_row.get(row.number, elsewhere)) for row in rows]


def _take_activity(
    given_id: str,
    rows: list[Row],
    *,
    edition: Edition,
    cluster: Cluster | None,
    clusters: dict[str, Cluster],
    by: Person | None,
    now: datetime,
) -> tuple[str, Activity]:
    first = rows[0]
    if not given_id:
        raise reading.Problem(
            first.number, [("id", _("Enter the number of an activity, or new-1, new-2 … for a new one."))]
        )
    reading.agree(rows)
    activity = _existing(given_id, first, edition, cluster)
    values, host, co_hosts, named = reading.together(
        lambda: reading.values(first, edition),
        lambda: reading.host(first, activity, cluster, clusters),
        lambda: reading.co_hosts(first, clusters),
        lambda: reading.dates(rows, activity),
    )
    # Cancelling and postponing are steps of their own; what is cancelled already imports unchanged.
    stop = values.pop("happening") if values.get("happening") in STOPS else None
    status = values.pop("status", None)
    if co_hosts is not None:
        values["co_hosts"] = co_hosts
    if named is not None:
        values["occurrences"] = [date for _row, date in named] + _other_dates(named, activity)
    try:
        if activity is None:
            activity = activities.create(edition, host, values, by=by, now=now)
            _move_on(activity, status, stop, first, by=by, now=now)
            return "new", activity
        if host is not activity.host_cluster:
            values["host_cluster"] = host
        change = activity_changes.update(activity.id, values, by=by, now=now)
        is_changed = _move_on(activity, status, stop, first, by=by, now=now)
        return ("changed" if change.fields or is_changed else "unchanged"), activity
    except Wrong as wrong:
        raise reading.Problem(*_placed(wrong, first, [row for row, _date in named or []])) from None
    except Refusal as refusal:
        raise reading.Problem(first.number, [("id", str(refusal))]) from None


def _existing(given_id: str, row: Row, edition: Edition, cluster: Cluster | None) -> Activity | None:
    if not given_id.isdigit():
        return None
    activity = activity_queries.get(_number(given_id))
    if activity is None or activity.edition_id != edition.id or (cluster and activity.host_cluster_id != cluster.id):
        raise reading.Problem(row.number, [("id", _("There is no activity %(id)s here.", id=given_id))])
    return activity


def _number(given_id: str) -> int:
    """The number of an activity; 0, which none has, for anything else."""
    return int(given_id) if given_id.isdecimal() and len(given_id) < 10 else 0


def _other_dates(named: list[tuple[Row, dict[str, Any]]], activity: Activity | None) -> list[dict[str, Any]]:
    """The dates that the table does not name: they stay."""
    ids = {date["id"] for _row, date in named}
    return [{"id": one.id} for one in (activity.occurrences if activity else []) if one.id not in ids]


def _placed(wrong: Wrong, first: Row, dated: list[Row]) -> tuple[int, list[tuple[str, str]]]:
    """The row and the columns that `Wrong` speaks of; fields of dates are called `occurrences-1-starts_local`."""
    number, reasons = first.number, []
    for name, sentence in wrong.fields.items():
        if name.startswith("occurrences-"):
            _word, place, name = name.split("-", 2)
            number = dated[int(place)].number if int(place) < len(dated) else number
        reasons.append((reading.COLUMN_OF.get(name, name), sentence))
    return number, reasons


def _move_on(
    activity: Activity, status: str | None, stop: str | None, row: Row, *, by: Person | None, now: datetime
) -> bool:
    """Bring an activity to a status and stop it ("cancelled", "postponed"), as people would; whether it moved."""
    is_changed = False
    if status and status != activity.review_status:
        if status not in STEPS:
            sentence = _("The status “%(status)s” cannot be set by a table.", status=status)
            raise reading.Problem(row.number, [("status", sentence)])
        before = activity.review_status
        if activity.review_status in ("draft", "changes_requested"):
            activities.submit(activity, by=by, now=now)
        if status == "published":
            moderation.publish(activity, by=by, now=now)
        if activity.review_status != status:
            sentence = _(
                "A table cannot bring an activity from “%(before)s” to “%(after)s”.", before=before, after=status
            )
            raise reading.Problem(row.number, [("status", sentence)])
        is_changed = True
    if stop and stop != activity.happening:
        step = activity_changes.cancel if stop == "cancelled" else activity_changes.postpone
        step(activity.id, None, by=by, now=now)
        is_changed = True
    return is_changed
