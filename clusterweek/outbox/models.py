"""The letters and their states."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of

# withdrawn: not wanted when its time came, may be posted again; taken_back: a person said no, which stays.
STATES = ("queued", "sent", "failed", "withdrawn", "taken_back")


class Letter(Model):
    """One letter to one person. Holds no name, address or text: it is rendered when it leaves."""

    __tablename__ = "letters"
    __table_args__ = (
        UniqueConstraint("key"),
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("attempts >= 0", name="attempts"),
        CheckConstraint("state <> 'sent' OR sent_at IS NOT NULL", name="sent"),
        CheckConstraint("language IN ('de', 'en')", name="language"),
        # What the deliverer asks every few seconds; stays small however many letters were sent.
        Index(
            "ix_letters_due",
            "priority",
            "due_at",
            "id",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(2))
    priority: Mapped[int]  # 1 somebody waits for it now, 5 news, 9 reminders
    state: Mapped[str] = mapped_column(String(12), default="queued")
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[str] = mapped_column(String(200))
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
