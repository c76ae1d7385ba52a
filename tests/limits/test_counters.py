"""How often somebody may ask."""

import hashlib
import re
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek import clock
from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.limits import counters
from clusterweek.limits.models import Counter
from tests import make

FIVE = Rate(5, 3600)


def attempts(count: int, who: str = "ada@example.org", what: str = "sign-up") -> list[bool]:
    return [counters.allow(what, who, FIVE, now=clock.now()) for _ in range(count)]


def test_the_sixth_attempt_in_an_hour_is_one_too_many() -> None:
    assert attempts(7) == [True] * 5 + [False] * 2


def test_the_next_hour_begins_anew(at: Any) -> None:
    at("2027-03-22 09:30")
    attempts(6)

    at("2027-03-22 10:00")

    assert attempts(1) == [True]


def test_everybody_is_counted_apart_and_for_each_thing_apart() -> None:
    attempts(5)

    assert attempts(1, who="clara@example.org") == [True]
    assert attempts(1, what="login") == [True]
    assert attempts(1) == [False]


def test_no_limit_counts_nothing() -> None:
    assert counters.allow("sign-up", "ada@example.org", None, now=clock.now())
    assert db.session.scalars(select(Counter)).all() == []


def test_a_copy_of_the_database_does_not_tell_who_was_counted() -> None:
    attempts(1)

    row = db.session.scalars(select(Counter)).one()

    assert re.fullmatch("[0-9a-f]{64}", row.who)  # with a key: not what anybody could reckon from the address
    assert row.who != hashlib.sha256(b"ada@example.org").hexdigest()


def test_an_attempt_counts_even_when_what_follows_fails() -> None:
    attempts(4)
    counters.allow("sign-up", "ada@example.org", FIVE, now=clock.now())
    with pytest.raises(ZeroDivisionError), unit_of_work():
        make.person(1 / 0)

    assert attempts(1) == [False]


def test_who_is_forgiven_begins_anew() -> None:
    attempts(5)

    with unit_of_work():
        counters.forgive("sign-up", "ada@example.org")

    assert attempts(1) == [True]


def test_retry_after_is_the_rest_of_the_window(at: Any) -> None:
    now = at("2027-03-22 09:59:30")

    assert counters.retry_after(FIVE, now=now) == 30


def test_old_counters_are_forgotten_and_living_ones_kept(at: Any) -> None:
    at("2027-03-19 09:30")
    attempts(1)
    now = at("2027-03-22 09:30")
    attempts(5)

    with unit_of_work():
        counters.forget_old(now=now)

    assert len(db.session.scalars(select(Counter)).all()) == 1
    assert attempts(1) == [False]


@pytest.mark.parametrize(
    ("done_at", "is_known"),
    [
        ("2027-03-22 09:00", True),  # in the hour of the moment that is asked about: nobody noted which minute
        ("2027-03-22 09:59", True),
        ("2027-03-22 11:00", True),
        ("2027-03-22 08:59", False),
    ],
)
def test_what_somebody_did_is_known_by_the_hour(at: Any, done_at: str, is_known: bool) -> None:
    with unit_of_work():
        counters.note("answered", "ada@example.org", now=at(done_at))
    since = at("2027-03-22 09:30")

    assert counters.has_done("answered", "ada@example.org", since=since) is is_known
    assert not counters.has_done("answered", "sven@example.org", since=since)


def test_what_happened_to_anybody_is_counted_for_thirty_days(at: Any) -> None:
    for day in ("2027-02-19", "2027-03-01", "2027-03-01", "2027-03-21"):
        counters.tally("trapped", now=at(f"{day} 12:00"))

    with unit_of_work():
        counters.forget_old(now=at("2027-03-22 09:30"))

    assert counters.tallied("trapped") == 3


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_an_address_or_the_64_of_an_ipv6_address(address: str | None, counted: str) -> None:
    assert counters.network(address) == counted
