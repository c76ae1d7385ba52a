"""Who has signed up for an activity of the cluster: on a page, and as a table to keep."""

from collections import Counter
from typing import Any

from flask import render_template

from clusterweek.host.desk import activity_or_404, bp, cluster_or_404
from clusterweek.registrations import queries, table
from clusterweek.registrations.models import Registration
from clusterweek.web import downloads, guards


@bp.get("/<cluster>/<int:activity_id>/registrations")
@guards.hosts_only
def registrations(cluster: str, activity_id: int) -> Any:
    found = cluster_or_404(cluster)
    activity = activity_or_404(found, activity_id)
    everybody = queries.of_activity(activity)
    waiting = [one for one in everybody if one.status == "waitlisted"]
    return render_template(
        "host/registrations.html",
        cluster=found,
        activity=activity,
        places=queries.places([activity])[activity.id],
        placed=[one for one in everybody if one.status in queries.PLACED],
        waiting=waiting,
        numbers=_in_line(waiting),
        gone=[one for one in everybody if not one.is_active],
    )


@bp.get("/<cluster>/<int:activity_id>/registrations.<any(csv, xlsx):kind>")
@guards.hosts_only
def registrations_file(cluster: str, activity_id: int, kind: str) -> Any:
    activity = activity_or_404(cluster_or_404(cluster), activity_id)
    return downloads.attachment(
        table.make(kind, activity), filename=f"registrations-{activity.id}.{kind}", mimetype=table.FORMATS[kind]
    )


def _in_line(waiting: list[Registration]) -> dict[int, int]:
    """The present places in line by registration id; a hybrid activity has one line on site and one online."""
    lines: Counter[str] = Counter()
    numbers = {}
    for one in waiting:
        lines[one.mode] += 1
        numbers[one.id] = lines[one.mode]
    return numbers
