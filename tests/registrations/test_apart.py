"""Whether an address is registered shows neither in what the database is asked nor in how long an answer takes."""

import gc
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from clusterweek import clock
from clusterweek.activities import rules as activity_rules
from clusterweek.db.session import db, unit_of_work
from clusterweek.keeping.models import Kept
from clusterweek.listing import filter as filters
from clusterweek.listing import query
from clusterweek.registrations import actions, pending, queries
from tests import make
from tests.apart import PAIRS, difference, timed
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.statements import Statements

pytestmark = [pytest.mark.slow]
WARM_UP = 10  # pairs
VISITORS = 10  # of each kind at one activity
ROUNDS = 3  # on a machine with other work chance may hit one of them; a difference that is there shows in each
DOORS = ("sign_up", "received", "send_again", "correct_address", "correct_to", "lost_link")
Ask = Callable[[], Any]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own; nobody is stopped by a limit on how often, but by that of places."""
    settings = {"DATABASE_URL": postgres_url("apart")} if request.param == "postgresql" else {}
    app = build_app(tmp_path, SIGNUP_LIMIT_NETWORK="100000/minute", SIGNUP_LIMIT_ADDRESS="off", **settings)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


class Doors:
    """Every public door at which an address is typed, or was typed before.

    Each visitor is a new browser with an address of its own. An activity takes ten of both kinds in turn and makes way
    for the next one: what lies in the tables grows for the one as for the other.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known: list[tuple[int, str, str]] = []  # (activity, its address, an address that is registered there)
        app.test_client_class = FlaskClient

    def pair(self, door: str) -> tuple[Ask, Ask]:
        """Two calls that knock at a door, for somebody known and for somebody new; all that comes before is done."""
        if not self.known:
            self._open_another()
        activity_id, base, known = self.known.pop()
        return self._ask(door, activity_id, base, known), self._ask(door, activity_id, base, f"new-{known}")

    def _open_another(self) -> None:
        with unit_of_work():
            activity = make.activity(capacity=1000, starts="2099-04-08 09:00", ends="2099-04-08 12:00")
            base = f"/de/{activity.edition.slug}/{activity_rules.address_part(activity)}"
            for number in range(VISITORS):
                one = make.registration(activity, "Known", email=f"k{number}@example.org")
                one.asked_at = clock.now() - timedelta(days=1)
                self.known.append((activity.id, base, one.email))

    def _ask(self, door: str, activity_id: int, base: str, email: str) -> Ask:
        browser = self.app.test_client()
        typed, fresh = {"name": "Ada", "email": email}, {"name": "Ada", "email": f"fresh-{email}"}
        if door == "sign_up":
            return lambda: browser.post(f"{base}/sign-up", data=typed)
        if door == "lost_link":
            return lambda: browser.post(f"{base}/lost-link", data=typed)
        # The address typed first is in question, or the one that it is corrected to.
        first, then = (fresh, typed) if door == "correct_to" else (typed, fresh)
        browser.post(f"{base}/sign-up", data=first)
        if door == "received":
            return lambda: browser.get(f"{base}/sign-up/received")
        if door == "send_again":
            self._a_minute_later(activity_id)
            return lambda: browser.post(f"{base}/sign-up/again")
        return lambda: browser.post(f"{base}/sign-up/address", data={"email": then["email"]})

    def _a_minute_later(self, activity_id: int) -> None:
        """The page has been open for a while: the letter may be sent again."""
        with unit_of_work():
            for row in db.session.scalars(db.select(Kept).where(Kept.kind == pending.KIND)):
                row.data = row.data | {"asked": row.data["asked"] - 120}
            db.session.execute(
                db.text("UPDATE registrations SET asked_at = NULL WHERE activity_id = :id"), {"id": activity_id}
            )


def shape(statement: str) -> str:
    """A statement without what differs from the known to the new: which of the two tables a new row goes to."""
    if statement.startswith(("INSERT INTO registrations", "INSERT INTO shadows")):
        return "INSERT INTO registrations or shadows"
    return re.sub(r"\s+", " ", statement)


@pytest.mark.parametrize("door", DOORS)
def test_the_database_is_asked_the_same_of_a_known_address_and_of_a_new_one(app: Flask, door: str) -> None:
    doors = Doors(app)
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
            places = queries.shown_places([activity])[activity.id]
            numbers.append((places.free, places.waiting, activity.id in query.ids(edition, seats)))

    assert shown[0] == shown[1]
    assert shown[0][-1] == (31, 0, True)  # of 12 from one network 8 are held a place
    assert [queries.places([one])[one.id].taken for one in (known, new)] == [8, 9]

    actions.expire_holds(clock.now() + timedelta(hours=49))
    assert [queries.shown_places([one])[one.id].free for one in (known, new)] == [39, 39]
    assert queries.crowds(edition.id) == {}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # the same statements are compared on both
@pytest.mark.parametrize("door", DOORS)
def test_it_takes_as_long_for_a_known_address_as_for_a_new_one(app: Flask, door: str) -> None:
    doors = Doors(app)
    timed([doors.pair(door) for _ in range(WARM_UP)])
    found = []
    for _round in range(ROUNDS):
        pairs = [doors.pair(door) for _ in range(PAIRS)]
        gc.collect()
        gc.disable()
        try:
            found.append(difference(*timed(pairs)))
        finally:
            gc.enable()
        if found[-1][0] <= found[-1][1]:
            return
    pytest.fail(f"difference of the medians, and what chance allows, in seconds: {found}")
