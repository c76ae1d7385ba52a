"""Every command: name, options, one call into a room."""

from pathlib import Path

import click
from flask import Flask
from flask_migrate import downgrade, upgrade

from clusterweek.db.session import unit_of_work
from clusterweek.vocabulary import actions as vocabulary

UPGRADES = Path(__file__).parent / "db" / "upgrades"


def init_app(app: Flask) -> None:
    """Hang the commands on the application, so that `flask --app wsgi …` knows them too."""
    app.cli.add_command(db_group)


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
