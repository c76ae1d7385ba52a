"""Whether an address is registered does not show in what the database is asked.

Nor does it in how long an answer takes: `tests/bench/apart.py`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.activities import rules as activity_rules
from clusterweek.db.session import db, unit_of_work
from clusterweek.listing import filter as filters, query
from clusterweek.registrations import actions, counting, queries
from tests import make
from tests.apart import REGISTRATION_DOORS, RegistrationDoors
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.statements import Statements


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own; nobody is stopped by a limit on how often, but by that of places."""
    settings = {"DATABASE_URL": postgres_url("apart")} if request.param == "postgresql" else {}
    app = build_app(tmp_path, SIGNUP_LIMIT_NETWORK="100000/minute", SIGNUP_LIMIT_ADDRESS="off", **settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def shape(statement: str) -> str:
    """A statement without what differs from the known to the new: the table a new row goes to."""
    if statement.startswith(("INSERT INTO registrations", "INSERT INTO shadows")):
        return "INSERT INTO registrations or shadows"
    return re.sub(r"\s+", " ", re.sub(r"sa_savepoint_\d+", "savepoint", statement))  # inside a test they are numbered


@pytest.mark.parametrize("door", REGISTRATION_DOORS)
def test_the_database_is_asked_the_same_of_a_known_address_and_of_a_new_one(app: Flask, door: str) -> None:
    doors = RegistrationDoors(app)
    said = []
    for ask in (*doors.pair(door), *doors.pair(door)):  # the first two also fill what is kept
        with Statements() as statements:
            answer = ask()
        assert answer.status_code in (200, 303)
        said.append([shape(one) for one in statements.all])

    assert said[2] == said[3]
    assert Counter(said[2])["INSERT INTO registrations or shadows"] == (
        1 if door in ("sign_up", "correct_address", "correct_to") else 0
    )


def test_on_both_databases_the_public_numbers_move_alike_and_one_network_holds_a_fifth(app: Flask) -> None:
    with unit_of_work():
        edition = make.edition()
        known, new = (
            make.activity(edition=edition, capacity=40, starts="2099-04-08 09:00", ends="2099-04-08 12:00")
            for _ in range(2)
        )
        make.registration(known, "Ada", email="p0@example.org")
        make.registration(new, "Ada", email="else@example.org")
    seats = filters.of([("seats", "1")], now=clock.now())
    shown: list[list[Any]] = [[], []]
    for activity, numbers in ((known, shown[0]), (new, shown[1])):
        base = f"/de/{edition.slug}/{activity_rules.address_part(activity)}/sign-up"
        for person in range(12):
            app.test_client().post(base, data={"name": "P", "email": f"p{person}@example.org"})
            db.session.rollback()
            places = counting.both([activity])[activity.id].shown
            numbers.append((places.free, places.waiting, activity.id in query.ids(edition, seats)))

    assert shown[0] == shown[1]
    assert shown[0][-1] == (31, 0, True)  # of 12 from one network 8 are held a place
    assert [queries.places([one])[one.id].taken for one in (known, new)] == [8, 9]

    actions.expire_holds(clock.now() + timedelta(hours=49))
    assert [counting.both([one])[one.id].shown.free for one in (known, new)] == [39, 39]
    assert queries.crowds(edition.id) == {}
