"""What was printed is kept for every process, as long as it is true and there is room."""

import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clusterweek.printing.shelf import Name, Shelf
from tests.conftest import NOW

WEEK = Name(subject="1", version="7", key="land=DE-BY", moving="20 places")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "kept", most_bytes=3000, most_files=3)


def another(shelf: Shelf) -> Shelf:
    """The same folder, as another process sees it."""
    return Shelf(shelf.folder, most_bytes=shelf.most_bytes, most_files=shelf.most_files)


def test_another_process_gets_the_same_bytes(shelf: Shelf) -> None:
    body = bytes(range(256)) + b"\r\n\n"

    shelf.put(WEEK, body)

    assert another(shelf).get(WEEK, now=NOW) == body


@pytest.mark.parametrize("part", ["subject", "version", "key", "moving"])
def test_each_part_of_the_name_counts(shelf: Shelf, part: str) -> None:
    shelf.put(WEEK, b"x")

    assert shelf.get(replace(WEEK, **{part: "other"}), now=NOW) is None


def test_older_versions_of_the_same_thing_go_and_others_stay(shelf: Shelf) -> None:
    other = replace(WEEK, subject="2")
    for name in (WEEK, replace(WEEK, key=""), other):
        shelf.put(name, b"x")

    shelf.put(replace(WEEK, version="8"), b"y")

    assert len(list(shelf.folder.iterdir())) == 2
    assert shelf.get(other, now=NOW) == b"x"


def test_what_moves_replaces_what_was_before_and_the_nearest_may_be_asked_for(shelf: Shelf) -> None:
    later = replace(WEEK, moving="19 places")
    shelf.put(WEEK, b"twenty")

    assert shelf.get(later, now=NOW) is None
    assert shelf.nearest(later, now=NOW) == b"twenty"

    shelf.put(later, b"nineteen")

    assert [path.name for path in shelf.folder.iterdir()] == [later.file]


def test_what_is_true_until_a_moment_is_not_given_after_it(shelf: Shelf) -> None:
    shelf.put(WEEK, b"sign up until then", until=NOW)

    assert shelf.get(WEEK, now=NOW - timedelta(seconds=1)) == b"sign up until then"
    assert shelf.nearest(WEEK, now=NOW) is None
    assert shelf.get(WEEK, now=NOW) is None


@pytest.mark.parametrize("damage", [b"", b"9999-12-31T00:00:00+00:00 0000\nwhole", b"\xff\xfe\n", b"no head at all"])
def test_a_copy_that_was_damaged_is_none(shelf: Shelf, damage: bytes) -> None:
    shelf.put(WEEK, b"whole")
    (shelf.folder / WEEK.file).write_bytes(damage)

    assert shelf.get(WEEK, now=NOW) is None
    assert shelf.nearest(WEEK, now=NOW) is None


def test_the_copy_not_asked_for_longest_goes_when_there_are_too_many(shelf: Shelf) -> None:
    names = [replace(WEEK, key=f"q={n}") for n in range(4)]
    for n, name in enumerate(names[:3]):
        shelf.put(name, b"x")
        os.utime(shelf.folder / name.file, (n, n))
    shelf.get(names[0], now=NOW)

    shelf.put(names[3], b"x")

    assert [shelf.get(name, now=NOW) for name in names] == [b"x", None, b"x", b"x"]


def test_bytes_are_bounded_too(shelf: Shelf) -> None:
    names = [replace(WEEK, key=f"q={n}") for n in range(2)]
    for n, name in enumerate(names):
        shelf.put(name, bytes(2000))
        os.utime(shelf.folder / name.file, (n, n))
    shelf.put(replace(WEEK, key="large"), bytes(4000))  # larger than the shelf

    assert [bool(shelf.get(name, now=NOW)) for name in names] == [False, True]
    assert len(list(shelf.folder.iterdir())) == 1


def test_what_a_killed_process_left_is_swept_away_and_what_another_is_writing_is_not(shelf: Shelf) -> None:
    shelf.folder.mkdir()
    old, fresh = shelf.folder / "new-old", shelf.folder / "new-fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))

    shelf.put(WEEK, b"x")

    assert not old.exists()
    assert fresh.exists()


def test_a_folder_that_cannot_be_written_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "kept").write_text("a file of that name")
    shelf = Shelf(tmp_path / "kept", most_bytes=3000, most_files=3)

    shelf.put(WEEK, b"x")

    assert shelf.get(WEEK, now=NOW) is None
    assert shelf.nearest(WEEK, now=NOW) is None
    assert "keeps nothing" in caplog.text


def test_nobody_else_on_the_machine_may_read_it(shelf: Shelf) -> None:
    shelf.put(WEEK, b"x")

    assert {path.stat().st_mode & 0o077 for path in (shelf.folder, *shelf.folder.iterdir())} == {0}
