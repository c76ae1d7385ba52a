"""All addresses of the desk, hung on one blueprint."""

from clusterweek.organiser import (
    views_activities,
    views_clusters,
    views_editions,
    views_export,
    views_letters,
    views_overview,
    views_people,
    views_queue,
    views_security,
    views_several,
    views_table,
)
from clusterweek.organiser.frame import bp

__all__ = [
    "bp",
    "views_activities",
    "views_clusters",
    "views_editions",
    "views_export",
    "views_letters",
    "views_overview",
    "views_people",
    "views_queue",
    "views_security",
    "views_several",
    "views_table",
]
