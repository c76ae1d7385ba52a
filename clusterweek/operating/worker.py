"""The worker: runs the table of jobs by the clock until it is told to stop. Several may run side by side."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time as TimeOfDay, timedelta
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from clusterweek import clock
from clusterweek.db.session import unit_of_work
from clusterweek.operating import heartbeat
from clusterweek.web.problems import told

LOOK_SECONDS = 1.0
LONGEST_SILENCE = 600.0  # seconds that a job may be at one thing without asking whether it should stop
SET_BACK = timedelta(seconds=2)  # more than a time server takes back in a second, and less than any rhythm

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


class ClockWatch:
    """Notices that the clock on the wall went back, by a clock that never does."""

    def __init__(self, steady: float, wall: datetime) -> None:
        self.steady, self.wall = steady, wall

    def was_set_back(self, steady: float, wall: datetime) -> bool:
        """Whether less time has gone by on the wall since the last look than in truth."""
        missing = timedelta(seconds=steady - self.steady) - (wall - self.wall)
        self.steady, self.wall = steady, wall
        return missing > SET_BACK


class _Rounds:
    """One job, round after round. It is never in two rounds at once."""

    def __init__(self, app: Flask, job: Job, stopping: Stopping) -> None:
        self.app, self.job, self.stopping = app, job, stopping
        self.thread: int | None = None  # in which it runs
        self.began_at = 0.0

    def __call__(self) -> None:
        """One round. Whatever goes wrong is logged, and the next round comes."""
        if self.stopping.is_set():
            return
        self.began_at, self.thread = time.monotonic(), threading.get_ident()
        try:
            with self.app.app_context():
                self.job.run()
        except OperationalError as problem:
            log.warning("%s: the database cannot be used: %s", self.job.name, str(problem.orig).splitlines()[0])
        except Exception as problem:
            # Without its message: PostgreSQL's own says which address stood there already.
            log.error("%s went wrong; it is tried again in its next round: %s", self.job.name, told(problem))
        finally:
            self.thread = None

    def is_hung(self) -> bool:
        thread = self.thread
        if thread is None:
            return False
        return time.monotonic() - max(self.began_at, self.stopping.asked_at.get(thread, 0.0)) > LONGEST_SILENCE


def work(app: Flask, jobs: Sequence[Job], stopping: Stopping, *, beat: Callable[[], None] = lambda: None) -> None:
    """Run the jobs until SIGTERM or SIGINT sets `stopping`; then each finishes what it is doing.

    A job that is late runs late, once; a job that is still running is not started again. `beat` is called once a
    second as long as no job hangs; when one does, this process ends at once, to be started anew.
    """
    listen(stopping)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    rounds = [_Rounds(app, job, stopping) for job in jobs]
    scheduler = _scheduler(app, rounds)
    watch = ClockWatch(time.monotonic(), clock.now())
    scheduler.start()
    log.info("worker started: %s", ", ".join(job.name for job in jobs))
    while not stopping.wait(LOOK_SECONDS):
        if watch.was_set_back(time.monotonic(), clock.now()):
            log.warning("the clock was set back: every rhythm begins anew")
            _begin_anew(scheduler)
        if hung := [one.job.name for one in rounds if one.is_hung()]:
            log.error("%s: no sign of life for %d seconds; the worker ends", ", ".join(hung), LONGEST_SILENCE)
            os._exit(1)  # a thread cannot be ended; its letters are due again when their lease runs out
        beat()
    scheduler.shutdown(wait=True)
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


def _scheduler(app: Flask, rounds: Sequence[_Rounds]) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(
        timezone=ZoneInfo(app.config["TIMEZONE"]),
        executors={"default": ThreadPoolExecutor(len(rounds))},  # no job waits for another
        # The default grace of one second would silently skip a run that comes late.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for one in rounds:
        if at := one.job.daily_at:
            scheduler.add_job(one, "cron", hour=at.hour, minute=at.minute)
        else:
            # At once, not after the first interval: after a restart letters may be due.
            scheduler.add_job(one, "interval", seconds=one.job.seconds, next_run_time=clock.now())
    return scheduler


def _begin_anew(scheduler: BackgroundScheduler) -> None:
    """The scheduler goes by the clock on the wall: one that is set back would silence it for as long."""
    for scheduled in scheduler.get_jobs():
        if isinstance(scheduled.func, _Rounds) and scheduled.func.job.daily_at is None:
            scheduled.modify(next_run_time=clock.now())
        else:
            scheduled.reschedule(scheduled.trigger)
