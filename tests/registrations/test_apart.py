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
from clusterweek.registrations import pending
from tests import make
from tests.apart import PAIRS, difference, timed
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.statements import Statements

pytestmark = [pytest.mark.slow]
WARM_UP = 20
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
    """Every public door at which an address is typed, or was typed before; asked for a known or a new one.

    Each visitor is a new browser at an activity of its own: what lies in the tables grows for the one as for the other.
    """

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.edition: Any = None
        self.host: Any = None
        app.test_client_class = FlaskClient

    def ask(self, door: str, is_known: bool) -> Ask:
        """A call that knocks at a door; everything that comes before is done already."""
        with unit_of_work():
            when = {"starts": "2099-04-08 09:00", "ends": "2099-04-08 12:00"}
            activity = make.activity(edition=self._edition(), host=self._host(), capacity=40, **when)
            part = activity_rules.address_part(activity)
            # The same people on both sides, and one row more or less in neither.
            for email in ("typed@example.org" if is_known else "other@example.org", "somebody@example.org"):
                one = make.registration(activity, "Known", email=email)
                one.asked_at = clock.now() - timedelta(days=1)
        browser, base = self.app.test_client(), f"/de/{activity.edition.slug}/{part}"
        typed = {"name": "Ada", "email": "typed@example.org"}
        fresh = {"name": "Ada", "email": "fresh@example.org"}
        if door == "sign_up":
            return lambda: browser.post(f"{base}/sign-up", data=typed)
        if door == "lost_link":
            return lambda: browser.post(f"{base}/lost-link", data=typed)
        browser.post(f"{base}/sign-up", data=fresh if door == "correct_to" else typed)
        if door == "received":
            return lambda: browser.get(f"{base}/sign-up/received")
        if door == "send_again":
            self._a_minute_later(browser, activity.id)
            return lambda: browser.post(f"{base}/sign-up/again")
        # The address typed first is in question, or the one that it is corrected to.
        to = typed if door == "correct_to" else fresh
        return lambda: browser.post(f"{base}/sign-up/address", data={"email": to["email"]})

    def _edition(self) -> Any:
        self.edition = db.session.merge(self.edition) if self.edition else make.edition()
        return self.edition

    def _host(self) -> Any:
        self.host = db.session.merge(self.host) if self.host else make.cluster()
        return self.host

    def _a_minute_later(self, browser: FlaskClient, activity_id: int) -> None:
        """The page has been open for a while: the letter may be sent again."""
        with browser.session_transaction() as kept:
            for one in kept[pending.NAME].values():
                one["asked"] -= 120
        with unit_of_work():
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
    for is_known in (True, False, True, False):  # the first two also fill what is kept
        ask = doors.ask(door, is_known)
        with Statements() as statements:
            answer = ask()
        assert answer.status_code in (200, 303)
        said.append([shape(one) for one in statements.all])

    assert said[2] == said[3]
    assert Counter(said[2])["INSERT INTO registrations or shadows"] == (
        1 if door in ("sign_up", "correct_address", "correct_to") else 0
    )


@pytest.mark.parametrize("door", DOORS)
def test_it_takes_as_long_for_a_known_address_as_for_a_new_one(app: Flask, door: str) -> None:
    doors = Doors(app)
    for number in range(WARM_UP):
        doors.ask(door, bool(number % 2))()
    found = []
    for _round in range(ROUNDS):
        pairs = [(doors.ask(door, True), doors.ask(door, False)) for _ in range(PAIRS)]
        gc.collect()
        gc.disable()
        try:
            found.append(difference(*timed(pairs)))
        finally:
            gc.enable()
        if found[-1][0] <= found[-1][1]:
            return
    pytest.fail(f"difference of the medians, and what chance allows, in seconds: {found}")
