"""Registrations."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.activities.models import Activity
from clusterweek.db.session import Model
from clusterweek.db.types import Moment

ACTIVE = ("unconfirmed", "confirmed", "waitlisted")
MODES = ("in_person", "online")


class Registration(Model):
    """An attendee's place, or place in line, at one activity.

    unconfirmed: the place is held until `hold_until`; confirmed: the place is theirs; waitlisted: in line
    (moves up only once `confirmed_at` is set); withdrawn: given up; expired: never confirmed.
    """

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("activity_id", "ticket"),
        UniqueConstraint("token_hash"),
        CheckConstraint("status IN ('unconfirmed', 'confirmed', 'waitlisted', 'withdrawn', 'expired')", name="status"),
        CheckConstraint("mode IN ('in_person', 'online')", name="mode"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
        CheckConstraint("status <> 'confirmed' OR confirmed_at IS NOT NULL", name="confirmed"),
        CheckConstraint("status <> 'unconfirmed' OR hold_until IS NOT NULL", name="held"),
        CheckConstraint("status <> 'withdrawn' OR withdrawn_at IS NOT NULL", name="withdrawn"),
        CheckConstraint("status <> 'expired' OR expired_at IS NOT NULL", name="expired"),
        CheckConstraint("ticket > 0", name="ticket"),
        CheckConstraint("generation > 0", name="generation"),
        CheckConstraint("resent_count >= 0", name="resent_count"),
        # One address, one active registration: the double click and the race end here.
        Index(
            "uq_registrations_active",
            "activity_id",
            "email_normalised",
            unique=True,
            sqlite_where=text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
            postgresql_where=text("status IN ('unconfirmed', 'confirmed', 'waitlisted')"),
        ),
        Index("ix_registrations_places", "activity_id", "status", "mode"),
        # What the expiry job asks every minute.
        Index(
            "ix_registrations_hold_until",
            "hold_until",
            sqlite_where=text("hold_until IS NOT NULL"),
            postgresql_where=text("hold_until IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    email_normalised: Mapped[str] = mapped_column(String(254))
    organisation: Mapped[str | None] = mapped_column(String(160))
    access_need: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(2), default="de")
    mode: Mapped[str] = mapped_column(String(10), default="in_person")
    status: Mapped[str] = mapped_column(String(12))
    ticket: Mapped[int]  # order of asking; never used twice. The position in line that people see is computed.
    wants_reminders: Mapped[bool] = mapped_column(default=True)
    # Every link in every letter to this person is derived from it; raising it revokes all of them.
    generation: Mapped[int] = mapped_column(default=1)
    token_hash: Mapped[str | None] = mapped_column(String(64))
    # Of the browser that signed up: it may ask for the letter again and correct the address, nothing else.
    reference_hash: Mapped[str | None] = mapped_column(String(64))
    signed_up_at: Mapped[datetime] = mapped_column(Moment)
    asked_at: Mapped[datetime | None] = mapped_column(Moment)  # when the last letter with the link was posted
    hold_until: Mapped[datetime | None] = mapped_column(Moment)  # None once the address is confirmed
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)  # the address was confirmed (double opt-in)
    placed_at: Mapped[datetime | None] = mapped_column(Moment)  # since when the place is theirs
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    expired_at: Mapped[datetime | None] = mapped_column(Moment)
    checked_in_at: Mapped[datetime | None] = mapped_column(Moment)
    resent_count: Mapped[int] = mapped_column(default=0)  # letters asking for confirmation after the first

    activity: Mapped[Activity] = relationship()

    @property
    def has_only_waited(self) -> bool:
        """Whether it is about a place in line: none of those there are was ever held with it."""
        return self.confirmed_at is not None and self.placed_at is None

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE
