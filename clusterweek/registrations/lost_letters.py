"""When a letter does not arrive: send it again, correct the address, find a lost link.

None of this tells whether an address is registered: pages say the same for every address, and take as long; the letter
tells the truth.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from clusterweek.registrations import actions, holds, posting, shadows, signing_up, tries
from clusterweek.web import links
from clusterweek.web.forms import normalise_email

CHANGED = (
    *("email", "email_normalised", "generation", "token_hash", "asked_at"),
    *("status", "withdrawn_at", "hold_until", "network_hash", "is_unheld", "shown_as", "access_need"),
    "reference_hash",
)


def send_again(activity_id: int, email: str, *, now: datetime, language: str = "de") -> None:
    """Send the link to whoever is registered with this address; nobody gets anything when nobody is."""
    activity = actions.locked(activity_id)
    actions.settle(activity, now=now)
    address = normalise_email(email)
    sender = tries.sender_of(activity.id, address, None, None)
    signing_up.write_to(tries.look_up(activity.id, address, sender), now=now, language=language)


def correct_address(
    activity_id: int,
    attendee: signing_up.Attendee,
    *,
    reference: str,
    network: str | None = None,
    is_limited: bool = True,
    now: datetime,
) -> None:
    """Put another address on the unconfirmed registration that this browser made: the old link opens nothing any more,
    a new letter goes out, the place in line stays.

    A browser that made none (it typed the address of somebody who was registered) has left a shadow: it makes way for a
    registration with the new address, or for a shadow of that one. A browser that has neither signs up.
    """
    activity = actions.locked(activity_id)
    counted = actions.settle_and_count(activity, now=now)[1]
    mine = tries.made_by(activity.id, links.fingerprint(reference))
    is_open = mine.status in ("unconfirmed", "waitlisted") and mine.confirmed_at is None
    is_registered = is_open and not mine.is_shadow_last
    if not is_registered and mine.shadow_id is None:
        actions.sign_up(activity_id, attendee, now=now, reference=reference, network=network, is_limited=is_limited)
        return
    address = normalise_email(attendee.email)
    sender = tries.sender_of(activity.id, address, network, reference)
    other = tries.look_up(activity.id, address, sender)
    if is_registered and not other.registration_id and mine.resent_count >= posting.MOST_RESENDS:
        return
    if is_registered:
        told, mode, until = holds.told_of(mine.status, mine.is_unheld, mine.shown_as), mine.mode, mine.hold_until
        is_same = other.registration_id == mine.id
    else:
        told, mode, until = mine.shadow_status, mine.shadow_mode, mine.shadow_until
        is_same = mine.shadow_email_hash == sender.email_hash
    # Everybody takes each of the next steps, most of them for nobody: so all take as long (see tries.py).
    is_over = is_registered and bool(other.registration_id) and not is_same
    _readdress(mine if is_registered else None, attendee, is_same=is_same, is_over=is_over, now=now)
    shadows.lift(tries.NOBODY if is_registered or is_same else mine.shadow_id)
    found = tries.look_up(activity.id, address, sender, mode=mode, is_limited=is_limited)
    if found.registration_id:
        signing_up.again(activity, found, mode=mode, told=told, until=until, now=now)
    else:
        signing_up.take_as_told(
            activity,
            attendee,
            found,
            mode=mode,
            told=told,
            real=counted.real.by_mode[mode],
            is_limited=is_limited and bool(network),
            until=until,
            now=now,
        )
    actions.settle(activity, now=now)


def _readdress(
    mine: Row[*tuple[Any, ...]] | None, attendee: signing_up.Attendee, *, is_same: bool, is_over: bool, now: datetime
) -> None:
    """Put the new address on a registration; `is_over`: it ends, for the new address has another one, which stays."""
    posting.withdraw_nudges(mine.id if mine and is_over else tries.NOBODY)
    if mine is None:
        values: dict[str, Any] = dict.fromkeys(CHANGED)
    else:
        values = {name: getattr(mine, name) for name in CHANGED}
    if mine and is_over:
        values |= {"status": "withdrawn", "withdrawn_at": now, "hold_until": None}
        values |= {"network_hash": None, "is_unheld": False, "shown_as": None, "access_need": None}
        values |= {"reference_hash": None}  # what the browser corrects next is the one that stays
    elif mine and not is_same:
        generation = mine.generation + 1
        values |= {"email": attendee.email, "email_normalised": normalise_email(attendee.email), "asked_at": None}
        values |= {"generation": generation, "token_hash": links.fingerprint(signing_up.token(mine.id, generation))}
    tries.note(mine.id if mine else tries.NOBODY, **values)
