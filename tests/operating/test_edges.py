"""At every edge a sentence, never a traceback: full disk, nothing may be written, damaged, missing, away."""

import os
import resource
import signal
import socket
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask
from sqlalchemy import create_engine, text

from clusterweek import config, create_app
from clusterweek.__main__ import sentence
from clusterweek.db.session import db, unit_of_work
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.processes import Installation, on_both_databases

pytestmark = pytest.mark.slow
# What a command is given so that it does its work; any other is called without anything.
GIVEN = {
    "db downgrade": ["base", "--yes-delete-everything"],
    "export programme": ["--edition", "woche", "--format", "csv", "-o", "{out}/programme.csv"],
    "export registrations": ["--activity", "1", "--format", "xlsx", "-o", "{out}/registrations.xlsx"],
    "import activities": ["{table}", "--edition", "woche"],
    "import clusters": ["{clusters}"],
    "user add": ["olaf@post.test", "--name", "Olaf", "--role", "organiser"],
    "user login-link": ["clara@example.org"],
    "user disable": ["clara@example.org"],
    "user enable": ["clara@example.org"],
    "demo load": ["--activities", "20"],
    "backup create": ["{out}/a.tar.gz"],
    "backup restore": ["{backup}"],
}
NOT_HERE = {"serve", "worker", "db migrate"}  # the first two do not end by themselves, the last is for builders


def commands(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield " ".join((*before, name))


def call_all(app: Flask, folder: Path, during: Callable[[], Any]) -> dict[str, str]:
    """Every command in turn; what each has told. Whatever it raises must be a sentence."""
    folder.mkdir(exist_ok=True)
    (folder / "activities.csv").write_text("id;title_de\nnew-1;Licht\n")
    (folder / "clusters.csv").write_text("name\nOptoNet\n")
    paths = {
        "out": folder / "out",
        "table": folder / "activities.csv",
        "clusters": folder / "clusters.csv",
        "backup": folder / "b.tar.gz",
    }
    paths["out"].mkdir(exist_ok=True)
    (folder / "b.tar.gz").touch()
    told = {}
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for name in commands(app.cli):  # type: ignore[arg-type]
        if name in NOT_HERE:
            continue
        arguments = [part.format(**paths) for part in GIVEN.get(name, [])]
        with app.app_context():
            with during():
                result = app.test_cli_runner().invoke(args=[*name.split(), *arguments])
            db.session.remove()
            db.engine.dispose()
        problem = result.exception
        if problem is not None and not isinstance(problem, SystemExit):
            said = sentence(problem)
            assert said, (name, repr(problem), result.exc_info)
            assert said.endswith((".", "`", ")")) or ":" in said
            assert "\n" not in said.strip()
            told[name] = said
        else:
            assert "Traceback" not in result.output, (name, result.output)
            told[name] = f"{int(result.exit_code)} {result.output}"
    for number, handler in handlers.items():
        signal.signal(number, handler)
    return told


@contextmanager
def as_it_is() -> Iterator[None]:
    yield


@contextmanager
def no_room() -> Iterator[None]:
    """No file may grow, as on a full disk; the machine's own disk has room."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def open_house(folder: Path, **settings: str) -> Flask:
    given = {f"CLUSTERWEEK_{name}": value for name, value in {"INSTANCE_PATH": str(folder), **settings}.items()}
    return create_app(config.load(given))


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The folder of an installation with some rows."""
    app = build_app(tmp_path / "house")
    with app.app_context():
        with unit_of_work():
            make.registration(make.activity(edition=make.edition(slug="woche")))
            make.member(make.cluster("Zweiter"), "Clara")
        db.session.remove()
        db.engine.dispose()
    return tmp_path / "house"


DAMAGE: dict[str, Callable[[Path], Any]] = {
    "no database at all": lambda path: path.write_bytes(b"this is not a database, only a text " * 500),
    "torn": lambda path: path.write_bytes(path.read_bytes()[:8192] + os.urandom(60_000)),
    "cut off": lambda path: path.write_bytes(path.read_bytes()[:5000]),
    "empty": lambda path: path.write_bytes(b""),
    "missing": lambda path: path.unlink(),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_every_command_tells_of_a_database_that_cannot_be_used_in_a_sentence(
    house: Path, tmp_path: Path, damage: str
) -> None:
    path = house / "clusterweek.db"
    spoilt = DAMAGE[damage]
    for ending in ("-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
    spoilt(path)

    told = call_all(open_house(house), tmp_path / "work", as_it_is)

    if damage in ("no database at all", "torn", "a folder"):
        assert "cannot be used" in told["user add"]
        assert told["doctor"].startswith("1 ")
    assert told["backup restore"] != ""


def test_every_command_tells_of_a_full_disk_in_a_sentence(house: Path, tmp_path: Path) -> None:
    told = call_all(open_house(house), tmp_path / "work", no_room)

    for name in ("user add", "facts load", "demo load", "backup create", "export registrations", "export programme"):
        assert not told[name].startswith("0 "), (name, told[name])
    assert not list((tmp_path / "work" / "out").iterdir())  # nothing half is left behind


def test_every_command_tells_of_a_server_that_is_away_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = f"postgresql://nobody@127.0.0.1:{taken.getsockname()[1]}/none"
        told = call_all(open_house(tmp_path / "house", DATABASE_URL=away), tmp_path / "work", as_it_is)

    assert "cannot be used" in told["user add"]
    assert "cannot be used" in told["db upgrade"]


@pytest.mark.postgres
def test_without_a_schema_every_command_says_what_to_do(tmp_path: Path) -> None:
    told = call_all(
        open_house(tmp_path / "house", DATABASE_URL=postgres_url("bare")),
        tmp_path / "work",
        as_it_is,
    )

    assert told["activities held"]


def test_real_processes_end_with_code_one_and_one_line(house: Path, tmp_path: Path) -> None:
    (house / "clusterweek.db").write_bytes(b"rubbish" * 5000)
    spoilt = Installation(house)
    for arguments in (("user", "add", "o@post.test", "--name", "O", "--role", "viewer"), ("serve",), ("worker",)):
        said = spoilt.run(*arguments, code=1)
        assert "Traceback" not in said
        assert "file is not a database" in said
    (tmp_path / "file").write_text("x")
    said = Installation(tmp_path / "file" / "house").run("doctor", code=1)
    assert said.startswith("clusterweek: CLUSTERWEEK_INSTANCE_PATH cannot be used")
    (house / "link.key").write_bytes(b"\xff\xfe")
    assert "link.key of fewer than 32 characters" in Installation(house).run("doctor", code=1)


def test_a_backup_to_a_full_disk_says_so(house: Path) -> None:
    done = subprocess.run(
        Installation._command(("backup", "create", str(house / "a.tar.gz"))),
        env=Installation(house).environment,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)),
    )

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(house.glob("*.tar.gz")) + list(house.glob(".*tar*"))


@on_both_databases("upgrades_at_once")
def test_several_upgrades_at_once_all_end_well(tmp_path: Path, database: Any) -> None:
    new = Installation(tmp_path, **database())

    started = [new.start("db", "upgrade", stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(3)]
    said = [process.communicate(timeout=300)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], said
    assert "Traceback" not in "".join(said)


@pytest.mark.postgres
def test_a_server_that_dies_at_the_end_of_a_request_spoils_no_answer(tmp_path: Path) -> None:
    url = postgres_url("dies")
    app = build_app(tmp_path, DATABASE_URL=url)

    def dying() -> str:
        own = db.session.scalar(text("SELECT pg_backend_pid()"))
        other = create_engine(app.config["DATABASE_URL"])
        with other.connect() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
        other.dispose()
        return "whole"

    app.add_url_rule("/dying", view_func=dying)
    client = app.test_client()

    for _ in range(2):
        answer = client.get("/dying")
        assert (answer.status_code, answer.text) == (200, "whole")
    assert client.get("/de/").status_code in (200, 302)
    with app.app_context():
        db.engine.dispose()


def test_what_the_program_writes_only_its_owner_may_read(tmp_path: Path) -> None:
    """Also where the shell that started it lets everybody read what is written."""
    before = os.umask(0o022)
    try:
        house = Installation(tmp_path / "house")
        house.run("db", "upgrade")
        house.run("user", "add", "olaf@post.test", "--name", "Olaf", "--role", "organiser")
        house.run("demo", "load", "--activities", "20")
        house.run("backup", "create", str(tmp_path / "house" / "a.tar.gz"))
        (tmp_path / "house" / "sub").mkdir()
        house.run("outbox", "deliver")
        out = tmp_path / "out"
        out.mkdir()
        edition = "clusterwoche-2027-demo"
        house.run("export", "registrations", "--activity", "1", "--format", "csv", "-o", str(out / "people.csv"))
        house.run("export", "programme", "--edition", edition, "--format", "ics", "-o", str(out / "week.ics"))
    finally:
        os.umask(before)

    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "house").rglob("*") if path.is_file()}
    assert {path.name for path in modes} >= {"clusterweek.db", "secret.key", "link.key", "a.tar.gz"}
    assert {path.name: oct(mode) for path, mode in modes.items() if mode & 0o077} == {}
    assert stat.S_IMODE((tmp_path / "house").stat().st_mode) == 0o700
    assert stat.S_IMODE((out / "people.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE((out / "week.ics").stat().st_mode) == 0o644  # for the public: as the shell wants it
