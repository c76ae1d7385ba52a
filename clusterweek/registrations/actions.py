"""What attendees do: sign up, confirm, change, give up. And what follows: holds expire, people move up.

Places are counted, never stored. Whoever counts has locked the activity's row first (`locked`), so two people
who want the last place stand in line.
"""

import logging
import traceback
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.exc import OperationalError

from clusterweek.accounts.models import Person
from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.history import record
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.registrations import (
    counting,
    holds,
    lead_time,
    newcomers,
    posting,
    queries,
    rules,
    shadows,
    signing_up,
    tries,
    unanswered,
)
from clusterweek.registrations.models import ACTIVE, HELD, WAITING, Registration
from clusterweek.registrations.signing_up import Attendee
from clusterweek.web.forms import normalise_email

log = logging.getLogger(__name__)


class Settled(NamedTuple):
    """Who has moved up, and the places as they are then."""

    promoted: list[Registration]
    places: rules.Places


def locked(activity_id: int) -> Activity:
    """The activity as it is now, its row locked until the transaction ends. Raises Refusal (404) when there is none."""
    activity = db.session.scalar(
        select(Activity).where(Activity.id == activity_id).with_for_update().execution_options(populate_existing=True)
    )
    if activity is None:
        raise Refusal(_("There is no such activity."), status=404)
    return activity


def sign_up(
    activity_id: int,
    attendee: Attendee,
    *,
    now: datetime,
    reference: str | None = None,
    network: str | None = None,
    is_limited: bool = True,
) -> signing_up.Taken:
    """Hold a place, or take the next place in line, and ask for confirmation by letter. Every channel ends here.

    An address that is registered already keeps its registration, and gets the link by letter if the last one is a
    minute old; the public numbers move as for a new one (see shadows.py), and it takes as long. `reference` is a secret
    of the browser; it may later correct the address, see lost_letters.py. Of the places that are held for `network`
    there are only so many, unless `is_limited` is False; who comes after them is given a place when they confirm.
    Raises Refusal when people cannot sign up here (any more).
    """
    activity = locked(activity_id)
    if sentence := rules.why_closed(activity, now):
        raise Refusal(sentence)
    counted = settle_and_count(activity, now=now)[1]
    shown = newcomers.without_kept(activity, counted.shown, now=now)
    real = newcomers.without_kept(activity, counted.real, now=now)
    modes = rules.modes_of(activity)
    mode = attendee.mode if attendee.mode in modes else modes[0]
    email = normalise_email(attendee.email)
    sender = tries.sender_of(activity.id, email, network, reference)
    found = tries.look_up(activity.id, email, sender, mode=mode, is_limited=is_limited)
    told = holds.told(
        shown.by_mode[mode], held_from_here=found.row.shown_from_here, is_limited=is_limited and bool(network)
    )
    until = rules.hold_until(
        now=now, closes_at=activity_rules.sign_up_closes_at(activity), starts_at=rules.next_start(activity, now)
    )
    if found.registration_id:
        return signing_up.again(activity, found, mode=mode, told=told, until=until, now=now)
    if found.shadow_id:  # it was registered when it was tried last, and is no more
        shadows.lift(found.shadow_id)
    if found.has_counted_shadow:  # the public numbers stand still: as the first try left them, so it is
        told, mode, until = found.row.shadow_status, found.row.shadow_mode, found.row.shadow_until
    return signing_up.take_as_told(
        activity,
        attendee,
        found,
        mode=mode,
        told=told,
        real=real.by_mode[mode],
        is_limited=is_limited and bool(network),
        until=until,
        now=now,
    )


def token_of(registration: Registration) -> str:
    """The secret in every link to this registration."""
    return signing_up.token(registration.id, registration.generation)


def confirm(registration_id: int, *, now: datetime) -> Registration:
    """The address is right. The held place becomes theirs, or the place in line counts from now on.

    Asking again changes nothing. When the time to confirm is over, the registration comes back expired.
    Raises Refusal when the activity does not take place.
    """
    registration, activity = _locked_registration(registration_id)
    settle(activity, now=now)
    if registration.hold_until is None or not registration.is_active:
        return registration
    if sentence := rules.why_not_happening(activity):
        raise Refusal(sentence)
    posting.stop_asking(registration)
    unanswered.answer(registration.email, now=now)
    registration.confirmed_at = now
    if registration.is_unheld:
        _come_in(registration, activity, now=now)
    registration.stop_holding()
    if registration.status == "unconfirmed":
        registration.status = "confirmed"
        registration.placed_at = now
    if registration.status == "confirmed":
        posting.placed(registration, now=now)
    db.session.flush()
    settle(activity, now=now)
    if registration.status == "waitlisted":
        posting.waitlisted(registration, now=now)
    return registration


def _come_in(registration: Registration, activity: Activity, *, now: datetime) -> None:
    """Nothing was held for it: a place if there is one that nobody waits for, else the last place in line."""
    counted = counting.of(activity, now=now)
    mode = registration.mode
    registration.ticket = queries.next_ticket(activity.id)
    if counted.real.by_mode[mode].free != 0 and not queries.next_in_line(activity.id, mode, 1):
        registration.status = "confirmed"
        registration.placed_at = now
        registration.shown_as = WAITING if counted.shown.by_mode[mode].free == 0 else None


def give_up(registration_id: int, *, now: datetime) -> Registration:
    """Give the place (or the place in line) back; the next person moves up. Asking again changes nothing."""
    registration, activity = _locked_registration(registration_id)
    settle(activity, now=now)
    if not registration.is_active:
        return registration
    if rules.is_over(activity, now):
        raise Refusal(_("This activity has already taken place."))
    end(registration, now=now)
    if registration.confirmed_at:
        posting.given_up(registration, now=now)
    settle(activity, now=now)
    return registration


def change(
    registration_id: int,
    *,
    name: str,
    organisation: str | None,
    access_need: str | None,
    wants_reminders: bool,
    mode: str | None = None,
    now: datetime,
) -> Registration:
    """Take over what the person has changed. Refusal when another way of attending has no free place."""
    registration, activity = _locked_registration(registration_id)
    settle(activity, now=now)
    if not registration.is_active:
        raise Refusal(_("This registration has ended."))
    if mode and mode != registration.mode and mode in rules.modes_of(activity):
        _change_mode(registration, activity, mode, now=now)
    registration.name = name
    registration.organisation = organisation
    registration.access_need = access_need
    registration.wants_reminders = wants_reminders
    db.session.flush()
    return registration


def stop_reminders(registration_id: int) -> Registration:
    """No more reminders for this registration."""
    registration, _activity = _locked_registration(registration_id)
    registration.wants_reminders = False
    db.session.flush()
    return registration


def settle(activity: Activity, *, now: datetime) -> Settled:
    """Let overdue holds go, and give every free place to who is next in line, but to nobody in the lead time.

    Called first and last by whatever touches places, with the row locked: before the lead time nobody who has
    confirmed waits while a place is free, and an overdue hold never goes to a newcomer.
    """
    promoted, counted = settle_and_count(activity, now=now)
    return Settled(promoted, counted.real)


def settle_and_count(activity: Activity, *, now: datetime) -> tuple[list[Registration], counting.Counted]:
    """As `settle`; the places as they are and as they are shown."""
    db.session.flush()
    counted = counting.of(activity, now=now)
    if counted.has_overdue:
        for late in queries.overdue(activity.id, now):
            late.status = "expired"
            late.expired_at = now
            late.shown_as = None
            late.access_need = None
            late.stop_holding()
        shadows.forget_overdue(activity.id, now=now)
        db.session.flush()
        counted = counting.of(activity, now=now)
    if not rules.may_promote(activity, now):
        return [], counted
    promoted: list[Registration] = []
    in_lead = {mode for mode in counted.real.by_mode if lead_time.is_now(activity, mode, now=now)}
    for mode, places in counted.real.by_mode.items():
        if places.waiting and places.free != 0 and mode not in in_lead:
            promoted += queries.next_in_line(activity.id, mode, places.free)
    if promoted:
        _promote(promoted, counted, now=now)
        counted = counting.of(activity, now=now)
    if counted.is_doubled and shadows.move_up(activity, counted.shown, in_lead):
        counted = counting.of(activity, now=now)
    return promoted, counted


def give_to_next(activity_id: int, mode: str, *, by: Person, now: datetime) -> Registration:
    """Give one free place to who is next in line, by hand: the way in the lead time. Returns who has it now.

    Raises Refusal when nobody waits who has confirmed, no place is free, or nobody can come any more.
    """
    activity = locked(activity_id)
    counted = settle_and_count(activity, now=now)[1]
    places = counted.real.by_mode.get(mode)
    if places is None:
        raise Refusal(_("People cannot take part in this way."), status=404)
    if sentence := rules.why_not_happening(activity):
        raise Refusal(sentence)
    if not rules.may_promote(activity, now):
        raise Refusal(_("This activity has already begun."))
    line = queries.next_in_line(activity.id, mode, 1)
    if not line:
        raise Refusal(_("There is nobody on the waiting list who could move up."))
    if places.free == 0:
        raise Refusal(_("No place is available at the moment."))
    _promote(line, counted, now=now)
    record.note("place_given", "activity", activity.id, by=by, now=now, registration=line[0].id, mode=mode)
    settle(activity, now=now)
    return line[0]


def _promote(line: list[Registration], counted: counting.Counted, *, now: datetime) -> None:
    for registration in line:
        registration.status = "confirmed"
        registration.placed_at = now
        # By the public numbers its turn may have come before, or be still to come.
        was_shown = registration.shown_as == HELD
        registration.shown_as = WAITING if counted.is_doubled and not was_shown else None
    posting.promoted(line, now=now)
    db.session.flush()


def expire_holds(now: datetime) -> int:
    """The minute job: let overdue holds go, everywhere. Returns at how many activities.

    Opens a unit of work for each activity: sign-ups elsewhere do not wait, and one that fails holds up no other.
    """
    count = 0
    for activity_id in queries.activities_with_overdue(now):
        try:
            with unit_of_work():
                settle(locked(activity_id), now=now)
            count += 1
        except OperationalError:
            raise  # the database is away: not this activity's fault
        except Exception as problem:
            # Its message may hold somebody's address, so only its type and place are kept.
            place = "".join(traceback.format_tb(problem.__traceback__))
            log.error("activity %d keeps its overdue holds: %s\n%s", activity_id, type(problem).__name__, place)
    return count


def forget_needs(now: datetime) -> int:
    """The nightly job: forget what support people needed whose registration has ended, or whose activity took place (or
    was to take place) a week ago. Says of how many."""
    is_ended = Registration.status.not_in(ACTIVE)
    done = db.session.execute(
        update(Registration)
        .where(
            Registration.access_need.is_not(None),
            or_(is_ended, Registration.activity_id.in_(queries.activities_over(now - rules.NEEDS_KEPT))),
        )
        .values(access_need=None)
        .execution_options(synchronize_session=False)
    )
    return done.rowcount  # type: ignore[attr-defined]


def _locked_registration(registration_id: int) -> tuple[Registration, Activity]:
    """A registration as it is now, after its activity was locked: nothing about it changes behind our back."""
    activity_id = db.session.scalar(select(Registration.activity_id).where(Registration.id == registration_id))
    if activity_id is None:
        raise Refusal(_("There is no such registration."), status=404)
    activity = locked(activity_id)
    registration = db.session.get_one(Registration, registration_id, populate_existing=True)
    return registration, activity


def end(registration: Registration, *, now: datetime) -> None:
    """Take a registration out of the count; whoever calls settles afterwards."""
    registration.status = "withdrawn"
    registration.withdrawn_at = now
    registration.shown_as = None
    registration.access_need = None  # it was told for this activity only
    if registration.hold_until:
        registration.stop_holding()
        posting.stop_asking(registration)
    db.session.flush()


def _change_mode(registration: Registration, activity: Activity, mode: str, *, now: datetime) -> None:
    if registration.confirmed_at is None:
        raise Refusal(_("Please confirm your registration first."))
    counted = counting.of(activity, now=now)
    if lead_time.has_line(activity, mode, now=now) and counted.real.by_mode[mode].free != 0:
        raise Refusal(
            _("Others are already waiting for such a place. This close to the start the host decides who gets it.")
        )
    if counted.real.by_mode[mode].free == 0:
        raise Refusal(_("All places of that kind are taken. You keep the place you have."))
    registration.mode = mode
    registration.shown_as = WAITING if counted.shown.by_mode[mode].free == 0 else None
    if registration.status == "waitlisted":
        registration.status = "confirmed"
        registration.placed_at = now
    posting.placed(registration, now=now)
    db.session.flush()
    settle(activity, now=now)
