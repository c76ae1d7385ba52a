"""Activities from a table: every row checked, and either all of it taken over or nothing (or the good rows only).

One row per occurrence; rows with the same `id` are one activity. A number is an activity that exists, `new-1` or an
empty cell a new one, anything else an error. A missing column leaves values as they are, an empty cell clears, one that
cannot be read is an error. Dates that the table does not name stay. What is here already comes a second time only when
the person says so.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities, moderation, queries as activity_queries
from clusterweek.activities.models import Activity
from clusterweek.activities.values import Wrong
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, stand_in_line, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.importing import dates, identity, reading, tables
from clusterweek.importing.identity import Clusters, Known
from clusterweek.importing.tables import Row, Table
from clusterweek.refusal import Refusal
from clusterweek.registrations import activity_changes

STEPS = ("draft", "submitted", "published")
STOPS = ("cancelled", "postponed")


@dataclass(frozen=True)
class Result:
    """What became of a row: `new`, `changed`, `unchanged` or `error`; reasons are (column, sentence), of an error why,
    else what was read otherwise than it stands there."""

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


def left_out(table: Table) -> list[str]:
    """The headings of columns that nobody knows, and that are therefore not read."""
    return tables.unknown(table, reading.column_of)


def take_over(
    table: Table,
    *,
    edition: Edition,
    cluster: Cluster | None = None,
    by: Person | None,
    now: datetime,
    is_partial: bool = False,
    is_dry_run: bool = False,
    is_again: bool = False,
) -> list[Result]:
    """Take a table over, in one unit of work of its own; one Result per row, in the table's order.

    With a wrong row nothing is written, unless `is_partial`; with `is_dry_run` never. `cluster` limits the table to
    the activities of one host; `is_again` takes new activities although they are here already. Raises Refusal when the
    table as a whole cannot be used.
    """
    columns = tables.columns(
        table,
        reading.column_of,
        needed="id",
        reason=_("The table needs the column “id”: the number of an activity; empty, or new-1, new-2 … for new ones."),
    )
    table = tables.with_days(table, reading.column_of, reading.DAYS)
    results: list[Result] = []
    with suppress(_Undo), unit_of_work():
        # One table of an edition after the other: two at once would both find that nothing is here yet.
        stand_in_line("import activities", edition.id)
        edition = db.session.merge(edition)
        clusters = Clusters(db.session.scalars(select(Cluster)))
        groups = _grouped(table, columns)
        activity_queries.lock_all({group.number for group in groups if group.number})
        known = Known() if is_again else Known.of(edition)
        for group in groups:
            results += _one(
                group,
                edition=edition,
                cluster=cluster,
                clusters=clusters,
                known=known,
                is_again=is_again,
                by=by,
                now=now,
            )
        if is_dry_run or (not is_partial and any(result.outcome == "error" for result in results)):
            raise _Undo
    return sorted(results, key=lambda result: result.number)


@dataclass
class _Group:
    """The rows of one activity: its number, None for a new one; `reason` when the id of its only row cannot be read."""

    given_id: str
    number: int | None
    rows: list[Row]
    reason: str = ""


def _grouped(table: Table, columns: dict[str, str]) -> list[_Group]:
    groups: dict[int | str, _Group] = {}
    for row in table.rows:
        cells = {columns[heading]: cell for heading, cell in row.cells.items() if heading in columns}
        unread = {columns[heading]: cell for heading, cell in row.unread.items() if heading in columns}
        read = Row(row.number, cells, unread)
        given_id = cells.get("id", "")
        try:
            if "id" in unread:
                raise ValueError(unread["id"].sentence)
            number = identity.number_of(given_id)
        except ValueError as problem:
            groups[f"\0{row.number}"] = _Group(given_id, None, [read], str(problem))
            continue
        key = number or identity.key_of_new(given_id, row.number)
        groups.setdefault(key, _Group(given_id, number, [])).rows.append(read)
    return list(groups.values())


def _one(group: _Group, **context: Any) -> list[Result]:
    """One activity with all its rows, in a transaction inside the transaction: what fails leaves nothing behind."""
    given_id, rows = group.given_id, group.rows
    try:
        with db.session.begin_nested():
            if group.reason:
                raise reading.Problem(rows[0].number, [("id", group.reason)])
            notes: reading.Notes = {}
            outcome, activity = _take_activity(group, notes=notes, **context)
            shown_id = str(activity.id) if outcome != "new" else given_id
            return [Result(row.number, outcome, shown_id, notes.get(row.number, [])) for row in rows]
    except reading.Problem as problem:
        db.session.expire_all()
        elsewhere = [("id", _("see row %(number)s", number=min(problem.by_row)))]
        return [Result(row.number, "error", given_id, problem.by_row.get(row.number, elsewhere)) for row in rows]


def _take_activity(
    group: _Group,
    *,
    edition: Edition,
    cluster: Cluster | None,
    clusters: Clusters,
    known: Known,
    is_again: bool,
    by: Person | None,
    now: datetime,
    notes: reading.Notes,
) -> tuple[str, Activity]:
    rows, first = group.rows, group.rows[0]
    reading.agree(rows)
    activity = _existing(group, edition, cluster)
    values, host, co_hosts, named, _nothing = reading.together(
        lambda: reading.values(first, edition),
        lambda: reading.host(first, activity, cluster, clusters),
        lambda: reading.co_hosts(first, clusters),
        lambda: (
            None if any(reading.OF_OCCURRENCES & row.unread.keys() for row in rows) else dates.of(rows, activity, notes)
        ),
        lambda: reading.unread(rows),
    )
    # Cancelling and postponing are steps of their own; what is cancelled already imports unchanged.
    stop = values.pop("happening") if values.get("happening") in STOPS else None
    status = values.pop("review_status", None)
    if co_hosts is not None:
        values["co_hosts"] = co_hosts
    if named is not None:
        values["occurrences"] = [date for _row, date in named] + _other_dates(named, activity)
    try:
        if activity is None:
            _look_for_twins(group, host, values, known, is_again=is_again)
            activity = activities.create(edition, host, values, by=by, now=now)
            _move_on(activity, status, stop, first, by=by, now=now)
            return "new", activity
        if host is not activity.host_cluster:
            values["host_cluster"] = host.slug if host else None
        change = activity_changes.update(activity.id, values, by=by, now=now)
        is_changed = _move_on(activity, status, stop, first, by=by, now=now)
        return ("changed" if change.fields or is_changed else "unchanged"), activity
    except Wrong as wrong:
        raise reading.Problem(*_placed(wrong, first, [row for row, _date in named or []])) from None
    except Refusal as refusal:
        raise reading.Problem(first.number, [("id", str(refusal))]) from None


def _existing(group: _Group, edition: Edition, cluster: Cluster | None) -> Activity | None:
    if group.number is None:
        return None
    activity = activity_queries.get(group.number)
    if activity is None or activity.edition_id != edition.id or (cluster and activity.host_cluster_id != cluster.id):
        number = group.rows[0].number
        raise reading.Problem(number, [("id", _("There is no activity %(id)s here.", id=group.given_id))])
    return activity


def _look_for_twins(
    group: _Group, host: Cluster | None, values: dict[str, Any], known: Known, *, is_again: bool
) -> None:
    """Raises Problem for a new activity that is here already, or stands in the table already."""
    number, title = group.rows[0].number, values.get("title_de") or ""
    if _is_note(group):
        sentence = _("This row looks like a note. If it is an activity, write new-1 into the column “id”.")
        raise reading.Problem(number, [("id", sentence)])
    if not title and not group.given_id:
        raise reading.Problem(
            number,
            [
                (
                    "id",
                    _("A row without an id is a new activity and needs a title. Otherwise write the id into each row."),
                )
            ],
        )
    host_id = host.id if host else None
    starts = [datetime.fromisoformat(date["starts_local"]) for date in values.get("occurrences", [])]
    earlier = None if is_again else known.like(host_id, title, starts)
    if earlier is None:
        known.add(f"row {number}", host_id, title, starts)
        return
    if earlier.startswith("row "):
        sentence = _(
            "Row %(row)s is the same activity: same host, title and start. --again takes both.",
            row=earlier.removeprefix("row "),
        )
    else:
        sentence = _(
            "This is here already as %(id)s: same host, title and start. To change it, write %(id)s into the column "
            "“id”; --again takes it a second time.",
            id=earlier,
        )
    raise reading.Problem(number, [("id", sentence)])


def _is_note(group: _Group) -> bool:
    """Whether a new row holds a single cell of many: "Stand: 12.11.2026", below the table."""
    cells = group.rows[0].cells
    return not group.given_id and len(cells) > 3 and sum(map(bool, cells.values())) == 1


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
