"""Every command: name, options, one call into a room."""

from pathlib import Path

import click
from flask import Flask
from flask_migrate import downgrade, upgrade

from clusterweek import clock
from clusterweek.db.session import unit_of_work
from clusterweek.facts import actions as facts
from clusterweek.vocabulary import actions as vocabulary

UPGRADES = Path(__file__).parent / "db" / "upgrades"


def init_app(app: Flask) -> None:
    """Hang the commands on the application, so that `flask --app wsgi …` knows them too."""
    app.cli.add_command(db_group)
    app.cli.add_command(facts_group)


@click.group("db")
def db_group() -> None:
    """Steps of the schema."""


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema, and the fixed lists with it."""
    upgrade(directory=str(UPGRADES))
    with unit_of_work():
        vocabulary.fill()


@db_group.command("downgrade")
@click.argument("revision", default="-1")
def db_downgrade(revision: str) -> None:
    """Go back one step (or to REVISION)."""
    downgrade(directory=str(UPGRADES), revision=revision)


@click.group("facts")
def facts_group() -> None:
    """The archive of past editions."""


@facts_group.command("load")
def facts_load() -> None:
    """Bring the archive editions of 2014 to 2022 into the database; a second run changes nothing."""
    with unit_of_work():
        done = facts.load(now=clock.now())
    click.echo(f"Archive editions: {done.added} added, {done.changed} changed, {done.unchanged} unchanged.")
