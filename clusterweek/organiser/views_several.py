"""Publishing several submissions at once: choose, look at them once more together, publish."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek.accounts.login import person
from clusterweek.activities import moderation
from clusterweek.activities.models import Activity
from clusterweek.desk.office import desk, edition_or_404
from clusterweek.editions.models import Edition
from clusterweek.i18n import either, gettext as _, ngettext
from clusterweek.listing import load
from clusterweek.organiser import queries, review
from clusterweek.organiser.bp import bp
from clusterweek.organiser.views_queue import asked
from clusterweek.registrations import deciding
from clusterweek.registrations.deciding import DecisionForm
from clusterweek.web import guards


@bp.get("/<edition>/queue/several")
@guards.organisers_only
def several(edition: str) -> Any:
    of = edition_or_404(edition)
    return _page("organiser/several.html", of, _waiting(of))


@bp.post("/<edition>/queue/several")
@guards.organisers_only
def check_several(edition: str) -> Any:
    """What was ticked, with its hints, and the button. Changes nothing; hundreds of ticks just do not fit a GET."""
    of = edition_or_404(edition)
    ticked = set(request.form.getlist("activity", type=int))
    chosen = [activity for activity in _waiting(of) if activity.id in ticked]
    if not chosen:
        flash(_("Tick at least one activity."), "danger")
        return redirect(url_for(".several", edition=edition, **asked().args()), 303)
    return _page("organiser/several_check.html", of, chosen)


@bp.post("/<edition>/queue/several/publish")
@guards.organisers_only
def publish_several(edition: str) -> Any:
    """Publish what was looked at, one by one: what somebody has changed or decided meanwhile stays, and is named."""
    of = edition_or_404(edition)
    seen = dict(pair.split(":", 1) for pair in request.form.getlist("activity") if ":" in pair)
    chosen = [activity for activity in _waiting(of) if str(activity.id) in seen]
    count = 0
    for activity in chosen:
        form = DecisionForm(formdata=None, version=seen[str(activity.id)])
        if deciding.carried_out(activity, form, _publish):
            count += 1
        else:
            title = either(activity, "title")[0]
            flash(_("Not published: “%(title)s”. %(reason)s", title=title, reason=form.form_errors[0]), "danger")
    if count:
        flash(ngettext("%(num)s activity is published.", "%(num)s activities are published.", count))
    elif not chosen:
        flash(_("These activities have been decided already."), "danger")
    return redirect(url_for(".queue", edition=edition, **asked().args()), 303)


def _publish(activity: Activity) -> None:
    moderation.publish(activity, by=person(), now=desk().now)


def _waiting(edition: Edition) -> list[Activity]:
    return load.whole(found.id for found in queries.waiting(edition, asked(), desk().sight))


def _page(template: str, edition: Edition, chosen: list[Activity]) -> str:
    return render_template(
        template, edition=edition, entries=review.submissions(chosen, now=desk().now), chosen=asked()
    )
