"""When a letter does not arrive: send it again, correct the address, find a lost link.

None of this tells whether an address is registered: pages say the same for every address, the letter tells the truth.
"""

from datetime import datetime

from clusterweek.db.session import db
from clusterweek.registrations import actions, letters, queries
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from clusterweek.web.forms import normalise_email


def send_again(activity_id: int, email: str, *, now: datetime) -> None:
    """Send the link to whoever is registered with this address; nothing happens when nobody is."""
    activity = actions.locked(activity_id)
    actions.settle(activity, now=now)
    if registration := queries.active(activity.id, normalise_email(email)):
        letters.write_again(registration, now=now)
        db.session.flush()


def correct_address(activity_id: int, attendee: actions.Attendee, *, reference: str, now: datetime) -> Registration:
    """Put another address on the unconfirmed registration that this browser made: the old link opens nothing any more,
    a new letter goes out, the place in line stays.

    A browser that made none (it typed the address of somebody who was registered) signs up with the new address.
    """
    activity = actions.locked(activity_id)
    actions.settle(activity, now=now)
    email = normalise_email(attendee.email)
    mine = queries.by_reference(activity.id, links.fingerprint(reference))
    if mine is None or mine.confirmed_at or not mine.is_active:
        return actions.sign_up(activity_id, attendee, now=now, reference=reference)
    other = queries.active(activity.id, email)
    if other and other is not mine:
        # Two registrations of one person: the earlier one stays, what was mistyped goes.
        actions.end(mine, now=now)
        actions.settle(activity, now=now)
        letters.write_again(other, now=now)
        return other
    if other is None and mine.resent_count < letters.MOST_RESENDS:
        mine.email = attendee.email
        mine.email_normalised = email
        mine.generation += 1
        mine.token_hash = links.fingerprint(actions.token_of(mine))
        mine.asked_at = None
    letters.write_again(mine, now=now)
    db.session.flush()
    return mine
