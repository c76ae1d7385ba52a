"""Signs of life of the workers."""

import os
import socket
from datetime import datetime, timedelta

from sqlalchemy import delete, func, or_, select

from clusterweek.db.session import db
from clusterweek.operating.models import Heartbeat, WriteTrial

EVERY_SECONDS = 20
KEPT = timedelta(days=1)
AHEAD = timedelta(seconds=5)  # that the clocks of two machines may differ


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
    """Forget processes that are long gone, and what was noted while the clock was far ahead."""
    for moment in (Heartbeat.beat_at, WriteTrial.tried_at):
        db.session.execute(delete(moment.class_).where(or_(moment < now - KEPT, moment > now + KEPT)))


def last_beat_at(*, now: datetime) -> datetime | None:
    """When any worker last gave a sign of life. One from the future is none: the clock was set back since, and nobody
    knows when it was."""
    return db.session.scalar(select(func.max(Heartbeat.beat_at)).where(Heartbeat.beat_at <= now + AHEAD))


def next_beat_at(*, now: datetime) -> datetime | None:
    """The first sign of life that lies in the future, if there is one."""
    return db.session.scalar(select(func.min(Heartbeat.beat_at)).where(Heartbeat.beat_at > now + AHEAD))
