"""Signs of life."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from clusterweek.db.session import Model
from clusterweek.db.types import Moment


class Heartbeat(Model):
    """When a worker (`name`: host and process) last ran a round of its jobs."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    beat_at: Mapped[datetime] = mapped_column(Moment)


class WriteTrial(Model):
    """When a process (`name`: host and process) last tried whether a row can be written (`writing.py`)."""

    __tablename__ = "write_trials"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    tried_at: Mapped[datetime] = mapped_column(Moment)
