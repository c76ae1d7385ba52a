"""The rows of one activity: what their cells say, each problem with its row and its column."""

from collections.abc import Callable
from typing import Any

from clusterweek.activities.entries import COLUMNS, Entry, plain
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.importing import cells, words
from clusterweek.importing.identity import Clusters
from clusterweek.importing.tables import Row

# Written, never read; `id` and `occurrence` say whose row it is.
IGNORED = {entry.key for entry in COLUMNS if entry.is_reckoned} - {"id", "occurrence"}
OF_OCCURRENCES = {entry.key for entry in COLUMNS if entry.of_date}
HEADINGS = {
    words.heading(said): key
    for names in (
        words.HEADINGS,
        {entry.german: entry.key for entry in COLUMNS},
        {entry.key: entry.key for entry in COLUMNS},
    )
    for said, key in names.items()
}
COLUMN_OF = {entry.name: entry.key for entry in COLUMNS} | {"venue": "city", "occurrences": "starts_at"}


def _reader(entry: Entry) -> Callable[[str], Any] | None:
    """How a cell of an entry is read; None where it takes more than the cell to know what it says."""
    match entry.kind:
        case "line" | "email":
            return cells.line
        case "web":
            return cells.web
        case "text":
            return cells.text
        case "code" | "step":
            codes = words.REGISTRATION_MODES if entry.key == "registration_mode" else entry.codes
            return cells.code(codes, words.WORDS.get(entry.key, {}))
        case "codes":
            return cells.codes(entry.codes)
        case "count":
            return cells.whole_number
        case "degrees":
            return cells.degrees
        case "countries":
            return cells.countries
        case "partners":
            return lambda cell: [{"name": name, "country": country} for name, country in cells.partners(cell)]
        case _:
            return None


_readers = [(entry, reader) for entry in COLUMNS if not entry.is_reckoned and (reader := _reader(entry))]
READERS = {entry.key: (entry.name, reader) for entry, reader in _readers if not entry.of_date}
PLACE_READERS = {entry.key: (entry.name, reader) for entry, reader in _readers if entry.of_date}
MOMENTS = [entry for entry in COLUMNS if entry.kind == "moment"]
DAYS = {entry.key for entry in COLUMNS if entry.kind in ("local", "moment")}
NEVER_EMPTY = {entry.name for entry in COLUMNS if entry.is_never_empty}

Notes = dict[int, list[tuple[str, str]]]  # number of a row -> (column, sentence) of what was read otherwise


def column_of(heading: str) -> str | None:
    """The column that a heading means, however it is spelt; None for one that nobody knows. "land" is a column's name
    and German at once."""
    return HEADINGS.get(words.heading(heading))


class Problem(Exception):
    """Why one activity cannot be taken over: number of a row -> (column, reason) of everything that is wrong in it."""

    def __init__(self, number: int, reasons: list[tuple[str, str]]) -> None:
        self.by_row = {number: reasons}


def together(*steps: Callable[[], Any]) -> list[Any]:
    """What the steps read. Raises one Problem with all that is wrong, so that a table is mended in one go."""
    found, wrong = [], []
    for step in steps:
        try:
            found.append(step())
        except Problem as problem:
            wrong.append(problem)
    if wrong:
        for other in wrong[1:]:
            for number, reasons in other.by_row.items():
                wrong[0].by_row[number] = wrong[0].by_row.get(number, []) + reasons
        raise wrong[0]
    return found


def agree(rows: list[Row]) -> None:
    """Rows of one activity may differ in what belongs to an occurrence, and in nothing else."""
    first = rows[0].cells
    for row in rows[1:]:
        for column, cell in row.cells.items():
            if column not in OF_OCCURRENCES | IGNORED | {"id"} and cell != first.get(column, cell):
                raise Problem(
                    row.number, [(column, _("differs from row %(number)s, the same activity", number=rows[0].number))]
                )


def values(row: Row, edition: Edition) -> dict[str, Any]:
    """What a row says of the activity itself, as `activities.actions.update` takes it, and its `review_status`."""
    found, reasons = read(row, READERS)
    for name in NEVER_EMPTY & found.keys():
        if found[name] is None:
            del found[name]
    for entry in MOMENTS:
        if entry.key in row.cells:
            try:
                found[entry.name] = plain(cells.deadline(row.cells[entry.key], edition.timezone))
            except ValueError as problem:
                reasons.append((entry.key, str(problem)))
    if reasons:
        raise Problem(row.number, reasons)
    return found


def host(row: Row, activity: Activity | None, cluster: Cluster | None, clusters: Clusters) -> Cluster | None:
    """The cluster that a row names; `cluster` is the only one that it may name."""
    name = row.cells.get("host_cluster")
    if name is None:
        return activity.host_cluster if activity else cluster
    if not name:
        return cluster
    found = _cluster(name, "host_cluster", row, clusters)
    if cluster and found.id != cluster.id:
        raise Problem(
            row.number, [("host_cluster", _("Only activities of %(name)s may stand in this table.", name=cluster.name))]
        )
    return found


def co_hosts(row: Row, clusters: Clusters) -> list[str] | None:
    """The clusters that a row names, by their slugs; None when the table has no such column."""
    if "co_hosts" not in row.cells:
        return None
    try:
        names = cells.several(row.cells["co_hosts"])
    except ValueError as problem:
        raise Problem(row.number, [("co_hosts", str(problem))]) from None
    return [_cluster(name, "co_hosts", row, clusters).slug for name in names]


def unread(rows: list[Row]) -> None:
    """Raises Problem with every cell that cannot be read: it says nothing, and certainly not that something is gone."""
    found = {
        row.number: [(column, cell.sentence) for column, cell in row.unread.items() if column not in IGNORED]
        for row in rows
    }
    if found := {number: reasons for number, reasons in found.items() if reasons}:
        problem = Problem(min(found), [])
        problem.by_row = found
        raise problem


def read(
    row: Row, readers: dict[str, tuple[str, Callable[[str], Any]]]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What the readers make of the cells that the table has: target -> value, and (column, reason) of what is wrong."""
    values: dict[str, Any] = {}
    reasons = []
    for column, (target, reader) in readers.items():
        if column in row.cells:
            try:
                values[target] = reader(row.cells[column])
            except ValueError as problem:
                reasons.append((column, str(problem)))
    return values, reasons


def _cluster(name: str, column: str, row: Row, clusters: Clusters) -> Cluster:
    try:
        found = clusters.find(name)
    except ValueError as problem:
        raise Problem(row.number, [(column, str(problem))]) from None
    if found is None:
        raise Problem(row.number, [(column, _("There is no cluster “%(name)s”.", name=name))])
    return found
