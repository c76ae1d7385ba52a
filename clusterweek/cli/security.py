"""The command that tells what the log of security events holds."""

from datetime import UTC, datetime

import click

from clusterweek.cli.moment import Moment
from clusterweek.traces import queries
from clusterweek.traces.models import Event


@click.group("security")
def security_group() -> None:
    """What matters for safety: logins, refusals, lists read or taken out."""


@security_group.command("log")
@click.option("--since", type=Moment(), help="Only what happened from then on; without it everything that is kept.")
def security_log(since: datetime | None) -> None:
    """Print the log, a line for each event: moment (UTC), what, whose number, about which thing."""
    for event in queries.since(since):
        click.echo(line(event))


def line(event: Event) -> str:
    """`2027-03-22T08:30:00Z  role_given  person 1  to person 7  cluster 3`; numbers only."""
    who = f"person {event.person_id}" if event.person_id else event.actor_kind
    parts = [f"{event.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", event.name, who]
    if event.whom_id:
        parts.append(f"to person {event.whom_id}")
    if event.subject_type:
        parts.append(event.subject_type + (f" {event.subject_id}" if event.subject_id else ""))
    return "  ".join(parts)


COMMANDS = (security_group,)
