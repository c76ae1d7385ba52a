"""Steps of an activity apart from its entries: look at it, and those of `registrations/steps.py`."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities import answers, rules
from clusterweek.activities.desk import of_cluster_or_404
from clusterweek.activities.models import Activity
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.clusters.models import Cluster
from clusterweek.host.bp import bp
from clusterweek.registrations import steps
from clusterweek.web import guards


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


@bp.get("/<cluster>/<int:activity_id>/<any(cancel,postpone,withdraw,'take-up'):step>")
@guards.hosts_only
def ask_step(cluster: str, activity_id: int, step: str) -> Any:
    """Says what the step means for everybody, and asks for what they will read."""
    found, activity = _both(cluster, activity_id)
    if not steps.possible(activity, (step,)):
        return redirect(_entry(found, activity), 303)
    return _page(found, activity, step, steps.form(step, version=activity.version))


@bp.post("/<cluster>/<int:activity_id>/<any(cancel,postpone,withdraw,'take-up'):step>")
@guards.hosts_only
def take_step(cluster: str, activity_id: int, step: str) -> Any:
    found, activity = _both(cluster, activity_id)
    form = steps.form(step)
    said = steps.taken(step, activity, form, by=person(), now=clock.now())
    if said is None:
        return _page(found, activity, step, form), 422
    for sentence in said:
        flash(sentence)
    if step == "take-up":
        return redirect(_entry(found, activity), 303)
    return redirect(url_for(".cluster", cluster=found.slug, edition=activity.edition.slug), 303)


def _both(cluster: str, activity_id: int) -> tuple[Cluster, Activity]:
    found = cluster_or_404(cluster)
    return found, of_cluster_or_404(found, activity_id)


def _page(cluster: Cluster, activity: Activity, step: str, form: steps.StepForm) -> str:
    return render_template(
        "host/step.html",
        cluster=cluster,
        form=form,
        action=request.path,
        back=_entry(cluster, activity),
        **steps.asked(step, activity, now=clock.now()),
    )


def _entry(cluster: Cluster, activity: Activity) -> str:
    return url_for(".edit", cluster=cluster.slug, activity_id=activity.id)
