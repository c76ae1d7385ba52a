"""All activities of an edition in every state, one of them with its history, and the steps that the office may take."""

from typing import Any
from urllib.parse import urlencode

from flask import abort, flash, redirect, render_template, request, url_for

from clusterweek.accounts.login import person
from clusterweek.activities import answers, rules
from clusterweek.activities.desk import of_edition_or_404
from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.desk.office import desk, edition_or_404
from clusterweek.i18n import gettext as _
from clusterweek.listing import choices, facets, filter as filters, load, query
from clusterweek.organiser import overview, queries, words
from clusterweek.organiser.bp import bp
from clusterweek.registrations import (
    actions as attending,
    activity_changes,
    attendees,
    queries as registrations,
    steps,
    table,
)
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists
from clusterweek.web import guards, paging
from clusterweek.web.downloads import attachment

PER_PAGE = 50
STEPS = ("cancel", "postpone", "withdraw", "reopen")  # the cluster takes up again itself what it withdrew


@bp.get("/<edition>/activities")
@guards.office_readers
def activities(edition: str) -> Any:
    of, sight = edition_or_404(edition), desk().sight
    asked = list(request.args.items(multi=True))
    pairs = [("review" if name == "status" and word in lists.REVIEW_STEPS else name, word) for name, word in asked]
    if pairs != asked:  # as it was called here before: `status` says whether an activity takes place, as everywhere
        return redirect(f"{request.path}?{urlencode(pairs)}", 301)
    chosen = filters.parse(request.args, now=desk().now, kinds=filters.DESK, beside=("page",))
    counts = facets.at_desk(of, chosen, choices.AT_DESK, sight=sight)
    groups = choices.desk_groups(chosen, counts, has_review=not sight.is_published_only)
    page = paging.Page(paging.number_from(request.args.get("page")), PER_PAGE, counts.total)
    found = load.whole(query.ids(of, chosen, sight=sight, page=page))
    return render_template(
        "organiser/activities.html",
        edition=of,
        chosen=chosen,
        groups=groups,
        hidden=choices.not_offered(chosen, groups),
        page=page,
        activities=found,
        places=registrations.places(found),
        totals=overview.totals(of, chosen, sight),
    )


@bp.get("/<edition>/activities/<int:activity_id>")
@guards.office_readers
def activity(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    found = of_edition_or_404(of, activity_id)
    history = queries.history(found)
    return render_template(
        "organiser/activity.html",
        edition=of,
        activity=found,
        answers=answers.of(found, with_links=desk().may_decide),
        places=registrations.places([found])[found.id],
        history=history,
        actors=queries.names([entry.actor_id for entry in history]) if desk().may_decide else {},
        steps=steps.possible(found, STEPS),
        is_outside=bool(rules.outside(found)),
        words=words,
    )


@bp.get("/<edition>/activities/<int:activity_id>/<any(cancel,postpone,withdraw,reopen):step>")
@guards.organisers_only
def ask_step(edition: str, activity_id: int, step: str) -> Any:
    """Says what the step means for everybody, and asks for what they will read."""
    found = of_edition_or_404(edition_or_404(edition), activity_id)
    if not steps.possible(found, (step,)):
        return redirect(_back(found), 303)
    return _step_page(found, step, steps.form(step, version=found.version))


@bp.post("/<edition>/activities/<int:activity_id>/<any(cancel,postpone,withdraw,reopen):step>")
@guards.organisers_only
def take_step(edition: str, activity_id: int, step: str) -> Any:
    found = of_edition_or_404(edition_or_404(edition), activity_id)
    form = steps.form(step)
    said = steps.taken(step, found, form, by=person(), now=desk().now)
    if said is None:
        return _step_page(found, step, form), 422
    for sentence in said:
        flash(sentence)
    return redirect(_back(found), 303)


@bp.post("/<edition>/activities/<int:activity_id>/exception")
@guards.organisers_only
def exception(edition: str, activity_id: int) -> Any:
    """Allow dates outside the days of the edition, or take that back."""
    found = of_edition_or_404(edition_or_404(edition), activity_id)
    is_allowed = request.form.get("allowed") == "1"
    with unit_of_work():
        activity_changes.update(found.id, {"outside_window_allowed": is_allowed}, by=person(), now=desk().now)
    flash(_("Dates outside the week are allowed now.") if is_allowed else _("The exception is taken back."))
    return redirect(url_for(".activity", edition=edition, activity_id=activity_id), 303)


@bp.get("/<edition>/activities/<int:activity_id>/registrations")
@guards.organisers_only
def activity_registrations(edition: str, activity_id: int) -> Any:
    of = edition_or_404(edition)
    found = of_edition_or_404(of, activity_id)
    if found.registration_mode != "internal":
        abort(404)
    traces.note_apart("attendees_read", by=person(), subject=("activity", found.id), now=desk().now)
    return render_template(
        "organiser/registrations.html",
        edition=of,
        **attendees.of(found, now=desk().now),
        give_address=url_for(".give_to_next", edition=edition, activity_id=activity_id),
        files={
            format: url_for(".registrations_file", edition=edition, activity_id=activity_id, format=format)
            for format in table.FORMATS
        },
    )


@bp.post("/<edition>/activities/<int:activity_id>/registrations/next")
@guards.organisers_only
def give_to_next(edition: str, activity_id: int) -> Any:
    found = of_edition_or_404(edition_or_404(edition), activity_id)
    with unit_of_work():
        given = attending.give_to_next(found.id, request.form.get("mode", ""), by=person(), now=desk().now)
    flash(_("%(name)s now has the place and is told by mail.", name=given.name))
    return redirect(url_for(".activity_registrations", edition=edition, activity_id=activity_id), 303)


@bp.get("/<edition>/activities/<int:activity_id>/registrations.<any(csv,xlsx):format>")
@guards.organisers_only
def registrations_file(edition: str, activity_id: int, format: str) -> Any:
    found = of_edition_or_404(edition_or_404(edition), activity_id)
    if found.registration_mode != "internal":
        abort(404)
    traces.note_apart("attendees_exported", by=person(), subject=("activity", found.id), now=desk().now)
    body = table.make(format, found)
    return attachment(body, filename=f"registrations-{found.id}.{format}", mimetype=table.FORMATS[format])


def _step_page(activity: Activity, step: str, form: steps.StepForm) -> str:
    return render_template(
        "organiser/step.html",
        form=form,
        action=request.path,
        back=_back(activity),
        **steps.asked(step, activity, now=desk().now),
    )


def _back(activity: Activity) -> str:
    return url_for(".activity", edition=activity.edition.slug, activity_id=activity.id)
