"""Writers stand in line, and who waits in vain gets an error that the pages know."""

from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError

from clusterweek.db import sqlite


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)


def test_a_thread_that_waits_in_vain_is_told() -> None:
    has_begun, may_end = Event(), Event()

    def write() -> None:
        with sqlite.in_line(0.05):
            has_begun.set()
            may_end.wait()

    other = Thread(target=write)
    other.start()
    has_begun.wait()

    with pytest.raises(OperationalError, match="database is locked"), sqlite.in_line(0.05):
        pass

    may_end.set()
    other.join()
    with sqlite.in_line(0.05):
        pass


def test_a_process_that_waits_in_vain_is_told(tmp_path: Path) -> None:
    engines = [create_engine(f"sqlite:///{tmp_path / 'x.db'}") for _process in range(2)]
    for engine in engines:
        sqlite.prepare(engine)
    first, second = (engine.connect().execution_options(sqlite_begin="IMMEDIATE") for engine in engines)
    first.begin()

    with pytest.raises(OperationalError, match="database is locked"):
        second.begin()

    for connection in (first, second):
        connection.close()
    for engine in engines:
        engine.dispose()
