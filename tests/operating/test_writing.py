"""Ready means: the next sign-up can be stored. Real full disks, locks, rights and damages; nothing is pretended."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, make_url, text

from clusterweek import clock, config, create_app
from clusterweek.db.session import db, unit_of_work
from clusterweek.operating import health, heartbeat, writing
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.processes import REPOSITORY, Installation


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    Installation(folder).run("db", "upgrade")
    return folder


@pytest.fixture
def ours(template: Path, tmp_path: Path) -> Flask:
    """An installation of its own on SQLite, with a worker that lives."""
    return opened(template, tmp_path / "ours")


def opened(template: Path, folder: Path, **settings: str) -> Flask:
    shutil.copytree(template, folder, dirs_exist_ok=True)
    values = config.load({"CLUSTERWEEK_INSTANCE_PATH": str(folder), **settings})
    app = create_app({**values, "TESTING": True, "WTF_CSRF_ENABLED": False})
    beat(app)
    return app


def beat(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        heartbeat.beat(now=clock.now())


def asked(app: Flask) -> tuple[int, dict[str, Any]]:
    """What a process says that has just begun to ask."""
    app.extensions.pop("clusterweek.writing", None)
    answer = app.test_client().get("/readyz")
    assert answer.json["reasons"] == {reason: health.REASONS[reason] for reason in answer.json["reasons"]}
    assert answer.json["ready"] == (answer.status_code == 200) == (not answer.json["reasons"])
    return answer.status_code, answer.json


def reasons(app: Flask) -> set[str]:
    return set(asked(app)[1]["reasons"])


def sign_up_fails(app: Flask, *, sentence: str, lang: str = "en") -> None:
    """What people read who send a form meanwhile: why, never that very many people are here."""
    answer = app.test_client().post(f"/{lang}/login", data={"email": "a@b.test", "password": "x" * 12})
    assert answer.status_code == 503
    assert sentence in answer.text
    assert "Very many people" not in answer.text
    assert "Sehr viele" not in answer.text
    assert int(answer.headers["Retry-After"]) >= 30


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


pytestmark = pytest.mark.slow


def test_ready_is_said_after_a_row_was_written(ours: Flask) -> None:
    status, told = asked(ours)

    assert (status, told["writable"], told["database"], told["schema"]) == (200, True, True, True)
    with ours.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM write_trials")) == 1


FULL = """
import resource, sys
from pathlib import Path
from clusterweek import clock, config, create_app
from clusterweek.db.session import unit_of_work
from clusterweek.operating import heartbeat
app = create_app(config.load())
with app.app_context(), unit_of_work():
    heartbeat.beat(now=clock.now())
client = app.test_client()
print(client.get("/readyz").json["ready"])
{fill}
import time
time.sleep({wait})
app.extensions.pop("clusterweek.writing", None)
answer = client.get("/readyz")
print(answer.status_code, ",".join(answer.json["reasons"]))
app.config["WTF_CSRF_ENABLED"] = False
for lang in ("de", "en"):
    page = client.post(f"/{{lang}}/login", data={{"email": "a@b.test", "password": "x" * 12}})
    print(page.status_code, [sentence for sentence in {sentences} if sentence in page.text])
print(client.get("/healthz").status_code)
"""


def run(folder: Path, fill: str, sentences: list[str], prefix: list[str] | None = None) -> list[str]:
    program = FULL.format(fill=fill, wait=0, sentences=sentences)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CLUSTERWEEK_INSTANCE_PATH": str(folder)}
    done = subprocess.run(
        [*(prefix or []), sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def may_mount(folder: Path) -> bool:
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)], capture_output=True)
    return mounted.returncode == 0


def test_a_full_disk_is_told_with_its_reason(template: Path, tmp_path: Path) -> None:
    """On a small file system of its own where one may be mounted; else by a limit on the size of files."""
    disk = tmp_path / "disk"
    disk.mkdir()
    full = ["Der Datenträger dieses Servers ist voll.", "The disk of this server is full."]
    broken = ["Der Datenträger dieses Servers arbeitet nicht", "The disk of this server does not work"]
    if not may_mount(disk):
        shutil.copytree(template, disk, dirs_exist_ok=True)
        said = run(disk, "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))", full + broken)
        assert said[:2] == ["True", "503 database_disk,mail_folder"]
        assert said[-1] == "200"
        return
    try:
        shutil.copytree(template, disk, dirs_exist_ok=True)
        said = run(
            disk,
            f"file = Path({str(disk / 'filler')!r}).open('wb', buffering=0)\n"
            "try:\n  while file.write(b'x' * 4096): pass\nexcept OSError: pass\n"
            # What the write-ahead log still has room for inside is taken, too.
            "import sqlite3\n"
            f"with sqlite3.connect({str(disk / 'clusterweek.db')!r}) as c:\n"
            "  try:\n    c.execute('INSERT INTO write_trials VALUES (?, 1)', ('x' * 6_000_000,))\n"
            "  except sqlite3.Error: pass\n",
            full + broken,
        )
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)

    assert said[0] == "True"
    assert said[1].startswith("503 ")
    assert "database_full" in said[1]
    assert said[-1] == "200"


def test_the_largest_size_of_a_database_is_told_and_people_read_it_in_both_languages(ours: Flask) -> None:
    """SQLite's own limit gives the very error of a full disk, on any machine."""
    with ours.app_context():
        engine = db.engine

        @event.listens_for(engine, "connect")
        def limit(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA max_page_count=1")  # of what there is, no page more

        engine.dispose()
    for lang, sentence in (
        ("de", "Der Datenträger dieses Servers ist voll."),
        ("en", "The disk of this server is full."),
    ):
        for number in range(300):  # until the last page has no room left
            data = {"email": f"a{number}@b.test", "password": "x" * 12}
            answer = ours.test_client().post(
                f"/{lang}/login", data=data, environ_base={"REMOTE_ADDR": f"10.0.{number}.1"}
            )
            if answer.status_code == 503:
                break
        assert answer.status_code == 503
        sign_up_fails(ours, sentence=sentence, lang=lang)
    close(ours)


def test_a_limit_on_the_size_of_files_is_told(template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path / "i")
    sentences = ["Der Datenträger dieses Servers arbeitet nicht", "The disk of this server is not working"]

    said = run(tmp_path / "i", "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))", sentences)

    assert said[:2] == ["True", "503 database_disk,mail_folder"]
    assert said[2:4] == [f"503 {sentences[:1]}", f"503 {sentences[1:]}"]


def test_a_database_that_may_only_be_read_is_told(ours: Flask) -> None:
    with ours.app_context():
        engine = db.engine

        @db.event.listens_for(engine, "connect")
        def only_read(connection: Any, _record: Any) -> None:
            connection.execute("PRAGMA query_only=ON")

        engine.dispose()

    assert reasons(ours) == {"database_read_only"}
    sign_up_fails(ours, sentence="The database is being maintained")
    sign_up_fails(ours, sentence="Die Datenbank wird gewartet", lang="de")
    close(ours)


def test_a_lock_that_is_held_for_long_is_told(ours: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LOCK_WAIT", 0.2)
    with closing(sqlite3.connect(ours.config["INSTANCE_PATH"] / "clusterweek.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        assert reasons(ours) == {"database_locked"}
        other.execute("ROLLBACK")

    assert reasons(ours) == set()
    close(ours)


def test_a_database_that_was_taken_away_is_told(ours: Flask) -> None:
    path = ours.config["INSTANCE_PATH"] / "clusterweek.db"
    path.rename(path.with_suffix(".away"))

    assert reasons(ours) == {"database_gone"}
    assert not path.exists()  # what is open is not made anew, empty
    close(ours)


@pytest.mark.parametrize("pages", [(1, 10), (20, 60), (60, 150)])
def test_a_damaged_database_is_told_though_the_process_has_pages_in_its_memory(
    ours: Flask, pages: tuple[int, int]
) -> None:
    path = ours.config["INSTANCE_PATH"] / "clusterweek.db"
    assert reasons(ours) == set()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with path.open("r+b") as file:
        file.seek(pages[0] * 4096)
        file.write(b"\xff" * 4096 * (pages[1] - pages[0]))

    assert "database_damaged" in reasons(ours)
    close(ours)


def test_a_mail_folder_that_takes_no_letter_is_told(ours: Flask) -> None:
    (ours.config["INSTANCE_PATH"] / "mail").write_text("a file where the folder should be")

    status, told = asked(ours)

    assert (status, set(told["reasons"]), told["writable"]) == (503, {"mail_folder"}, True)
    close(ours)


@pytest.mark.parametrize(("step", "reason"), [("0001", "schema_behind"), ("9999", "schema_unknown")])
def test_another_schema_is_told(ours: Flask, step: str, reason: str) -> None:
    with ours.app_context(), unit_of_work():
        db.session.execute(text("UPDATE alembic_version SET version_num = :step"), {"step": step})

    assert reasons(ours) == {reason}
    close(ours)


def test_a_real_try_is_made_once_in_a_while_however_often_one_asks(ours: Flask) -> None:
    asked(ours)
    ours.extensions["clusterweek.writing"].at += 3600  # the last try was a moment ago
    log = ours.config["INSTANCE_PATH"] / "clusterweek.db-wal"
    written = log.read_bytes()

    for _again in range(30):
        assert ours.test_client().get("/readyz").status_code == 200
    assert log.read_bytes() == written

    ours.extensions["clusterweek.writing"].at -= 3600 + writing.KEPT_SECONDS
    assert ours.test_client().get("/readyz").status_code == 200
    assert log.read_bytes() != written
    close(ours)


def test_the_doctor_says_the_same(template: Path, tmp_path: Path) -> None:
    shutil.copytree(template, tmp_path / "i")
    ours = Installation(tmp_path / "i")
    assert "ok     writing    a row was written" in ours.run("doctor", code=1)
    shutil.rmtree(tmp_path / "i" / "mail", ignore_errors=True)
    (tmp_path / "i" / "mail").write_text("x")

    told = ours.run("doctor", code=1)

    assert f"wrong  writing    {health.REASONS['mail_folder']}" in told


# On PostgreSQL.


@pytest.fixture
def theirs(tmp_path: Path) -> Iterator[tuple[Flask, psycopg.Connection[Any]]]:
    """An installation on PostgreSQL, and somebody else's connection to the same database."""
    url = postgres_url("writing")
    app = build_app(tmp_path, DATABASE_URL=url)
    beat(app)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as other:
        yield app, other
    close(app)


@contextmanager
def changed(app: Flask, other: psycopg.Connection[Any], do: str, undo: str) -> Iterator[None]:
    other.execute(do)  # type: ignore[call-overload]
    close(app)
    yield
    other.execute(undo)  # type: ignore[call-overload]
    close(app)


@pytest.mark.postgres
def test_postgresql_is_ready_when_it_takes_a_row(theirs: tuple[Flask, psycopg.Connection[Any]]) -> None:
    assert asked(theirs[0])[0] == 200


@pytest.mark.postgres
def test_postgresql_that_may_only_be_read_is_told(theirs: tuple[Flask, psycopg.Connection[Any]]) -> None:
    """A standby in recovery answers with the same code."""
    app, other = theirs
    (name,) = other.execute("SELECT current_database()").fetchone()  # type: ignore[misc]
    set_to = f'ALTER DATABASE "{name}" SET default_transaction_read_only'
    with changed(app, other, f"{set_to} = on", f"{set_to} = off"):
        assert reasons(app) == {"database_read_only"}
        sign_up_fails(app, sentence="The database is being maintained")
    assert reasons(app) == set()


@pytest.mark.postgres
@pytest.mark.parametrize("table", ["registrations", "write_trials"])
def test_a_table_that_somebody_has_locked_is_told(
    theirs: tuple[Flask, psycopg.Connection[Any]], table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "LOCK_WAIT", 0.2)
    app, other = theirs
    with other.transaction():
        other.execute(f"LOCK TABLE {table} IN SHARE MODE")  # type: ignore[call-overload]

        assert reasons(app) == {"database_locked"}
    assert reasons(app) == set()


@pytest.mark.postgres
def test_a_table_that_is_missing_is_told(theirs: tuple[Flask, psycopg.Connection[Any]]) -> None:
    app, other = theirs
    with changed(app, other, "ALTER TABLE write_trials RENAME TO x", "ALTER TABLE x RENAME TO write_trials"):
        assert reasons(app) == {"database_schema"}


@pytest.mark.postgres
def test_a_server_that_lets_nobody_in_is_told(theirs: tuple[Flask, psycopg.Connection[Any]]) -> None:
    app, other = theirs
    (name,) = other.execute("SELECT current_database()").fetchone()  # type: ignore[misc]
    url = make_url(app.config["DATABASE_URL"]).set(drivername="postgresql", database="postgres")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as aside:
        may = f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS'
        with changed(app, aside, f"{may} false", f"{may} true"):
            assert reasons(app) == {"database_gone"}
    assert reasons(app) == set()
