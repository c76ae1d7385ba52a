"""The worker: runs the table of jobs by the clock until it is told to stop. Several may run side by side."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time as TimeOfDay
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from clusterweek import clock
from clusterweek.db.session import unit_of_work
from clusterweek.operating import heartbeat
from clusterweek.operating.rhythm import Daily, Every

LOOK_SECONDS = 1.0
LONGEST_SILENCE = 600.0  # seconds that a job may be at one thing without asking whether it should stop

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something that is done again and again: every so many seconds, or daily at a time of the office's clock.

    `run` is called inside an application context. Running it twice, or in two workers at once, must do no harm.
    """

    name: str
    run: Callable[[], object]
    seconds: int | None = None
    daily_at: TimeOfDay | None = None


class Stopping(threading.Event):
    """Set when the worker is told to stop. Whoever asks for it shows by that, that he is not hung."""

    def __init__(self) -> None:
        super().__init__()
        self.asked_at: dict[int, float] = {}  # by thread, monotonic

    def is_set(self) -> bool:
        self.asked_at[threading.get_ident()] = time.monotonic()
        return super().is_set()


def work(app: Flask, jobs: Sequence[Job], stopping: Stopping, *, beat: Callable[[], None] = lambda: None) -> None:
    """Run the jobs until SIGTERM or SIGINT sets `stopping`; then each finishes what it is doing.

    A job that is late runs late, once; a job that is still running is not started again. `beat` is called once a
    second as long as no job hangs; when one does, this process ends at once, to be started anew.
    """
    listen(stopping)
    rounds = [_Rounds(app, job, stopping) for job in jobs]
    for one in rounds:
        one.start()
    log.info("worker started: %s", ", ".join(job.name for job in jobs))
    while not stopping.wait(LOOK_SECONDS):
        if hung := [one.job.name for one in rounds if one.is_hung()]:
            log.error("%s: no sign of life for %d seconds; the worker ends", ", ".join(hung), LONGEST_SILENCE)
            os._exit(1)  # a thread cannot be ended; its letters are due again when their lease runs out
        beat()
    for one in rounds:
        one.join()
    try:
        with app.app_context(), unit_of_work():
            heartbeat.end()
    except SQLAlchemyError as problem:  # then its silence says it, in three minutes
        log.warning("the end could not be noted: %s", type(problem).__name__)
    log.info("worker stopped")


def listen(stopping: threading.Event) -> None:
    """From now on SIGTERM and Ctrl-C set `stopping`, and end nothing by themselves."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())


class _Rounds(threading.Thread):
    """One job, round after round, in a thread of its own: no job waits for another."""

    def __init__(self, app: Flask, job: Job, stopping: Stopping) -> None:
        super().__init__(name=job.name, daemon=True)
        self.app, self.job, self.stopping = app, job, stopping
        self.rhythm: Every | Daily
        if job.daily_at:
            self.rhythm = Daily(job.daily_at, ZoneInfo(app.config["TIMEZONE"]))
        else:
            self.rhythm = Every(float(job.seconds or 60))

    def run(self) -> None:
        while not self.stopping.is_set():
            if self.rhythm.is_due(time.monotonic(), clock.now()):
                _run(self.app, self.job)
            self.stopping.wait(LOOK_SECONDS)

    def is_hung(self) -> bool:
        asked_at = self.stopping.asked_at.get(self.ident or 0)
        return asked_at is not None and time.monotonic() - asked_at > LONGEST_SILENCE


def _run(app: Flask, job: Job) -> None:
    """One round. Whatever goes wrong is logged, and the next round comes."""
    with app.app_context():
        try:
            job.run()
        except OperationalError as problem:
            log.warning("%s: the database cannot be used: %s", job.name, str(problem.orig).splitlines()[0])
        except Exception:
            log.exception("%s went wrong; it is tried again in its next round", job.name)
