"""The rows, each bound to one browser by a number that only its cookie holds; and the forms that were sent already."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of

# form: typed when the login had ended; sign_up: what the page after a sign-up shows; said: sentences for the next page
KINDS = ("form", "sign_up", "said")


class Kept(Model):
    """Something kept for one browser until `kept_until`; the night after it is forgotten."""

    __tablename__ = "kept_for_browsers"
    __table_args__ = (
        UniqueConstraint("secret_hash"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
        CheckConstraint("kept_until >= created_at", name="order"),
        Index("ix_kept_for_browsers_until", "kept_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    # form: the path of the page that shows it filled, without its language; sign_up: the number of the activity.
    # Never a path with a secret in it.
    place: Mapped[str] = mapped_column(String(300))
    # Who was logged in when it was typed, and alone may see it; nobody for what needs no login.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="RESTRICT"), index=True)
    # Whatever the person at this browser has typed, maybe about others: at most 24 hours (form), until the hold of the
    # place ends, at most 48 hours (sign_up), one hour (said). No passwords, no files, no token.
    data: Mapped[Any] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment)
    kept_until: Mapped[datetime] = mapped_column(Moment)


class SentForm(Model):
    """A form that made something new. Whoever sends it again is led to what it made; forgotten after a day."""

    __tablename__ = "sent_forms"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    content_hash: Mapped[str] = mapped_column(String(64))  # whether the second time the very same was sent
    sent_at: Mapped[datetime] = mapped_column(Moment, index=True)
    # A page of ours, for instance of the new activity; holds nothing that was typed, except for the address of a
    # cluster or an edition, which is public.
    leads_to: Mapped[str | None] = mapped_column(String(300))
    # The row that was made, and its version then, where a form that is sent again may go on with it.
    made_id: Mapped[int | None]
    made_version: Mapped[int | None]
