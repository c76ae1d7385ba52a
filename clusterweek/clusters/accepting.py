"""Accepting an invitation: with an account that is there, or with a new one."""

from datetime import datetime

from sqlalchemy import select

from clusterweek.accounts import actions as accounts, queries as people
from clusterweek.accounts.models import Person
from clusterweek.clusters import actions, queries
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.web import links


def accept_as_new(token: str, *, name: str, password: str | None, language: str, now: datetime) -> Person:
    """Accept an invitation without having an account: the person is made. Without a password one logs in by links.

    Raises Refusal when the link does not work any more, or when the address has an account (`accept` is for those).
    """
    invitation = _take(token, now=now)
    if people.by_email(invitation.email):
        raise Refusal(_("There is an account with this address already. Log in to accept the invitation."))
    is_demo = invitation.cluster.is_demo
    person = accounts.add_person(invitation.email, name, language=language, now=now, is_demo=is_demo)
    if password:
        accounts.set_password(person, password, now)
    _join(invitation, person, now=now)
    return person


def accept(token: str, person: Person, *, now: datetime) -> None:
    """Accept an invitation with the account that has its address. Raises Refusal for any other account."""
    invitation = _take(token, now=now)
    if person.email_normalised != invitation.email_normalised:
        raise Refusal(_("This invitation was sent to another address than yours."), status=403)
    _join(invitation, person, now=now)


def _take(token: str, *, now: datetime) -> Invitation:
    # The lock comes before the look: of two clicks at the same moment the second finds the invitation accepted.
    db.session.execute(select(Invitation.id).where(Invitation.token_hash == links.fingerprint(token)).with_for_update())
    invitation = queries.usable_invitation(token, now=now)
    if invitation is None:
        raise Refusal(_("This invitation was accepted already, replaced by a newer one, or has run out."), status=404)
    return invitation


def _join(invitation: Invitation, person: Person, *, now: datetime) -> None:
    invitation.accepted_at = now
    invitation.accepted_by_id = person.id
    actions.add_member(invitation.cluster, person, by=person, now=now)
