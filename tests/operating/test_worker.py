"""The worker's rhythms go by monotonic time; a job that hangs ends the process, to be started anew."""

import os
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from clusterweek.operating import worker
from clusterweek.operating.rhythm import Daily, Every
from tests.processes import REPOSITORY

BERLIN = ZoneInfo("Europe/Berlin")
WALL = datetime(2027, 4, 1, 12, tzinfo=UTC)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize("jump", [-86400 * 400, -3600, -1, 0, 3600, 86400 * 400])
def test_a_rhythm_of_seconds_does_not_care_what_the_clock_shows(jump: int) -> None:
    rhythm, rounds = Every(20), []
    for second in range(0, 100):
        wall = WALL + timedelta(seconds=second + (jump if second >= 30 else 0))
        if rhythm.is_due(1000.0 + second, wall):
            rounds.append(second)

    assert rounds == [0, 20, 40, 60, 80]


def test_a_round_that_comes_late_comes_once() -> None:
    rhythm = Every(5)

    assert [rhythm.is_due(second, WALL) for second in (0.0, 61.0, 62.0, 64.9, 65.0)] == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("seen", "rounds"),
    [
        (["2027-04-01 04:09", "2027-04-01 04:10", "2027-04-01 04:11", "2027-04-02 04:09", "2027-04-02 04:10"], [1, 4]),
        (["2027-04-01 05:00", "2027-04-02 09:00", "2027-04-02 09:01", "2027-04-03 04:10"], [1, 3]),  # a late one, once
        (["2027-04-01 05:00", "2027-04-09 09:00", "2027-04-09 09:01"], [1]),  # a week asleep: once
        # The clock was a year ahead and is set right: not silent for a year.
        (["2028-04-01 05:00", "2027-04-01 05:01", "2027-04-01 05:02", "2027-04-02 04:10"], [3]),
        (["2027-04-01 04:10", "2027-04-01 04:11", "2027-04-01 03:11", "2027-04-01 04:10", "2027-04-01 04:11"], [3]),
        (["2027-04-01 04:09", "2027-04-01 04:10", "2027-04-01 04:09", "2027-04-01 04:10"], [1]),  # a small correction
        (["2027-03-27 05:00", "2027-03-28 04:09", "2027-03-28 04:10"], [2]),  # the night without two o'clock
        (["2027-10-30 05:00", "2027-10-31 04:09", "2027-10-31 04:10", "2027-11-01 04:10"], [2, 3]),
    ],
)
def test_a_daily_round_comes_once_a_day_whatever_happens_to_the_clock(seen: list[str], rounds: list[int]) -> None:
    rhythm = Daily(time(4, 10), BERLIN)

    found = [place for place, moment in enumerate(seen) if rhythm.is_due(0.0, berlin(moment))]

    assert found == rounds


def test_who_asks_whether_to_stop_shows_that_he_lives(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = worker.Stopping()
    one = worker._Rounds(app, worker.Job("rest", lambda: None, seconds=5), stopping)
    assert not one.is_hung()  # not begun
    one._ident = 7  # type: ignore[attr-defined]
    stopping.asked_at[7] = worker.time.monotonic() - worker.LONGEST_SILENCE + 5
    assert not one.is_hung()
    stopping.asked_at[7] -= 10

    assert one.is_hung()


HANGS = """
import threading, time
from clusterweek import config, create_app
from clusterweek.operating import worker
worker.LONGEST_SILENCE, worker.LOOK_SECONDS = 1.0, 0.1
app = create_app(config.load())
stopping = worker.Stopping()
def dead_loop():
    while {condition}: {body}
jobs = (worker.Job("good", lambda: print("good", flush=True), seconds=1), worker.Job("bad", dead_loop, seconds=60))
if {stops}:
    threading.Timer(4, stopping.set).start()
worker.work(app, jobs, stopping, beat=lambda: None)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("condition", "body", "stops", "code"),
    [
        ("True", "pass", "False", 1),
        ("True", "time.sleep(99)", "False", 1),
        ("not stopping.is_set()", "time.sleep(0.1)", "True", 0),  # long, and alive
    ],
)
def test_a_job_that_hangs_ends_the_worker_and_one_that_takes_long_does_not(
    tmp_path: Path, condition: str, body: str, stops: str, code: int
) -> None:
    program = HANGS.format(condition=condition, body=body, stops=stops)
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CLUSTERWEEK_INSTANCE_PATH": str(tmp_path)}

    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60)

    assert done.returncode == code, done.stderr
    assert ("bad: no sign of life" in done.stderr) == bool(code)
    assert done.stdout.startswith("good")
