"""Clusters from a table: every row checked, taken over all together or not at all.

A cluster is known by its name, however it is spelt, or by its address. A missing column leaves values as they are, an
empty cell clears, one that cannot be read is an error.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities
from clusterweek.clusters import actions
from clusterweek.clusters.forms import MOST_FIELDS
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.db.session import db, stand_in_line
from clusterweek.i18n import gettext as _
from clusterweek.importing import cells, identity, tables
from clusterweek.importing.identity import Clusters
from clusterweek.importing.tables import Row, Table
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists
from clusterweek.web import readers
from clusterweek.web.forms import email_problem, is_web_address, normalise_email

# What people write above their columns -> ours. The first of each is the one that the handbook names.
HEADINGS = {
    "name": ("name", "cluster", "Name des Clusters", "Clustername", "Clusterinitiative", "name of the cluster"),
    "kind": ("kind", "Art", "Typ", "type"),
    "land": ("land", "Bundesland", "federal state"),
    "city": ("city", "town", "Ort", "Stadt", "Sitz", "Standort"),
    "fields": ("fields", "technology_fields", "Technologiefelder", "Technologiefeld", "Felder"),
    "ecei_label": ("label", "ecei_label"),
    "label_valid_until": ("valid_until", "label_valid_until", "gültig bis", "Label gültig bis"),
    "website": ("website", "Webseite", "Internet", "Internetseite", "Homepage", "URL", "Web"),
    "email": (
        *("email", "contact_email", "contact person e-mail", "Kontakt", "Kontakt E-Mail", "E-Mail-Adresse", "Mail"),
        *("Ansprechpartner E-Mail", "E-Mail Ansprechpartner", "Ansprechperson E-Mail", "E-Mail Ansprechperson"),
    ),
}
# What people call a kind or a Land, besides its name and its code.
KIND_WORDS = {
    **dict.fromkeys(("netzwerk", "network", "clusterinitiative", "cluster initiative"), "cluster"),
    **dict.fromkeys(("projektträger", "projektträgerin"), "agency"),
    "sonstiges": "other",
}
LAND_WORDS = {
    **dict.fromkeys(("nrw", "nordrhein westfalen"), "DE-NW"),
    **dict.fromkeys(("bawü", "ba wü", "baden württemberg", "baden wuerttemberg"), "DE-BW"),
    **dict.fromkeys(("meck pomm", "mecklenburg vorpommern"), "DE-MV"),
    **dict.fromkeys(("rlp", "rheinland pfalz"), "DE-RP"),
    **dict.fromkeys(("lsa", "sachsen anhalt"), "DE-ST"),
    **dict.fromkeys(("nds", "nieders"), "DE-NI"),
    "schleswig holstein": "DE-SH",
    "thueringen": "DE-TH",
}
LENGTHS = {"name": 160, "city": 80, "website": 300, "email": 254}


def column_of(heading: str) -> str | None:
    """The column that a heading means, however it is spelt; None for one that nobody knows."""
    return _COLUMNS.get(_folded(heading))


def _folded(text: str) -> str:
    """ "E-Mail\n(Kontakt)*" -> "email kontakt"."""
    return " ".join(re.findall(r"\w+", text.casefold().replace("e-mail", "email").replace("_", " ")))


_COLUMNS = {_folded(heading): column for column, headings in HEADINGS.items() for heading in headings}


@dataclass(frozen=True)
class RowResult:
    """What a row means: `new`, `changed`, `unchanged` or `error`.

    `values`: the model's columns; `changes`: those that differ; `reasons`: (column, sentence); `invites`: whether
    somebody would be asked to join, because nobody works for the cluster yet and nobody has been asked.
    """

    number: int
    outcome: str
    name: str
    values: dict[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    reasons: list[tuple[str, str]] = field(default_factory=list)
    invites: bool = False
    not_invited: str | None = None  # the sentence that says why an invitation could not be sent
    cluster_id: int | None = None  # None: a new one

    def line(self) -> str:
        """`row 2: error  OptoNet  land: “XX” is not one of the known values.`"""
        said = "  ".join(f"{column}: {sentence}" for column, sentence in self.reasons) or ", ".join(self.changes)
        return f"row {self.number}: {self.outcome}  {self.name}" + (f"  {said}" if said else "")

    def said(self) -> list[tuple[str, str]]:
        """(column, value as people read it) for everything that would be written, the name of a new one apart."""
        names = self.changes or [name for name, value in self.values.items() if value and name != "name"]
        return [(name, _shown(name, self.values[name])) for name in names]


def _shown(column: str, value: Any) -> str:
    if not value:
        return "–"
    if column == "fields":
        return ", ".join(lists.FIELDS[slug].name for slug in value)
    if isinstance(value, date):
        return readers.write_day(value)
    entries = {"land": lists.LAENDER, "kind": lists.CLUSTER_KINDS, "ecei_label": lists.LABELS}.get(column, {})
    return str(entries[value].name if value in entries else value)


def left_out(table: Table) -> list[str]:
    """The headings of columns that nobody knows, and that are therefore not read."""
    return tables.unknown(table, column_of)


def preview(table: Table) -> list[RowResult]:
    """What taking the table over would do, row by row; writes nothing. Raises Refusal without names, or for a
    column that stands there twice."""
    columns = tables.columns(
        table,
        column_of,
        needed="name",
        leaves_out_unknown=True,
        reason=_("The table needs the column “name”: the name of each cluster."),
    )
    known, asked = Clusters(db.session.scalars(select(Cluster))), _asked()
    seen: dict[str | int, int] = {}
    return [_read(row, columns, known, asked, seen) for row in table.rows]


def take_over(table: Table, *, by: Person | None, now: datetime, invite: bool = False) -> list[RowResult]:
    """Take the table over in the running transaction. With a wrong row nothing is written.

    `invite` writes to those whom the results name.
    """
    stand_in_line("import clusters")  # two at once would both find that nothing is here yet
    results = preview(table)
    if any(result.outcome == "error" for result in results):
        return results
    changed = []
    for number, result in enumerate(results):
        cluster = db.session.get(Cluster, result.cluster_id) if result.cluster_id else None
        if cluster is None:
            cluster = actions.create(result.name, by=by, now=now)
            actions.update(cluster, result.values, by=by, now=now)
        elif actions.update(cluster, {name: result.values[name] for name in result.changes}, by=by, now=now):
            changed.append(cluster)
        if invite and result.invites:
            try:
                actions.invite(cluster, result.values["email"], by=by, now=now)
            except actions.TooMany as no:  # the clusters are taken over all the same, and the others invited
                results[number] = replace(result, invites=False, not_invited=str(no))
    activities.cluster_changed(*changed, now=now)
    traces.note("table_imported", by=by, now=now)
    return results


def _asked() -> set[int | tuple[int, str]]:
    """Ids of clusters for which somebody works, and (cluster, address) of those who have been asked."""
    found: set[int | tuple[int, str]] = set(db.session.scalars(select(Membership.cluster_id)))
    for cluster_id, address in db.session.execute(
        select(Invitation.cluster_id, Invitation.email_normalised).where(Invitation.withdrawn_at.is_(None))
    ):
        found.add((cluster_id, address))
    return found


def _read(
    row: Row,
    columns: dict[str, str],
    known: Clusters,
    asked: set[int | tuple[int, str]],
    seen: dict[str | int, int],
) -> RowResult:
    values: dict[str, Any] = {}
    reasons: list[tuple[str, str]] = []
    wrong: set[str] = set()
    for heading, column in columns.items():
        try:
            if heading in row.unread:
                raise ValueError(row.unread[heading].sentence)
            values[column] = READERS[column](row.cells[heading])
        except ValueError as problem:
            reasons.append((heading, str(problem)))
            wrong.add(column)
    name = " ".join((values.get("name") or "").split())
    heading_of = {column: heading for heading, column in columns.items()}
    cluster = None
    try:
        cluster = known.find(name)
    except ValueError as problem:
        reasons.append((heading_of["name"], str(problem)))
        wrong |= {"name", "land"}
    if "name" not in wrong or name:
        reasons += [
            (heading_of.get(column, column), said)
            for column, said in _whole_row(row, name, values, cluster, seen)
            if column not in wrong
        ]
    if reasons:
        return RowResult(row.number, "error", name, reasons=reasons)
    values["name"] = cluster.name if cluster and known.is_by_address(name) else name
    if values.get("kind", "") is None:
        del values["kind"]  # an empty cell does not make a cluster kindless
    email: str = values.get("email") or ""
    invites = bool(email) and not (cluster and (cluster.id in asked or (cluster.id, normalise_email(email)) in asked))
    if cluster is None:
        return RowResult(row.number, "new", name, values, invites=invites)
    changes = tuple(column for column, value in values.items() if getattr(cluster, column) != value)
    outcome = "changed" if changes else "unchanged"
    return RowResult(row.number, outcome, name, values, changes, invites=invites, cluster_id=cluster.id)


def _whole_row(
    row: Row, name: str, values: dict[str, Any], cluster: Cluster | None, seen: dict[str | int, int]
) -> Iterator[tuple[str, str]]:
    which = cluster.id if cluster else identity.folded(name)
    if not name:
        yield "name", _("Enter the name of the cluster.")
    elif earlier := seen.get(which):
        yield "name", _("The same cluster stands in row %(number)s.", number=earlier)
    seen.setdefault(which, row.number)
    kind = values.get("kind") or (cluster.kind if cluster else "cluster")
    if kind == "cluster" and not values.get("land", cluster.land if cluster else None):
        yield "land", _("A cluster needs a Land, for example DE-BY or Bayern.")


def _text(name: str) -> Callable[[str], str | None]:
    def read(cell: str) -> str | None:
        if len(cell) > LENGTHS[name]:
            raise ValueError(
                _("At most %(limit)s characters; these are %(count)s.", limit=LENGTHS[name], count=len(cell))
            )
        return " ".join(cell.split()) or None

    return read


def _kind(cell: str) -> str | None:
    return KIND_WORDS.get(cell.casefold()) or cells.code(lists.CLUSTER_KINDS)(cell)


def _land(cell: str) -> str | None:
    plain = re.sub(r"^(?:freistaat|land|freie(?: und)? hansestadt) ", "", cell, flags=re.IGNORECASE)
    return LAND_WORDS.get(_folded(plain)) or cells.code(lists.LAENDER)(f"DE-{plain}" if len(plain) == 2 else plain)


def _fields(cell: str) -> list[str]:
    """Slugs or names, separated by |; also by semicolons or commas, where no name is torn apart by it."""
    found = list(dict.fromkeys(_separated(cell)))
    if len(found) > MOST_FIELDS:
        raise ValueError(_("At most %(count)s fields, the main one included.", count=MOST_FIELDS))
    return found


def _separated(cell: str) -> list[str]:
    read = cells.codes(lists.FIELDS)
    for separated in (cell, cell.replace(";", "|")):
        try:
            return read(separated)
        except ValueError:
            continue
    return read(re.sub("[;,]", "|", cell))


def _label(cell: str) -> str | None:
    plain = cell.casefold().replace("ecei", "").replace("label", "").strip(" -")
    return None if plain in ("kein", "keins", "none", "–") else cells.code(lists.LABELS)(plain)


def _day(cell: str) -> date | None:
    if not cell:
        return None
    for pattern in ("%Y-%m-%d", "%d.%m.%Y"):
        try:
            return datetime.strptime(cell, pattern).date()
        except ValueError:
            continue
    raise ValueError(_("“%(value)s” is not a day like 2027-12-31 or 31.12.2027.", value=cell))


def _website(cell: str) -> str | None:
    is_bare = ":" not in cell and "." in cell
    address = _text("website")(f"https://{cell}" if is_bare else cell)
    if address and not is_web_address(address):
        raise ValueError(_("This is not a web address, for example https://example.org/page"))
    return address


def _email(cell: str) -> str | None:
    address = _text("email")(cell)
    if address and (problem := email_problem(address)):
        raise ValueError(problem)
    return address


READERS: dict[str, Callable[[str], Any]] = {
    "name": _text("name"),
    "kind": _kind,
    "land": _land,
    "city": _text("city"),
    "fields": _fields,
    "ecei_label": _label,
    "label_valid_until": _day,
    "website": _website,
    "email": _email,
}
