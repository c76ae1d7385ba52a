"""Commands: name, options, one call into a room. Here the schema and tables; the others in the cli_….py beside."""

import sys
from pathlib import Path
from urllib.parse import parse_qsl

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import downgrade, migrate, upgrade
from werkzeug.datastructures import MultiDict

from clusterweek import clock, config
from clusterweek.clusters import queries as clusters
from clusterweek.db import losses, sqlite
from clusterweek.db.alone import alone
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.i18n import force_language
from clusterweek.importing import activities as activity_tables, tables
from clusterweek.listing import filter as filters
from clusterweek.operating import backup
from clusterweek.programme import files
from clusterweek.refusal import Refusal
from clusterweek.reminders import actions as reminders
from clusterweek.traces import log as traces
from clusterweek.vocabulary import actions as vocabulary

UPGRADES = Path(__file__).parent / "db" / "upgrades"


class Commands(AppGroup):
    """Our commands, whichever door they are called through. They speak English, whatever language a page would."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ctx.with_resource(force_language("en"))
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Hang the commands on the application, so that `flask --app wsgi …` knows them too."""
    app.cli = Commands(app.name)
    app.cli.add_command(db_group)
    app.cli.add_command(export_group)
    app.cli.add_command(import_group)


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


@click.group("export")
def export_group() -> None:
    """Files that leave the house."""


@export_group.command("programme")
@click.option("--edition", "slug", required=True, help="address of the edition, for example clusterwoche-2027")
@click.option("--format", "format", required=True, type=click.Choice(files.FORMATS))
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--filter", "query", default="", help="the filters of the page, for example 'land=DE-BY&format=workshop'")
@click.option("--lang", default="de", type=click.Choice(["de", "en"]))
def export_programme(slug: str, format: str, target: Path, query: str, lang: str) -> None:
    """Write the programme to a file, with all columns that the office sees."""
    edition = _edition(slug)
    now = clock.now()
    chosen = filters.parse(MultiDict(parse_qsl(query, keep_blank_values=True)), now=now)
    traces.note_apart("programme_exported", subject=("edition", edition.id), now=now)
    made = files.make(format, edition=edition, filter=chosen, lang=lang, now=now, is_office=True)
    write_file(target, made.body, is_public=True)


@click.group("import")
def import_group() -> None:
    """Tables that come into the house."""


@import_group.command("activities")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--edition", "slug", required=True, help="address of the edition, for example clusterwoche-2027")
@click.option("--cluster", "cluster_slug", help="take only activities of this cluster; it hosts what names no host")
@click.option("--dry-run", is_flag=True, help="say what would happen, write nothing")
@click.option("--partial", is_flag=True, help="take the good rows although others are wrong")
@click.option("--again", is_flag=True, help="take new activities although they are here already")
def import_activities(
    file: Path, slug: str, cluster_slug: str | None, dry_run: bool, partial: bool, again: bool
) -> None:
    """Take activities over from a CSV or XLSX file; a wrong row stops everything and is named with its reason."""
    edition = _edition(slug)
    cluster = clusters.by_slug(cluster_slug) if cluster_slug else None
    if cluster_slug and cluster is None:
        raise Refusal(f"There is no cluster {cluster_slug}.")
    table = tables.read(file.name, file.read_bytes())
    now = clock.now()
    results = activity_tables.take_over(
        table,
        edition=edition,
        cluster=cluster,
        by=None,
        now=now,
        is_partial=partial,
        is_dry_run=dry_run,
        is_again=again,
    )
    if not dry_run and (partial or not any(result.outcome == "error" for result in results)):
        traces.note_apart("table_imported", subject=("edition", edition.id), now=now)
    for result in results:
        click.echo(result.line())
    if not partial and any(result.outcome == "error" for result in results):
        sys.exit(1)


def _edition(slug: str) -> Edition:
    edition = editions.by_slug(slug)
    if edition is None:
        raise Refusal(f"There is no edition {slug}.")
    return edition


def write_file(target: Path, body: bytes, *, is_public: bool = False) -> None:
    """Beside, then renamed: whoever reads the file meanwhile sees the old one or the new one, never half.

    Only its owner may read it, unless `is_public`.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        beside.write_bytes(body)
        if is_public:
            config.open_to_readers(beside)
        beside.replace(target)
    except OSError as problem:
        beside.unlink(missing_ok=True)
        raise Refusal(f"{target} cannot be written: {problem.strerror}.") from None
