"""Decisions about clusters and who may change them, without database or clock."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from clusterweek.accounts.models import Person
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.web import links

INVITATION_DAYS = timedelta(days=14)  # a holiday and the week after it
# What a cluster's people may send (limits of actions.invite): a large team in a day, and no mailbox full of letters.
INVITATIONS_A_DAY = 20
INVITATION_WINDOW = timedelta(hours=24)


def may_manage_team(person: Person, memberships: Iterable[Membership]) -> bool:
    """Whether somebody may invite and remove people: an owner among `memberships`, and the programme office."""
    return person.has_role("organiser") or any(m.is_owner and m.person_id == person.id for m in memberships)


def is_last_owner(membership: Membership, memberships: Iterable[Membership]) -> bool:
    """Whether nobody could invite or remove anybody any more, if this one went."""
    return membership.is_owner and not any(m.is_owner and m.id != membership.id for m in memberships)


def mailbox(address: str) -> str:
    """An address in its normal form without its `+tag`: where the letters arrive."""
    local, _at, domain = address.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def state_of(invitation: Invitation, *, now: datetime) -> str:
    """`accepted`, `withdrawn`, `expired`, `void` (an upgrade or a restore took its link away) or `open`."""
    if invitation.accepted_at:
        return "accepted"
    if invitation.withdrawn_at:
        return "withdrawn"
    if now >= invitation.expires_at:
        return "expired"
    return "void" if links.is_void(invitation.token_hash) else "open"


def has_label(cluster: Cluster, *, on: date) -> bool:
    """Whether the ECEI label is still valid; one without a date has no end that we know of."""
    return bool(cluster.ecei_label) and (cluster.label_valid_until is None or on <= cluster.label_valid_until)
