"""Commands about attendees and their activities: the list of an activity, and what the worker does about them, once."""

from datetime import datetime
from pathlib import Path

import click

from clusterweek import clock
from clusterweek.activities import held, queries as activities
from clusterweek.cli import files
from clusterweek.cli.moment import Moment
from clusterweek.db.session import unit_of_work
from clusterweek.refusal import Refusal
from clusterweek.registrations import table
from clusterweek.reminders import plan
from clusterweek.traces import log as traces


@click.group("activities")
def activities_group() -> None:
    """What becomes of activities by itself."""


@activities_group.command("held")
@click.option("--now", type=Moment(), help="Play time forward: mark what is over then.")
def activities_held(now: datetime | None) -> None:
    """Mark what has taken place, once."""
    with unit_of_work():
        click.echo(f"{held.note_held(now=now or clock.now())} marked as held")


@click.group("reminders")
def reminders_group() -> None:
    """Letters before an activity."""


@reminders_group.command("plan")
@click.option("--now", type=Moment(), help="Play time forward: plan what is due then.")
def reminders_plan(now: datetime | None) -> None:
    """Post the reminders that are due, once."""
    planned = plan.plan(now or clock.now())
    click.echo(f"{planned.posted} posted, {planned.skipped} skipped (more than six hours late)")


@files.export_group.command("registrations")
@click.option(
    "--activity", "activity_id", required=True, type=click.IntRange(1, 2**31 - 1), help="Number of the activity."
)
@click.option("--format", "format", required=True, type=click.Choice(list(table.FORMATS)))
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export_registrations(activity_id: int, format: str, target: Path) -> None:
    """Write the registrations of an activity to a file; ended ones without whose they were."""
    activity = activities.get(activity_id)
    if activity is None:
        raise Refusal(f"There is no activity {activity_id}.")
    traces.note_apart("attendees_exported", subject=("activity", activity.id), now=clock.now())
    files.write_file(target, table.make(format, activity, with_ended=True))


COMMANDS = (activities_group, reminders_group)
