"""The public doors at which an address is typed, for somebody known there and for somebody new."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from clusterweek import clock
from clusterweek.activities import rules as activity_rules
from clusterweek.db.session import db, unit_of_work
from clusterweek.keeping.models import Kept
from clusterweek.registrations import pending
from tests import make

REGISTRATION_DOORS = ("sign_up", "received", "send_again", "correct_address", "correct_to", "lost_link")
ACCOUNT_DOORS = {"login": "/en/login", "login link": "/en/login/link", "forgotten": "/en/login/forgotten"}
VISITORS = 10  # of each kind at one activity
Ask = Callable[[], Any]


class RegistrationDoors:
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


def ask_account(client: FlaskClient, door: str, email: str, number: int = 0) -> Any:
    """At one of the doors of accounts, each time from another network."""
    sent = {"email": email, "password": "a wrong password"}
    network = f"10.{number // 60_000}.{number // 240 % 250}.{number % 240}"
    return client.post(ACCOUNT_DOORS[door], data=sent, environ_overrides={"REMOTE_ADDR": network})
