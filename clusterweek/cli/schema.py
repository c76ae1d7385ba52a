"""Commands about the schema, and the backup that comes before something is destroyed."""

from pathlib import Path

import click
from flask import current_app
from flask_migrate import downgrade, migrate, upgrade

from clusterweek import clock
from clusterweek.db import losses, sqlite
from clusterweek.db.alone import alone
from clusterweek.db.session import db, unit_of_work
from clusterweek.operating import backup
from clusterweek.refusal import Refusal
from clusterweek.reminders import actions as reminders
from clusterweek.traces import log as traces
from clusterweek.vocabulary import actions as vocabulary

UPGRADES = Path(__file__).parents[1] / "db" / "upgrades"


@click.group("db")
def db_group() -> None:
    """Steps of the schema."""


@db_group.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema, and the fixed lists and reminder rules with it."""
    bring_up_to_date()


def bring_up_to_date() -> None:
    """The newest schema, and what every installation has in it: the fixed lists, the reminder rules."""
    sqlite.make_file(db.engine.url)
    with alone(db.engine):  # of several that start at once, the others find the work done
        upgrade(directory=str(UPGRADES))
        with unit_of_work():
            vocabulary.fill()
            reminders.ensure_default_rules()


@db_group.command("migrate")
@click.option("-m", "--message", required=True, help="what the step does")
def db_migrate(message: str) -> None:
    """Write a new step from what the models have and the database lacks; to be read and completed by hand."""
    migrate(directory=str(UPGRADES), message=message)


@db_group.command("downgrade", context_settings={"ignore_unknown_options": True})
@click.argument("revision", default="-1")
@click.option("--yes-delete-everything", "is_sure", is_flag=True, help="Even if rows are lost; a backup comes first.")
def db_downgrade(revision: str, is_sure: bool) -> None:
    """Go back one step (or to REVISION, or so many steps: -2). Refuses when what people entered would be lost."""
    written = back_up_before("downgrade")
    try:
        with alone(db.engine):
            downgrade(directory=str(UPGRADES), revision=revision, tag=None if is_sure else losses.REFUSE)
    except losses.WouldLose as no:
        if written:
            written.unlink()
        raise Refusal(
            f"Nothing was changed. This step back would delete {no}. {HOW_TO_DELETE[db.engine.dialect.name]}"
        ) from None
    tell_of_backup(written)
    traces.note_apart("schema_taken_back", now=clock.now())  # in the process log, where the step had the log's table


HOW_TO_DELETE = {
    "sqlite": "With --yes-delete-everything it is done, after a backup into the instance's backups/.",
    "postgresql": "Make a backup first (`pg_dump -Fc -f FILE DATABASE`); with --yes-delete-everything it is done.",
}


def back_up_before(what: str) -> Path | None:
    """Write a backup before something is destroyed (SQLite), or say how to make one (PostgreSQL)."""
    if db.engine.dialect.name == "postgresql":
        click.echo("No backup is written here on PostgreSQL; `pg_dump -Fc -f FILE DATABASE` makes one.", err=True)
    elif backup.database_file(current_app.config).exists():
        return backup.create_before(what, current_app.config, now=clock.now())
    return None


def tell_of_backup(written: Path | None) -> None:
    if written:
        click.echo(f"A backup was written before: {written}")


COMMANDS = (db_group,)
