"""The list of an activity's attendees, as the desk of its cluster and the office's show it."""

from datetime import datetime
from typing import Any

from clusterweek.activities.models import Activity
from clusterweek.registrations import lead_time, queries


def of(activity: Activity, *, now: datetime) -> dict[str, Any]:
    """What `registrations/attendees.html` draws: who has a place, who waits and at which number, who is given a place
    when they confirm; how many are gone (who they were is nobody's business any more); for which ways of attending a
    free place can be given by hand; whether many come from one network."""
    everybody = queries.of_activity(activity)
    places = queries.places([activity])[activity.id]
    return {
        "activity": activity,
        "places": places,
        "to_give": lead_time.to_give(activity, places, now=now),
        "placed": [one for one in everybody if one.status in queries.PLACED],
        "waiting": [one for one in everybody if one.status == "waitlisted" and not one.is_unheld],
        "unheld": [one for one in everybody if one.is_unheld],
        "crowd": queries.crowd(activity),
        "numbers": queries.positions(activity.id),
        "gone_count": sum(not one.is_active for one in everybody),
    }
