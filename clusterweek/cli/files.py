"""Commands about files: the programme as a file, and tables of activities and clusters that are taken over."""

import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl

import click
from werkzeug.datastructures import MultiDict

from clusterweek import clock, config
from clusterweek.clusters import queries as clusters
from clusterweek.db.session import unit_of_work
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.importing import activities as activity_tables, clusters as cluster_tables, reading, tables
from clusterweek.importing.tables import Table
from clusterweek.listing import filter as filters
from clusterweek.programme import files as programme_files
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces
from clusterweek.web import marks


@click.group("export")
def export_group() -> None:
    """Files that leave the house."""


@export_group.command("programme")
@click.option("--edition", "slug", required=True, help="address of the edition, for example clusterwoche-2027")
@click.option("--format", "format", required=True, type=click.Choice(programme_files.FORMATS))
@click.option("-o", "--output", "target", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--filter", "query", default="", help="the filters of the page, for example 'land=DE-BY&format=workshop'")
@click.option("--lang", default="de", type=click.Choice(["de", "en"]))
def export_programme(slug: str, format: str, target: Path, query: str, lang: str) -> None:
    """Write the programme to a file, with all columns that the office sees."""
    edition = _edition(slug)
    now = clock.now()
    chosen = filters.parse(MultiDict(parse_qsl(marks.without_marks(query), keep_blank_values=True)), now=now)
    traces.note_apart("programme_exported", subject=("edition", edition.id), now=now)
    made = programme_files.make(format, edition=edition, filter=chosen, lang=lang, now=now, is_office=True)
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
    """Take activities over from a CSV, XLSX, ODS or XLS file; a wrong row stops everything and is named."""
    edition = _edition(slug)
    cluster = clusters.by_slug(cluster_slug) if cluster_slug else None
    if cluster_slug and cluster is None:
        raise Refusal(f"There is no cluster {cluster_slug}.")
    table = _table(file, reading.column_of)
    _tell_left_out(activity_tables.left_out(table))
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


@import_group.command("clusters")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--invite", is_flag=True, help="Write to the contact of every cluster that has nobody yet.")
@click.option("--dry-run", is_flag=True, help="say what would happen, write nothing")
def import_clusters(file: Path, invite: bool, dry_run: bool) -> None:
    """Take clusters over from FILE (CSV, XLSX, ODS, XLS); a wrong row stops everything, and the exit code is 1."""
    table = _table(file, cluster_tables.column_of)
    _tell_left_out(cluster_tables.left_out(table))
    if dry_run:
        results, invite = cluster_tables.preview(table), False
    else:
        with unit_of_work():
            results = cluster_tables.take_over(table, by=None, now=clock.now(), invite=invite)
    for result in results:
        click.echo(result.line())
    if any(result.outcome == "error" for result in results):
        sys.exit(1)
    for result in results:
        if result.invites:
            click.echo(f"{'invited' if invite else 'would be invited'}: {result.values['email']}  {result.name}")
        elif result.not_invited:
            click.echo(f"not invited: {result.values['email']}  {result.name}  {result.not_invited}")


def _tell_left_out(headings: list[str]) -> None:
    if headings:
        click.echo(f"not read, because not known: {', '.join(headings)}", err=True)


def _table(file: Path, column_of: Callable[[str], str | None]) -> Table:
    """The table in that file; what had to be guessed is said beside what the command prints."""
    table = tables.read(file.name, file.read_bytes(), column_of)
    for remark in table.remarks:
        click.echo(remark, err=True)
    return table


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


COMMANDS = (export_group, import_group)
