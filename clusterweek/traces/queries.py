"""Reading the log of security events."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select

from clusterweek.db.session import db
from clusterweek.traces.models import Event
from clusterweek.web.paging import Page


def count(*, name: str | None = None, person_id: int | None = None) -> int:
    """How many events fit: those of one name, those that a person has done or that were done to them."""
    return db.session.scalar(_narrowed(select(func.count()).select_from(Event), name, person_id)) or 0


def page_of_events(page: Page, *, name: str | None = None, person_id: int | None = None) -> list[Event]:
    """The events of one page, the newest first."""
    wanted = _narrowed(select(Event), name, person_id).order_by(Event.at.desc(), Event.id.desc())
    return list(db.session.scalars(wanted.limit(page.size).offset(page.offset)))


def since(moment: datetime | None) -> list[Event]:
    """Everything that is kept from a moment on (None: all of it), in the order in which it happened."""
    wanted = select(Event).order_by(Event.at, Event.id)
    return list(db.session.scalars(wanted if moment is None else wanted.where(Event.at >= moment)))


def _narrowed(wanted: Any, name: str | None, person_id: int | None) -> Any:
    if name:
        wanted = wanted.where(Event.name == name)
    if person_id is not None:
        wanted = wanted.where(or_(Event.person_id == person_id, Event.whom_id == person_id))
    return wanted
