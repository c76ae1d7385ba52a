"""Reading what reminders need."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.outbox.models import Letter
from clusterweek.registrations import rules as registration_rules
from clusterweek.registrations.models import Registration
from clusterweek.reminders.models import ReminderRule, SkippedReminder


def active_rules() -> list[ReminderRule]:
    """In the order in which they remind."""
    rules = db.session.scalars(select(ReminderRule).where(ReminderRule.is_active))
    return sorted(rules, key=lambda rule: (-(rule.days_before or 0), -(rule.minutes_before or 0), rule.id))


def has_rules() -> bool:
    return db.session.scalar(select(ReminderRule.id).limit(1)) is not None


def upcoming(now: datetime, lead: timedelta) -> list[Occurrence]:
    """Dates still ahead that begin within `lead`, of activities that take place and take registrations here."""
    return list(
        db.session.scalars(
            select(Occurrence)
            .join(Occurrence.activity)
            .where(
                Occurrence.starts_at > now,
                Occurrence.starts_at <= now + lead,
                Occurrence.removed_at.is_(None),
                Activity.review_status == "published",
                Activity.happening.in_(registration_rules.TAKES_PLACE),
                Activity.registration_mode == "internal",
            )
            .options(joinedload(Occurrence.activity))
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
    )


def key_prefix(registration: str, rule: ReminderRule, occurrence: Occurrence) -> str:
    """The key names the occasion, the start with it: a moved date is another occasion, moved back it is the old one."""
    return f"reminder:{registration}:{rule.id}:{occurrence.id}:{int(occurrence.starts_at.timestamp())}"


def key_of(rule: ReminderRule, occurrence: Occurrence) -> ColumnElement[str]:
    """The key of the letter, reckoned by the database from the registration's id."""
    before, after = key_prefix("\0", rule, occurrence).split("\0")
    return literal(before, String) + cast(Registration.id, String) + literal(after, String)


def to_remind(rule: ReminderRule, occurrence: Occurrence, moment: datetime) -> Select[Any]:
    """Ids of the registrations that `rule` reminds: who had the place at that moment and still has it."""
    wanted = select(Registration.id).where(
        Registration.activity_id == occurrence.activity_id,
        Registration.status == "confirmed",
        Registration.wants_reminders,
        # Who got the place later knows of it fresh from the confirmation.
        or_(Registration.placed_at.is_(None), Registration.placed_at <= moment),
    )
    return wanted.where(Registration.mode == "online") if rule.audience == "online" else wanted


def without_letter(rule: ReminderRule, occurrence: Occurrence, moment: datetime) -> Select[Any]:
    """Those among them for whom no letter lies in the outbox, or only one that was withdrawn."""
    letter = select(Letter.id).where(Letter.key == key_of(rule, occurrence), Letter.state != "withdrawn")
    return to_remind(rule, occurrence, moment).where(~letter.exists())


def is_noted(rule: ReminderRule, occurrence: Occurrence) -> bool:
    """Whether it is noted already that this reminder of this date was skipped."""
    return anybody(
        select(SkippedReminder.id).where(
            SkippedReminder.rule_id == rule.id,
            SkippedReminder.occurrence_id == occurrence.id,
            SkippedReminder.starts_at == occurrence.starts_at,
        )
    )


def count(wanted: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def anybody(wanted: Select[Any]) -> bool:
    return db.session.scalar(wanted.limit(1)) is not None
