"""Parts of the question whether a row can be written, each alone; test_writing.py asks it of broken databases."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask

from clusterweek.operating import writing


def settings(folder: Path) -> dict[str, Any]:
    return {
        "DATABASE_URL": f"sqlite:///{folder / 'there.db'}",
        "MAIL_URL": urlsplit("smtp://localhost"),
        "INSTANCE_PATH": folder,
    }


def test_a_database_whose_file_is_missing_is_gone_and_none_is_made(tmp_path: Path) -> None:
    assert writing.try_now(settings(tmp_path)) == ("gone",)
    assert list(tmp_path.iterdir()) == []


def test_what_was_found_out_is_told_for_three_seconds_however_often_one_asks(tmp_path: Path) -> None:
    app = Flask("asked often")
    app.config.update(settings(tmp_path))

    with app.app_context():
        assert writing.hindrances() == ("gone",)
        known = app.extensions["clusterweek.writing"]
        tried_at = known.at
        assert [writing.hindrances() for _ in range(20)] == [("gone",)] * 20
        assert known.at == tried_at

        known.at = too_old = time.monotonic() - writing.KEPT_SECONDS
        writing.hindrances()
        assert known.at > too_old


@pytest.mark.parametrize("is_locked", [True, False])
def test_a_file_that_somebody_has_locked_is_not_damaged(tmp_path: Path, is_locked: bool) -> None:
    """The row was written a moment before: whoever holds the lock now is one of those who write."""
    path = tmp_path / "there.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE one (id INTEGER)")
        if is_locked:
            other.execute("BEGIN EXCLUSIVE")

        assert writing._of_file(path, writing._Known()) is None


def test_a_file_that_is_no_database_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "there.db"
    path.write_bytes(b"no database" * 1000)

    assert writing._of_file(path, writing._Known()) == "damaged"


def test_a_disk_with_less_room_than_the_database_needs_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert writing._of_folder(tmp_path) is None

    monkeypatch.setattr(writing, "SMALLEST_SPACE", 2**80)

    assert writing._of_folder(tmp_path) == "full"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", ["file", "nothing"])
def test_a_folder_that_is_none_is_gone(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "there"
    if what == "file":
        folder.write_bytes(b"")

    assert writing._of_folder(folder) == "gone"
