"""The steps of the schema, on both databases, with a row in every table: up, down, up again, and none is lost."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Integer,
    Numeric,
    Table,
    Time,
    inspect,
    select,
    text,
)

from clusterweek import config, create_app
from clusterweek.cli.schema import UPGRADES
from clusterweek.db.session import db
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow
Settings = Callable[[], dict[str, str]]
THEN = datetime(2027, 4, 8, 7, tzinfo=UTC)
# What a constraint wants; everything else may hold anything that fits its type.
FITTING: dict[str, dict[str, Any]] = {
    "activity_countries": {"country": "FR"},
    "activity_languages": {"language": "de"},
    "edition_partner_countries": {"country": "FR"},
    "editions": {"kind": "cluster_week"},
    "grants": {"role": "organiser"},
    "history_entries": {"actor_kind": "command"},
    "invitations": {"language": "de"},
    "kept_for_browsers": {"kind": "form"},
    "letters": {"language": "de"},
    "link_requests": {"purpose": "login"},
    "occurrences": {
        "ends_local": datetime(2027, 4, 8, 12),
        "ends_at": THEN.replace(hour=10),
        "removed_at": THEN,
        "removed_because": "removed",
    },
    "one_time_links": {"purpose": "login"},
    "registrations": {"status": "withdrawn", "withdrawn_at": THEN, "language": "de"},
    "shadows": {"status": "held", "mode": "in_person"},
    "reminder_rules": {"minutes_before": 60},
    "security_events": {"actor_kind": "command"},
}


@contextmanager
def house(folder: Path, settings: dict[str, str]) -> Iterator[Flask]:
    """An application whose database is empty, without any schema."""
    given = {f"CLUSTERWEEK_{name}": value for name, value in {"INSTANCE_PATH": str(folder), **settings}.items()}
    app = create_app(config.load(given))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


def tables() -> list[Table]:
    return list(db.metadata.sorted_tables)


def fill_every_table() -> None:
    """One row in each that the present step has, pointing to the rows in the others wherever it can."""
    look = inspect(db.engine)
    there = {name: {column["name"] for column in look.get_columns(name)} for name in look.get_table_names()}
    with db.engine.begin() as connection:
        for table in (table for table in tables() if table.name in there):
            columns = [column for column in table.columns if column.name in there[table.name]]
            values = {column.name: value(column, connection) for column in columns if is_given(column)}
            of_its_own = {
                name: given for name, given in FITTING.get(table.name, {}).items() if name in there[table.name]
            }
            # A table of its own: SQLAlchemy would add the defaults of columns that come with a later step.
            made = sa.Table(
                table.name,
                sa.MetaData(),
                *(sa.Column(one.name, one.type, primary_key=one.primary_key) for one in columns),
            )
            filled = {one.name: one.default.arg for one in columns if one.default is not None and one.default.is_scalar}
            filled |= {
                one.name: one.default.arg(None)
                for one in columns
                if one.default is not None and one.default.is_callable
            }
            connection.execute(made.insert().values(filled | values | of_its_own))


def is_given(column: Column[Any]) -> bool:
    if column.foreign_keys:
        return all(key.column.table is not column.table for key in column.foreign_keys)
    has_number = column.primary_key and isinstance(column.type, Integer) and len(column.table.primary_key) == 1
    return not column.nullable and column.default is None and not has_number


def value(column: Column[Any], connection: Any) -> Any:
    for key in column.foreign_keys:
        return connection.scalar(select(key.column).limit(1))
    kinds: list[tuple[Any, Any]] = [
        (Boolean, True),
        (Integer, 1),
        (Numeric, 1),
        (Date, date(2027, 4, 8)),
        (Time, time(9)),
        (DateTime, datetime(2027, 4, 8, 9)),
    ]
    kind = getattr(column.type, "impl_instance", column.type)
    if kind is not column.type:
        return THEN  # Moment
    return next((example for base, example in kinds if isinstance(kind, base)), {} if "JSON" in repr(kind) else "x")


def content() -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with db.engine.connect() as connection:
        return {table.name: sorted(repr(tuple(row)) for row in connection.execute(select(table))) for table in tables()}


def steps() -> list[str]:
    """The numbers of all steps, the first one first."""
    return [step.revision for step in reversed(list(ScriptDirectory(str(UPGRADES)).walk_revisions()))]


def up(directory: Path = UPGRADES, to: str = "head") -> None:
    upgrade(directory=str(directory), revision=to)


def down(directory: Path = UPGRADES, to: str = "-1") -> None:
    downgrade(directory=str(directory), revision=to)


@on_both_databases("upgrades")
def test_up_down_and_up_again_keeps_every_row(tmp_path: Path, database: Settings) -> None:
    with house(tmp_path, database()):
        up()
        fill_every_table()
        before = content()
        assert [name for name, rows in before.items() if not rows] == []

        # All the way back to the first step, and up again. What a step adds is gone when it is taken back;
        # what was there before must not suffer.
        for _ in steps()[1:]:
            down()
        first = set(inspect(db.engine).get_table_names())
        up()
        assert {name: len(rows) for name, rows in content().items() if name in first} == {
            name: len(rows) for name, rows in before.items() if name in first
        }

        down(to="base")
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        up()
        fill_every_table()
        assert all(content().values())


@on_both_databases("drift")
def test_the_steps_lead_to_what_the_models_say(tmp_path: Path, database: Settings) -> None:
    with house(tmp_path, database()):
        up()
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, db.metadata) == []
        inspector = inspect(db.engine)
        for table in tables():
            found = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
            wanted = {c.name: str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint)}
            assert found.keys() == wanted.keys(), table.name
            if db.engine.dialect.name == "sqlite":  # PostgreSQL writes conditions in its own way
                assert found == wanted, table.name


STEP = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{number}", "{before}", None, None

def upgrade():
    for table in ("activities", "people", "editions", "clusters"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("colour", sa.String(9), nullable=False, server_default="amber"))
            batch.create_check_constraint("colour", "colour <> ''")
    {more}

def downgrade():
    for table in ("activities", "people", "editions", "clusters"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f("ck_" + table + "_colour"), type_="check")
            batch.drop_column("colour")
"""


def with_a_further_step(folder: Path, more: str = "") -> Path:
    """A copy of our steps with one more, which changes tables that others point to."""
    copy = folder / "upgrades"
    shutil.copytree(UPGRADES, copy, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "versions" / "9999_one_more.py").write_text(STEP.format(number="9999", before=steps()[-1], more=more))
    return copy


@on_both_databases("parents")
def test_changing_a_table_that_others_point_to_loses_none_of_them(tmp_path: Path, database: Settings) -> None:
    """SQLite copies and drops such a table; with foreign keys on that deletes or refuses what points to it."""
    directory = with_a_further_step(tmp_path)
    with house(tmp_path / "house", database()):
        up()
        fill_every_table()
        before = content()

        up(directory)
        assert content() == before
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT colour FROM activities")) == "amber"
        down(directory)
        assert content() == before

        with db.engine.connect() as connection:  # and afterwards they are watched again
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1


@on_both_databases("halfway")
def test_a_step_that_fails_halfway_has_changed_nothing(tmp_path: Path, database: Settings) -> None:
    directory = with_a_further_step(tmp_path, more="raise ZeroDivisionError")
    with house(tmp_path / "house", database()):
        up()
        fill_every_table()
        before = content()

        with pytest.raises(ZeroDivisionError):
            up(directory)

        assert content() == before
        assert "colour" not in {column["name"] for column in inspect(db.engine).get_columns("activities")}
        with db.engine.connect() as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == steps()[-1]
            if connection.dialect.name == "sqlite":
                assert connection.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_step_that_would_leave_rows_pointing_nowhere_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    directory = with_a_further_step(tmp_path, more='op.execute("DELETE FROM people")')
    with house(tmp_path / "house", {}):
        up()
        fill_every_table()
        before = content()

        with pytest.raises(SystemExit):
            up(directory)

        assert "rows pointing nowhere; nothing was changed" in caplog.text
        assert content() == before


def test_no_foreign_key_deletes_anything_by_itself() -> None:
    """A row of people's data never disappears because something else did."""
    rules = {key.ondelete for table in tables() for column in table.columns for key in column.foreign_keys}

    assert rules == {"RESTRICT"}
