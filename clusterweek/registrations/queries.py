"""Reading registrations and counting places."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import islice

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.limits import counters
from clusterweek.registrations import rules
from clusterweek.registrations.models import ACTIVE, Registration
from clusterweek.web import links

WITH_ACTIVITY = (
    joinedload(Registration.activity).joinedload(Activity.edition),
    joinedload(Registration.activity).joinedload(Activity.host_cluster),
    joinedload(Registration.activity).selectinload(Activity.occurrences),
)
# What is read while the activity is locked must be as it is now, not as this session saw it before it had to wait.
AS_NOW = {"populate_existing": True}
PLACED = ("confirmed", "unconfirmed")  # an unconfirmed one holds its place until the minute job lets it go
TRAPPED = "sign-up with the hidden field filled in"  # what is counted of it: how often, and nothing else
IDS_AT_ONCE = 10_000  # SQLite takes 32,766 values in one statement


def places(activities: Iterable[Activity]) -> dict[int, rules.Places]:
    """Places of each activity by its id, in one query however many there are (up to 10,000)."""
    activities = list(activities)
    counted: dict[tuple[int, str, bool], int] = {}
    ids = iter([activity.id for activity in activities])
    while some := list(islice(ids, IDS_AT_ONCE)):
        is_waiting = Registration.status == "waitlisted"
        rows = db.session.execute(
            select(Registration.activity_id, Registration.mode, is_waiting, func.count())
            .where(Registration.activity_id.in_(some), Registration.status.in_(ACTIVE))
            .group_by(Registration.activity_id, Registration.mode, is_waiting)
        )
        counted.update({(activity_id, mode, bool(waiting)): count for activity_id, mode, waiting, count in rows})
    return {
        activity.id: rules.Places(
            {
                mode: rules.ModePlaces(
                    rules.limit_of(activity, mode),
                    counted.get((activity.id, mode, False), 0),
                    counted.get((activity.id, mode, True), 0),
                )
                for mode in rules.modes_of(activity)
            }
        )
        for activity in activities
    }


def has_free_places(now: datetime) -> ColumnElement[bool]:
    """Condition on Activity: one may still come, and without waiting, because a place is left or none is needed.

    Activities whose registration is elsewhere are left out: nobody here knows.
    """
    online_limit = case(
        (Activity.mode == "hybrid", Activity.capacity_online),
        else_=func.coalesce(Activity.capacity_online, Activity.capacity),
    )
    return and_(
        Activity.happening.in_(rules.TAKES_PLACE),
        Activity.access != "invitation",
        or_(
            and_(Activity.registration_mode == "none", _has_date(lambda date: date.ends_at > now)),
            and_(
                Activity.registration_mode == "internal",
                # Sign-up closes at the deadline, but never later than the first start.
                or_(Activity.registration_deadline.is_(None), Activity.registration_deadline > now),
                _has_date(lambda date: date.starts_at > now),
                ~_has_date(lambda date: date.starts_at <= now),
                or_(
                    and_(
                        Activity.mode.in_(("in_person", "hybrid")),
                        or_(Activity.capacity.is_(None), _taken("in_person") < Activity.capacity),
                    ),
                    and_(
                        Activity.mode.in_(("online", "hybrid")),
                        or_(online_limit.is_(None), _taken("online") < online_limit),
                    ),
                ),
            ),
        ),
    )


def _has_date(condition: Callable[[type[Occurrence]], ColumnElement[bool]]) -> ColumnElement[bool]:
    date = aliased(Occurrence)  # the query around it may speak of occurrences, too
    return exists().where(date.activity_id == Activity.id, date.removed_at.is_(None), condition(date))


def _taken(mode: str) -> ScalarSelect[int]:
    return (
        select(func.count())
        .select_from(Registration)
        .where(Registration.activity_id == Activity.id, Registration.mode == mode, Registration.status.in_(PLACED))
        .correlate(Activity)
        .scalar_subquery()
    )


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


def by_reference(activity_id: int, reference_hash: str) -> Registration | None:
    """The registration that a browser has made."""
    return db.session.scalar(
        select(Registration)
        .where(
            Registration.activity_id == activity_id,
            Registration.reference_hash == reference_hash,
        )
        .order_by(Registration.ticket.desc())  # "back", another address: the last one counts
        .limit(1)
        .execution_options(**AS_NOW)
    )


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
    """Ids of the activities where somebody's time to confirm is over."""
    return list(
        db.session.scalars(
            select(Registration.activity_id)
            .where(Registration.hold_until <= now, Registration.status.in_(("unconfirmed", "waitlisted")))
            .distinct()
            .order_by(Registration.activity_id)
        )
    )


def next_in_line(activity_id: int, mode: str, count: int | None) -> list[Registration]:
    """Who moves up when `count` places (None: any number) are free: only those who have confirmed their address."""
    return list(
        db.session.scalars(
            select(Registration)
            .where(
                Registration.activity_id == activity_id,
                Registration.mode == mode,
                Registration.status == "waitlisted",
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
    """The places in line that people see, by registration id: everybody who asked earlier and still waits, and oneself.

    A hybrid activity has one line on site and one online.
    """
    return dict(iter(db.session.execute(_in_line(activity_id))))


def position(registration: Registration) -> int:
    """The place in line of somebody who waits; 0 for everybody else."""
    line = _in_line(registration.activity_id).subquery()
    return db.session.scalar(select(line.c.place).where(line.c.id == registration.id)) or 0


def _in_line(activity_id: int) -> Select[int, int]:
    place = func.row_number().over(partition_by=Registration.mode, order_by=Registration.ticket)
    return select(Registration.id, place.label("place")).where(
        Registration.activity_id == activity_id, Registration.status == "waitlisted"
    )
