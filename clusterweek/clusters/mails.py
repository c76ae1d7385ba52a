"""The letter of this room: the invitation to work for a cluster."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from clusterweek.accounts.models import Person
from clusterweek.clusters import actions, queries, rules
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.i18n import day_long, day_span, gettext as _, lazy_gettext as _l, local
from clusterweek.outbox import paper
from clusterweek.outbox.letter import About, Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.web import links


def _is_wanted(letter: Letter, now: datetime) -> bool:
    """Not when it was accepted, taken back or sent again: the link in an older letter would open nothing."""
    invitation = db.session.get(Invitation, letter.ids["invitation_id"])
    return (
        invitation is not None
        and rules.state_of(invitation, now=now) == "open"
        and invitation.generation == letter.ids["generation"]
    )


def _write(letter: Letter, _now: datetime) -> Mail:
    invitation = db.session.get(Invitation, letter.ids["invitation_id"])
    assert invitation is not None
    cluster = invitation.cluster
    edition = editions.invited_to(letter.created_at)
    inviter = db.session.get(Person, invitation.invited_by_id) if invitation.invited_by_id else None
    # An invented colleague has no mailbox, and whoever left the office must not be asked.
    may_answer = inviter is not None and inviter.is_active and (cluster.is_demo or not inviter.is_demo)
    asked_at = invitation.created_at if letter.ids.get("again") else None
    subject, text, page = paper.write(
        "clusters/mails/invitation",
        cluster=cluster,
        edition=edition,
        lead=_lead(invitation, inviter, edition),
        asked_on=day_long(local(asked_at).date()) if asked_at else None,
        days=day_span(edition.starts_on, edition.ends_on, with_year=True) if edition else "",
        contact=_contact(cluster, inviter if may_answer else None, edition),
        may_reply=may_answer,
        url=links.page("clusters.invitation", lang=letter.language, token=actions.token_of(invitation)),
        site=urlsplit(current_app.config["BASE_URL"]).netloc,
        until=invitation.expires_at,
        is_demo=cluster.is_demo,
    )
    reply_to = inviter.email if inviter and may_answer else None
    return Mail(invitation.email, subject, text, page, reply_to=reply_to, is_demo=cluster.is_demo)


def _contact(cluster: Cluster, inviter: Person | None, edition: Edition | None) -> str:
    """Whom to ask, with telephone and address; a colleague at the cluster has no telephone of the office."""
    is_colleague = inviter is not None and queries.membership(cluster, inviter.id) is not None
    name = inviter.name if inviter else edition.organised_by if edition else None
    phone = "" if is_colleague else current_app.config["OFFICE_PHONE"]
    return ", ".join(part for part in (name, phone, inviter.email if inviter else "") if part)


def _lead(invitation: Invitation, inviter: Person | None, edition: Edition | None) -> str:
    """Who invites: a colleague, or the programme office, by name where it is known."""
    cluster = invitation.cluster
    if inviter and queries.membership(cluster, inviter.id):
        return _(
            "%(name)s invites you to work on the activities of %(cluster)s.", name=inviter.name, cluster=cluster.name
        )
    office = edition.organised_by if edition else None
    if inviter:
        return _(
            "%(name)s (%(office)s) invites %(cluster)s to take part with its own activities.",
            name=inviter.name,
            office=office or _("programme office"),
            cluster=cluster.name,
        )
    return _(
        "%(office)s invites %(cluster)s to take part with its own activities.",
        office=office or _("The programme office"),
        cluster=cluster.name,
    )


def _about(letters: Sequence[Letter]) -> dict[int, About]:
    numbers = [letter.ids["invitation_id"] for letter in letters if "invitation_id" in letter.ids]
    invitations = db.session.scalars(
        select(Invitation).where(Invitation.id.in_(numbers)).options(joinedload(Invitation.cluster))
    )
    clusters = {one.id: one.cluster for one in invitations}
    return {
        letter.id: About(cluster.name, "organiser.cluster", {"cluster": cluster.slug})
        for letter in letters
        if (cluster := clusters.get(letter.ids.get("invitation_id", 0)))
    }


KINDS = {"invitation": Kind(_l("Invitation of a cluster"), _is_wanted, _write, _about)}
