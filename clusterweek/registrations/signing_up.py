"""Signing up, once it is known what a try is told (`actions.sign_up`): who gets what, and which letter goes out."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.registrations import holds, posting, rules, shadows, tries
from clusterweek.registrations.models import UNHELD, WAITING, Registration
from clusterweek.web import links
from clusterweek.web.forms import normalise_email


@dataclass(frozen=True)
class Attendee:
    """What somebody tells about themselves when signing up. `mode` matters for hybrid activities only."""

    name: str
    email: str
    organisation: str | None = None
    access_need: str | None = None
    language: str = "de"
    mode: str | None = None


class Taken(NamedTuple):
    """The registration that an address has now, and what the page after it says."""

    id: int
    seen: tries.Seen


def take_as_told(
    activity: Activity,
    attendee: Attendee,
    found: tries.Found,
    *,
    mode: str,
    told: str,
    real: rules.ModePlaces,
    is_limited: bool,
    until: datetime,
    now: datetime,
) -> Taken:
    """Somebody who is not registered yet: what they were `told` by the public numbers, or the truth behind it."""
    standing = holds.given(told, real, held_from_here=found.row.held_from_here, is_limited=is_limited)
    generation = links.new_generation()
    number = db.session.scalar(
        insert(Registration)
        .values(
            activity_id=activity.id,
            name=attendee.name,
            email=attendee.email,
            email_normalised=normalise_email(attendee.email),
            organisation=attendee.organisation,
            access_need=attendee.access_need,
            language=attendee.language,
            mode=mode,
            status=standing.status,
            is_unheld=standing.is_unheld,
            shown_as=standing.shown_as,
            ticket=found.row.last_ticket + 1,
            reference_hash=found.sender.reference_hash,
            network_hash=found.sender.network_hash or None,
            signed_up_at=now,
            hold_until=until,
            generation=generation,
        )
        .returning(Registration.id)
    )
    assert number is not None
    _count, asked_at = posting.answer(
        number,
        language=attendee.language,
        resent_count=0,
        asked_at=None,
        is_confirmed=False,
        until=until,
        is_first=True,
        now=now,
    )
    token_hash = links.fingerprint(token(number, generation))
    tries.note(number, asked_at=asked_at, resent_count=0, token_hash=token_hash)
    return Taken(number, tries.Seen(until, told == WAITING, standing.is_unheld))


def again(activity: Activity, found: tries.Found, *, mode: str, told: str, until: datetime, now: datetime) -> Taken:
    """Somebody who is registered already: nothing of it changes, but the public numbers may count a shadow."""
    if found.is_own:
        told, until = found.told, found.row.hold_until
    elif found.has_counted_shadow:
        told, until = found.row.shadow_status, found.row.shadow_until
    shadows.cast(
        activity.id,
        mode=mode,
        status=told,
        is_counted=not found.is_own,
        email_hash=found.sender.email_hash,
        network_hash=found.sender.network_hash,
        reference_hash=None if found.is_own else found.sender.reference_hash,
        after_ticket=found.row.last_ticket,
        until=until,
    )
    write_to(found, now=now)
    is_unheld = found.row.is_unheld if found.is_own else told == UNHELD
    return Taken(found.registration_id, tries.Seen(until, told == WAITING, is_unheld))


def write_to(found: tries.Found, *, now: datetime, language: str = "de") -> None:
    """Send the link to whoever is registered with an address; when nobody is, the same work is done for nobody."""
    row = found.row
    resent_count, asked_at = posting.answer(
        found.registration_id,
        language=row.language or language,
        resent_count=row.resent_count or 0,
        asked_at=row.asked_at,
        is_confirmed=row.confirmed_at is not None,
        until=row.hold_until,
        now=now,
    )
    tries.note(found.registration_id, asked_at=asked_at, resent_count=resent_count, token_hash=row.token_hash)


def token(registration_id: int, generation: int) -> str:
    """The secret in every link to a registration; the row keeps its hash."""
    return links.token("registration", registration_id, generation)
