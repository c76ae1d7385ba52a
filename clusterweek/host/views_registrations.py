"""Who has signed up for an activity of the cluster: on a page, and as a table to keep."""

from typing import Any

from flask import render_template, url_for

from clusterweek.clusters import queries as clusters
from clusterweek.host.desk import activity_or_404, bp, cluster_or_404, person
from clusterweek.registrations import attendees, table
from clusterweek.web import downloads, guards


@bp.get("/<cluster>/<int:activity_id>/registrations")
@guards.hosts_only
def registrations(cluster: str, activity_id: int) -> Any:
    found = cluster_or_404(cluster)
    activity = activity_or_404(found, activity_id)
    return render_template(
        "host/registrations.html",
        cluster=found,
        **attendees.of(activity),
        files={
            kind: url_for(".registrations_file", cluster=cluster, activity_id=activity_id, kind=kind)
            for kind in table.FORMATS
        },
        # May tell of somebody's health; whoever signs up is promised that the host alone reads it, not the office.
        shows_needs=clusters.membership(found, person().id) is not None,
    )


@bp.get("/<cluster>/<int:activity_id>/registrations.<any(csv, xlsx):kind>")
@guards.hosts_only
def registrations_file(cluster: str, activity_id: int, kind: str) -> Any:
    activity = activity_or_404(cluster_or_404(cluster), activity_id)
    return downloads.attachment(
        table.make(kind, activity), filename=f"registrations-{activity.id}.{kind}", mimetype=table.FORMATS[kind]
    )
