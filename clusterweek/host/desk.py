"""What all pages of the desk share: the blueprint, and finding what belongs to the person."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, request
from flask_login import current_user

from clusterweek.accounts.models import Person
from clusterweek.activities import queries as activities
from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.clusters import queries as clusters
from clusterweek.clusters.models import Cluster
from clusterweek.editions import queries as editions
from clusterweek.editions import rules as edition_rules
from clusterweek.editions.models import Edition

bp = Blueprint("host", __name__, url_prefix="/<lang:lang>/host")


@bp.context_processor
def give_names() -> dict[str, Any]:
    return {"address_part": rules.address_part}


def person() -> Person:
    """Who is logged in, as the object itself: the actions keep it."""
    found: Person = current_user._get_current_object()
    return found


def cluster_or_404(slug: str) -> Cluster:
    """One of the person's own clusters; the office may open any. A foreign one is unknown, not forbidden."""
    return clusters.editable(person(), slug) or abort(404)


def activity_or_404(cluster: Cluster, activity_id: int) -> Activity:
    """An activity that this cluster hosts."""
    return activities.of_cluster_by_id(cluster, activity_id) or abort(404)


def edition_or_404(now: datetime) -> Edition | None:
    """The edition that `?edition=` names, else the current one; None when there is none at all."""
    slug = request.args.get("edition")
    if slug is None:
        return editions.current(now)
    found = editions.by_slug(slug)
    return found if found and found.is_public else abort(404)


def may_enter(edition: Edition, now: datetime) -> bool:
    """Whether this person may enter new activities: until the deadline; the office also after it."""
    if person().has_role("organiser"):
        return edition.state in ("open", "closed")
    return edition_rules.accepts_submissions(edition, now=now)
