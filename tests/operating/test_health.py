"""Answers for monitors: alive, ready, and why not."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from clusterweek import clock, config, create_app
from clusterweek.db.session import db, unit_of_work
from clusterweek.operating import heartbeat
from clusterweek.outbox import post
from tests.conftest import Client, Clock
from tests.smtp import free_port


def beat() -> None:
    with unit_of_work():
        heartbeat.beat(now=clock.now())


def test_alive_is_said_without_asking_anything(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok\n", "no-store")
    assert "Set-Cookie" not in answer.headers


def test_ready_when_database_schema_and_worker_are_well(client: Client) -> None:
    beat()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json) == (
        200,
        {
            "database": True,
            "schema": True,
            "writable": True,
            "worker_seconds": 0,
            "oldest_due_letter_seconds": 0,
            "reasons": {},
            "ready": True,
        },
    )
    assert "Set-Cookie" not in answer.headers


def test_without_a_worker_it_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["worker_seconds"], answer.json["ready"]) == (503, None, False)


def test_a_worker_that_is_silent_for_three_minutes_is_gone(client: Client, at: Clock) -> None:
    beat()
    at(clock.now() + timedelta(seconds=179))
    assert client.get("/readyz").status_code == 200

    at(clock.now() + timedelta(seconds=1))

    assert client.get("/readyz").status_code == 503


def test_the_age_of_the_oldest_due_letter_is_told(client: Client, at: Clock) -> None:
    beat()
    with unit_of_work():
        for minutes in (3, 10, -10):
            due_at = clock.now() - timedelta(minutes=minutes)
            post.queue("greeting", key=f"{minutes}", language="de", now=clock.now(), due_at=due_at)

    assert client.get("/readyz").json["oldest_due_letter_seconds"] == 600


def test_an_older_schema_is_not_ready(client: Client) -> None:
    beat()
    with unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = '0000'"))

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["database"], answer.json["schema"]) == (503, True, False)


def test_a_worker_that_stops_in_order_leaves_no_heartbeat() -> None:
    beat()
    assert heartbeat.last_beat_at(now=clock.now()) == clock.now()

    with unit_of_work():
        heartbeat.end()

    assert heartbeat.last_beat_at(now=clock.now()) is None


@pytest.mark.slow
def test_a_database_that_is_gone_is_an_answer_too(tmp_path: Path) -> None:
    values = config.load(
        {
            "CLUSTERWEEK_INSTANCE_PATH": str(tmp_path),
            "CLUSTERWEEK_DATABASE_URL": f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none",
        }
    )
    app = create_app({**values, "TESTING": True})

    ready, alive = app.test_client().get("/readyz"), app.test_client().get("/healthz")

    assert (ready.status_code, ready.json["database"], ready.json["ready"]) == (503, False, False)
    assert "secret" not in ready.text
    assert alive.status_code == 200


@pytest.mark.parametrize("back", [timedelta(seconds=10), timedelta(hours=1), timedelta(days=400)])
def test_a_sign_of_life_from_the_future_is_none(client: Client, at: Clock, back: timedelta) -> None:
    beat()
    at(clock.now() - back)

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json["worker_seconds"]) == (503, None)
    assert set(answer.json["reasons"]) == {"worker_in_future"}
    beat()  # the worker lives, and its rhythm did not care
    assert client.get("/readyz").json["reasons"] == {}


def test_clocks_of_two_machines_may_differ_a_little(client: Client, at: Clock) -> None:
    beat()
    at(clock.now() - timedelta(seconds=5))

    assert client.get("/readyz").status_code == 200


def test_signs_of_life_far_ahead_are_forgotten(at: Clock) -> None:
    beat()
    at(clock.now() - timedelta(days=2))
    with unit_of_work():
        heartbeat.forget_old(now=clock.now())

    assert heartbeat.next_beat_at(now=clock.now()) is None
