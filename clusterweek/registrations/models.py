"""Registrations."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clusterweek.activities.models import Activity
from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of

ACTIVE = ("unconfirmed", "confirmed", "waitlisted")
MODES = ("in_person", "online")
HELD, WAITING, UNHELD = "held", "waiting", "unheld"  # what a try to sign up is told, see holds.py


class Registration(Model):
    """An attendee's place, or place in line, at one activity.

    unconfirmed: the place is held until `hold_until`; confirmed: the place is theirs; waitlisted: in line
    (moves up only once `confirmed_at` is set); withdrawn: given up; expired: never confirmed.
    waitlisted and `is_unheld`: too many unconfirmed ones come from the same network, so no place is held; it is in no
    line, and given a place when it is confirmed, while there are any.
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
        # All that counting places reads, so that it need not look at the rows.
        Index("ix_registrations_places", "activity_id", "status", "mode", "is_unheld", "shown_as"),
        # How many unconfirmed ones come from one network.
        Index(
            "ix_registrations_network",
            "activity_id",
            "network_hash",
            sqlite_where=text("network_hash IS NOT NULL"),
            postgresql_where=text("network_hash IS NOT NULL"),
        ),
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
    # The attendee's own words, perhaps about their health: only while it is active, and a week after the activity.
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
    # Keyed hash of where it was sent from, made for this activity alone; until it is confirmed or has ended.
    network_hash: Mapped[str | None] = mapped_column(String(64))
    is_unheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    # Where the public numbers count it, if not by its status: "waiting" though it has a place, "held" though it waits.
    # They count shadows too, and go on as if these were people; see shadows.py.
    shown_as: Mapped[str | None] = mapped_column(String(8))

    activity: Mapped[Activity] = relationship()

    @property
    def has_only_waited(self) -> bool:
        """Whether it is about a place in line: none of those there are was ever held with it."""
        return self.confirmed_at is not None and self.placed_at is None

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def is_told_to_wait(self) -> bool:
        """Whether pages and letters said that all places were taken when it was sent."""
        return not self.is_unheld and (self.status == "waitlisted" or self.shown_as == WAITING)

    def stop_holding(self) -> None:
        """Nothing is held until a certain time any more: it was confirmed, or has ended. Where it came from is nobody's
        business then."""
        self.hold_until = None
        self.network_hash = None
        self.is_unheld = False


class Shadow(Model):
    """A try to sign up with an address that was registered already: for as long as a place would be held for somebody
    new, the public numbers count it as they would count a new one. Nobody else does: no place is lost to it.

    Holds no address and no network. The minute job forgets it when `until` is over.
    """

    __tablename__ = "shadows"
    __table_args__ = (
        # A second try from the same network adds nothing, as that of a new one adds nothing.
        UniqueConstraint("activity_id", "email_hash", "network_hash"),
        CheckConstraint(one_of("status", (HELD, WAITING, UNHELD)), name="status"),
        CheckConstraint(one_of("mode", MODES), name="mode"),
        Index("ix_shadows_places", "activity_id", "mode", "status", "is_counted"),
        Index("ix_shadows_until", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_id: Mapped[int] = mapped_column(ForeignKey("activities.id", ondelete="RESTRICT"))
    mode: Mapped[str] = mapped_column(String(10))
    status: Mapped[str] = mapped_column(String(8))  # what the page after it said; "unheld" counts nowhere
    # False: one that was counted already, as a registration; kept so that trying again adds nothing either.
    is_counted: Mapped[bool] = mapped_column(default=True)
    # Keyed hashes, made for this activity alone: of the address that was typed, of where it was sent from ("" if nobody
    # knows), of the browser's secret. They belong to whoever tried, and go with the row.
    email_hash: Mapped[str] = mapped_column(String(64))
    network_hash: Mapped[str] = mapped_column(String(64))
    reference_hash: Mapped[str | None] = mapped_column(String(64))
    after_ticket: Mapped[int]  # the last ticket given by then: its place in the line that people see
    until: Mapped[datetime] = mapped_column(Moment)
