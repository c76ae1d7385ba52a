"""Servers in front: the examples of the handbook, and what happens when the settings do not know of one."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from clusterweek import clock, config
from clusterweek.operating import doctor, forwarded
from clusterweek.outbox import smtp
from tests.conftest import build_app
from tests.processes import REPOSITORY

DOCS = REPOSITORY / "docs"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "nginx.conf",
            ["client_header_timeout 10s;", "client_body_timeout 10s;", "limit_conn clusterweek_visitors 40;",
             "proxy_request_buffering on;",
             "proxy_set_header X-Forwarded-For $remote_addr;", "client_max_body_size 32m;"],
        ),
        ("Caddyfile", ["read_header 10s", "read_body 60s", "max_size 32MB"]),
    ],
)  # fmt: skip
def test_the_examples_hold_against_slow_clients_and_let_tables_pass(name: str, lines: list[str]) -> None:
    example = (DOCS / "proxies" / name).read_text("utf-8")

    assert [line for line in lines if line not in example] == []
    assert f"(proxies/{name})" in (DOCS / "running.md").read_text("utf-8")
    assert example.count("{") == example.count("}")
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", example)) == {"8000"}  # where `serve` listens by itself
    assert config.LONGEST_BODY == 8 * 1024 * 1024


def behind(folder: Path, **settings: object) -> Any:
    """A client of a bare application that looks at how requests arrive."""
    app = Flask("behind")
    app.config.update({"TRUSTED_PROXIES": 0, "INSTANCE_PATH": folder, **settings})
    forwarded.init_app(app)
    return app.test_client()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_either_header_is_noted_when_nobody_is_trusted_to_write_it(tmp_path: Path, header: str) -> None:
    behind(tmp_path).get("/", headers={"Via": "x"})
    assert not (tmp_path / forwarded.NOTE).exists()
    behind(tmp_path, TRUSTED_PROXIES=1).get("/", headers={header: "192.0.2.1"})
    assert not (tmp_path / forwarded.NOTE).exists()

    behind(tmp_path).get("/", headers={header: "192.0.2.1"})

    assert (tmp_path / forwarded.NOTE).read_bytes() == b""


def test_the_note_is_touched_once_an_hour_and_forgotten_after_a_week(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, client = tmp_path / forwarded.NOTE, behind(tmp_path)
    client.get("/", headers={"Forwarded": "for=x"})
    os.utime(note, (0, 0))
    client.get("/", headers={"Forwarded": "for=x"})
    assert note.stat().st_mtime == 0
    assert forwarded.lately(tmp_path, now=datetime.now(UTC)) is None

    monkeypatch.setattr(forwarded, "EVERY_SECONDS", 0.0)
    client.get("/", headers={"Forwarded": "for=x"})

    noted_at = datetime.fromtimestamp(note.stat().st_mtime, UTC)
    assert forwarded.lately(tmp_path, now=noted_at + timedelta(days=6)) == noted_at
    assert forwarded.lately(tmp_path, now=noted_at + timedelta(days=8)) is None


def proxies(app: Flask) -> str:
    found = doctor.examine(app.config, smtp.post_office(app.config), gaps=[], now=clock.now())
    return next(str(finding) for finding in found if finding.subject == "proxies")


@pytest.mark.slow
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_the_doctor_tells_of_a_proxy_that_the_settings_do_not_know(tmp_path: Path, header: str) -> None:
    app = build_app(tmp_path)
    note = tmp_path / forwarded.NOTE
    with app.app_context():
        assert app.test_client().get("/healthz").status_code == 200
        assert "none in front" in proxies(app)
        assert not note.exists()

        app.test_client().get("/healthz", headers={header: "192.0.2.7"})

        assert proxies(app).startswith("note   proxies    requests came with X-Forwarded-For (")
        assert note.read_bytes() == b""  # that it happened, not from where
        assert note.stat().st_mode & 0o077 == 0
        assert forwarded.lately(tmp_path, now=clock.now() + timedelta(days=8)) is None
        before = note.stat().st_mtime_ns
        for _again in range(3):
            app.test_client().get("/healthz", headers={header: "192.0.2.7"})
        assert note.stat().st_mtime_ns == before  # once an hour


@pytest.mark.slow
def test_a_proxy_that_is_known_is_no_news(tmp_path: Path) -> None:
    app = build_app(tmp_path, TRUSTED_PROXIES="1")
    with app.app_context():
        app.test_client().get("/healthz", headers={"X-Forwarded-For": "192.0.2.7"})

        assert proxies(app) == "ok     proxies    1 in front may say whom a request comes from"
    assert not (tmp_path / forwarded.NOTE).exists()


@pytest.mark.slow
def test_a_folder_that_takes_no_note_costs_nobody_an_answer(tmp_path: Path) -> None:
    app = build_app(tmp_path)
    (tmp_path / forwarded.NOTE).mkdir()

    assert app.test_client().get("/healthz", headers={"X-Forwarded-For": "x"}).status_code == 200
