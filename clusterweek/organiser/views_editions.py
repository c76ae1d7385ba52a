"""Editions: the list, making and changing one, opening, closing, archiving and reopening it."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for

from clusterweek.accounts.login import person
from clusterweek.db.session import unit_of_work
from clusterweek.desk.office import desk, edition_or_404
from clusterweek.editions import actions, forms as edition_forms, queries as editions, rules, words
from clusterweek.editions.forms import EditionForm
from clusterweek.editions.models import STATES, Edition
from clusterweek.i18n import either, gettext as _
from clusterweek.keeping import once
from clusterweek.listing import query
from clusterweek.organiser import queries
from clusterweek.organiser.bp import bp
from clusterweek.web import guards

# What a new edition takes over from an earlier one; its days, deadlines and figures are its own.
TAKEN_OVER = (
    *("kind", "timezone", "mode", "summary_de", "summary_en", "patrons_de", "patrons_en", "sponsor_de", "sponsor_en"),
    *("organised_by", "counting_rule_de", "counting_rule_en", "place", "city", "land"),
)


@bp.get("/editions/")
@guards.office_readers
def editions_list() -> Any:
    found = editions.all_of_them()
    counts = queries.count_by_edition(desk().sight)
    return render_template(
        "organiser/editions.html",
        live=[edition for edition in found if edition.state != "archived"],
        archive=[edition for edition in found if edition.state == "archived"],
        counts=counts,
        words=words,
    )


@bp.get("/editions/new")
@guards.organisers_only
def new_edition() -> Any:
    """An empty form, or one filled with the texts of an earlier edition (`?like=`)."""
    zone = current_app.config["TIMEZONE"]
    data: dict[str, Any] = {"timezone": zone, "kind": "cluster_week", "date_precision": "day"}
    if slug := request.args.get("like"):
        earlier = editions.by_slug(slug) or abort(404)
        data |= {name: getattr(earlier, name) for name in TAKEN_OVER}
    return _form_page(EditionForm(data=data), None)


@bp.post("/editions/new")
@guards.organisers_only
def create_edition() -> Any:
    key = once.key(person())
    form = EditionForm()
    if not form.validate_on_submit():
        once.key(person())  # an address that is taken may be what the other click has just made
        return _form_page(form, None), 422
    with unit_of_work():
        once.claim(key, now=desk().now)
        made = actions.create(form.values(), by=person(), now=desk().now)
        once.leads_to(key, url_for(".edit_edition", edition=made.slug))
    flash(_("Saved as a draft. Only the office sees it until you open it."))
    return redirect(url_for(".edit_edition", edition=made.slug), 303)


@bp.get("/editions/<edition>")
@guards.organisers_only
def edit_edition(edition: str) -> Any:
    found = edition_or_404(edition)
    return _form_page(EditionForm(found, data=edition_forms.filled(found)), found)


@bp.post("/editions/<edition>")
@guards.organisers_only
def update_edition(edition: str) -> Any:
    found = edition_or_404(edition)
    form = EditionForm(found)
    if not form.validate_on_submit():
        return _form_page(form, found), 422
    with unit_of_work():
        actions.update(found, form.values(), by=person(), now=desk().now)
    flash(_("Saved."))
    if outside := query.count(found, queries.OUTSIDE, sight=desk().sight):
        flash(
            _("Activities outside the days of the edition: %(count)s. They stay as they are.", count=outside), "danger"
        )
    return redirect(url_for(".edit_edition", edition=found.slug), 303)


@bp.get("/editions/<edition>/becomes/<state>")
@guards.organisers_only
def edition_step(edition: str, state: str) -> Any:
    """Says what the step means, and asks."""
    found = _may_become(edition, state)
    return render_template(
        "organiser/edition_step.html",
        edition=found,
        state=state,
        counts=queries.count_by_status(found, desk().sight),
        words=words,
    )


@bp.post("/editions/<edition>/becomes/<state>")
@guards.organisers_only
def step_edition(edition: str, state: str) -> Any:
    found = _may_become(edition, state)
    with unit_of_work():
        actions.become(found, state, by=person(), now=desk().now)
    title = either(found, "title")[0]
    said = {
        "open": _("“%(title)s” is open: the public sees it, and clusters can submit.", title=title),
        "closed": _("“%(title)s” is closed: nothing more can be submitted.", title=title),
        "archived": _("“%(title)s” lies in the archive.", title=title),
    }
    flash(said[state])
    return redirect(url_for(".editions_list"), 303)


def _may_become(slug: str, state: str) -> Edition:
    """The edition, if it may take this step; 404 for a step that does not exist, so that a stale page says so."""
    found = edition_or_404(slug)
    if state not in STATES or not rules.may_become(found.state, state):
        abort(404)
    return found


def _form_page(form: EditionForm, edition: Edition | None) -> str:
    steps = [state for state in STATES if edition and rules.may_become(edition.state, state)]
    earlier = [] if edition else [one for one in editions.all_of_them() if one.kind == form.kind.data]
    return render_template(
        "organiser/edition.html", form=form, edition=edition, steps=steps, earlier=earlier, words=words
    )
