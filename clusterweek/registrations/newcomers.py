"""The places as they are for whoever comes now: the same on every page, in every list and feed, and in the filter.

They are those that the public is shown (counting.py), but for one thing: in the lead time a place that is free is kept
for those who wait (lead_time.py), so nobody new is offered it.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.registrations import counting, lead_time, rules
from clusterweek.registrations.models import MODES, Registration


def places(activities: Iterable[Activity], *, now: datetime) -> dict[int, rules.Places]:
    """Places of each activity by its id, for pages, lists, feeds, files and forms of the public. In two queries at
    most, however many there are; the second one only where somebody waits beside a free place."""
    counted = counting.both(activities)
    asked = [number for number, one in counted.items() if _may_be_kept(one)]
    kept = _kept(asked, now) if asked else set()
    return {
        number: _without(one.shown, {mode for mode in one.shown.by_mode if (number, mode) in kept})
        for number, one in counted.items()
    }


def without_kept(activity: Activity, places: rules.Places, *, now: datetime) -> rules.Places:
    """`places` of one activity, without those that are kept for somebody who waits."""
    free = [mode for mode, one in places.by_mode.items() if one.free != 0]
    return _without(places, {mode for mode in free if lead_time.has_line(activity, mode, now=now)})


def has_free_places(now: datetime) -> ColumnElement[bool]:
    """Condition on Activity: one may still come, and without waiting, because a place is left (as `places` says it) or
    none is needed.

    Activities whose registration is elsewhere are left out: nobody here knows.
    """
    online_limit = case(
        (Activity.mode == "hybrid", Activity.capacity_online),
        else_=func.coalesce(Activity.capacity_online, Activity.capacity),
    )
    return and_(
        Activity.takes_place,
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
                        _is_open("in_person", Activity.capacity, now),
                    ),
                    and_(
                        Activity.mode.in_(("online", "hybrid")),
                        _is_open("online", online_limit, now),
                    ),
                ),
            ),
        ),
    )


def _without(places: rules.Places, modes: set[str]) -> rules.Places:
    """None is free where the places are kept."""
    return rules.Places(
        {
            mode: replace(one, limit=one.taken) if mode in modes and one.free != 0 else one
            for mode, one in places.by_mode.items()
        }
    )


def _may_be_kept(counted: counting.Counted) -> bool:
    return any(one.free != 0 and counted.real.by_mode[mode].waiting for mode, one in counted.shown.by_mode.items())


def _kept(ids: list[int], now: datetime) -> set[tuple[int, str]]:
    """(activity, way of attending) where a free place is kept for somebody."""
    rows = db.session.execute(select(Activity.id, *(_is_kept(mode, now) for mode in MODES)).where(Activity.id.in_(ids)))
    return {(number, mode) for number, *kept in rows for mode, is_kept in zip(MODES, kept, strict=True) if is_kept}


def _is_open(mode: str, limit: SQLColumnExpression[int | None], now: datetime) -> ColumnElement[bool]:
    return and_(counting.is_shown_free(mode, limit), ~_is_kept(mode, now))


def _is_kept(mode: str, now: datetime) -> ColumnElement[bool]:
    """Condition on Activity: whether `lead_time.has_line`, in SQL."""
    lead = timedelta(minutes=lead_time.minutes(mode))
    if not lead:
        return false()
    line = select(Registration.id).where(
        Registration.activity_id == Activity.id,
        Registration.mode == mode,
        counting.IS_WAITING,
        Registration.confirmed_at.is_not(None),
    )
    return and_(
        _has_date(lambda date: and_(date.starts_at > now, date.starts_at <= now + lead)),
        line.correlate(Activity).exists(),
    )


def _has_date(condition: Callable[[type[Occurrence]], ColumnElement[bool]]) -> ColumnElement[bool]:
    date = aliased(Occurrence)  # the query around it may speak of occurrences, too
    return exists().where(date.activity_id == Activity.id, date.removed_at.is_(None), condition(date))
