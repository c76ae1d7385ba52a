"""Reading what reminders need."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, or_, select
from sqlalchemy.orm import joinedload

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.outbox.models import Letter
from clusterweek.registrations.models import Registration
from clusterweek.reminders.models import ReminderRule, SkippedReminder
from clusterweek.reminders.rules import Due


def active_rules() -> list[ReminderRule]:
    """In the order in which they remind."""
    rules = db.session.scalars(select(ReminderRule).where(ReminderRule.is_active))
    return sorted(rules, key=lambda rule: (-(rule.days_before or 0), -(rule.minutes_before or 0), rule.id))


def has_rules() -> bool:
    return db.session.scalar(select(ReminderRule.id).limit(1)) is not None


def upcoming(now: datetime, lead: timedelta) -> list[Occurrence]:
    """Dates still ahead that begin within `lead`, of activities that take place.

    Whoever has a place is reminded, also where people do not register here any more.
    """
    return list(
        db.session.scalars(
            select(Occurrence)
            .join(Occurrence.activity)
            .where(
                Occurrence.starts_at > now,
                Occurrence.starts_at <= now + lead,
                Occurrence.removed_at.is_(None),
                Activity.review_status == "published",
                Activity.takes_place,
            )
            .options(joinedload(Occurrence.activity))
            .order_by(Occurrence.starts_at, Occurrence.id)
        )
    )


def to_remind(due: Due) -> Select[Any]:
    """Ids of the registrations that are reminded: who had the place at that moment and still has it."""
    wanted = select(Registration.id).where(
        Registration.activity_id == due.activity_id,
        Registration.status == "confirmed",
        Registration.wants_reminders,
        # Who got the place later knows of it fresh from the confirmation.
        or_(Registration.placed_at.is_(None), Registration.placed_at <= due.moment),
    )
    return wanted.where(Registration.mode == "online") if due.audience == "online" else wanted


def without_letter(due: Due) -> Select[Any]:
    """Those among them for whom no letter lies in the outbox, or only one that was withdrawn."""
    letter = select(Letter.id).where(Letter.key == key_of(due), Letter.state != "withdrawn")
    return to_remind(due).where(~letter.exists())


def key_of(due: Due) -> ColumnElement[str]:
    """The key of the letter, put together by the database."""
    before, after = due.key("\0").split("\0")
    return literal(before, String) + cast(Registration.id, String) + literal(after, String)


def noted() -> set[tuple[int, int, datetime]]:
    """(rule, occurrence, start) of the skipped reminders that are noted already."""
    rows = db.session.execute(select(SkippedReminder.rule_id, SkippedReminder.occurrence_id, SkippedReminder.starts_at))
    return {(rule_id, occurrence_id, starts_at) for rule_id, occurrence_id, starts_at in rows}


def count(wanted: Select[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def anybody(wanted: Select[Any]) -> bool:
    return db.session.scalar(wanted.limit(1)) is not None
