"""Commands that bring data in that comes with the program: the archive, and the demo edition."""

from datetime import datetime

import click

from clusterweek import clock
from clusterweek.cli import schema
from clusterweek.cli.moment import Moment
from clusterweek.db.session import db, unit_of_work
from clusterweek.demo import actions as demo, purge
from clusterweek.facts import actions as facts
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces


@click.group("facts")
def facts_group() -> None:
    """The archive of past editions."""


@facts_group.command("load")
def facts_load() -> None:
    """Bring the archive editions of 2014 to 2022 into the database; a second run changes nothing."""
    with unit_of_work():
        done = facts.load(now=clock.now())
    click.echo(f"Archive editions: {done.added} added, {done.changed} changed, {done.unchanged} unchanged.")


@click.group("demo")
def demo_group() -> None:
    """An invented cluster week to look at."""


@demo_group.command("load")
@click.option(
    "--activities", default=200, show_default=True, type=click.IntRange(20, 50_000), help="How many are published."
)
@click.option("--now", default="2026-11-22T09:00+01:00", show_default=True, type=Moment(), help="The demo's today.")
@click.option("--force", is_flag=True, help="Even where real clusters are.")
def demo_load(activities: int, now: datetime, force: bool) -> None:
    """Load the demo edition; a second run changes nothing, but brings what a later version shows to an older demo."""
    with unit_of_work():
        done = demo.load(count=activities, now=now, force=force)
        if done.activities or done.added:
            traces.note("demo_loaded", now=clock.now())
    click.echo(f"Demo edition: {done.activities} activities and {done.registrations} registrations added.")
    if done.added:
        click.echo(f"New in the demo that was here: {', '.join(done.added)}.")


@demo_group.command("purge")
@click.option("--yes-delete-everything", "is_sure", is_flag=True, help="Even with what real people did.")
def demo_purge(is_sure: bool) -> None:
    """Remove the demo edition, its clusters and people, and everything that hangs on them.

    Refuses when real people have signed up or worked there.
    """
    if real := purge.real_rows():
        if not is_sure:
            raise Refusal(
                f"Nothing was removed. What seems to be of real people would go with the demo: {', '.join(real)}."
                f" {schema.HOW_TO_DELETE[db.engine.dialect.name]}"
            )
        schema.tell_of_backup(schema.back_up_before("purge"))
    with unit_of_work():
        count = purge.purge()
        traces.note("demo_purged", now=clock.now())
    click.echo(f"Demo edition: {count} rows removed.")


COMMANDS = (facts_group, demo_group)
