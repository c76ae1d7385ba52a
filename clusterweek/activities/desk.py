"""Which activities somebody finds at the desks: at a cluster's its own, at the office's those that they may see."""

from flask import abort
from sqlalchemy import ColumnElement, or_, select, true

from clusterweek.activities import queries
from clusterweek.activities.models import Activity, ActivityCountry, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.office import desk
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition


def of_cluster_or_404(cluster: Cluster, activity_id: int) -> Activity:
    """An activity that this cluster hosts."""
    return queries.of_cluster_by_id(cluster, activity_id) or abort(404)


def of_edition_or_404(edition: Edition, activity_id: int) -> Activity:
    """An activity of this edition that the person may see."""
    wanted = select(Activity.id).where(
        Activity.id == activity_id, Activity.edition_id == edition.id, seen(desk().sight)
    )
    if db.session.scalar(wanted) is None:
        abort(404)
    return queries.get(activity_id) or abort(404)


def seen(sight: Sight) -> ColumnElement[bool]:
    """Condition on Activity: hosted by a cluster of these Länder, held there, or with partners from these countries;
    and published, for whoever sees nothing else."""
    is_ready = Activity.review_status == "published" if sight.is_published_only else true()
    if sight.is_whole:
        return is_ready
    return is_ready & or_(
        Activity.host_cluster_id.in_(select(Cluster.id).where(Cluster.land.in_(sight.laender))),
        Activity.id.in_(
            select(Occurrence.activity_id).where(
                Occurrence.venue_land.in_(sight.laender), Occurrence.removed_at.is_(None)
            )
        ),
        Activity.id.in_(select(ActivityCountry.activity_id).where(ActivityCountry.country.in_(sight.countries))),
    )
