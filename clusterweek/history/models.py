"""The notes of the history."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment


class Note(Model):
    """One change: `actor` did `action` (one of VERBS) to the object `subject_type`/`subject_id`."""

    __tablename__ = "history_entries"
    __table_args__ = (
        CheckConstraint("actor_kind IN ('person', 'command')", name="actor_kind"),
        Index("ix_history_entries_subject", "subject_type", "subject_id", "id"),
        Index("ix_history_entries_actor", "actor_id", "at"),  # how many invitations somebody has sent today
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    # No foreign key on purpose: the history outlives the person, and then only the number stays.
    actor_id: Mapped[int | None]
    actor_kind: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
