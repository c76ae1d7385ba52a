"""Activities from a table: every row checked, and either all of it taken over or nothing (or the good rows only).

One row per occurrence; rows with the same `id` are one activity. A number is an activity that exists, anything else
(`new-1`) a new one. A missing column leaves values as they are, an empty cell clears. Dates that the table does not
name stay.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities
from clusterweek.activities import moderation
from clusterweek.activities import queries as activity_queries
from clusterweek.activities.models import REGISTRATION_MODES, REVIEW_STATUSES, Activity
from clusterweek.activities.values import Wrong
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.importing import cells, headings, tables
from clusterweek.importing.tables import Row, Table
from clusterweek.refusal import Refusal
from clusterweek.registrations import activity_changes
from clusterweek.vocabulary import lists

TEXTS = (
    "title_de", "title_en", "summary_de", "summary_en", "description_de", "description_en", "registration_url",
    "contact_name", "contact_email", "accessibility", "cost_note",
)  # fmt: skip
CHANNELS = {mode: lists.Entry(mode, mode, mode) for mode in REGISTRATION_MODES}
STATUSES = {status: lists.Entry(status, status, status) for status in REVIEW_STATUSES}
READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **{name: (name, cells.text) for name in TEXTS},
    "format": ("format", cells.code(lists.FORMATS)),
    "mode": ("mode", cells.code(lists.MODES)),
    "access": ("access", cells.code(lists.ACCESSES)),
    "registration_mode": ("registration_mode", cells.code(CHANNELS)),
    "capacity": ("capacity", cells.whole_number),
    "capacity_online": ("capacity_online", cells.whole_number),
    "technology_fields": ("fields", cells.codes(lists.FIELDS)),
    "partner_countries": ("partner_countries", cells.countries),
    "external_partners": ("external_partners", cells.partners),
    "languages": ("languages", cells.codes(lists.SPOKEN)),
    "happening": ("happening", cells.code(lists.HAPPENINGS)),
    "status": ("status", cells.code(STATUSES)),
}
NEVER_EMPTY = {"mode", "access", "registration_mode", "happening"}
PLACE_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    **{name: (name, cells.text) for name in ("venue_name", "street", "postcode", "city", "online_url")},
    "land": ("venue_land", cells.code(lists.LAENDER)),
    "latitude": ("latitude", cells.degrees),
    "longitude": ("longitude", cells.degrees),
}
COLUMN_OF = {target: column for column, (target, _reader) in {**READERS, **PLACE_READERS}.items()} | {
    "starts_local": "starts_at",
    "ends_local": "ends_at",
    "venue": "city",
    "occurrences": "starts_at",
}
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
        said = "  ".join(f"{column}: {sentence}" if column else sentence for column, sentence in self.reasons)
        return f"row {self.number}: {self.outcome}  {self.id}" + (f"  {said}" if said else "")


class _Problem(Exception):
    """Reasons why one activity cannot be taken over, by row number."""

    def __init__(self, number: int, reasons: list[tuple[str, str]]) -> None:
        self.number, self.reasons = number, reasons


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
    except _Problem as problem:
        db.session.expire_all()
        elsewhere = [("", _("see row %(number)s", number=problem.number))]
        return [
            Result(row.number, "error", given_id, problem.reasons if row.number == problem.number else elsewhere)
            for row in rows
        ]


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
        raise _Problem(first.number, [("id", _("Enter the number of an activity, or new-1, new-2 … for a new one."))])
    _agree(rows)
    activity = _existing(given_id, first, edition, cluster)
    values = _values(first, edition)
    # Cancelling and postponing are steps of their own; what is cancelled already imports unchanged.
    stop = values.pop("happening") if values.get("happening") in STOPS else None
    status = values.pop("status", None)
    host = _host(first, activity, cluster, clusters)
    if "co_hosts" in first.cells:
        values["co_hosts"] = [
            _cluster(name, "co_hosts", first, clusters) for name in cells.several(first.cells["co_hosts"])
        ]
    named = _named_dates(rows, activity)
    if named is not None:
        values["occurrences"] = [date for _row, date in named] + _other_dates(named, activity)
    try:
        if activity is None:
            activity = activities.create(edition, host, values, by=by, now=now)
            _move_on(activity, status, stop, by=by, now=now)
            return "new", activity
        if host is not activity.host_cluster:
            values["host_cluster"] = host
        change = activity_changes.update(activity.id, values, by=by, now=now)
        is_changed = _move_on(activity, status, stop, by=by, now=now)
        return ("changed" if change.fields or is_changed else "unchanged"), activity
    except Wrong as wrong:
        raise _Problem(*_placed(wrong, first, [row for row, _date in named or []])) from None
    except Refusal as refusal:
        raise _Problem(first.number, [("id", str(refusal))]) from None


def _agree(rows: list[Row]) -> None:
    """Rows of one activity may differ in what belongs to an occurrence, and in nothing else."""
    for row in rows[1:]:
        for column, cell in row.cells.items():
            if column not in headings.OF_OCCURRENCES | headings.IGNORED and cell != rows[0].cells[column]:
                raise _Problem(
                    row.number, [(column, _("differs from row %(number)s, the same activity", number=rows[0].number))]
                )


def _existing(given_id: str, row: Row, edition: Edition, cluster: Cluster | None) -> Activity | None:
    if not given_id.isdigit():
        return None
    activity = activity_queries.get(_number(given_id))
    if activity is None or activity.edition_id != edition.id or (cluster and activity.host_cluster_id != cluster.id):
        raise _Problem(row.number, [("id", _("There is no activity %(id)s here.", id=given_id))])
    return activity


def _number(given_id: str) -> int:
    """The number of an activity; 0, which none has, for anything else."""
    return int(given_id) if given_id.isdecimal() and len(given_id) < 10 else 0


def _values(row: Row, edition: Edition) -> dict[str, Any]:
    values, reasons = _read(row, READERS)
    for column in NEVER_EMPTY & values.keys():
        if values[column] is None:
            del values[column]
    if "registration_deadline" in row.cells:
        try:
            values["registration_deadline"] = cells.deadline(row.cells["registration_deadline"], edition.timezone)
        except ValueError as problem:
            reasons.append(("registration_deadline", str(problem)))
    if reasons:
        raise _Problem(row.number, reasons)
    return values


def _read(
    row: Row, readers: dict[str, tuple[str, Callable[[str], Any]]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    values: dict[str, Any] = {}
    reasons = []
    for column, (target, reader) in readers.items():
        if column in row.cells:
            try:
                values[target] = reader(row.cells[column])
            except ValueError as problem:
                reasons.append((column, str(problem)))
    return values, reasons


def _host(row: Row, activity: Activity | None, cluster: Cluster | None, clusters: dict[str, Cluster]) -> Cluster | None:
    name = row.cells.get("host_cluster")
    if name is None:
        return activity.host_cluster if activity else cluster
    if not name:
        return cluster
    found = _cluster(name, "host_cluster", row, clusters)
    if cluster and found.id != cluster.id:
        raise _Problem(
            row.number, [("host_cluster", _("Only activities of %(name)s may stand in this table.", name=cluster.name))]
        )
    return found


def _cluster(name: str, column: str, row: Row, clusters: dict[str, Cluster]) -> Cluster:
    if name not in clusters:
        raise _Problem(row.number, [(column, _("There is no cluster “%(name)s”.", name=name))])
    return clusters[name]


def _named_dates(rows: list[Row], activity: Activity | None) -> list[tuple[Row, dict[str, Any]]] | None:
    """The dates that the rows name, in the order of their numbers; None when the table has no columns of dates."""
    if not headings.OF_OCCURRENCES & rows[0].cells.keys():
        return None
    existing = list(activity.occurrences) if activity else []
    named: dict[int, tuple[Row, dict[str, Any]]] = {}
    for place, row in enumerate(rows, start=1):
        number = row.cells.get("occurrence") or str(place)
        if not number.isdecimal() or not 1 <= int(number) <= 999:
            raise _Problem(row.number, [("occurrence", _("“%(value)s” is not a whole number.", value=number))])
        if int(number) in named:
            raise _Problem(
                row.number, [("occurrence", _("The date %(number)s stands in the table twice.", number=number))]
            )
        occurrence, reasons = _read(row, PLACE_READERS)
        occurrence["id"] = existing[int(number) - 1].id if int(number) <= len(existing) else None
        has_times = "starts_at" in row.cells or "ends_at" in row.cells
        is_empty = not any(row.cells.get(column) for column in headings.OF_OCCURRENCES - {"occurrence", "timezone"})
        if is_empty and occurrence["id"] is None:
            continue  # an activity that has no date yet
        if row.cells.get("timezone"):
            occurrence["timezone"] = row.cells["timezone"]
        if has_times or occurrence["id"] is None:
            try:
                occurrence |= cells.span(row.cells.get("starts_at", ""), row.cells.get("ends_at", ""))
            except ValueError as problem:
                reasons.append(("starts_at", str(problem)))
        if reasons:
            raise _Problem(row.number, reasons)
        named[int(number)] = row, occurrence
    return [named[number] for number in sorted(named)]


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
        reasons.append((COLUMN_OF.get(name, name), sentence))
    return number, reasons


def _move_on(activity: Activity, status: str | None, stop: str | None, *, by: Person | None, now: datetime) -> bool:
    """Bring an activity to a status and stop it ("cancelled", "postponed"), as people would; whether it moved."""
    is_changed = False
    if status and status != activity.review_status:
        if status not in STEPS:
            raise Refusal(_("The status “%(status)s” cannot be set by a table.", status=status))
        if activity.review_status in ("draft", "changes_requested"):
            activities.submit(activity, by=by, now=now)
        if status == "published":
            moderation.publish(activity, by=by, now=now)
        if activity.review_status != status:
            raise Refusal(_("This step is not possible now; reload the page to see where the activity stands."))
        is_changed = True
    if stop and stop != activity.happening:
        step = activity_changes.cancel if stop == "cancelled" else activity_changes.postpone
        step(activity.id, None, by=by, now=now)
        is_changed = True
    return is_changed
