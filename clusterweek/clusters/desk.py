"""Finding the cluster at whose desk somebody works."""

from flask import abort

from clusterweek.accounts.login import person
from clusterweek.clusters import queries
from clusterweek.clusters.models import Cluster


def cluster_or_404(slug: str) -> Cluster:
    """One of the person's own clusters; the office may open any. A foreign one is unknown, not forbidden."""
    return queries.editable(person(), slug) or abort(404)
