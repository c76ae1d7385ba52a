"""Commands that keep an installation running: serve, worker, doctor, backup, and what the worker does, once."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import Connection, func, select

from clusterweek import clock, config, jobs
from clusterweek.accounts import actions as accounts
from clusterweek.cli import schema
from clusterweek.cli.moment import Moment
from clusterweek.clusters import actions as clusters
from clusterweek.db import numbers
from clusterweek.db.alone import alone
from clusterweek.db.session import db, unit_of_work
from clusterweek.demo import actions as demo
from clusterweek.editions.models import Edition
from clusterweek.facts import actions as facts
from clusterweek.frame import legal
from clusterweek.operating import backup, doctor, health, serve as serving, worker
from clusterweek.outbox import smtp
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--with-worker", is_flag=True, help="Start the worker, too.")
@click.option("--prepare", is_flag=True, help="Bring the schema up to date; load the archive on the very first run.")
@click.option("--demo/--no-demo", default=False, help="With --prepare, on the very first run: load the demo edition.")
@click.option("--alone", is_flag=True, default=sys.platform == "win32", help="One web process, without a supervisor.")
def serve(host: str, port: int, with_worker: bool, prepare: bool, demo: bool, alone: bool) -> None:
    """Start the web processes, and the worker if asked, under one supervisor."""
    app = _app()
    # Commands are started with the default port in mind; only here the one is known that people use.
    app.config.update(config.load(port=port))
    serving.refuse_taken_port(host, port)
    config.keep_port(app.config["INSTANCE_PATH"], port)
    if prepare and _prepare(with_demo=demo):
        # Begin anew: what loading has left in memory, all children would have to carry.
        asked = [*(["--with-worker"] if with_worker else []), *(["--alone"] if alone else [])]
        again = ["serve", "--host", host, "--port", str(port), *asked]
        os.execv(sys.executable, [sys.executable, "-m", "clusterweek", *again])
    _refuse_old_schema()
    if alone:
        serving.serve_alone(app, host=host, port=port, with_worker=with_worker)
    else:
        serving.serve(app, host=host, port=port, work=_work if with_worker else None)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined]


def _prepare(*, with_demo: bool) -> bool:
    """The schema; on the very first run (no edition yet) the archive, and perhaps the demo. Whether it was that run."""
    if health.revision() != health.newest_revision():
        click.echo("Preparing the database ...")
        schema.bring_up_to_date()
    if db.session.scalar(select(func.count()).select_from(Edition)):
        return False
    # One unit for both: a first run that is interrupted leaves nothing, and the next one is the first.
    with alone(db.engine), unit_of_work():
        if db.session.scalar(select(func.count()).select_from(Edition)):
            return False
        facts.load(now=clock.now())
        if with_demo:
            click.echo("Loading the demo edition ...")
            demo.load(now=demo.TODAY)
    return True


def _refuse_old_schema() -> None:
    if health.revision() != health.newest_revision():
        raise Refusal(
            "The database is not at the newest schema: run `clusterweek db upgrade`, or serve with --prepare."
        )


@click.command("worker")
def work() -> None:
    """Deliver letters, plan reminders, let holds expire, clear up: until it is stopped. Several may run."""
    _refuse_old_schema()
    _work()


def _work(beat: Callable[[], None] = lambda: None) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s worker %(levelname)s %(message)s")
    stopping = worker.Stopping()
    app = _app()
    worker.work(app, jobs.table(app, stopping.is_set), stopping, beat=beat)


@click.command("doctor")
def examine() -> None:
    """Look at settings, database, schema, mail, worker, clock and disk; exit code 1 if something is wrong."""
    office = smtp.post_office(current_app.config)
    findings = []
    for finding in doctor.examine(current_app.config, office, gaps=legal.placeholders(), now=clock.now()):
        click.echo(finding)
        findings.append(finding)
    sys.exit(any(finding.state == "wrong" for finding in findings))


@click.group("outbox")
def outbox_group() -> None:
    """Letters waiting to leave."""


@outbox_group.command("deliver")
@click.option("--now", type=Moment(), help="Play time forward: deliver what is due then.")
@click.option("--limit", type=click.IntRange(1), help="At most so many letters.")
def outbox_deliver(now: datetime | None, limit: int | None) -> None:
    """Deliver what is due, once. Told to stop, it finishes the mail that it is at; the rest stays due."""
    stopping = threading.Event()
    worker.listen(stopping)
    counts = jobs.deliverer(_app(), stopping.is_set).deliver(now=now or clock.now(), limit=limit)
    if counts["paused"]:
        raise Refusal("No mail can leave at the moment; `clusterweek doctor` says why. Nothing is lost.")
    click.echo(
        f"{counts['sent']} sent, {counts['later']} put off, {counts['failed']} failed, {counts['withdrawn']} not wanted"
    )


@click.group("backup")
def backup_group() -> None:
    """One file with everything that must not be lost (SQLite; with PostgreSQL use pg_dump)."""


@backup_group.command("create")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup_create(file: Path) -> None:
    """Write a backup to FILE, while everything runs."""
    contents = backup.create(file, current_app.config, now=clock.now())
    traces.note_apart("backup_made", now=clock.now())
    click.echo(
        f"{file}: {sum(contents.rows.values())} rows in {len(contents.rows)} tables, {file.stat().st_size} bytes"
    )


@backup_group.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def backup_restore(file: Path) -> None:
    """Put the backup in FILE in the place of the present database. Web and worker must be stopped.

    Everybody is logged out, and links to log in, to set a password and to accept an invitation open nothing any more.
    """
    database = backup.database_file(current_app.config)
    is_replaced = database.exists()
    given = backup.numbers_given(database)
    now = clock.now()

    def upgrade() -> None:
        schema.bring_up_to_date()
        with unit_of_work():
            numbers.leap(db.session.connection(), given)

    contents = backup.restore(
        file, current_app.config, upgrade=upgrade, now=now, prepare=lambda copy: _make_links_void(copy, now)
    )
    traces.note_apart("backup_restored", now=now)
    click.echo(f"Restored the state of {contents.created_at}: {sum(contents.rows.values())} rows.")
    if is_replaced:
        click.echo(f"The database from before stays beside it as {database.name}{backup.ASIDE}.")
    click.echo(_VOID)
    click.echo("Start web and worker again.")


@backup_group.command("restored")
def backup_restored() -> None:
    """After pg_restore: log everybody out, and make links to people's accounts void, as a restore of SQLite does."""
    now = clock.now()
    with unit_of_work():
        connection = db.session.connection()
        _make_links_void(connection, now)
        numbers.leap(connection)
    click.echo(_VOID)


_VOID = (
    "Everybody is logged out. Links to log in, to set a password and to accept an invitation that were sent before are"
    " void: the office sends them again. Links to registrations that are in the backup still work."
)


def _make_links_void(connection: Connection, now: datetime) -> None:
    """What was sent after the backup must open nothing: its number may be somebody else's now."""
    accounts.make_links_void(connection, now=now)
    clusters.make_links_void(connection, now=now)


COMMANDS = (serve, work, examine, outbox_group, backup_group)
