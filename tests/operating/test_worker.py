"""The worker's rhythms survive a clock that is set back; a job that hangs ends the process, to be started anew."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from clusterweek.operating import worker
from tests.processes import REPOSITORY

WALL = datetime(2027, 4, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("looks", "back_at"),
    [
        ([(0, 0), (1, 1), (2, 2)], []),
        ([(1, 1), (2, 2 - 3600), (3, 3 - 3600), (4, 4 - 3600)], [1]),  # once, and then the new time counts
        ([(1, 1), (2, 2 - 86400 * 400)], [1]),
        ([(1, 1), (2, 2 + 3600), (3, 3 + 3600)], []),  # forward: what is late comes once
        ([(1, 1), (2, 2 + 86400 * 400), (3, 3)], [2]),  # it was a year ahead, and is set right
        ([(1, 1), (2, 0.5), (3, 1.5)], []),  # a small correction
        ([(1, 1), (60, 58), (61, 59)], []),
        ([(1, 1), (700, 300)], [1]),  # while a look came late
    ],
)
def test_the_watch_sees_that_the_clock_went_back(looks: list[tuple[float, float]], back_at: list[int]) -> None:
    watch = worker.ClockWatch(1000.0, WALL)

    found = [
        place
        for place, (steady, wall) in enumerate(looks)
        if watch.was_set_back(1000.0 + steady, WALL + timedelta(seconds=wall))
    ]

    assert found == back_at


def test_the_log_of_a_job_that_goes_wrong_repeats_nothing_of_what_people_typed(
    caplog: pytest.LogCaptureFixture,
) -> None:
    said = "Key (email_normalised)=(ada@example.org) already exists."

    def fails() -> None:
        raise ValueError(said)

    worker._Rounds(Flask("works"), worker.Job("let go", fails, seconds=1), worker.Stopping())()

    assert "let go went wrong" in caplog.text
    assert "ValueError" in caplog.text
    assert "in fails" in caplog.text
    assert "ada@" not in caplog.text


SET_BACK = """
import datetime as real, threading, time
from apscheduler.schedulers import base
from clusterweek import clock, config, create_app
from clusterweek.operating import worker
worker.LOOK_SECONDS = 0.1
back = real.timedelta(0)
class Shown(real.datetime):
    @classmethod
    def now(cls, tz=None):
        return (real.datetime.now(real.UTC) + back).astimezone(tz)
base.datetime = Shown
clock.now = lambda: Shown.now(real.UTC)
stopping = worker.Stopping()
rounds = []
def work():
    global back
    rounds.append(time.monotonic())
    if len(rounds) == 2:
        back = real.timedelta(hours={hours})
    if len(rounds) == 5:
        stopping.set()
threading.Timer(40, stopping.set).start()
worker.work(create_app(config.load()), (worker.Job("count", work, seconds=1),), stopping)
print(len(rounds), max(b - a for a, b in zip(rounds, rounds[1:])) < 10)
import os; os._exit(0)
"""


@pytest.mark.slow
@pytest.mark.parametrize("hours", [-3, -24 * 400, 3])
def test_a_clock_that_is_set_silences_no_job(tmp_path: Path, hours: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CLUSTERWEEK_INSTANCE_PATH": str(tmp_path)}
    program = SET_BACK.format(hours=hours)

    done = subprocess.run(
        [sys.executable, "-u", "-c", program], env=environment, capture_output=True, text=True, timeout=90
    )

    assert done.stdout == "5 True\n", done.stderr


def test_a_job_that_asks_whether_to_stop_shows_that_it_lives(app: Flask) -> None:
    stopping = worker.Stopping()
    one = worker._Rounds(app, worker.Job("rest", lambda: None, seconds=5), stopping)
    assert not one.is_hung()  # not begun
    one.thread, one.began_at = 7, worker.time.monotonic() - worker.LONGEST_SILENCE + 5
    assert not one.is_hung()
    one.began_at -= 10
    assert one.is_hung()
    stopping.asked_at[7] = worker.time.monotonic()

    assert not one.is_hung()


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


@pytest.mark.alone
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
