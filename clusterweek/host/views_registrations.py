"""Who has signed up for an activity of the cluster: on a page, and as a table to keep."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities.desk import of_cluster_or_404
from clusterweek.clusters import queries as clusters
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.db.session import unit_of_work
from clusterweek.host.bp import bp
from clusterweek.i18n import gettext as _
from clusterweek.registrations import actions, attendees, table
from clusterweek.traces import log as traces
from clusterweek.web import downloads, guards


@bp.get("/<cluster>/<int:activity_id>/registrations")
@guards.hosts_only
def registrations(cluster: str, activity_id: int) -> Any:
    found = cluster_or_404(cluster)
    activity = of_cluster_or_404(found, activity_id)
    traces.note_apart("attendees_read", by=person(), subject=("activity", activity.id), now=clock.now())
    return render_template(
        "host/registrations.html",
        cluster=found,
        **attendees.of(activity, now=clock.now()),
        give_address=url_for(".give_to_next", cluster=cluster, activity_id=activity_id),
        files={
            kind: url_for(".registrations_file", cluster=cluster, activity_id=activity_id, kind=kind)
            for kind in table.FORMATS
        },
        # May tell of somebody's health; whoever signs up is promised that the host alone reads it, not the office.
        shows_needs=clusters.membership(found, person().id) is not None,
    )


@bp.post("/<cluster>/<int:activity_id>/registrations/next")
@guards.hosts_only
def give_to_next(cluster: str, activity_id: int) -> Any:
    activity = of_cluster_or_404(cluster_or_404(cluster), activity_id)
    with unit_of_work():
        given = actions.give_to_next(activity.id, request.form.get("mode", ""), by=person(), now=clock.now())
    flash(_("%(name)s now has the place and is told by mail.", name=given.name))
    return redirect(url_for(".registrations", cluster=cluster, activity_id=activity_id), 303)


@bp.get("/<cluster>/<int:activity_id>/registrations.<any(csv, xlsx):kind>")
@guards.hosts_only
def registrations_file(cluster: str, activity_id: int, kind: str) -> Any:
    activity = of_cluster_or_404(cluster_or_404(cluster), activity_id)
    traces.note_apart("attendees_exported", by=person(), subject=("activity", activity.id), now=clock.now())
    return downloads.attachment(
        table.make(kind, activity), filename=f"registrations-{activity.id}.{kind}", mimetype=table.FORMATS[kind]
    )
