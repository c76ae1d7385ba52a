"""What every test may use: the application (built once), a database that is rolled back, a client, a clock, a mailbox.

Tests run on SQLite; with `TEST_DATABASE_URL`, or marked `postgres`, on a real PostgreSQL.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask, g
from flask.testing import FlaskClient
from flask_migrate import upgrade

from clusterweek import clock, config, create_app
from clusterweek.accounts import passwords
from clusterweek.cli.schema import UPGRADES
from clusterweek.db.session import db as database, unit_of_work
from clusterweek.reminders import actions as reminders
from clusterweek.vocabulary import actions as vocabulary

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)  # Monday, 09:30 in Berlin, two weeks before the week
_built: list[Flask] = []
# A password takes tens of milliseconds on purpose, and tests check thousands.
REAL_HASHER = passwords._hasher
QUICK_HASHER = {"time_cost": 1, "memory_cost": 16, "parallelism": 1}
passwords._hasher = PasswordHasher(**QUICK_HASHER)


def build_app(instance: Path, **settings: str) -> Flask:
    """An application of its own, in its own folder, with the newest schema."""
    values = config.load(
        {"CLUSTERWEEK_INSTANCE_PATH": str(instance), **{f"CLUSTERWEEK_{k}": v for k, v in settings.items()}}
    )
    app = create_app({**values, "TESTING": True, "WTF_CSRF_ENABLED": False})
    with app.app_context():
        upgrade(directory=str(UPGRADES))
        with unit_of_work():
            vocabulary.fill()
            reminders.ensure_default_rules()
        database.session.remove()
    _built.append(app)
    return app


def _close_connections() -> None:
    """Of every application built so far: a connection that the garbage collector closes is reported as a mistake."""
    for app in _built:
        with app.app_context():
            database.session.remove()
            database.engine.dispose()


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    settings = {}
    if url := os.environ.get("TEST_DATABASE_URL"):
        settings["DATABASE_URL"] = url
    yield build_app(tmp_path_factory.mktemp("instance"), **settings)
    _close_connections()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The stories in the browser take longest: they begin first, so that at the end nobody works alone."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


def brings_its_own(request: pytest.FixtureRequest) -> bool:
    """Whether a test runs on an application, a database and a clock of its own: the real ones."""
    return any(request.node.get_closest_marker(mark) for mark in ("slow", "browser", "alone"))


@pytest.fixture(autouse=True)
def db(request: pytest.FixtureRequest) -> Iterator[Any]:
    """The database inside one outer transaction that is rolled back, commits included.

    Tests marked `slow`, `browser` or `alone` bring an application and a database of their own.
    """
    if brings_its_own(request):
        yield None
        _close_connections()
        return
    with rolled_back(request.getfixturevalue("app")):
        yield database


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Everything that is written inside is forgotten at the end, commits included."""
    with app.app_context():
        engines = database.engines
        engine = engines[None]
        connection = engine.connect()
        outer = connection.begin()
        engines[None] = connection  # type: ignore[assignment]  # every session now lives inside `outer`
        database.session.configure(join_transaction_mode="create_savepoint")
        try:
            yield
        finally:
            database.session.remove()
            app.extensions.pop("clusterweek.kept", None)  # the next test's editions have the same numbers
            shutil.rmtree(Path(app.instance_path) / "booklets", ignore_errors=True)
            forget_feeds(app)
            app.extensions.pop("clusterweek.writing", None)  # what one test found out is no news for the next
            engines[None] = engine
            outer.rollback()
            connection.close()


def forget_feeds(app: Flask) -> None:
    """The door asks the database outside the transaction, where nothing is: what it kept would never seem old."""
    door = app.extensions["clusterweek.door"]
    door.shelf = type(door.shelf)(door.shelf.limit)


class Client(FlaskClient):
    """A browser without scripts. Hands what the test has changed to the request, and back."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        database.session.commit()
        # All requests of a test share its application context: nobody may remember the person of the one before.
        for name in list(g):
            g.pop(name)
        try:
            return super().open(*args, **kwargs)
        finally:
            database.session.expire_all()


@pytest.fixture
def client(app: Flask, db: Any) -> Client:
    """Nobody is logged in. `login(client, person)` of make.py changes that."""
    app.test_client_class = Client
    return app.test_client()  # type: ignore[return-value]


class Clock:
    """The time, to be set by a test: `at("2027-04-01 09:00")` is Berlin's wall clock."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def __call__(self, wall_clock: str | datetime) -> datetime:
        if isinstance(wall_clock, str):
            wall_clock = datetime.fromisoformat(wall_clock).replace(tzinfo=ZoneInfo("Europe/Berlin"))
        self.now = wall_clock.astimezone(UTC)
        return self.now


@pytest.fixture(autouse=True)
def at(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Clock | None:
    """Sets the clock; without a call it is NOW. Tests that bring their own run on the real clock."""
    if brings_its_own(request):
        return None
    return Clock(monkeypatch)
