"""The frame of the office's desk: the edition in hand, what the person may see, the row of links."""

from datetime import datetime
from functools import cached_property

from flask import Flask, abort, g

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.accounts.models import Person
from clusterweek.desk import sight, tabs
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.web import guards


class Desk:
    """Worked out when a view or a template asks, at most once a request."""

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @cached_property
    def person(self) -> Person:
        return person()

    @cached_property
    def edition(self) -> Edition | None:
        """The edition that is worked on: the one in the address, else the current one, else the newest draft."""
        return g.get("desk_edition") or editions.for_office(self.now)

    @cached_property
    def sight(self) -> sight.Sight:
        return sight.of(self.person.grants)

    @cached_property
    def may_decide(self) -> bool:
        return guards.may_decide(self.person)

    @cached_property
    def sees_queue(self) -> bool:
        return guards.sees_queue(self.person)

    @cached_property
    def links(self) -> list[tabs.Link]:
        return tabs.row("office", self, {"edition": self.edition.slug} if self.edition else {})


def init_app(app: Flask) -> None:
    """Give every page that extends `desk/office.html` its desk, whatever room it is of."""
    app.context_processor(lambda: {"desk": desk()})


def desk() -> Desk:
    """The one of this request."""
    if "office_desk" not in g:
        g.office_desk = Desk()
    made: Desk = g.office_desk
    return made


def edition_or_404(slug: str) -> Edition:
    """The edition in the address; from now on the one in hand."""
    found = editions.by_slug(slug) or abort(404)
    g.desk_edition = found
    return found
