"""Keeping, and forgetting."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select

from clusterweek.db.session import db
from clusterweek.keeping import browser
from clusterweek.keeping.models import Kept, SentForm

ONCE = timedelta(days=1)  # a form left open longer than that and sent again makes a second thing


def keep(kind: str, place: str, data: Any, *, person_id: int | None = None, now: datetime, until: datetime) -> Kept:
    """A new row for the browser that asks; an older one of the same kind and place goes. Needs a request."""
    for older in of_browser(kind):
        if older.place == place and older.person_id == person_id:
            forget(older)
    row = Kept(
        secret_hash=browser.new(kind),
        kind=kind,
        place=place,
        person_id=person_id,
        data=data,
        created_at=now,
        kept_until=max(until, now),
    )
    db.session.add(row)
    db.session.flush()
    return row


def of_browser(kind: str) -> list[Kept]:
    """The rows of the browser that asks, the oldest first."""
    hashes = browser.hashes(kind)
    if not hashes:
        return []
    found = select(Kept).where(Kept.secret_hash.in_(hashes), Kept.kind == kind).order_by(Kept.id)
    return list(db.session.scalars(found))


def keep_newest(kind: str, person_id: int, most: int) -> None:
    """Of what is kept for a person in all browsers, the newest stay."""
    older = select(Kept.id).where(Kept.kind == kind, Kept.person_id == person_id).order_by(Kept.id.desc()).offset(most)
    db.session.execute(delete(Kept).where(Kept.id.in_(list(db.session.scalars(older)))))


def forget(*rows: Kept) -> None:
    """Delete rows of the browser that asks, and their numbers in its cookie."""
    for row in rows:
        browser.drop(row.kind, row.secret_hash)
    db.session.execute(delete(Kept).where(Kept.id.in_([row.id for row in rows])))


def forget_old(*, now: datetime) -> None:
    """Delete what has been kept long enough."""
    db.session.execute(delete(Kept).where(Kept.kept_until < now))
    db.session.execute(delete(SentForm).where(SentForm.sent_at < now - ONCE))
