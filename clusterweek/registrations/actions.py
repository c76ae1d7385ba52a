"""What attendees do: sign up, confirm, change, give up. And what follows: holds expire, people move up.

Places are counted, never stored. Whoever counts has locked the activity's row first (`locked`), so two people
who want the last place stand in line.
"""

import logging
import traceback
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from clusterweek.accounts.models import Person
from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.history import record
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.registrations import lead_time, letters, queries, rules, unanswered
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from clusterweek.web.forms import normalise_email

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attendee:
    """What somebody tells about themselves when signing up. `mode` matters for hybrid activities only."""

    name: str
    email: str
    organisation: str | None = None
    access_need: str | None = None
    language: str = "de"
    mode: str | None = None


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


def sign_up(activity_id: int, attendee: Attendee, *, now: datetime, reference: str | None = None) -> Registration:
    """Hold a place, or take the next place in line, and ask for confirmation by letter. Every channel ends here.

    An address that is registered already gets its registration back, and the link by letter if the last one is a
    minute old. `reference` is a secret of the browser; it may later correct the address, see lost_letters.py.
    Raises Refusal when people cannot sign up here (any more).
    """
    activity = locked(activity_id)
    if sentence := rules.why_closed(activity, now):
        raise Refusal(sentence)
    places = lead_time.for_newcomers(activity, settle(activity, now=now).places, now=now)
    email = normalise_email(attendee.email)
    if earlier := queries.active(activity.id, email):
        letters.write_again(earlier, now=now)
        db.session.flush()
        return earlier
    modes = rules.modes_of(activity)
    mode = attendee.mode if attendee.mode in modes else modes[0]
    has_place = places.by_mode[mode].free != 0
    registration = Registration(
        activity_id=activity.id,
        name=attendee.name,
        email=attendee.email,
        email_normalised=email,
        organisation=attendee.organisation,
        access_need=attendee.access_need,
        language=attendee.language,
        mode=mode,
        status="unconfirmed" if has_place else "waitlisted",
        ticket=queries.next_ticket(activity.id),
        reference_hash=links.fingerprint(reference) if reference else None,
        signed_up_at=now,
        hold_until=rules.hold_until(
            now=now, closes_at=activity_rules.sign_up_closes_at(activity), starts_at=rules.next_start(activity, now)
        ),
        resent_count=0,
        generation=links.new_generation(),
    )
    registration.activity = activity
    db.session.add(registration)
    db.session.flush()
    registration.token_hash = links.fingerprint(token_of(registration))
    letters.ask_to_confirm(registration, now=now)
    db.session.flush()
    return registration


def token_of(registration: Registration) -> str:
    """The secret in every link to this registration; the row keeps its hash."""
    return links.token("registration", registration.id, registration.generation)


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
    letters.stop_asking(registration)
    unanswered.answer(registration.email, now=now)
    registration.confirmed_at = now
    registration.hold_until = None
    if registration.status == "unconfirmed":
        registration.status = "confirmed"
        registration.placed_at = now
        letters.placed(registration, now=now)
    db.session.flush()
    settle(activity, now=now)
    if registration.status == "waitlisted":
        letters.waitlisted(registration, now=now)
    return registration


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
        letters.given_up(registration, now=now)
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
    for late in queries.overdue(activity.id, now):
        late.status = "expired"
        late.expired_at = now
        late.hold_until = None
    db.session.flush()
    places = queries.places([activity])[activity.id]
    if not places.waiting or not rules.may_promote(activity, now):
        return Settled([], places)
    promoted: list[Registration] = []
    for mode, of_mode in places.by_mode.items():
        if of_mode.waiting and of_mode.free != 0 and not lead_time.is_now(activity, mode, now=now):
            promoted += queries.next_in_line(activity.id, mode, of_mode.free)
    if not promoted:
        return Settled([], places)
    _promote(promoted, now=now)
    return Settled(promoted, queries.places([activity])[activity.id])


def give_to_next(activity_id: int, mode: str, *, by: Person, now: datetime) -> Registration:
    """Give one free place to who is next in line, by hand: the way in the lead time. Returns who has it now.

    Raises Refusal when nobody waits who has confirmed, no place is free, or nobody can come any more.
    """
    activity = locked(activity_id)
    places = settle(activity, now=now).places.by_mode.get(mode)
    if places is None:
        raise Refusal(_("People cannot take part in this way."), status=404)
    if sentence := rules.why_not_happening(activity):
        raise Refusal(sentence)
    if not rules.may_promote(activity, now):
        raise Refusal(_("This activity has already begun."))
    line = queries.next_in_line(activity.id, mode, 1)
    if not line:
        raise Refusal(_("Nobody is on the waiting list who could move up."))
    if places.free == 0:
        raise Refusal(_("No place is free at the moment."))
    _promote(line, now=now)
    record.note("place given", "activity", activity.id, by=by, now=now, registration=line[0].id, mode=mode)
    return line[0]


def _promote(line: list[Registration], *, now: datetime) -> None:
    for registration in line:
        registration.status = "confirmed"
        registration.placed_at = now
    letters.promoted(line, now=now)
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
    if registration.hold_until:
        registration.hold_until = None
        letters.stop_asking(registration)
    db.session.flush()


def _change_mode(registration: Registration, activity: Activity, mode: str, *, now: datetime) -> None:
    if registration.confirmed_at is None:
        raise Refusal(_("Please confirm your registration first."))
    places = queries.places([activity])[activity.id].by_mode[mode]
    if places.free != 0 and lead_time.has_line(activity, mode, now=now):
        raise Refusal(
            _("Others wait for a place of that kind. So shortly before the start the host decides who gets it.")
        )
    if places.free == 0:
        raise Refusal(_("All places of that kind are taken. You keep the place you have."))
    registration.mode = mode
    if registration.status == "waitlisted":
        registration.status = "confirmed"
        registration.placed_at = now
    letters.placed(registration, now=now)
    db.session.flush()
    settle(activity, now=now)
