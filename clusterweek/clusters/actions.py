"""Changing clusters, and who works for them. Accepting an invitation: see accepting.py."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, String, cast, literal, select, update as change

from clusterweek.accounts.models import Person
from clusterweek.clusters import queries, rules
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.db.session import db
from clusterweek.editions import rules as editions
from clusterweek.history import record
from clusterweek.i18n import gettext as _, moment_short
from clusterweek.limits import waits
from clusterweek.outbox import post
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists, spelling
from clusterweek.web import links
from clusterweek.web.forms import email_problem, normalise_email

COLUMNS = (
    "name", "kind", "land", "city", "website", "email", "summary_de", "summary_en", "ecei_label", "label_valid_until",
    "is_active", "fields",
)  # fmt: skip


def create(
    name: str,
    *,
    kind: str = "cluster",
    land: str | None = None,
    city: str | None = None,
    fields: Iterable[str] = (),
    email: str | None = None,
    website: str | None = None,
    label: str | None = None,
    label_valid_until: date | None = None,
    slug: str | None = None,
    by: Person | None = None,
    now: datetime,
    is_demo: bool = False,
) -> Cluster:
    """A new cluster; its address is made from the name. Raises Refusal for an unknown kind or a slug that is taken."""
    if kind not in lists.CLUSTER_KINDS or label not in (None, *lists.LABELS):
        raise Refusal(_("There is no such kind of cluster or label."), status=422)
    if slug and (not editions.is_slug(slug) or queries.by_slug(slug)):
        raise Refusal(_("“%(slug)s” is taken or cannot be used in an address.", slug=slug), status=422)
    cluster = Cluster(
        name=name,
        slug=slug or _free_slug(name),
        kind=kind,
        land=land,
        city=city,
        email=email,
        website=website,
        ecei_label=label,
        label_valid_until=label_valid_until,
        is_active=True,
        is_demo=is_demo,
        created_at=now,
        updated_at=now,
    )
    cluster.fields = list(fields)
    db.session.add(cluster)
    db.session.flush()
    record.note("created", "cluster", cluster.id, by=by, now=now)
    return cluster


def update(cluster: Cluster, values: dict[str, Any], *, by: Person | None, now: datetime) -> set[str]:
    """Take over new values (names as in COLUMNS; a missing one stays as it is) and say which have changed.

    The address stays. When anything has changed, the caller tells `activities.actions.cluster_changed`: activities show
    the cluster's name, and they stand on a higher floor.
    """
    if unknown := set(values) - set(COLUMNS):
        raise ValueError(f"a cluster has no {sorted(unknown)}")
    changed = {name for name, value in values.items() if getattr(cluster, name) != value}
    for name in changed:
        setattr(cluster, name, values[name])
    if changed:
        cluster.updated_at = now
        db.session.flush()
        record.note("updated", "cluster", cluster.id, by=by, now=now, fields=sorted(changed))
    return changed


def invite(cluster: Cluster, email: str, *, by: Person | None, now: datetime, language: str = "de") -> Invitation:
    """Ask somebody to work for a cluster, by a letter with a link that works once, for 14 days.

    An invitation that is still without an answer is returned and no second letter is written (`send_again` does that);
    if its link no longer works, it is sent again. Raises Refusal for a wrong address, for a member, and TooMany.
    """
    if problem := email_problem(email):
        raise Refusal(problem, status=422)
    _lock(cluster)
    address = normalise_email(email)
    if queries.is_member(cluster, address):  # in one statement: the time does not tell whether there is an account
        raise Refusal(_("%(email)s works for %(cluster)s already.", email=email, cluster=cluster.name), status=422)
    if known := queries.open_invitation(cluster, address):
        return known if rules.state_of(known, now=now) == "open" else send_again(known, by=by, now=now)
    _check_limits(address, by=by, now=now)
    invitation = Invitation(
        cluster_id=cluster.id,
        email=email,
        email_normalised=address,
        language=language,
        generation=links.new_generation(),
        invited_by_id=by.id if by else None,
        created_at=now,
        sent_at=now,
        expires_at=now + rules.INVITATION_DAYS,
    )
    db.session.add(invitation)
    db.session.flush()
    _send(invitation, again=False, by=by, now=now)
    record.note("invited", "cluster", cluster.id, by=by, now=now, invitation=invitation.id)
    return invitation


def send_again(invitation: Invitation, *, by: Person | None, now: datetime) -> Invitation:
    """A new letter with a new link, again for 14 days; the older link opens nothing any more. Raises TooMany."""
    _check_open(invitation)
    _check_limits(invitation.email_normalised, by=by, now=now)
    post.withdraw(f"invitation:{invitation.id}")
    invitation.generation = links.new_generation()
    invitation.sent_at = now
    invitation.expires_at = now + rules.INVITATION_DAYS
    _send(invitation, again=True, by=by, now=now)
    record.note("invited_again", "cluster", invitation.cluster_id, by=by, now=now, invitation=invitation.id)
    return invitation


def withdraw_invitation(invitation: Invitation, *, by: Person | None, now: datetime) -> None:
    """Take an invitation back; its link no longer works, and a letter that waits does not leave."""
    _check_open(invitation)
    invitation.withdrawn_at = now
    post.withdraw(f"invitation:{invitation.id}")
    db.session.flush()
    record.note("invitation_withdrawn", "cluster", invitation.cluster_id, by=by, now=now, invitation=invitation.id)


def add_member(
    cluster: Cluster, person: Person, *, is_owner: bool = False, by: Person | None = None, now: datetime
) -> Membership:
    """Let a person work for a cluster; whoever does already is returned. The first one is the owner in any case."""
    _lock(cluster)
    if known := queries.membership(cluster, person.id):
        return known
    owner = is_owner or not queries.members(cluster)
    added = Membership(cluster_id=cluster.id, person_id=person.id, is_owner=owner, created_at=now)
    db.session.add(added)
    db.session.flush()
    record.note("member_added", "cluster", cluster.id, by=by, now=now, person=person.id, is_owner=owner)
    traces.note("membership_given", by=by, whom=person, subject=("cluster", cluster.id), now=now)
    return added


def remove_member(cluster: Cluster, person_id: int, *, by: Person | None, now: datetime) -> None:
    """Let a person go; the account stays. Raises Refusal for the last owner: nobody could let anybody in any more."""
    _lock(cluster)
    team = queries.members(cluster)
    leaving = next((m for m in team if m.person_id == person_id), None)
    if leaving is None:
        return
    if rules.is_last_owner(leaving, team):
        raise Refusal(_("This is the only person who may invite others. Give somebody else this right first."))
    db.session.delete(leaving)
    db.session.flush()
    record.note("member_removed", "cluster", cluster.id, by=by, now=now, person=person_id)
    traces.note("membership_taken", by=by, whom=person_id, subject=("cluster", cluster.id), now=now)


def make_owner(cluster: Cluster, person_id: int, *, by: Person | None, now: datetime) -> None:
    """Let a member invite and remove others too."""
    member = queries.membership(cluster, person_id)
    if member is None or member.is_owner:
        return
    member.is_owner = True
    db.session.flush()
    record.note("owner_made", "cluster", cluster.id, by=by, now=now, person=person_id)
    traces.note("owner_made", by=by, whom=person_id, subject=("cluster", cluster.id), now=now)


def make_links_void(connection: Connection, *, now: datetime) -> int:
    """Make the links of all invitations without an answer void, after the database went back to an earlier state;
    says how many. The team's page shows it, with "send again"."""
    table = Invitation.__table__
    waits.forget_claims("invitation", connection)  # whoever got a void one today may get another today
    done = connection.execute(
        change(table)  # type: ignore[arg-type]
        .where(table.c.accepted_at.is_(None), table.c.withdrawn_at.is_(None), table.c.expires_at > now)
        .values(token_hash=literal(links.VOID) + cast(table.c.id, String))
    )
    return done.rowcount


def token_of(invitation: Invitation) -> str:
    """The token of the newest link, derived whenever it is needed."""
    return links.token("invitation", invitation.id, invitation.generation)


class TooMany(Refusal):
    """An invitation that is not sent, because there were enough letters: of this person's, or to this address."""


def _check_limits(address: str, *, by: Person | None, now: datetime) -> None:
    """A cluster's people send 20 invitations within 24 hours each, the office as many as it likes; nobody sends two to
    one mailbox within 24 hours, whatever cluster they are for. Raises TooMany."""
    if by and not by.has_role("organiser"):
        # The lock comes before the count: two browsers of one person stand in line here.
        db.session.execute(select(Person.id).where(Person.id == by.id).with_for_update())
        sent = queries.invitations_sent_by(by, since=now - rules.INVITATION_WINDOW)
        if len(sent) >= rules.INVITATIONS_A_DAY:
            raise TooMany(
                _(
                    "You have sent %(count)s invitations within 24 hours; no more are possible. The next one can be "
                    "sent from %(moment)s; until then the programme office can help.",
                    count=len(sent),
                    moment=moment_short(sent[0] + rules.INVITATION_WINDOW),
                ),
                status=429,
            )
    seconds = int(rules.INVITATION_WINDOW.total_seconds())
    if again_at := waits.claim("invitation", rules.mailbox(address), seconds, now=now):
        raise TooMany(
            _(
                "An invitation was sent to this address less than 24 hours ago. The next one can be sent from "
                "%(moment)s.",
                moment=moment_short(again_at),
            ),
            status=429,
        )


def _send(invitation: Invitation, *, again: bool, by: Person | None, now: datetime) -> None:
    invitation.token_hash = links.fingerprint(token_of(invitation))
    db.session.flush()
    traces.note("invited", by=by, subject=("invitation", invitation.id), now=now)
    post.queue(
        "invitation",
        key=f"invitation:{invitation.id}:{invitation.generation}",
        language=invitation.language,
        now=now,
        priority=post.NOW,
        invitation_id=invitation.id,
        generation=invitation.generation,
        again=int(again),
    )


def _check_open(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.withdrawn_at:
        raise Refusal(_("This invitation was accepted or taken back in the meantime."))


def _lock(cluster: Cluster) -> None:
    """Two people who change a team at the same moment stand in line here."""
    db.session.execute(select(Cluster.id).where(Cluster.id == cluster.id).with_for_update())


def _free_slug(name: str) -> str:
    """The name as an address; with a number when it is taken or a word that the addresses use."""
    base = spelling.slug(name, otherwise="cluster")
    taken = set(db.session.scalars(select(Cluster.slug).where(Cluster.slug.startswith(base, autoescape=True))))
    number = 1
    candidate = base
    while candidate in taken or not editions.is_slug(candidate):
        number += 1
        candidate = f"{base}-{number}"
    return candidate
