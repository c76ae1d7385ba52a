"""Decisions about registrations, without a database."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _, moment_long
from clusterweek.registrations.models import Registration

HOLD = timedelta(hours=48)
HOLD_ENDS_BEFORE_START = timedelta(hours=2)
NEEDS_KEPT = timedelta(days=7)  # after the activity, as the privacy page says: what support somebody needed
SHORTEST_HOLD = timedelta(minutes=30)  # enough to reach one's mailbox
# How long after the end of the activity a registration is kept, and its link opens: whoever had a place may need to
# show it for a while; whoever waited, left, or never confirmed has nothing to come back for.
KEPT_WITH_PLACE = timedelta(days=90)
KEPT_WITHOUT_PLACE = timedelta(days=14)


@dataclass(frozen=True)
class ModePlaces:
    """Places of one way of attending. `limit` None: as many as come. `free` is never negative: a capacity may have
    been lowered below the places given."""

    limit: int | None
    taken: int = 0
    waiting: int = 0

    @property
    def free(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.taken)

    @property
    def over(self) -> int:
        """How many have a place beyond the limit."""
        return 0 if self.limit is None else max(0, self.taken - self.limit)


@dataclass(frozen=True)
class Places:
    """Places of an activity, all ways of attending together and (`by_mode`) apart."""

    by_mode: dict[str, ModePlaces] = field(default_factory=dict)

    @property
    def limit(self) -> int | None:
        limits = [mode.limit for mode in self.by_mode.values()]
        return None if None in limits else sum(limit or 0 for limit in limits)

    @property
    def taken(self) -> int:
        return sum(mode.taken for mode in self.by_mode.values())

    @property
    def free(self) -> int | None:
        free = [mode.free for mode in self.by_mode.values()]
        return None if None in free else sum(count or 0 for count in free)

    @property
    def over(self) -> int:
        return sum(mode.over for mode in self.by_mode.values())

    @property
    def waiting(self) -> int:
        return sum(mode.waiting for mode in self.by_mode.values())


def modes_of(activity: Activity) -> tuple[str, ...]:
    """The ways in which one can attend."""
    return ("in_person", "online") if activity.mode == "hybrid" else (activity.mode,)


def limit_of(activity: Activity, mode: str) -> int | None:
    """How many places there are for one way of attending; None: as many as come."""
    if mode == "in_person":
        return activity.capacity
    if activity.mode == "hybrid" or activity.capacity_online is not None:
        return activity.capacity_online
    return activity.capacity  # online only: whichever of the two numbers was entered


def next_start(activity: Activity, now: datetime) -> datetime | None:
    """When the next of its dates begins; None when none is ahead."""
    return min((one.starts_at for one in activity.occurrences if one.starts_at > now), default=None)


def may_promote(activity: Activity, now: datetime) -> bool:
    """Whether a free place can still go to the next person in line; by itself only before the lead time."""
    return activity.is_published and activity.takes_place and next_start(activity, now) is not None


def is_within(activity: Activity, lead: timedelta, now: datetime) -> bool:
    """Whether the next of its dates begins within `lead`."""
    start = next_start(activity, now)
    return start is not None and start - now <= lead


def hold_until(*, now: datetime, closes_at: datetime | None, starts_at: datetime | None) -> datetime:
    """Until when a place is held for somebody who has not confirmed: 48 hours, the end of sign-up or 2 hours before
    the start, whichever comes first, but never under 30 minutes."""
    ends = [now + HOLD]
    if closes_at:
        ends.append(closes_at)
    if starts_at:
        ends.append(starts_at - HOLD_ENDS_BEFORE_START)
    return max(min(ends), now + SHORTEST_HOLD)


def why_not_happening(activity: Activity) -> str | None:
    """The sentence that says why nobody can come, now or for now; None when it takes place."""
    if not activity.is_published:
        return _("This activity is not in the programme.")
    if activity.takes_place:
        return None
    return {
        "cancelled": _("This activity has been cancelled."),
        "postponed": _("This activity has been postponed. The new date is not fixed yet."),
        "held": _("This activity has already taken place."),
    }[activity.happening]


def why_closed(activity: Activity, now: datetime) -> str | None:
    """The sentence that says why people cannot sign up here; None when they can."""
    if sentence := why_not_happening(activity):
        return sentence
    if activity.registration_mode == "external":
        return _("People register for this activity on a page of its host.")
    if activity.access == "invitation":
        return _("This activity is by invitation only. Please ask its host.")
    if activity.registration_mode == "none":
        return _("No registration is needed. Simply come along.")
    closes_at = activity_rules.sign_up_closes_at(activity)
    if closes_at is None:
        return _("The date of this activity is still open.")
    if next_start(activity, now) is None:
        return _("This activity has already begun.")
    if closes_at <= now:
        return _("Registration closed on %(moment)s.", moment=moment_long(closes_at, activity.edition.timezone))
    if not activity_rules.is_sign_up_open(activity, now):
        return _("Registration for this activity is closed.")
    return None


def is_over(activity: Activity, now: datetime) -> bool:
    """Whether its last date has passed; an activity without a date is not over."""
    return bool(activity.occurrences) and max(one.ends_at for one in activity.occurrences) <= now


def forgotten_at(registration: Registration) -> datetime:
    """From when on a registration counts as forgotten, whether its row is still there or not: 90 days after the end of
    the last date for who has a place, 14 for everybody else.

    A cancelled activity ends when it would have ended. Without a date (postponed) it is the end of the edition's last
    day: a new date moves the moment, also back into the future.
    """
    activity = registration.activity
    ends_at = max((one.ends_at for one in activity.occurrences), default=None)
    if ends_at is None:
        day_after = activity.edition.ends_on + timedelta(days=1)
        ends_at = datetime.combine(day_after, time.min, ZoneInfo(activity.edition.timezone)).astimezone(UTC)
    return ends_at + (KEPT_WITH_PLACE if registration.status == "confirmed" else KEPT_WITHOUT_PLACE)
