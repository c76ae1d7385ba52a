"""The letters of this room: to the members of the host cluster, about their activity."""

from datetime import datetime

from clusterweek.activities import queries
from clusterweek.activities.models import Activity
from clusterweek.outbox import post


def to_cluster(kind: str, activity: Activity, *, now: datetime) -> None:
    """Post a letter of `kind` to everybody who runs the host cluster, in their language."""
    for person in queries.people_of_host(activity):
        post.queue(
            kind,
            key=f"{kind}:{activity.id}:{person.id}:{int(now.timestamp())}",
            language=person.language,
            now=now,
            activity_id=activity.id,
            person_id=person.id,
        )
