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
from werkzeug.datastructures import MultiDict

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities
from clusterweek.clusters import actions
from clusterweek.clusters.forms import ClusterForm
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.db.session import db, stand_in_line
from clusterweek.i18n import gettext as _
from clusterweek.importing import cells, identity, tables, words
from clusterweek.importing.identity import Clusters
from clusterweek.importing.tables import Row, Table
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists
from clusterweek.web import readers
from clusterweek.web.forms import normalise_email

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

KIND, LAND, LABEL = cells.code(lists.CLUSTER_KINDS), cells.code(lists.LAENDER), cells.code(lists.LABELS)


def column_of(heading: str) -> str | None:
    """The column that a heading means, however it is spelt; None for one that nobody knows."""
    return _COLUMNS.get(words.heading(heading))


_COLUMNS = {words.heading(heading): column for column, headings in HEADINGS.items() for heading in headings}


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
        reason=_("The table needs the column “name”: the name of each cluster."),
    )
    table = tables.with_days(table, column_of, {"label_valid_until"})
    known, asked = Clusters(db.session.scalars(select(Cluster))), _asked()
    seen: dict[str | int, int] = {}
    form = ClusterForm(formdata=None, meta={"csrf": False})  # one for all rows: making it takes longer than filling it
    for choice in (form.kind, form.land, form.main_field, form.more_fields, form.ecei_label):
        choice.validate_choice = False  # READERS give nothing but codes of the lists, and naming them all takes longest
    return [_read(row, columns, known, asked, seen, form) for row in table.rows]


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
    form: ClusterForm,
) -> RowResult:
    sent, wrong = _sent(row, columns)
    has_name = "name" not in wrong
    form.process(formdata=sent, kind="cluster")
    form.validate()
    for said in form:
        column = COLUMN_OF.get(said.name, said.name)
        if said.errors and column in columns.values():
            wrong.setdefault(column, str(said.errors[0]))
    name = str(form.name.data or "")
    found = form.values() | {"label_valid_until": form.label_valid_until.data}
    # An empty cell does not make a cluster kindless.
    values = {column: found[column] for column in columns.values() if column != "kind" or "kind" in sent}
    cluster = None
    try:
        cluster = known.find(name)
    except ValueError as problem:
        wrong.setdefault("name", str(problem))
        has_name = False
    if has_name:
        for column, sentence in _whole_row(row, name, values, cluster, seen):
            wrong.setdefault(column, sentence)
    if wrong:
        heading_of = {column: heading for heading, column in columns.items()}
        order = [*heading_of, *wrong]
        reasons = [(heading_of.get(column, column), wrong[column]) for column in sorted(wrong, key=order.index)]
        return RowResult(row.number, "error", name, reasons=reasons)
    values["name"] = cluster.name if cluster and known.is_by_address(name) else name
    email: str = values.get("email") or ""
    invites = bool(email) and not (cluster and (cluster.id in asked or (cluster.id, normalise_email(email)) in asked))
    if cluster is None:
        return RowResult(row.number, "new", name, values, invites=invites)
    changes = tuple(column for column, value in values.items() if getattr(cluster, column) != value)
    outcome = "changed" if changes else "unchanged"
    return RowResult(row.number, outcome, name, values, changes, invites=invites, cluster_id=cluster.id)


def _sent(row: Row, columns: dict[str, str]) -> tuple[MultiDict[str, str], dict[str, str]]:
    """The row as it would be sent if somebody had filled in the cluster's form with it; and column -> sentence of the
    cells that say nothing which the form could be sent."""
    sent: MultiDict[str, str] = MultiDict()
    wrong: dict[str, str] = {}
    for heading, column in columns.items():
        try:
            if heading in row.unread:
                raise ValueError(row.unread[heading].sentence)
            said = READERS.get(column, str)(row.cells[heading])
        except ValueError as problem:
            wrong[column] = str(problem)
            continue
        if column == "fields":
            sent.setlist("main_field", said[:1])
            sent.setlist("more_fields", said[1:])
        elif said or column != "kind":
            sent[column] = said or ""
    return sent, wrong


def _whole_row(
    row: Row, name: str, values: dict[str, Any], cluster: Cluster | None, seen: dict[str | int, int]
) -> Iterator[tuple[str, str]]:
    which = cluster.id if cluster else identity.folded(name)
    if earlier := seen.get(which):
        yield "name", _("The same cluster stands in row %(number)s.", number=earlier)
    seen.setdefault(which, row.number)
    kind = values.get("kind") or (cluster.kind if cluster else "cluster")
    if kind == "cluster" and not values.get("land", cluster.land if cluster else None):
        yield "land", _("A cluster needs a Land, for example DE-BY or Bayern.")


def _kind(cell: str) -> str | None:
    return KIND_WORDS.get(cell.casefold()) or KIND(cell)


def _land(cell: str) -> str | None:
    plain = re.sub(r"^(?:freistaat|land|freie(?: und)? hansestadt) ", "", cell, flags=re.IGNORECASE)
    return LAND_WORDS.get(words.heading(plain)) or LAND(f"DE-{plain}" if len(plain) == 2 else plain)


def _label(cell: str) -> str | None:
    plain = cell.casefold().replace("ecei", "").replace("label", "").strip(" -")
    return None if plain in ("kein", "keins", "none", "–") else LABEL(plain or cell)


# How the cells of a column are put into the words of the form; all others are sent as they stand.
READERS: dict[str, Callable[[str], Any]] = {
    "kind": _kind,
    "land": _land,
    "fields": cells.codes(lists.FIELDS),
    "ecei_label": _label,
}
COLUMN_OF = {"main_field": "fields", "more_fields": "fields"}
