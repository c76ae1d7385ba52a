"""Signs of life of the workers."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from clusterweek.db.session import db
from clusterweek.operating.models import Heartbeat

EVERY_SECONDS = 20
KEPT = timedelta(days=1)


def own_name() -> str:
    """Which worker this process is."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def beat(*, now: datetime) -> None:
    """Note that this worker lives."""
    row = db.session.get(Heartbeat, own_name())
    if row is None:
        db.session.add(Heartbeat(name=own_name(), started_at=now, beat_at=now))
    else:
        row.beat_at = now


def end() -> None:
    """This worker stops in an orderly way: nobody has to wait for its silence."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.name == own_name()))


def forget_old(*, now: datetime) -> None:
    """Forget workers that were killed."""
    db.session.execute(delete(Heartbeat).where(Heartbeat.beat_at < now - KEPT))


def last_beat_at() -> datetime | None:
    """When any worker last gave a sign of life."""
    return db.session.scalar(select(func.max(Heartbeat.beat_at)))
