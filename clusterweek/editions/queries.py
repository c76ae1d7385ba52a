"""Reading editions."""

from datetime import datetime

from sqlalchemy import select

from clusterweek import clock
from clusterweek.db.session import db
from clusterweek.editions.models import Edition


def by_slug(slug: str) -> Edition | None:
    return db.session.scalar(select(Edition).where(Edition.slug == slug))


def all_of_them() -> list[Edition]:
    """For the office: every edition, the newest first."""
    return list(db.session.scalars(select(Edition).order_by(Edition.starts_on.desc(), Edition.id)))


def live() -> list[Edition]:
    """Public and not yet in the archive, by their first day."""
    return list(
        db.session.scalars(
            select(Edition).where(Edition.state.in_(("open", "closed"))).order_by(Edition.starts_on, Edition.id)
        )
    )


def public() -> list[Edition]:
    """Whatever is not a draft, the newest first."""
    return list(
        db.session.scalars(
            select(Edition).where(Edition.state != "draft").order_by(Edition.starts_on.desc(), Edition.id)
        )
    )


def archive() -> list[Edition]:
    """The archive, the newest first."""
    return list(
        db.session.scalars(
            select(Edition).where(Edition.state == "archived").order_by(Edition.starts_on.desc(), Edition.title_de)
        )
    )


def current(now: datetime) -> Edition | None:
    """The week that runs or comes next; when all are over, the last. A conference only if there is no week."""
    return current_of(live(), now)


def current_of(editions: list[Edition], now: datetime) -> Edition | None:
    """`current`, picked from what `live` returned."""
    weeks = [edition for edition in editions if edition.kind == "cluster_week"] or editions
    for edition in weeks:
        if edition.ends_on >= clock.today(edition.timezone, now=now):
            return edition
    return weeks[-1] if weeks else None


def invited_to(now: datetime) -> Edition | None:
    """The week that clusters are invited to: the next that takes activities, or will do so once it is public."""
    weeks = select(Edition).where(Edition.state.in_(("draft", "open")), Edition.kind == "cluster_week")
    return next(
        (
            edition
            for edition in db.session.scalars(weeks.order_by(Edition.starts_on, Edition.id))
            if edition.ends_on >= clock.today(edition.timezone, now=now)
        ),
        None,
    )


def for_office(now: datetime) -> Edition | None:
    """What the office works on first: the current edition, or before anything is public the next draft."""
    return current(now) or db.session.scalar(
        select(Edition).where(Edition.state == "draft").order_by(Edition.starts_on, Edition.id).limit(1)
    )
