"""Reading registrations and counting places."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased, joinedload

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.limits import counters
from clusterweek.registrations import counting, holds, rules
from clusterweek.registrations.models import ACTIVE, WAITING, Registration, Shadow
from clusterweek.web import links

WITH_ACTIVITY = (
    joinedload(Registration.activity).joinedload(Activity.edition),
    joinedload(Registration.activity).joinedload(Activity.host_cluster),
    joinedload(Registration.activity).selectinload(Activity.occurrences),
)
# What is read while the activity is locked must be as it is now, not as this session saw it before it had to wait.
AS_NOW = {"populate_existing": True}
TRAPPED = "sign-up with the hidden field filled in"  # what is counted of it: how often, and nothing else
# Counting places stands next door; whoever asks about registrations finds it here, too.
PLACED, places = counting.PLACED, counting.places


@dataclass(frozen=True)
class Crowd:
    """Many unconfirmed registrations at one activity that come from one network; numbers only."""

    activity: Activity
    count: int
    held: int


def activities_over(before: datetime) -> Select[int]:
    """Ids of the activities whose last date ended before this moment; of a cancelled one, the last that it had."""
    date = aliased(Occurrence)
    return select(date.activity_id).group_by(date.activity_id).having(func.max(date.ends_at) < before)


def of_activity(activity: Activity) -> list[Registration]:
    """All registrations of an activity, in the order of asking; withdrawn and expired ones too."""
    return list(
        db.session.scalars(
            select(Registration).where(Registration.activity_id == activity.id).order_by(Registration.ticket)
        )
    )


def by_token(token: str, *, now: datetime) -> Registration | None:
    """The registration that a link opens; None when it was revoked, never was, or is forgotten by now."""
    found = db.session.scalar(
        select(Registration).where(Registration.token_hash == links.fingerprint(token)).options(*WITH_ACTIVITY)
    )
    return found if found and now < rules.forgotten_at(found) else None


def active(activity_id: int, email_normalised: str) -> Registration | None:
    """The one registration with which an address holds a place or stands in line."""
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.activity_id == activity_id,
            Registration.email_normalised == email_normalised,
            Registration.status.in_(ACTIVE),
        )
        .execution_options(**AS_NOW)
    )


def has_active(activity_id: int) -> bool:
    """Whether anybody holds a place at an activity or stands in line."""
    held = exists().where(Registration.activity_id == activity_id, Registration.status.in_(ACTIVE))
    return bool(db.session.scalar(select(held)))


def has_confirmed(activity_id: int, reference_hash: str) -> bool:
    """Whether the registration that a browser has made (the last one: "back", another address) is confirmed. Answers
    alike, and as quickly, for a browser that made none."""
    last = (
        select(Registration.status, Registration.confirmed_at)
        .where(Registration.activity_id == activity_id, Registration.reference_hash == reference_hash)
        .order_by(Registration.ticket.desc())
        .limit(1)
        .subquery()
    )
    found = exists().where(last.c.status.in_(ACTIVE), last.c.confirmed_at.is_not(None))
    return bool(db.session.scalar(select(found)))


def crowds(edition_id: int) -> dict[int, Crowd]:
    """The activities of an edition where more unconfirmed registrations come from one network than places are held for
    one, by their ids, with the largest such crowd; the fullest first."""
    return _crowds(Activity.edition_id == edition_id)


def crowd(activity: Activity) -> Crowd | None:
    """The same of one activity."""
    return _crowds(Activity.id == activity.id).get(activity.id)


def _crowds(here: ColumnElement[bool]) -> dict[int, Crowd]:
    held = func.count().filter(Registration.status == "unconfirmed")
    rows = db.session.execute(
        select(Activity, Registration.mode, func.count(), held)
        .join(Registration, Registration.activity_id == Activity.id)
        .where(here, Registration.network_hash.is_not(None), Registration.status.in_(ACTIVE))
        .group_by(Activity.id, Registration.mode, Registration.network_hash)
        .having(func.count() > holds.LEAST)
        .order_by(func.count(), Activity.id.desc())
    )
    found = {}
    for activity, mode, count, held_count in rows:
        most = holds.most_from_one_network(rules.limit_of(activity, mode))
        if most is not None and count > most:
            found[activity.id] = Crowd(activity, count, held_count)
    return dict(reversed(found.items()))


def trapped_count() -> int:
    """How often, in the last 30 days, the field that nobody sees was filled in."""
    return counters.tallied(TRAPPED)


def next_ticket(activity_id: int) -> int:
    """One more than the highest ever given; to be asked while the activity's row is locked."""
    return 1 + (
        db.session.scalar(select(func.max(Registration.ticket)).where(Registration.activity_id == activity_id)) or 0
    )


def overdue(activity_id: int, now: datetime) -> list[Registration]:
    """Registrations of an activity whose time to confirm is over."""
    return list(
        db.session.scalars(
            select(Registration)
            .where(
                Registration.activity_id == activity_id,
                Registration.hold_until <= now,
                Registration.status.in_(("unconfirmed", "waitlisted")),
            )
            .execution_options(**AS_NOW)
        )
    )


def activities_with_overdue(now: datetime) -> list[int]:
    """Ids of the activities where somebody's time to confirm is over, or a shadow's."""
    late = select(Registration.activity_id).where(
        Registration.hold_until <= now, Registration.status.in_(("unconfirmed", "waitlisted"))
    )
    return sorted(db.session.scalars(late.union(select(Shadow.activity_id).where(Shadow.until <= now))))


def next_in_line(activity_id: int, mode: str, count: int | None) -> list[Registration]:
    """Who moves up when `count` places (None: any number) are free: only those who have confirmed their address."""
    return list(
        db.session.scalars(
            select(Registration)
            .where(
                Registration.activity_id == activity_id,
                Registration.mode == mode,
                counting.IS_WAITING,
                Registration.confirmed_at.is_not(None),
            )
            .order_by(Registration.ticket)
            .limit(count)
            .execution_options(**AS_NOW)
        )
    )


def is_awaited(registration: Registration) -> bool:
    """Whether somebody moves up as soon as this place is given back; not while more are given than there are."""
    activity, mode = registration.activity, registration.mode
    return not places([activity])[activity.id].by_mode[mode].over and bool(next_in_line(activity.id, mode, 1))


def places_had_before(registration: Registration) -> int:
    """How often this address had a place at the activity and gave it back."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Registration)
            .where(
                Registration.activity_id == registration.activity_id,
                Registration.email_normalised == registration.email_normalised,
                Registration.status == "withdrawn",
                Registration.placed_at.is_not(None),
                Registration.ticket < registration.ticket,
            )
        )
        or 0
    )


def occurrences_of(ids: str) -> list[Occurrence]:
    """Dates by their ids as letters keep them ("12,13"), removed ones too, in their order."""
    return occurrences([int(one) for one in ids.split(",") if one])


def occurrences(ids: list[int]) -> list[Occurrence]:
    """Dates by their ids, removed ones too, by their start."""
    return (
        list(
            db.session.scalars(
                select(Occurrence).where(Occurrence.id.in_(ids)).order_by(Occurrence.starts_at, Occurrence.id)
            )
        )
        if ids
        else []
    )


def positions(activity_id: int) -> dict[int, int]:
    """The places in line by registration id, for the desks: everybody who asked earlier and still waits, and oneself.

    A hybrid activity has one line on site and one online.
    """
    place = func.row_number().over(partition_by=Registration.mode, order_by=Registration.ticket)
    return dict(
        iter(
            db.session.execute(
                select(Registration.id, place).where(Registration.activity_id == activity_id, counting.IS_WAITING)
            )
        )
    )


def position(registration: Registration) -> int:
    """The place in line that somebody who waits is told, as the public sees the line; 0 for everybody else."""
    if registration.status != "waitlisted" or registration.is_unheld:
        return 0
    before = select(func.count()).where(
        Registration.activity_id == registration.activity_id,
        Registration.mode == registration.mode,
        Registration.ticket < registration.ticket,
        counting.IS_SHOWN_WAITING,
    )
    shadows = select(func.count()).where(
        Shadow.activity_id == registration.activity_id,
        Shadow.mode == registration.mode,
        Shadow.after_ticket < registration.ticket,
        Shadow.status == WAITING,
        Shadow.is_counted.is_(True),
    )
    return 1 + (db.session.scalar(select(before.scalar_subquery() + shadows.scalar_subquery())) or 0)
