"""Loading clusters from a table: choose a file, see what each row would do, take it over and invite."""

from dataclasses import asdict
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from itsdangerous import BadData, URLSafeSerializer

from clusterweek.accounts.login import person
from clusterweek.db.session import unit_of_work
from clusterweek.desk.office import desk
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.importing import clusters as importing, tables
from clusterweek.importing.guard import Unread
from clusterweek.importing.tables import Row, Table
from clusterweek.keeping import once
from clusterweek.organiser.bp import bp
from clusterweek.organiser.forms import TableForm, TakeOverForm
from clusterweek.refusal import Refusal
from clusterweek.web import guards

# The table waits in the page between the two steps, packed and signed; a form field may have 512 KB
# (MAX_FORM_MEMORY_SIZE).
MOST_CHARACTERS = 400_000


@bp.get("/clusters/table")
@guards.organisers_only
def import_clusters() -> Any:
    return render_template("organiser/table.html", form=TableForm(), headings=importing.HEADINGS)


@bp.post("/clusters/table")
@guards.organisers_only
def preview_clusters() -> Any:
    """What each row would do. Nothing is written."""
    form = TableForm()
    if form.validate_on_submit():
        try:
            table = tables.read(form.file.data.filename or "", form.file.data.read(), importing.column_of)
            results = importing.preview(table)
            if len(packed := _pack(table)) > MOST_CHARACTERS:
                raise Refusal(
                    _("The table is too large for this page; the command “clusterweek import clusters” takes it.")
                )
            return _preview(table, results, TakeOverForm(formdata=None, table=packed))
        except Refusal as refusal:
            form.file.errors = [str(refusal)]
    return render_template("organiser/table.html", form=form, headings=importing.HEADINGS), 422


@bp.post("/clusters/table/take-over")
@guards.organisers_only
def take_over_clusters() -> Any:
    """Write what was looked at. If a row has become wrong meanwhile, nothing is written and the page says which."""
    key = once.key(person())
    form = TakeOverForm()
    table = _unpack(form.table.data or "")
    with unit_of_work():
        once.claim(key, now=desk().now)
        results = importing.take_over(table, by=person(), now=desk().now, invite=bool(form.invite.data))
        if all(result.outcome != "error" for result in results):
            once.leads_to(key, url_for(".clusters"))
    if any(result.outcome == "error" for result in results):
        return _preview(table, results, form), 422
    new, changed = (sum(result.outcome == outcome for result in results) for outcome in ("new", "changed"))
    flash(_("Taken over: %(new)s new, %(changed)s changed.", new=new, changed=changed))
    if form.invite.data and (asked := sum(result.invites for result in results)):
        flash(ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", asked))
    for result in results:
        if result.not_invited:
            flash(f"{result.name}: {result.not_invited}", "danger")
    return redirect(url_for(".clusters"), 303)


def _preview(table: Table, results: list[importing.RowResult], form: TakeOverForm) -> str:
    by_outcome = {
        outcome: [result for result in results if result.outcome == outcome]
        for outcome in ("error", "new", "changed", "unchanged")
    }
    return render_template(
        "organiser/table_preview.html",
        results=results,
        left_out=importing.left_out(table),
        remarks=table.remarks,
        by_outcome=by_outcome,
        invites=[result for result in results if result.invites],
        form=form,
    )


def _pack(table: Table) -> str:
    return str(_seal().dumps(asdict(table)))


def _unpack(packed: str) -> Table:
    """The table out of the page. Raises Refusal for what we have not put there."""
    try:
        found = _seal().loads(packed)
    except BadData:
        raise Refusal(_("The page is out of date. Please choose the file once more."), status=400) from None
    return Table(found["headings"], [_row(**row) for row in found["rows"]], found["remarks"], found["is_1904"])


def _row(number: int, cells: dict[str, str], unread: dict[str, list[str]]) -> Row:
    return Row(number, cells, {heading: Unread(*cell) for heading, cell in unread.items()})


def _seal() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt="table of clusters")
