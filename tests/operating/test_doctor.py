"""The doctor: one line each, and exit code 1 only when something is wrong."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.operating import doctor, heartbeat
from clusterweek.outbox import post, smtp
from clusterweek.outbox.models import Letter
from tests.conftest import Clock
from tests.processes import Installation
from tests.smtp import free_port


def examine(app: Flask, **settings: object) -> dict[str, str]:
    office = smtp.post_office(app.config)
    found = doctor.examine({**app.config, **settings}, office, gaps=[], now=clock.now())
    return {finding.subject: finding.state for finding in found}


def test_with_a_worker_all_is_well(app: Flask) -> None:
    with unit_of_work():
        heartbeat.beat(now=clock.now())

    assert set(examine(app).values()) == {"ok"}


def test_a_missing_or_silent_worker_is_wrong(app: Flask, at: Clock) -> None:
    assert examine(app)["worker"] == "wrong"
    with unit_of_work():
        heartbeat.beat(now=clock.now())
    at(clock.now() + timedelta(minutes=3))
    assert examine(app)["worker"] == "wrong"


def test_a_letter_that_is_due_for_ten_minutes_is_wrong_a_failed_one_worth_a_note(app: Flask, at: Clock) -> None:
    with unit_of_work():
        post.queue("greeting", key="a", language="de", now=clock.now())
    assert examine(app)["outbox"] == "ok"
    at(clock.now() + timedelta(minutes=10))
    assert examine(app)["outbox"] == "wrong"

    with unit_of_work():
        db.session.execute(db.update(Letter).values(state="failed"))
    assert examine(app)["outbox"] == "note"


def test_logins_over_plain_http_are_wrong_except_on_the_machine_itself(app: Flask) -> None:
    assert examine(app)["settings"] == "ok"
    assert examine(app, BASE_URL="http://woche.test", IS_LOOPBACK=False)["settings"] == "wrong"


def test_gaps_in_the_legal_pages_are_noted(app: Flask) -> None:
    office = smtp.post_office(app.config)
    last = list(doctor.examine(app.config, office, gaps=["imprint.de: [Name]", "x"], now=clock.now()))[-1]

    assert str(last) == "note   legal      2 gaps to fill in on the legal pages, for example imprint.de: [Name]"


@pytest.mark.slow
def test_an_operator_sees_what_is_wrong_line_by_line(tmp_path: Path) -> None:
    empty = Installation(tmp_path, MAIL_URL="smtp://127.0.0.1:9")

    told = empty.run("doctor", code=1).splitlines()

    assert [line.split()[:2] for line in told[:5]] == [
        ["ok", "settings"],
        ["ok", "database"],
        ["wrong", "schema"],
        ["wrong", "mail"],
        ["wrong", "worker"],
    ]
    assert "run `clusterweek db upgrade`" in told[2]
    assert "127.0.0.1:9 cannot be used: Connection refused" in told[3]


@pytest.mark.slow
def test_a_damaged_database_is_told_in_one_line(tmp_path: Path) -> None:
    house = Installation(tmp_path)
    house.run("db", "upgrade")
    path = tmp_path / "clusterweek.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    body = bytearray(path.read_bytes())
    body[4096:40960] = b"\xff" * 36864
    path.write_bytes(body)

    told = house.run("doctor", code=1)

    assert "Traceback" not in told
    assert "wrong  database" in told


@pytest.mark.slow
@pytest.mark.parametrize("command", [("serve",), ("worker",), ("outbox", "deliver"), ("db", "upgrade")])
def test_a_database_that_is_gone_is_one_sentence(tmp_path: Path, command: tuple[str, ...]) -> None:
    gone = Installation(tmp_path, DATABASE_URL=f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none")

    told = gone.run(*command, code=1)

    assert told.startswith("clusterweek: The database (CLUSTERWEEK_DATABASE_URL) cannot be used: ")
    assert told.count("\n") == 1
    assert "secret" not in told


@pytest.mark.slow
def test_the_doctor_looks_at_the_rest_when_the_database_is_gone(tmp_path: Path) -> None:
    gone = Installation(tmp_path, DATABASE_URL=f"postgresql://nobody:secret@127.0.0.1:{free_port()}/none")

    told = gone.run("doctor", code=1).splitlines()

    assert [line.split()[:2] for line in told if line.startswith("wrong")] == [
        ["wrong", "database"],
        ["wrong", "schema"],
        ["wrong", "worker"],
    ]
    assert "secret" not in "".join(told)
