"""When a reminder is due, without a database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.reminders.models import ReminderRule

LATEST = timedelta(hours=6)  # after an outage: better none than one that is half a day late
MORE_THAN_A_DAY = timedelta(hours=26)  # a day before, at any time of day, in any zone, across a change of clocks


@dataclass(frozen=True)
class Due:
    """One rule and one date whose moment has come."""

    rule_id: int
    audience: str
    occurrence_id: int
    activity_id: int
    starts_at: datetime
    moment: datetime

    def key(self, registration: int | str) -> str:
        """Names the occasion, the start with it: a moved date is another occasion; moved back it is the old one."""
        return f"reminder:{registration}:{self.rule_id}:{self.occurrence_id}:{int(self.starts_at.timestamp())}"


def due(rule: ReminderRule, occurrence: Occurrence, now: datetime) -> Due | None:
    """The reminder whose moment has come, however long ago; None when it has not, or never does."""
    moment = moment_of(rule, occurrence)
    if moment is None or moment > now:
        return None
    return Due(rule.id, rule.audience, occurrence.id, occurrence.activity_id, occurrence.starts_at, moment)


def moment_of(rule: ReminderRule, occurrence: Occurrence) -> datetime | None:
    """When `rule` reminds of `occurrence`, in UTC. None when it never does: an hour before the start of a whole day
    would be eleven at night."""
    if rule.minutes_before is not None:
        return None if occurrence.is_all_day else occurrence.starts_at - timedelta(minutes=rule.minutes_before)
    assert rule.days_before is not None
    assert rule.at is not None
    # Days are taken off the wall clock, never 24 hours: between the two the clocks may change.
    day = occurrence.starts_local.date() - timedelta(days=rule.days_before)
    return datetime.combine(day, rule.at, ZoneInfo(occurrence.timezone)).astimezone(UTC)


def longest_lead(rule: ReminderRule) -> timedelta:
    """No moment of the rule lies longer than this before the start."""
    if rule.minutes_before is not None:
        return timedelta(minutes=rule.minutes_before)
    return timedelta(days=rule.days_before or 0) + MORE_THAN_A_DAY


def is_of_edition(rule: ReminderRule, activity: Activity) -> bool:
    return rule.edition_id is None or rule.edition_id == activity.edition_id


def concerns(rule: ReminderRule, activity: Activity, mode: str) -> bool:
    """Whether people who attend in this way are reminded by the rule."""
    return is_of_edition(rule, activity) and (rule.audience == "all" or mode == "online")


def is_late(moment: datetime, now: datetime) -> bool:
    return now - moment > LATEST
