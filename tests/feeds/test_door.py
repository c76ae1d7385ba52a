"""The door in front of Flask gives the same answers, and knows when it must not."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions import actions as editions
from clusterweek.editions.models import Edition
from clusterweek.feeds.door import Door
from tests import make
from tests.conftest import build_app, forget_feeds
from tests.postgres import postgres_url

# An application of its own, so the database is a real one that both sides see.
pytestmark = pytest.mark.slow
NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def app(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    settings = {"DATABASE_URL": postgres_url("door")} if request.param == "postgresql" else {}
    app = build_app(tmp_path, **settings)
    with app.app_context(), unit_of_work():
        make.activity(edition=make.edition(slug="week"))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def door(app: Flask) -> Door:
    found: Door = app.extensions["clusterweek.door"]
    return found


def close_flask(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on only the door answers."""

    def nobody(*_: Any) -> Any:
        raise AssertionError("this went through to Flask")

    monkeypatch.setattr(door, "inner", nobody)


ADDRESSES = ["/feeds/week.ics", "/feeds/all.ics", "/feeds/activity/1.ics", "/feeds/week.ics?land=DE-TH&lang=en"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_door_answers_as_flask_does(app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    client = app.test_client()
    asked = [
        ("GET", {}),
        ("GET", {"Accept-Encoding": "gzip"}),
        ("HEAD", {}),
        ("HEAD", {"Accept-Encoding": "gzip"}),
        ("GET", {"If-None-Match": "*"}),
        ("GET", {"If-None-Match": 'W/"other"'}),
        ("HEAD", {"If-Modified-Since": "Mon, 22 Mar 2027 08:30:00 GMT"}),
        ("GET", {"If-Modified-Since": "Sun, 21 Mar 2027 08:30:00 GMT"}),
    ]
    through_flask = []
    for method, headers in asked:
        forget_feeds(app)
        through_flask.append(client.open(address, method=method, headers=headers))
    client.get(address)
    close_flask(door, monkeypatch)

    for (method, headers), expected in zip(asked, through_flask, strict=True):
        got = client.open(address, method=method, headers=headers)

        assert (got.status, got.data) == (expected.status, expected.data)
        assert sorted(got.headers) == sorted(expected.headers)


def test_a_change_goes_through_at_once(app: Flask, door: Door) -> None:
    client = app.test_client()
    first = client.get("/feeds/week.ics")

    with app.app_context(), unit_of_work():
        make.activity(edition=db.session.get(Edition, 1), title_de="Neu dazu")

    again = client.get("/feeds/week.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert "Neu dazu" in again.text


def test_a_new_edition_is_seen_by_the_feed_of_all(app: Flask, door: Door) -> None:
    client = app.test_client()
    client.get("/feeds/all.ics")

    with app.app_context(), unit_of_work():
        make.activity(edition=make.edition(slug="other"), title_de="Anderswo")

    assert "Anderswo" in client.get("/feeds/all.ics").text


def test_midnight_and_the_day_of_publication_go_through(
    app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    first = client.get("/feeds/week.ics").headers["ETag"]
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 22, 22, 59, 59, tzinfo=UTC))
    assert client.get("/feeds/week.ics").headers["ETag"] == first

    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 22, 23, 0, tzinfo=UTC))  # midnight in Berlin
    assert client.get("/feeds/week.ics").headers["ETag"] != first

    with app.app_context(), unit_of_work():
        edition = db.session.get(Edition, 1)
        editions.update(edition, {"programme_from": datetime(2027, 3, 23, 9, tzinfo=UTC)}, by=None, now=clock.now())
    assert "VEVENT" not in client.get("/feeds/week.ics").text
    monkeypatch.setattr(clock, "now", lambda: datetime(2027, 3, 23, 9, tzinfo=UTC))
    assert "VEVENT" in client.get("/feeds/week.ics").text


def test_what_may_change_at_any_time_or_went_wrong_is_not_kept(app: Flask, door: Door) -> None:
    client = app.test_client()

    for address in ("/feeds/week.ics?seats=1", "/feeds/week.csv", "/feeds/week.ics?land=x", "/feeds/none.ics"):
        client.get(address)

    assert door.shelf.size == 0


def test_when_the_database_does_not_answer_flask_says_so(
    app: Flask, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = app.test_client()
    client.get("/feeds/week.ics")

    def gone(*_: Any) -> Any:
        raise door.engine.dialect.loaded_dbapi.OperationalError("gone")

    monkeypatch.setattr(door.engine, "raw_connection", gone)

    answer = client.get("/feeds/week.ics")
    assert (answer.status_code, answer.mimetype) == (503, "text/plain")
    assert "Retry-After" in answer.headers


def test_only_reading_is_answered_at_the_door(app: Flask, door: Door) -> None:
    client = app.test_client()
    client.get("/feeds/week.ics")

    assert client.post("/feeds/week.ics").status_code == 405
    assert client.options("/feeds/week.ics").status_code == 200


def test_postgres_is_asked_with_one_message_and_the_connection_comes_back_as_it_was(
    request: pytest.FixtureRequest, app: Flask, door: Door, tmp_path: Path
) -> None:
    if request.node.callspec.params["app"] == "sqlite":
        assert door.engine.dialect.name == "sqlite"  # no way to a server, nothing to save
        return
    client = app.test_client()
    client.get("/feeds/week.ics")
    connection = door.engine.raw_connection()
    spoken = tmp_path / "spoken"
    with spoken.open("wb") as file:
        connection.driver_connection.pgconn.trace(file.fileno())  # type: ignore[union-attr]
        connection.close()
        assert client.get("/feeds/week.ics", headers={"If-None-Match": "*"}).status_code == 304
        connection = door.engine.raw_connection()
        connection.driver_connection.pgconn.untrace()  # type: ignore[union-attr]
    sent = [line for line in spoken.read_text("utf-8", "replace").splitlines() if "\tF\t" in line]

    assert sum("SELECT" in line for line in sent) == 1
    assert not any(word in line for line in sent for word in ("BEGIN", "COMMIT", "ROLLBACK"))
    assert sum("\tSync" in line or "\tQuery" in line for line in sent) == 1
    assert connection.driver_connection.autocommit is False  # type: ignore[union-attr]
    connection.close()
