"""Whose letter it is: a lease that has gone to somebody else, one that runs short, a database that is away."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.deliver import LEASE, LONGEST_MAIL, Deliverer
from clusterweek.outbox.letter import Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.outbox.offices import Rejected
from tests.conftest import Clock
from tests.outbox.test_deliver import Counter, deliverer, letter, queue


def test_a_late_deliverer_does_not_settle_what_somebody_else_has_taken_over() -> None:
    """The first one's mail was refused, but meanwhile its lease had gone to a second, whose outcome stands."""
    queue("a")
    office = Counter(a=Rejected("550 refused to the first"))

    def somebody_else_takes_over() -> None:
        with unit_of_work():
            db.session.execute(
                update(Letter)
                .where(Letter.key == "greeting:a")
                .values(leased_by="the second", leased_until=clock.now() + LEASE)
            )

    office.before = somebody_else_takes_over

    deliverer(office).deliver(now=clock.now(), limit=1)

    assert (letter("a").state, letter("a").leased_by, letter("a").error) == ("queued", "the second", None)


def test_when_the_lease_runs_short_no_further_mail_is_begun(at: Clock) -> None:
    """Every mail may take as long as the longest: none is begun that could outlive the lease."""
    queue(*(f"p{number}" for number in range(30)))
    office = Counter()
    begun: list[timedelta] = []

    def note_and_take_seven_seconds() -> None:
        begun.append(letter(f"p{len(begun)}").leased_until - clock.now())  # type: ignore[operator]
        at(clock.now() + timedelta(seconds=7))

    office.before = note_and_take_seven_seconds

    counts = deliverer(office).deliver(now=clock.now())

    assert dict(counts) == {"sent": 30}
    assert min(begun) >= LONGEST_MAIL
    assert max(begun) == LEASE


def test_a_database_that_is_away_is_not_the_letters_fault() -> None:
    queue("a")

    def render(_letter: Letter, _now: datetime) -> Mail:
        raise OperationalError("SELECT 1", {}, Exception("the server closed the connection"))

    kinds = {"greeting": Kind("Greeting", lambda _letter, _now: True, render)}
    one = Deliverer(kinds, Counter(), wall_clock=lambda: clock.now())

    with pytest.raises(OperationalError):
        one.deliver(now=clock.now())

    given_back: tuple[Any, ...] = (letter("a").state, letter("a").leased_by, letter("a").attempts, letter("a").error)
    assert given_back == ("queued", None, 0, None)
