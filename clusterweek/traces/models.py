"""The events that are kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment, one_of

ACTOR_KINDS = ("person", "visitor", "command")  # visitor: a browser in which nobody is logged in


class Event(Model):
    """Something that a question about safety may be asked of later: who did what, to whom, with which thing.

    Kept for `log.KEPT`; the nightly clear-up forgets it. No foreign keys on purpose: the trace outlives people and
    things, and then only the numbers stay.
    """

    __tablename__ = "security_events"
    __table_args__ = (
        CheckConstraint(one_of("actor_kind", ACTOR_KINDS), name="actor_kind"),
        Index("ix_security_events_at", "at"),
        Index("ix_security_events_name", "name", "id"),
        Index("ix_security_events_person_id", "person_id"),
        Index("ix_security_events_whom_id", "whom_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    name: Mapped[str] = mapped_column(String(40))  # one of events.EVENTS
    actor_kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[int | None]  # who did it
    whom_id: Mapped[int | None]  # the person it was done to, or whose account somebody tried to open
    subject_type: Mapped[str | None] = mapped_column(String(40))  # a word of ours, "activity", "cluster"
    subject_id: Mapped[int | None]
