"""Finding clusters, their members and invitations."""

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import contains_eager

from clusterweek.accounts.models import Person
from clusterweek.clusters import rules
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note
from clusterweek.history.verbs import INVITATIONS
from clusterweek.web import links


def by_slug(slug: str) -> Cluster | None:
    return db.session.scalar(select(Cluster).where(Cluster.slug == slug))


def house_words() -> list[str]:
    """What everybody here knows, and guessers try first: titles of weeks and conferences, names of clusters."""
    wanted: Any = union_all(select(Edition.title_de), select(Edition.title_en), select(Cluster.name))
    return [row[0] for row in db.session.execute(wanted) if row[0]]


def by_name(name: str) -> Cluster | None:
    """The cluster with exactly this name; the older one if there are two."""
    return db.session.scalars(select(Cluster).where(Cluster.name == name).order_by(Cluster.id)).first()


def active() -> list[Cluster]:
    """Everybody who takes part, by name, whatever the case of its first letter."""
    return list(
        db.session.scalars(select(Cluster).where(Cluster.is_active).order_by(func.lower(Cluster.name), Cluster.id))
    )


def of_person(person: Person) -> list[Cluster]:
    """The clusters that a person works for, by name."""
    return list(
        db.session.scalars(
            select(Cluster)
            .join(Membership, Membership.cluster_id == Cluster.id)
            .where(Membership.person_id == person.id)
            .order_by(Cluster.name, Cluster.id)
        )
    )


def editable(person: Person, slug: str) -> Cluster | None:
    """The cluster with this slug, looked for among those that the person may edit: a foreign one is unknown."""
    wanted = select(Cluster).where(Cluster.slug == slug)
    if not person.has_role("organiser"):
        wanted = wanted.join(Membership, Membership.cluster_id == Cluster.id).where(Membership.person_id == person.id)
    return db.session.scalar(wanted)


def members(cluster: Cluster) -> list[Membership]:
    """Everybody who works for a cluster, with the person; owners first, then by name."""
    return list(
        db.session.scalars(
            select(Membership)
            .join(Membership.person)
            .where(Membership.cluster_id == cluster.id)
            .options(contains_eager(Membership.person))
            .order_by(Membership.is_owner.desc(), Person.name, Person.id)
        )
    )


def membership(cluster: Cluster, person_id: int) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(Membership.cluster_id == cluster.id, Membership.person_id == person_id)
    )


def is_member(cluster: Cluster, email_normalised: str) -> bool:
    """Whether somebody with this address, in its normal form, works for a cluster."""
    wanted = (
        select(Membership.id)
        .join(Membership.person)
        .where(Membership.cluster_id == cluster.id, Person.email_normalised == email_normalised)
    )
    return db.session.scalar(wanted) is not None


def invitations_sent_by(person: Person, *, since: datetime) -> list[datetime]:
    """When somebody has sent invitations, new ones and again, the earliest first."""
    wanted = select(Note.at).where(Note.actor_id == person.id, Note.at > since, Note.action.in_(INVITATIONS))
    return list(db.session.scalars(wanted.order_by(Note.at, Note.id)))


def invitations(cluster: Cluster | None = None, *, only_open: bool = False) -> list[Invitation]:
    """Invitations with their clusters, the longest without an answer first.

    `only_open`: who was asked and has not accepted, whether the link still works or has run out.
    """
    wanted = (
        select(Invitation)
        .join(Invitation.cluster)
        .options(contains_eager(Invitation.cluster))
        .order_by(Invitation.sent_at, Invitation.id)
    )
    if cluster is not None:
        wanted = wanted.where(Invitation.cluster_id == cluster.id)
    if only_open:
        wanted = wanted.where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
    return list(db.session.scalars(wanted))


def open_invitation(cluster: Cluster, email_normalised: str) -> Invitation | None:
    """The one that has no answer yet, for an address in its normal form."""
    return db.session.scalar(
        select(Invitation).where(
            Invitation.cluster_id == cluster.id,
            Invitation.email_normalised == email_normalised,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
    )


def usable_invitation(token: str, *, now: datetime) -> Invitation | None:
    """The invitation behind a token; None when the token is unknown, or replaced, or the invitation has an answer."""
    invitation = db.session.scalar(select(Invitation).where(Invitation.token_hash == links.fingerprint(token)))
    return invitation if invitation and rules.state_of(invitation, now=now) == "open" else None
