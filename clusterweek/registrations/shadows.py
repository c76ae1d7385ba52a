"""Shadows: what keeps the public numbers from telling who is registered.

Somebody new who signs up takes a place out of the public numbers until they confirm or the time is over. Somebody who
is registered already takes none, and whoever watches the numbers would know. So such a try leaves a shadow, which the
public numbers count (counting.py) and nothing else does. The public numbers then go on as if the shadow were a person:
who really gets a place beside a shadow on the last one is still shown in line (`shown_as`), until there is room by the
public numbers, too. Only places, lines and moments are the subject here; nobody is given or refused anything.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, or_, select, update

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, insert_into
from clusterweek.registrations import rules
from clusterweek.registrations.models import HELD, WAITING, Registration, Shadow


def cast(
    activity_id: int,
    *,
    mode: str,
    status: str,
    is_counted: bool,
    email_hash: str,
    network_hash: str,
    reference_hash: str | None,
    after_ticket: int,
    until: datetime,
) -> None:
    """Leave a shadow; where the same network has left one for this address already that is counted, that one stays."""
    statement = insert_into(Shadow).values(
        activity_id=activity_id,
        mode=mode,
        status=status,
        is_counted=is_counted,
        email_hash=email_hash,
        network_hash=network_hash,
        reference_hash=reference_hash,
        after_ticket=after_ticket,
        until=until,
    )
    # The one that stays is written once more as it is: the same work, and so the same time, either way.
    new = statement.excluded
    stays = ("mode", "status", "reference_hash", "after_ticket", "until")
    kept: dict[str, Any] = {name: case((Shadow.is_counted, getattr(Shadow, name)), else_=new[name]) for name in stays}
    kept["is_counted"] = or_(Shadow.is_counted, new["is_counted"])
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["activity_id", "email_hash", "network_hash"], set_=kept)
    )


def lift(shadow_id: int) -> None:
    """Take a shadow away: the browser that left it has corrected the address."""
    db.session.execute(delete(Shadow).where(Shadow.id == shadow_id).execution_options(synchronize_session=False))


def forget_overdue(activity_id: int, *, now: datetime) -> None:
    """Forget the shadows of an activity whose time is over, as overdue holds are let go."""
    db.session.execute(
        delete(Shadow)
        .where(Shadow.activity_id == activity_id, Shadow.until <= now)
        .execution_options(synchronize_session=False)
    )


def follow(activity: Activity) -> None:
    """One cannot attend in two ways any more: shadows go over to the one that is left, as people do."""
    db.session.execute(
        update(Shadow)
        .where(Shadow.activity_id == activity.id, Shadow.mode != activity.mode)
        .values(mode=activity.mode)
        .execution_options(synchronize_session=False)
    )


def move_up(activity: Activity, shown: rules.Places, in_lead: set[str]) -> bool:
    """Let those who are shown in line move up into what the public numbers show as free; says whether anybody did.
    `in_lead`: the ways of attending in which nobody moves up by itself any more; who really has a place still does."""
    changed: list[Registration] = []
    for mode, places in shown.by_mode.items():
        if not places.waiting or places.free == 0:
            continue
        is_placed = (Registration.status == "confirmed") & (Registration.shown_as == WAITING)
        is_waiting = (Registration.status == "waitlisted") & Registration.shown_as.is_(None)
        is_next = is_placed if mode in in_lead else or_(is_waiting & Registration.is_unheld.is_(False), is_placed)
        changed += db.session.scalars(
            select(Registration)
            .where(
                Registration.activity_id == activity.id,
                Registration.mode == mode,
                Registration.confirmed_at.is_not(None),
                is_next,
            )
            .order_by(Registration.ticket)
            .limit(places.free)
        )
    for one in changed:
        one.shown_as = None if one.status == "confirmed" else HELD
    db.session.flush()
    return bool(changed)
