"""The letter of this room: the invitation to work for a cluster."""

from datetime import datetime

from clusterweek.clusters import actions, rules
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db
from clusterweek.outbox import paper
from clusterweek.outbox.letter import Kind, Mail
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


def _write(letter: Letter) -> Mail:
    invitation = db.session.get(Invitation, letter.ids["invitation_id"])
    assert invitation is not None
    cluster = invitation.cluster
    subject, text, page = paper.write(
        "clusters/mails/invitation",
        cluster=cluster,
        url=links.page("clusters.invitation", lang=letter.language, token=actions.token_of(invitation)),
        until=invitation.expires_at,
        is_demo=cluster.is_demo,
    )
    return Mail(invitation.email, subject, text, page, is_demo=cluster.is_demo)


KINDS = {"invitation": Kind(_is_wanted, _write)}
