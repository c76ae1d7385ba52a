"""Changes of an activity that concern its attendees: the only caller of `update`, `cancel` and `postpone` next door.

Whoever changes an activity (a host, the office, an import) goes through here. In the same transaction the next
people move up, and everybody who has signed up is told by letter.
"""

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from clusterweek.accounts.models import Person
from clusterweek.activities import actions as activities, where
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.registrations import actions, posting, queries, shadows
from clusterweek.registrations.models import Registration


@dataclass(frozen=True)
class Change(activities.Change):
    """What was changed, and what it meant for the attendees."""

    promoted_count: int = 0
    told_count: int = 0  # people who get a letter about the change
    overbooked: dict[str, tuple[int, int]] = field(default_factory=dict)  # mode -> (places given, places there are)

    @property
    def notices(self) -> list[str]:
        """What the person who saved should know, in sentences."""
        found = [
            _(
                "%(given)s places have been given already, but there are only %(limit)s now. "
                "Everybody keeps their place; nobody moves up until enough places have been given up.",
                given=given,
                limit=limit,
            )
            for given, limit in self.overbooked.values()
        ]
        if self.promoted_count:
            found.append(
                ngettext(
                    "%(num)s person moves up from the waiting list and is told by mail.",
                    "%(num)s people move up from the waiting list and are told by mail.",
                    self.promoted_count,
                )
            )
        if self.told_count:
            found.append(
                ngettext(
                    "%(num)s registered person is told by mail.",
                    "%(num)s registered people are told by mail.",
                    self.told_count,
                )
            )
        return found


def update(
    activity_id: int, values: dict[str, Any], *, by: Person | None, now: datetime, version: int | None = None
) -> Change:
    """Take over new values (as `activities.actions.update` says). More places: the next in line move up. Fewer places
    than were given: everybody keeps theirs, and `overbooked` says so. Another date, venue, online room or way of
    attending: whom it concerns gets a letter."""
    activity = actions.locked(activity_id)
    was_postponed = activity.is_postponed
    change = activities.update(activity, values, by=by, now=now, version=version)
    if not change.fields or activity.published_at is None:
        return _with(change)
    switched = set()
    if "mode" in change.fields and activity.mode != "hybrid":
        for one in _active(activity):
            if one.mode != activity.mode:
                one.mode = activity.mode
                switched.add(one.id)
        shadows.follow(activity)
    promoted, counted = actions.settle(activity, now=now)
    told = _tell(activity, change, switched, {one.id for one in promoted}, was_postponed, now=now)
    overbooked = {}
    if change.fields & {"capacity", "capacity_online", "mode"}:
        for mode, places in counted.by_mode.items():
            if places.limit is not None and places.taken > places.limit:
                overbooked[mode] = (places.taken, places.limit)
    return _with(change, promoted_count=len(promoted), told_count=told, overbooked=overbooked)


def cancel(activity_id: int, reason: str | None, *, by: Person | None, now: datetime) -> Change:
    """Cancel a public activity; everybody who has signed up is told, and it leaves their calendars."""
    return _stop("activity_cancelled", activity_id, reason, by=by, now=now)


def postpone(activity_id: int, reason: str | None = None, *, by: Person | None, now: datetime) -> Change:
    """Postpone a public activity until a new date is known. Registrations stay, and everybody is told."""
    return _stop("activity_postponed", activity_id, reason, by=by, now=now)


def told_of_stop(activity: Activity, *, now: datetime) -> list[Registration]:
    """Who is written to when a public activity is cancelled or postponed; nobody once it is over."""
    dates = activity.occurrences  # what was postponed has none any more, and people wait for one
    return _reachable(activity) if not dates or _is_ahead(dates, now) else []


def _stop(kind: str, activity_id: int, reason: str | None, *, by: Person | None, now: datetime) -> Change:
    activity = actions.locked(activity_id)
    dates, people = list(activity.occurrences), told_of_stop(activity, now=now)
    step = activities.cancel if kind == "activity_cancelled" else activities.postpone
    change = step(activity, reason, by=by, now=now)
    posting.activity_changed(kind, people, occasion=str(activity.version), now=now, dates=_ids(dates))
    return _with(change, told_count=len(people))


def _tell(
    activity: Activity,
    change: activities.Change,
    switched: set[int],
    promoted: set[int],
    was_postponed: bool,
    *,
    now: datetime,
) -> int:
    """Post the letters about other dates and places (also the first ones after it `was_postponed`), and to those whose
    way of attending was `switched`; says to how many. Who just moved up learns it from that letter."""
    if not activity.takes_place:
        return 0
    before = [old for _one, old, _end in change.moved]
    retimed = [one for one, _start, _end in change.moved] + change.added + change.removed
    concerns_all = _is_ahead(retimed, now) or any(old > now for old in before)
    concerned = {  # nobody travels to an online room, and who comes needs no link
        "in_person": concerns_all or _is_ahead(change.relocated, now),
        "online": concerns_all or _is_ahead(change.relinked, now),
    }
    if not _is_ahead(activity.occurrences, now):
        switched = set()
    people = [
        one for one in _reachable(activity) if one.id not in promoted and (concerned[one.mode] or one.id in switched)
    ]
    for is_switched in (False, True):
        posting.activity_changed(
            "activity_moved",
            [one for one in people if (one.id in switched) is is_switched],
            occasion=str(activity.version),
            now=now,
            switched=int(is_switched),
            postponed=int(was_postponed),
            moved=",".join(f"{one.id}:{int(old.timestamp())}:{int(end.timestamp())}" for one, old, end in change.moved),
            places=json.dumps({number: where.address_of(**venue) for number, venue in change.places_before.items()}),
            before=json.dumps(change.before),
            relocated=_ids(change.relocated),
            relinked=_ids(change.relinked),
            added=_ids(change.added),
            removed=_ids(change.removed),
        )
    if len(change.removed) == 1 and len(activity.occurrences) == len(change.added):
        # The only date was replaced by another: that one is a new entry in calendars, so the old one must leave them.
        placed = [one for one in people if one.status == "confirmed"]
        posting.activity_changed(
            "date_removed", placed, occasion=str(activity.version), now=now, dates=_ids(change.removed)
        )
    return len(people)


def _is_ahead(dates: list[Occurrence], now: datetime) -> bool:
    return any(one.ends_at > now for one in dates)


def _ids(dates: list[Occurrence]) -> str:
    return ",".join(str(one.id) for one in dates)


def _active(activity: Activity) -> list[Registration]:
    return [one for one in queries.of_activity(activity) if one.is_active]


def _reachable(activity: Activity) -> list[Registration]:
    """Who is written to: those whose address is confirmed; a stranger's mistyped one gets no news."""
    return [one for one in _active(activity) if one.confirmed_at]


def _with(change: activities.Change, **more: Any) -> Change:
    return Change(**{one.name: getattr(change, one.name) for one in fields(activities.Change)}, **more)
