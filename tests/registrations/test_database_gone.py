"""Signing up while the database is held by somebody else, or gone: 503, nothing half done, and nothing given away."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, make_url, select

from clusterweek.activities import rules as activity_rules
from clusterweek.db import session, sqlite
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.registrations.models import Registration
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.registrations import crowd

pytestmark = pytest.mark.slow
ADA = {"name": "Ada Lovelace", "email": "ada@example.org"}
NOTHING: tuple[int, list[str]] = (0, [])
ONCE = (1, ["confirm_nudge", "confirm_request"])


@dataclass
class House:
    """The application as the web process has it (mistakes answer 500), and an activity with a form."""

    app: Flask
    instance: Path
    activity_id: int
    edition: str
    form: str

    @property
    def is_sqlite(self) -> bool:
        return self.app.config["DATABASE_URL"].startswith("sqlite")

    def sign_up(self) -> Any:
        return self.app.test_client().post(self.form, data=ADA)

    def kept(self) -> tuple[int | None, list[str]]:
        """How many registrations there are, and which letters that somebody gets."""
        with self.app.app_context():
            count = db.session.scalar(select(func.count()).select_from(Registration))
            return count, sorted(db.session.scalars(select(Letter.kind).where(Letter.kind != "no_letter")))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 300)
    monkeypatch.setattr(session, "LOCK_SECONDS", 1)
    settings = {"DATABASE_URL": postgres_url("gone")} if request.param == "postgresql" else {}
    with build_app(tmp_path, **settings).app_context():
        with unit_of_work():
            activity = make.activity(starts="2099-04-08 09:00", ends="2099-04-08 12:00")
            slug, number = activity.edition.slug, activity.id
            form = f"/de/{slug}/{activity_rules.address_part(activity)}/sign-up"
        db.session.remove()
        db.engine.dispose()
    # The limits count in the database, too: what happens there must not differ.
    app = crowd.application(
        tmp_path, {"SIGNUP_LIMIT_NETWORK": "60/minute", "SIGNUP_LIMIT_ADDRESS": "5/hour"} | settings
    )
    yield House(app, tmp_path, number, slug, form)
    forget_connections(app)


def forget_connections(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def held(house: House) -> Iterator[None]:
    """Somebody else is writing, and does not come to an end."""
    if house.is_sqlite:
        with closing(sqlite3.connect(house.instance / "clusterweek.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
    else:
        url = make_url(house.app.config["DATABASE_URL"]).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as other:
            other.execute("SELECT id FROM activities WHERE id = %s FOR UPDATE", [house.activity_id])
            yield
            other.rollback()


def test_who_waits_in_vain_may_try_again_and_is_registered_once(house: House) -> None:
    with held(house):
        refused = house.sign_up()
        page = house.app.test_client().get(house.form)
        kept = house.kept()

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Einen Moment bitte" in refused.text
    assert "Traceback" not in refused.text
    assert kept == NOTHING
    assert page.status_code == 200  # who only reads does not wait

    assert house.sign_up().status_code == 303
    assert house.kept() == ONCE
    assert house.sign_up().status_code == 303
    assert house.kept() == ONCE


def lose_the_file(house: House) -> Callable[[], object]:
    """A folder stands where the file was: nothing can be opened there."""
    forget_connections(house.app)
    path = house.instance / "clusterweek.db"
    path.rename(path.with_suffix(".away"))
    path.mkdir()

    def bring_back() -> None:
        path.rmdir()
        path.with_suffix(".away").rename(path)

    return bring_back


def rename_the_database(house: House) -> Callable[[], object]:
    """Connections that are open are ended, and new ones find nothing."""
    url = make_url(house.app.config["DATABASE_URL"]).set(drivername="postgresql")
    name = url.database

    def change(old: str, new: str) -> None:
        with psycopg.connect(url.set(database="postgres").render_as_string(False), autocommit=True) as server:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [old])
            server.execute(f'ALTER DATABASE "{old}" RENAME TO "{new}"')

    change(f"{name}", f"{name}_away")
    return lambda: change(f"{name}_away", f"{name}")


def test_without_a_database_every_door_says_so_and_opens_again_afterwards(house: House) -> None:
    visitor = house.app.test_client()
    assert visitor.get(house.form).status_code == 200
    bring_back = lose_the_file(house) if house.is_sqlite else rename_the_database(house)

    doors = [visitor.get(house.form), house.sign_up(), house.sign_up(), visitor.get(f"/feeds/{house.edition}.ics")]
    doors += [visitor.get(f"/en/{house.edition}/"), visitor.get("/de/")]

    assert [answer.status_code for answer in doors] == [503] * len(doors)
    assert {answer.headers["Retry-After"] for answer in doors} == {"30"}
    for answer in doors:
        assert not [
            word for word in ("Traceback", "sqlalchemy", "psycopg", "SELECT", "clusterweek.db") if word in answer.text
        ]

    bring_back()
    assert house.kept() == NOTHING
    assert house.sign_up().status_code == 303
    assert house.kept() == ONCE
