"""The counters."""

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
