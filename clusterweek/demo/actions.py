"""Loading the demo edition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select

from clusterweek.accounts.models import Person
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster, Membership
from clusterweek.db import numbers
from clusterweek.db.session import Model, db
from clusterweek.db.types import METADATA
from clusterweek.demo import additions, attendees, cast, details, offers, rows, words
from clusterweek.editions.models import Edition
from clusterweek.history import record
from clusterweek.history.models import Note
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions as registrations
from clusterweek.registrations.models import Registration
from clusterweek.vocabulary import actions as vocabulary
from clusterweek.web import links

LOADED = "demo_loaded"  # the history's verb; its details say how many activities were asked for
TODAY = datetime(
    2026, 11, 22, 9, tzinfo=cast.BERLIN
)  # the demo's clock, so that screenshots and feeds stay as they are
CHUNK = 500


@dataclass
class Loaded:
    """What a run has written; nothing when the demo stood already."""

    activities: int = 0
    registrations: int = 0
    added: list[str] = field(default_factory=list)  # what later versions show and this demo did not yet


def load(*, count: int = offers.OF, now: datetime, force: bool = False) -> Loaded:
    """Write the demo edition with `count` published activities and 24 others. A second run changes nothing, unless an
    earlier version has loaded it: then it gets what is new (see additions.py).

    Everything follows from `count` and `now`; no letters are queued. Raises Refusal when the database holds real
    clusters (unless `force`), or a demo of another size.
    """
    vocabulary.fill()
    if stands(count):
        return Loaded(added=additions.bring(details.programme(count), _frame()))
    if not force and db.session.scalar(select(func.count()).select_from(Cluster).where(Cluster.is_demo.is_(False))):
        raise Refusal(
            _("This database holds real clusters; demo data does not belong here. --force loads it all the same.")
        )
    week, _conference = cast.add_editions(now=now)
    clusters = cast.add_clusters(now=now)
    people = cast.add_people(clusters, now=now)
    frame = rows.Frame(week, clusters, people, _authors(), now)
    drawn = details.programme(count)
    crowd = attendees.crowd(drawn, count, now=now)
    done = Loaded()
    for part in _parts(drawn):
        done.activities += len(part)
        done.registrations += _write(part, frame, crowd)
    record.note(LOADED, "edition", week.id, now=now, by=None, activities=count)
    additions.bring(drawn, frame)
    return done


def _frame() -> rows.Frame:
    """What every activity of the demo that stands refers to, and the moment at which it was loaded."""
    week = db.session.scalars(select(Edition).where(Edition.slug == cast.WEEK)).one()
    by_slug = {cluster.slug: cluster for cluster in db.session.scalars(select(Cluster).where(Cluster.is_demo))}
    clusters = {host.number: by_slug[host.slug] for host in words.hosts() if host.slug in by_slug}
    people = {person.email: person for person in db.session.scalars(select(Person).where(Person.is_demo))}
    return rows.Frame(week, clusters, people, _authors(), week.created_at)


def _authors() -> dict[int, int]:
    return dict(db.session.execute(select(Membership.cluster_id, Membership.person_id)).all())


def stands(count: int) -> bool:
    """Whether the demo is there already. Raises Refusal when it is, but with another number of activities."""
    week = db.session.scalar(select(Edition).where(Edition.slug == cast.WEEK))
    if week is None:
        return False
    loaded = db.session.scalar(
        select(Note).where(Note.subject_type == "edition", Note.subject_id == week.id, Note.action == LOADED)
    )
    if loaded and loaded.details["activities"] == count:
        return True
    raise Refusal(_("Another demo is loaded already. Remove it first: clusterweek demo purge"))


def _parts(drawn: list[offers.Offer]) -> Iterator[list[offers.Offer]]:
    for start in range(0, len(drawn), CHUNK):
        yield drawn[start : start + CHUNK]


def _write(part: list[offers.Offer], frame: rows.Frame, crowd: attendees.Crowd) -> int:
    """Some activities with all that hangs on them; how many registrations. Past the objects: a large demo has
    hundreds of thousands of rows."""
    sheets: dict[type[Model], list[dict[str, Any]]] = {}
    signed_up: list[dict[str, Any]] = []
    for number, offer in zip(_reserve(Activity, len(part)), part, strict=True):
        for model, row in rows.of(offer, number, frame):
            sheets.setdefault(model, []).append(row)
        published_at = sheets[Activity][-1]["published_at"]
        signed_up += [row | {"activity_id": number} for row in crowd.of(offer, published_at)]
    # Stands in for each of them: tokens are made of number and generation alone. Not at random as for people: two demos
    # are the same, row by row, and whoever is invented has no mailbox in which an old link could lie.
    link = Registration(generation=1)
    for link.id, row in zip(_reserve(Registration, len(signed_up)), signed_up, strict=True):
        row["id"], row["token_hash"] = link.id, links.fingerprint(registrations.token_of(link))
    connection = db.session.connection()
    sheets[Registration] = signed_up
    for model, sheet in sheets.items():
        if sheet:
            connection.execute(insert(METADATA.tables[model.__tablename__]), sheet)
    return len(signed_up)


def _reserve(model: type[Model], count: int) -> Sequence[int]:
    """Ids for the next `count` rows. On SQLite nobody else writes meanwhile; PostgreSQL hands them out."""
    name = model.__tablename__
    if db.session.get_bind().dialect.name == "postgresql":
        source = func.nextval(func.pg_get_serial_sequence(name, "id"))
        return db.session.scalars(select(source).select_from(func.generate_series(1, count))).all()
    last = numbers.given(db.session.connection()).get(name, 0)
    return range(last + 1, last + 1 + count)
