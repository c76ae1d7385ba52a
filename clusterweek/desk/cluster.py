"""The frame of a cluster's desk: for whom one works there, the row of links, the edition that is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, abort, current_app, request

from clusterweek.accounts.login import person
from clusterweek.accounts.models import Person
from clusterweek.desk import tabs
from clusterweek.editions import queries as editions, rules
from clusterweek.editions.models import Edition


@dataclass(frozen=True)
class Desk:
    """The desk of one cluster (which is of a room above), for one person."""

    cluster: Any
    person: Person

    @property
    def is_visited(self) -> bool:
        """Whether somebody of the office works here for a cluster that is not their own."""
        return self.person.has_role("organiser") and not current_app.extensions["is_member"](self.cluster, self.person)

    @property
    def links(self) -> list[tabs.Link]:
        return tabs.row("cluster", self, {"cluster": self.cluster.slug})


def init_app(app: Flask, *, is_member: Callable[[Any, Person], bool]) -> None:
    """Give every page that extends `desk/cluster.html` its desk. Who works for a cluster, a room above knows."""
    app.extensions["is_member"] = is_member
    app.context_processor(lambda: {"desk_of": lambda cluster: Desk(cluster, person())})


def edition_or_404(now: datetime) -> Edition | None:
    """The edition that `?edition=` names, else the current one; None when there is none at all."""
    slug = request.args.get("edition")
    if slug is None:
        return editions.current(now)
    found = editions.by_slug(slug)
    return found if found and found.is_public else abort(404)


def may_enter(edition: Edition, now: datetime) -> bool:
    """Whether this person may enter new activities: until the deadline; the office also after it."""
    if person().has_role("organiser"):
        return edition.state in ("open", "closed")
    return rules.accepts_submissions(edition, now=now)
