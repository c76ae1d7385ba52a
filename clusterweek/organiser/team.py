"""The list of clusters with who works for them and who has not answered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import current_app
from sqlalchemy import func, select

from clusterweek import clock
from clusterweek.activities import texts
from clusterweek.clusters import rules
from clusterweek.clusters.models import Cluster, Invitation, Membership
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.listing import filter as filters
from clusterweek.listing.filter import Filter

KINDS = {name: filters.DESK[name] for name in ("q", "host_land")}  # what can be asked of a cluster
# joined: somebody works for it; asked: an invitation is out; expired: it ran out; unasked: nobody was invited.
STATES = ("joined", "asked", "expired", "unasked")


@dataclass(frozen=True)
class Line:
    """One cluster of the list."""

    cluster: Cluster
    members_count: int
    state: str
    asked_at: datetime | None  # when the last invitation without an answer was sent
    has_label: bool

    def fits(self, chosen: Filter, *, state: str | None) -> bool:
        """Whether the line belongs into the narrowed list; to a state, as in `counts`, only clusters that take part."""
        said = texts.fold(f"{self.cluster.name} {self.cluster.city or ''}")
        return (
            any(all(word in said for word in words) for words in chosen.searches or [[]])
            and (not chosen.has("host_land") or chosen.has("host_land", self.cluster.land or filters.NONE))
            and (state is None or (state == self.state and self.cluster.is_active))
        )


def clusters(sight: Sight, *, now: datetime) -> list[Line]:
    """Every cluster by its name, in three queries; whoever sees only some Länder sees their clusters.

    A limit to partner countries says nothing about clusters.
    """
    wanted = select(Cluster).order_by(func.lower(Cluster.name), Cluster.id)
    if not sight.is_whole and sight.laender:
        wanted = wanted.where(Cluster.land.in_(sight.laender))
    members = dict(
        db.session.execute(select(Membership.cluster_id, func.count()).group_by(Membership.cluster_id)).all()
    )
    asked: dict[int, Invitation] = {}
    for invitation in db.session.scalars(
        select(Invitation)
        .where(Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None))
        .order_by(Invitation.sent_at)
    ):
        asked[invitation.cluster_id] = invitation
    today = clock.today(current_app.config["TIMEZONE"], now=now)
    return [
        _line(
            cluster,
            members.get(cluster.id, 0),
            asked.get(cluster.id),
            has_label=rules.has_label(cluster, on=today),
            now=now,
        )
        for cluster in db.session.scalars(wanted)
    ]


def counts(lines: Iterable[Line]) -> dict[str, int]:
    """How many clusters are in each state; clusters that were switched off do not count."""
    counted = Counter(line.state for line in lines if line.cluster.is_active)
    return {state: counted[state] for state in STATES}


def _line(
    cluster: Cluster, members_count: int, invitation: Invitation | None, *, has_label: bool, now: datetime
) -> Line:
    if members_count:
        state = "joined"
    elif invitation is None:
        state = "unasked"
    else:
        state = "asked" if rules.state_of(invitation, now=now) == "open" else "expired"
    return Line(cluster, members_count, state, invitation.sent_at if invitation else None, has_label)
