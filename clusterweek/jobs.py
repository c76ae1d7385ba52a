"""Every background job: name, rhythm, one call into a room; and every kind of letter.

To add one, copy its neighbour. A job may run twice, or in two workers at once, without harm.
"""

from collections.abc import Callable
from datetime import time
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import make_url

from clusterweek import clock
from clusterweek.accounts import actions as accounts, mails as accounts_mails
from clusterweek.activities import held, mails as activities_mails, unread
from clusterweek.clusters import mails as clusters_mails
from clusterweek.db import sqlite
from clusterweek.db.session import unit_of_work
from clusterweek.keeping import actions as kept_for_browsers
from clusterweek.limits import counters, waits
from clusterweek.operating import backup, heartbeat
from clusterweek.operating.worker import Job
from clusterweek.outbox import smtp, upkeep
from clusterweek.outbox.deliver import Deliverer
from clusterweek.outbox.letter import Kind
from clusterweek.registrations import (
    actions as registrations,
    mails as registrations_mails,
    posting,
)
from clusterweek.reminders import mails as reminders_mails, plan as reminders
from clusterweek.traces import log as traces

# Each room names its own kinds; a name is used once in the whole program.
KINDS: dict[str, Kind] = {
    **accounts_mails.KINDS,
    **clusters_mails.KINDS,
    **activities_mails.KINDS,
    **registrations_mails.KINDS,
    **reminders_mails.KINDS,
}


def deliverer(app: Flask, is_stopped: Callable[[], bool] = lambda: False) -> Deliverer:
    """Takes the letters of this installation to where MAIL_URL says."""
    return Deliverer(KINDS, smtp.post_office(app.config), wall_clock=clock.now, is_stopped=is_stopped)


def table(app: Flask, is_stopped: Callable[[], bool]) -> tuple[Job, ...]:
    """What the worker does. Somebody may be waiting for a letter, so delivering comes every few seconds."""
    post = deliverer(app, is_stopped)
    return (
        Job("heartbeat", _beat, seconds=heartbeat.EVERY_SECONDS),
        Job("deliver letters", lambda: post.deliver(now=clock.now()), seconds=5),
        Job("plan reminders", lambda: reminders.plan(clock.now()), seconds=60),
        Job("let overdue holds go", lambda: registrations.expire_holds(clock.now()), seconds=60),
        # Not between 01:30 and 03:30, which some nights have twice and one has not at all.
        Job("clear up", clear_up, daily_at=time(4, 10)),
    )


def clear_up() -> None:
    """Note which activities have taken place, and forget what is over: entries that were never mended, counters and
    waits, security events, logins and links, what was kept for browsers, what support people needed, what old letters
    were about, workers that were killed, old files with letters and replaced databases."""
    now = clock.now()
    with unit_of_work():
        held.note_held(now=now)
    with unit_of_work():
        unread.forget_old(now=now)
    with unit_of_work():
        counters.forget_old(now=now)
        waits.forget_old(now=now)
        traces.forget_old(now=now)
    with unit_of_work():
        accounts.forget_old(now=now)
    with unit_of_work():
        kept_for_browsers.forget_old(now=now)
    with unit_of_work():
        upkeep.forget_old(now=now)
        posting.forget_nothing()
        heartbeat.forget_old(now=now)
    with unit_of_work():
        registrations.forget_needs(now)
    instance = Path(current_app.config["INSTANCE_PATH"])
    upkeep.forget_files(instance / "mail", now=now)
    backup.forget_old(instance, sqlite.file_of(make_url(current_app.config["DATABASE_URL"])), now=now)


def _beat() -> None:
    with unit_of_work():
        heartbeat.beat(now=clock.now())
