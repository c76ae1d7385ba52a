"""Reminder rules, and the note of reminders that came too late to be sent."""

from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Time, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment


class ReminderRule(Model):
    """`days_before` at the local time `at`, or `minutes_before` the start."""

    __tablename__ = "reminder_rules"
    __table_args__ = (
        UniqueConstraint("edition_id", "name"),
        CheckConstraint("(days_before IS NULL) <> (minutes_before IS NULL)", name="when"),
        CheckConstraint("(days_before IS NULL) = (at IS NULL)", name="at"),
        CheckConstraint("days_before > 0", name="days"),
        CheckConstraint("minutes_before > 0", name="minutes"),
        CheckConstraint("audience IN ('all', 'online')", name="audience"),
        # NULL differs from NULL: without it two starts at once would make every default rule twice.
        Index(
            "uq_reminder_rules_general",
            "name",
            unique=True,
            sqlite_where=text("edition_id IS NULL"),
            postgresql_where=text("edition_id IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int | None] = mapped_column(
        ForeignKey("editions.id", ondelete="RESTRICT")
    )  # None: every edition
    name: Mapped[str] = mapped_column(String(40))
    days_before: Mapped[int | None]
    at: Mapped[time | None] = mapped_column(Time)
    minutes_before: Mapped[int | None]
    audience: Mapped[str] = mapped_column(String(10), default="all")  # online: who attends online only
    is_active: Mapped[bool] = mapped_column(default=True)
    planned_until: Mapped[datetime | None] = mapped_column(
        Moment
    )  # moments up to here were posted, or noted as skipped


class SkippedReminder(Model):
    """A reminder whose moment was missed by more than six hours: not sent, but noted."""

    __tablename__ = "skipped_reminders"
    __table_args__ = (UniqueConstraint("rule_id", "occurrence_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("reminder_rules.id", ondelete="RESTRICT"))
    occurrence_id: Mapped[int] = mapped_column(ForeignKey("occurrences.id", ondelete="RESTRICT"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    moment: Mapped[datetime] = mapped_column(Moment)
    noted_at: Mapped[datetime] = mapped_column(Moment)
    people_count: Mapped[int]
