"""Loading the demo edition."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from clusterweek.clusters.models import Cluster, Membership
from clusterweek.db.session import db
from clusterweek.db.types import METADATA
from clusterweek.demo import attendees, cast, details, offers, rows
from clusterweek.editions.models import Edition
from clusterweek.history import record
from clusterweek.history.models import Entry
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions as registrations
from clusterweek.registrations.models import Registration
from clusterweek.vocabulary import actions as vocabulary
from clusterweek.web import links

LOADED = "demo loaded"  # the history's word for it; its details say how many activities were asked for
TODAY = datetime(
    2026, 11, 22, 9, tzinfo=cast.BERLIN
)  # the demo's clock, so that screenshots and feeds stay as they are
CHUNK = 500
REGISTRATIONS = METADATA.tables[Registration.__tablename__]


@dataclass
class Loaded:
    """What a run has written; nothing when the demo stood already."""

    activities: int = 0
    registrations: int = 0


def load(*, count: int = offers.OF, now: datetime, force: bool = False) -> Loaded:
    """Write the demo edition with `count` published activities and 24 others. A second run changes nothing.

    Everything follows from `count` and `now`; no letters are queued. Raises Refusal when the database holds real
    clusters (unless `force`), or a demo of another size.
    """
    vocabulary.fill()
    if stands(count):
        return Loaded()
    if not force and db.session.scalar(select(func.count()).select_from(Cluster).where(Cluster.is_demo.is_(False))):
        raise Refusal(
            _("This database holds real clusters; demo data does not belong here. --force loads it all the same.")
        )
    week, _conference = cast.add_editions(now=now)
    clusters = cast.add_clusters(now=now)
    people = cast.add_people(clusters, now=now)
    authors = dict(db.session.execute(select(Membership.cluster_id, Membership.person_id)).all())
    frame = rows.Frame(week, clusters, people, authors, now)
    drawn = details.programme(count)
    crowd = attendees.crowd(drawn, count, now=now)
    done = Loaded()
    for part in _parts(drawn):
        done.activities += len(part)
        done.registrations += _write(part, frame, crowd)
    record.note(LOADED, "edition", week.id, now=now, actor_kind="command", activities=count)
    db.session.flush()
    return done


def stands(count: int) -> bool:
    """Whether the demo is there already. Raises Refusal when it is, but with another number of activities."""
    week = db.session.scalar(select(Edition).where(Edition.slug == cast.WEEK))
    if week is None:
        return False
    loaded = db.session.scalar(
        select(Entry).where(Entry.subject_type == "edition", Entry.subject_id == week.id, Entry.action == LOADED)
    )
    if loaded and loaded.details["activities"] == count:
        return True
    raise Refusal(_("Another demo is loaded already. Remove it first: clusterweek demo purge"))


def _parts(drawn: list[offers.Offer]) -> Iterator[list[offers.Offer]]:
    for start in range(0, len(drawn), CHUNK):
        yield drawn[start : start + CHUNK]


def _write(part: list[offers.Offer], frame: rows.Frame, crowd: attendees.Crowd) -> int:
    """Some activities with dates, remarks and registrations; how many registrations."""
    made = [rows.activity(offer, frame) for offer in part]
    with db.session.no_autoflush:
        db.session.add_all(made)
    db.session.flush()
    signed_up: list[dict[str, Any]] = []
    for offer, activity in zip(part, made, strict=True):
        db.session.add_all(rows.occurrences(offer, activity, frame.now))
        db.session.add_all(rows.remarks(offer, activity, frame))
        published_at = activity.published_at or frame.now
        signed_up += [row | {"activity_id": activity.id} for row in crowd.of(offer, published_at)]
    db.session.flush()
    _sign_up(signed_up)
    for activity in made:
        db.session.expunge(activity)
    return len(signed_up)


def _sign_up(signed_up: list[dict[str, Any]]) -> None:
    """Many rows at once, past the objects: a large demo has hundreds of thousands."""
    if not signed_up:
        return
    connection = db.session.connection()
    connection.execute(insert(REGISTRATIONS), signed_up)
    added = connection.scalars(
        select(REGISTRATIONS.c.id).where(
            REGISTRATIONS.c.activity_id.in_({row["activity_id"] for row in signed_up}),
            REGISTRATIONS.c.token_hash.is_(None),
        )
    ).all()
    connection.execute(
        update(REGISTRATIONS).where(REGISTRATIONS.c.id == bindparam("number")).values(token_hash=bindparam("door")),
        [{"number": number, "door": _door(number)} for number in added],
    )


def _door(number: int) -> str:
    """What the row keeps of the link in this registration's letters."""
    return links.fingerprint(registrations.token_of(Registration(id=number, generation=1)))
