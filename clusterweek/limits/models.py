"""The counters, and the waits that grow."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment


class Counter(Model):
    """How often `who` (a keyed hash, kept for two days; nobody's where all are counted together) did `what` in the
    window that began at `since`."""

    __tablename__ = "limit_counters"

    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Wait(Model):
    """Until when `who` (a keyed hash) has to wait before doing `what` again, and how often it has gone wrong."""

    __tablename__ = "limit_waits"

    what: Mapped[str] = mapped_column(String(40), primary_key=True)
    who: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    tried_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    known_until: Mapped[datetime | None] = mapped_column(Moment)  # it went well from there; so long it is trusted more
