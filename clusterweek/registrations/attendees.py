"""The list of an activity's attendees, as the desk of its cluster and the office's show it."""

from typing import Any

from clusterweek.activities.models import Activity
from clusterweek.registrations import queries


def of(activity: Activity) -> dict[str, Any]:
    """What `registrations/attendees.html` draws: who has a place, who waits and at which number, who is gone."""
    everybody = queries.of_activity(activity)
    return {
        "activity": activity,
        "places": queries.places([activity])[activity.id],
        "placed": [one for one in everybody if one.status in queries.PLACED],
        "waiting": [one for one in everybody if one.status == "waitlisted"],
        "numbers": queries.positions(activity.id),
        "gone": [one for one in everybody if not one.is_active],
    }
