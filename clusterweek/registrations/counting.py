"""Counting places: those that there are, and those that the public is shown. They differ only by shadows (see
shadows.py) and by what follows from them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    String,
    and_,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import holds, rules
from clusterweek.registrations.models import ACTIVE, HELD, WAITING, Registration, Shadow

PLACED = ("confirmed", "unconfirmed")  # an unconfirmed one holds its place until the minute job lets it go
IDS_AT_ONCE = 10_000  # SQLite takes 32,766 values in one statement
IS_WAITING = and_(Registration.status == "waitlisted", Registration.is_unheld.is_(False))
IS_SHOWN_WAITING = or_(
    and_(IS_WAITING, Registration.shown_as.is_(None)),
    and_(Registration.status.in_(PLACED), Registration.shown_as == WAITING),
)
IS_SHOWN_PLACED = or_(
    and_(Registration.status.in_(PLACED), Registration.shown_as.is_(None)),
    and_(Registration.status == "waitlisted", Registration.shown_as == HELD),
)


@dataclass(frozen=True)
class Counted:
    """The places of one activity: `real` for whatever gives them, `shown` for whatever the public sees."""

    real: rules.Places
    shown: rules.Places
    has_overdue: bool  # somebody's time to confirm is over, or a shadow's
    is_doubled: bool  # the two differ, or may differ


def places(activities: Iterable[Activity]) -> dict[int, rules.Places]:
    """Places of each activity by its id, in one query however many there are (up to 10,000): for the desks."""
    return {number: one.real for number, one in _counted(activities).items()}


def both(activities: Iterable[Activity]) -> dict[int, Counted]:
    """The same, and as the public is shown them; what is offered to whoever comes now says newcomers.py."""
    return _counted(activities)


def of(activity: Activity, *, now: datetime) -> Counted:
    """Both, and whether something is overdue, in one query."""
    return _counted([activity], now=now)[activity.id]


def is_shown_free(mode: str, limit: SQLColumnExpression[int | None]) -> ColumnElement[bool]:
    """Condition on Activity: the public sees a place for this way of attending."""
    placed = (
        select(func.count())
        .select_from(Registration)
        .where(Registration.activity_id == Activity.id, Registration.mode == mode, IS_SHOWN_PLACED)
        .correlate(Activity)
        .scalar_subquery()
    )
    shadows = (
        select(func.count())
        .select_from(Shadow)
        .where(
            Shadow.activity_id == Activity.id, Shadow.mode == mode, Shadow.status == HELD, Shadow.is_counted.is_(True)
        )
        .correlate(Activity)
        .scalar_subquery()
    )
    return or_(limit.is_(None), placed + shadows < limit)


def _counted(activities: Iterable[Activity], *, now: datetime | None = None) -> dict[int, Counted]:
    activities = list(activities)
    found: dict[int, dict[Row, int]] = {activity.id: {} for activity in activities}
    ids = iter(found)
    while some := list(islice(ids, IDS_AT_ONCE)):
        parts = [_of_registrations(some), _of_shadows(some)]
        if now is not None:
            parts += [
                _overdue(Registration, some, Registration.hold_until <= now).where(Registration.status.in_(ACTIVE)),
                _overdue(Shadow, some, Shadow.until <= now),
            ]
        for activity_id, *row, count in db.session.execute(union_all(*parts)):
            found[activity_id][tuple(row)] = count
    return {activity.id: _both(activity, found[activity.id]) for activity in activities}


Row = tuple[Any, ...]  # (status, mode, is_unheld, shown_as)
SHADOW, OVERDUE, NOTHING = (literal_column(word, String) for word in ("'shadow'", "'overdue'", "''"))


def _of_registrations(ids: list[int]) -> Select[*tuple[Any, ...]]:
    one = Registration
    kept = (one.activity_id, one.status, one.mode, one.is_unheld, one.shown_as)  # as they stand in the index
    return select(*kept, func.count()).where(one.activity_id.in_(ids), one.status.in_(ACTIVE)).group_by(*kept)


def _of_shadows(ids: list[int]) -> Select[*tuple[Any, ...]]:
    kept = (Shadow.activity_id, Shadow.mode, Shadow.status)
    return (
        select(Shadow.activity_id, SHADOW, Shadow.mode, false(), Shadow.status, func.count())
        .where(Shadow.activity_id.in_(ids), Shadow.is_counted.is_(True))
        .group_by(*kept)
    )


def _overdue(
    table: type[Registration] | type[Shadow], ids: list[int], is_over: ColumnElement[bool]
) -> Select[*tuple[Any, ...]]:
    return (
        select(table.activity_id, OVERDUE, NOTHING, false(), NOTHING, func.count())
        .where(table.activity_id.in_(ids), is_over)
        .group_by(table.activity_id)
    )


def _both(activity: Activity, found: dict[Row, int]) -> Counted:
    taken, waiting, shown_taken, shown_waiting = (Counter[str]() for _ in range(4))
    has_overdue = is_doubled = False
    for (status, mode, is_unheld, shown_as), count in found.items():
        if status == "overdue":
            has_overdue = True
            continue
        shown = shown_as or holds.told_of(status, is_unheld, None)
        is_doubled = is_doubled or shown_as is not None
        if shown == HELD:
            shown_taken[mode] += count
        elif shown == WAITING:
            shown_waiting[mode] += count
        if status in PLACED:
            taken[mode] += count
        elif status == "waitlisted" and not is_unheld:
            waiting[mode] += count
    limits = {mode: rules.limit_of(activity, mode) for mode in rules.modes_of(activity)}
    return Counted(
        rules.Places({m: rules.ModePlaces(limit, taken[m], waiting[m]) for m, limit in limits.items()}),
        rules.Places({m: rules.ModePlaces(limit, shown_taken[m], shown_waiting[m]) for m, limit in limits.items()}),
        has_overdue,
        is_doubled,
    )
