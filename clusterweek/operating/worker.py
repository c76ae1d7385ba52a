"""The worker: runs the table of jobs by the clock until it is told to stop. Several may run side by side."""

import logging
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask
from sqlalchemy.exc import OperationalError

from clusterweek.db.session import unit_of_work
from clusterweek.operating import heartbeat

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something that is done again and again: every so many seconds, or daily at a time of the office's clock.

    `run` is called inside an application context. Running it twice, or in two workers at once, must do no harm.
    """

    name: str
    run: Callable[[], object]
    seconds: int | None = None
    daily_at: time | None = None


def work(app: Flask, jobs: Sequence[Job], stopping: threading.Event, *, now: datetime) -> None:
    """Run the jobs until SIGTERM or SIGINT sets `stopping`; then each finishes what it is doing.

    A job that is late runs late, once; a job that is still running is not started again.
    """
    listen(stopping)
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(
        timezone=ZoneInfo(app.config["TIMEZONE"]),
        executors={"default": ThreadPoolExecutor(len(jobs))},
        # The default grace of one second would silently skip a run that comes late.
        job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
    )
    for job in jobs:
        if job.daily_at:
            scheduler.add_job(_run, "cron", (app, job, stopping), hour=job.daily_at.hour, minute=job.daily_at.minute)
        else:
            # At once, not after the first interval: after a restart letters may be due.
            scheduler.add_job(_run, "interval", (app, job, stopping), seconds=job.seconds, next_run_time=now)
    scheduler.start()
    log.info("worker started: %s", ", ".join(job.name for job in jobs))
    stopping.wait()
    scheduler.shutdown(wait=True)
    with app.app_context(), unit_of_work():
        heartbeat.end()
    log.info("worker stopped")


def listen(stopping: threading.Event) -> None:
    """From now on SIGTERM and Ctrl-C set `stopping`, and end nothing by themselves."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())


def _run(app: Flask, job: Job, stopping: threading.Event) -> None:
    """One round. Whatever goes wrong is logged, and the next round comes."""
    if stopping.is_set():
        return
    with app.app_context():
        try:
            job.run()
        except OperationalError as problem:
            log.warning("%s: the database cannot be used: %s", job.name, str(problem.orig).splitlines()[0])
        except Exception:
            log.exception("%s went wrong; it is tried again in its next round", job.name)
