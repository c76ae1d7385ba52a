"""Steps of an activity apart from its entries: look at it, withdraw, take up again, cancel, postpone."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for

from clusterweek import clock
from clusterweek.activities import actions, answers, rules
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import unit_of_work
from clusterweek.host.desk import activity_or_404, bp, cluster_or_404, person
from clusterweek.host.forms import CancelForm, PostponeForm
from clusterweek.i18n import gettext as _
from clusterweek.registrations import activity_changes
from clusterweek.registrations.activity_changes import Change
from clusterweek.web import guards
from clusterweek.web.forms import Form


@bp.get("/<cluster>/<int:activity_id>/preview")
@guards.hosts_only
def preview(cluster: str, activity_id: int) -> Any:
    found, activity = _both(cluster, activity_id)
    return render_template(
        "host/preview.html",
        cluster=found,
        activity=activity,
        answers=answers.of(activity),
        answer_by=rules.answer_by(activity),
    )


@bp.post("/<cluster>/<int:activity_id>/withdraw")
@guards.hosts_only
def withdraw(cluster: str, activity_id: int) -> Any:
    found, activity = _both(cluster, activity_id)
    with unit_of_work():
        actions.withdraw(activity, by=person(), now=clock.now())
    flash(_("Withdrawn. You find it at the end of the list and can take it up again."))
    return _to_desk(found, activity)


@bp.post("/<cluster>/<int:activity_id>/take-up")
@guards.hosts_only
def take_up(cluster: str, activity_id: int) -> Any:
    found, activity = _both(cluster, activity_id)
    with unit_of_work():
        actions.take_up_again(activity, by=person(), now=clock.now())
    flash(_("The activity is a draft again."))
    return redirect(url_for(".edit", cluster=found.slug, activity_id=activity.id), 303)


@bp.get("/<cluster>/<int:activity_id>/cancel")
@guards.hosts_only
def cancel(cluster: str, activity_id: int) -> Any:
    return _stop_page("cancel", *_both(cluster, activity_id), CancelForm())


@bp.post("/<cluster>/<int:activity_id>/cancel")
@guards.hosts_only
def cancel_now(cluster: str, activity_id: int) -> Any:
    return _stop("cancel", activity_changes.cancel, *_both(cluster, activity_id), CancelForm())


@bp.get("/<cluster>/<int:activity_id>/postpone")
@guards.hosts_only
def postpone(cluster: str, activity_id: int) -> Any:
    return _stop_page("postpone", *_both(cluster, activity_id), PostponeForm())


@bp.post("/<cluster>/<int:activity_id>/postpone")
@guards.hosts_only
def postpone_now(cluster: str, activity_id: int) -> Any:
    return _stop("postpone", activity_changes.postpone, *_both(cluster, activity_id), PostponeForm())


def _both(cluster: str, activity_id: int) -> tuple[Cluster, Activity]:
    found = cluster_or_404(cluster)
    return found, activity_or_404(found, activity_id)


def _stop(step: str, act: Callable[..., Change], cluster: Cluster, activity: Activity, form: Form) -> Any:
    if not form.validate():
        return _stop_page(step, cluster, activity, form), 422
    with unit_of_work():
        change = act(activity.id, form.data["reason"], by=person(), now=clock.now())
    flash(_("The activity is cancelled.") if step == "cancel" else _("The activity is postponed."))
    for notice in change.notices:
        flash(notice)
    return _to_desk(cluster, activity)


def _stop_page(step: str, cluster: Cluster, activity: Activity, form: Form) -> str:
    return render_template(
        "host/stop.html",
        step=step,
        cluster=cluster,
        activity=activity,
        form=form,
        told=len(activity_changes.told_of_stop(activity, now=clock.now())),
    )


def _to_desk(cluster: Cluster, activity: Activity) -> Any:
    return redirect(url_for(".cluster", cluster=cluster.slug, edition=activity.edition.slug), 303)
