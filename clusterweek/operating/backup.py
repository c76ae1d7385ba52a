"""Backup of a running SQLite installation into one file, and back.

The file is a tar.gz: the database as one consistent copy, the key of the links that are in people's mailboxes, the
legal texts, and a list of what is inside. Letters are not in it (instance/mail), nor is the key of the sessions.
"""

import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from clusterweek.db import numbers
from clusterweek.db.session import db
from clusterweek.operating import health, heartbeat
from clusterweek.refusal import Refusal

DATABASE, CONTENTS = "clusterweek.db", "contents.json"
KEPT_FILES = ("link.key", "legal")  # of the instance, next to the database
ALIVE = timedelta(seconds=60)
FOLDER = "backups"  # of the instance: what the program writes by itself before something is destroyed
ASIDE = ".before-restore"  # what a restore has put aside, beside what it put there
KEPT_ASIDE = timedelta(days=30)  # long enough to notice that the wrong file was restored


@dataclass(frozen=True)
class Contents:
    """What a backup holds."""

    created_at: str
    revision: str
    rows: dict[str, int]


def create(target: Path, settings: Mapping[str, Any], *, now: datetime) -> Contents:
    """Write a backup to `target` while everything runs; it appears there whole, readable for its owner only.

    Raises Refusal for PostgreSQL, when the copy is damaged, and when `target` is there already.
    """
    source = database_file(settings)
    instance: Path = settings["INSTANCE_PATH"]
    if not source.exists():
        raise Refusal(f"There is no database at {source}.")
    target = target.absolute()
    if target.exists():
        raise Refusal(f"{target} is there already; an older backup is not overwritten.")
    if not target.parent.is_dir():
        raise Refusal(f"The folder {target.parent} does not exist.")
    with _beside(target) as folder:
        copy = folder / DATABASE
        with closing(sqlite3.connect(source, timeout=20)) as connection:
            # The only way that is consistent and ends while others write (copying the file is neither).
            connection.execute("VACUUM INTO ?", (str(copy),))
        contents = _contents(copy, now)
        (folder / CONTENTS).write_text(json.dumps(contents.__dict__, indent=1, sort_keys=True))
        for name in KEPT_FILES:
            if (instance / name).is_dir():
                shutil.copytree(instance / name, folder / name)
            elif (instance / name).exists():
                shutil.copy2(instance / name, folder / name)
        packed = folder / "packed"
        packed.touch(mode=0o600)
        with packed.open("wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz") as archive:
                for name in (CONTENTS, DATABASE, *KEPT_FILES):
                    if (folder / name).exists():
                        archive.add(folder / name, name)
            file.flush()
            os.fsync(file.fileno())
        packed.replace(target)
        _sync(target.parent)
    return contents


def create_before(what: str, settings: Mapping[str, Any], *, now: datetime) -> Path:
    """A backup in the instance's own folder, before `what` destroys something; its name says so. Goes after 30 days."""
    folder = Path(settings["INSTANCE_PATH"]) / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    target = _free(folder / f"before-{what}-{now:%Y%m%dT%H%M%S}.tar.gz")
    create(target, settings, now=now)
    return target


def forget_old(instance: Path, database: Path | None, *, now: datetime) -> int:
    """Delete what restores have put aside, and what was written before something was destroyed, 30 days later; says how
    many. They hold what people were promised to be forgotten. The backups that somebody asked for stay."""
    before = (now - KEPT_ASIDE).timestamp()
    found = [*instance.glob(f"*{ASIDE}*"), *(instance / FOLDER).glob("before-*.tar.gz")]
    found += database.parent.glob(f"{database.name}{ASIDE}*") if database else []
    old = [path for path in set(found) if path.lstat().st_mtime < before]
    for path in old:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    return len(old)


def numbers_given(database: Path) -> dict[str, int] | None:
    """The highest number ever given in each table of the database in this file; None when it cannot be read."""
    if not database.exists():
        return {}
    engine = create_engine(f"sqlite:///{database}")
    try:
        with engine.connect() as connection:
            return numbers.given(connection)
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()


def restore(
    source: Path,
    settings: Mapping[str, Any],
    *,
    upgrade: Callable[[], None],
    now: datetime,
    prepare: Callable[[Connection], object] | None = None,
) -> Contents:
    """Put a backup in the place of the present database, and bring it to the newest schema by `upgrade`.

    `prepare` changes what is in the backup before it takes its place: nobody ever works with the state before.
    The present database stays beside it as `….before-restore`, as do the key of links and the legal texts where they
    differ; what an earlier restore has put aside stays, too. Raises Refusal, having changed nothing, while somebody
    works with the installation, or when the file is no backup, damaged, or from a newer version.
    """
    database, instance = database_file(settings), settings["INSTANCE_PATH"]
    _refuse_while_in_use(database, now)
    with _beside(database) as folder:
        contents = _unpack(source, folder)
        if prepare:
            _prepare(folder / DATABASE, prepare)
        db.session.remove()
        db.engine.dispose()
        _put_aside(database, now)
        for ending in ("-wal", "-shm"):  # they belong to the old one, and would be played into the new one
            database.with_name(database.name + ending).unlink(missing_ok=True)
        (folder / DATABASE).replace(database)
        for name in KEPT_FILES:
            if (folder / name).exists() and _content(folder / name) != _content(instance / name):
                _put_aside(instance / name, now)
                (folder / name).rename(instance / name)
        _sync(database.parent)
    upgrade()
    return contents


def database_file(settings: Mapping[str, Any]) -> Path:
    """Where the database lies. Raises Refusal for PostgreSQL."""
    url = make_url(settings["DATABASE_URL"])
    if url.get_backend_name() != "sqlite" or not url.database:
        raise Refusal(
            "This installation uses PostgreSQL: back it up with `pg_dump -Fc` and restore it with `pg_restore`."
        )
    return Path(url.database).absolute()


def _prepare(copy: Path, prepare: Callable[[Connection], object]) -> None:
    engine = create_engine(f"sqlite:///{copy}")
    try:
        with engine.begin() as connection:
            prepare(connection)
    finally:
        engine.dispose()


def _put_aside(path: Path, now: datetime) -> None:
    """Rename it, so that nothing is lost; its time says when, which is what it is kept by."""
    if path.exists():
        aside = path.rename(_free(path.with_name(path.name + ASIDE)))
        os.utime(aside, (now.timestamp(), now.timestamp()))


def _free(path: Path) -> Path:
    """The path, or with a number when something is there already: what was put aside before must not be lost either."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}.{number}")
    return free


def _content(path: Path) -> object:
    """What a file or a folder of files holds, to compare."""
    if path.is_dir():
        return {str(one.relative_to(path)): one.read_bytes() for one in path.rglob("*") if one.is_file()}
    return path.read_bytes() if path.exists() else None


def _contents(copy: Path, now: datetime) -> Contents:
    """Check the copy, count what is in it. Raises Refusal when it is damaged."""
    try:
        with closing(sqlite3.connect(copy)) as connection:
            if (found := connection.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
                raise Refusal(f"The database is damaged: {found}")
            tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(tables)}
            (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.DatabaseError, TypeError) as problem:
        raise Refusal(f"The database cannot be read: {problem}") from None
    return Contents(now.isoformat(), revision, rows)


def _refuse_while_in_use(database: Path, now: datetime) -> None:
    if not database.exists():
        return
    try:
        beat_at = heartbeat.last_beat_at(now=now)
    except SQLAlchemyError:  # damaged or empty: a good reason to restore
        beat_at = None
    db.session.remove()
    db.engine.dispose()
    if beat_at and now - beat_at < ALIVE:
        raise Refusal("A worker is running. Stop it (and the web processes), then restore.")
    try:
        with closing(sqlite3.connect(database, timeout=1)) as connection:
            # SQLite agrees to this only when nobody else has the file open; it also brings in what the log still holds.
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError:
        raise Refusal("Somebody has the database open. Stop the web processes, then restore.") from None
    except sqlite3.DatabaseError:
        pass  # damaged: it is moved aside as it is


def _unpack(source: Path, folder: Path) -> Contents:
    """Unpack a backup into `folder` and check it against its own list. Raises Refusal."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(folder, filter="data")  # nothing outside the folder, no devices, no links out of it
        listed = Contents(**json.loads((folder / CONTENTS).read_text()))
    except (OSError, tarfile.TarError, EOFError, ValueError, TypeError) as problem:
        raise Refusal(f"{source} is not a backup of clusterweek: {type(problem).__name__}.") from None
    if not (folder / DATABASE).exists() or _contents(folder / DATABASE, datetime.min).rows != listed.rows:
        raise Refusal(f"{source} is damaged: it does not hold what its list says.")
    if not health.knows(listed.revision):
        raise Refusal(f"{source} comes from a newer version of clusterweek (schema {listed.revision}).")
    (folder / DATABASE).chmod(0o600)
    return listed


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A folder on the same file system, so that its files can be renamed into place; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
        yield Path(folder)


def _sync(folder: Path) -> None:
    """Make a rename last through a power cut."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
