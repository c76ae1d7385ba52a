"""The last hours before the start, in which nobody moves up by itself: who hears of a place then may be too late.

A free place is kept for those who wait, newcomers included, and the host gives it to the next in line by hand.
"""

from datetime import datetime, timedelta

from flask import current_app

from clusterweek import clock
from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.registrations import queries, rules


def minutes(mode: str) -> int:
    """How long before the start it begins, for one way of attending."""
    value: int = current_app.config[f"PROMOTION_LEAD_{mode.upper()}"]
    return value


def is_now(activity: Activity, mode: str, *, now: datetime) -> bool:
    """Whether the next start is so near that nobody moves up by itself."""
    return rules.is_within(activity, timedelta(minutes=minutes(mode)), now)


def has_line(activity: Activity, mode: str, *, now: datetime) -> bool:
    """Whether a place that is free now is kept for somebody who waits."""
    return is_now(activity, mode, now=now) and bool(queries.next_in_line(activity.id, mode, 1))


def to_give(activity: Activity, places: rules.Places, *, now: datetime) -> list[str]:
    """The ways of attending in which the host may give a free place to the next in line."""
    if not rules.may_promote(activity, now):
        return []
    return [mode for mode, one in places.by_mode.items() if one.free != 0 and has_line(activity, mode, now=now)]


def sentences(activity: Activity, mode: str) -> str:
    """What those who wait should know now: how they get a place, and from when nobody moves up by itself."""
    modes = ("in_person", "online") if mode == "hybrid" else (mode,)
    now = clock.now()
    if all(is_now(activity, one, now=now) for one in modes):
        return _(
            "This close to the start nobody moves up automatically. The host may still give an available place to the "
            "next person on the waiting list; if it is your turn, we will e-mail you."
        )
    said = [
        _(
            "As soon as a place is given up, it goes to the next person in line. We will e-mail you when a place is "
            "yours. Nothing to do until then."
        )
    ]
    if length := mode != "hybrid" and minutes(mode):
        said.append(
            _(
                "From %(duration)s before the start nobody moves up automatically; the host may then give an available "
                "place to the next person on the waiting list.",
                duration=duration(length),
            )
        )
    return " ".join(said)


def duration(length: int) -> str:
    """ "3 hours", "90 minutes"."""
    if length % 60 == 0:
        return ngettext("%(num)s hour", "%(num)s hours", length // 60)
    return ngettext("%(num)s minute", "%(num)s minutes", length)
