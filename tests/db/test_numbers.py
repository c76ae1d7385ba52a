"""A number is given once, on both databases: after deletion, after steps of the schema, after going down and up."""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Integer, Table, event, inspect, select, text

from clusterweek import clock
from clusterweek.cli.schema import UPGRADES, bring_up_to_date
from clusterweek.db import numbers
from clusterweek.db.session import db, unit_of_work
from clusterweek.demo import actions as demo
from tests.db.test_upgrades import down, fill_every_table, house, steps, tables, up, with_a_further_step
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow
Settings = Callable[[], dict[str, str]]
THIS_STEP = "numbers_given_once"


def step_before() -> str:
    """The step that the tables are at before each number is given once."""
    step = ScriptDirectory(str(UPGRADES)).get_revision(this_step())
    return str(step.down_revision)


def this_step() -> str:
    (step,) = [s for s in ScriptDirectory(str(UPGRADES)).walk_revisions() if THIS_STEP in str(s.path)]
    return str(step.revision)


@contextmanager
def as_it_was() -> Iterator[None]:
    """The schema as earlier versions of the program made it."""
    event.remove(Table, "before_create", numbers.give_each_once)
    try:
        yield
    finally:
        event.listen(Table, "before_create", numbers.give_each_once)


def numbered() -> list[Table]:
    """The tables whose rows have a number."""
    return [
        table
        for table in tables()
        if [(c.name, isinstance(c.type, Integer)) for c in table.primary_key.columns] == [("id", True)]
    ]


def numbers_there() -> dict[str, set[int]]:
    """Of the tables that the present step has."""
    there = inspect(db.engine).get_table_names()
    with db.engine.connect() as connection:
        return {table.name: set(connection.scalars(select(table.c.id))) for table in numbered() if table.name in there}


def delete_everything() -> None:
    there = inspect(db.engine).get_table_names()
    with db.engine.begin() as connection:
        for table in reversed(tables()):
            if table.name in there:
                connection.execute(table.delete())


def with_autoincrement() -> set[str]:
    with db.engine.connect() as connection:
        return {
            name
            for name, words in connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
            if "AUTOINCREMENT" in words
        }


def test_every_table_that_numbers_its_rows_gives_each_number_once(tmp_path: Path) -> None:
    with house(tmp_path, {}):
        up()
        assert with_autoincrement() == {table.name for table in numbered()}
        assert len(numbered()) >= 15
        down(to=steps()[0])
        assert with_autoincrement() >= {"people", "one_time_links", "invitations", "registrations", "letters"}
        up()
        assert with_autoincrement() == {table.name for table in numbered()}


def test_a_table_that_somebody_adds_gives_each_number_once_by_itself(tmp_path: Path) -> None:
    from sqlalchemy import Column, MetaData, String

    with house(tmp_path, {}):
        made = MetaData()
        Table("notes", made, Column("id", Integer, primary_key=True), Column("text", String))
        Table("pairs", made, Column("a", Integer, primary_key=True), Column("b", Integer, primary_key=True))
        Table("words", made, Column("word", String, primary_key=True))
        made.create_all(db.engine)

        assert with_autoincrement() == {"notes"}


@on_both_databases("numbers")
def test_no_row_gets_the_number_of_one_that_was_deleted(tmp_path: Path, database: Settings) -> None:
    with house(tmp_path, database()):
        up()
        down(to=step_before())
        lasting = numbers_there().keys()  # a table that a later step brings goes with it, and all that names its rows
        up()
        seen: dict[str, set[int]] = {name: set() for name in lasting}
        for way in ("deleted", "deleted again", "down and up", "copied by a later step"):
            fill_every_table()
            there = {name: found for name, found in numbers_there().items() if name in lasting}
            assert all(there.values()), way
            assert {name: seen[name] & found for name, found in there.items() if seen[name] & found} == {}, way
            seen = {name: seen[name] | found for name, found in there.items()}
            delete_everything()
            if way == "deleted again":
                down(to=step_before())
                up()
            if way == "down and up":
                directory = with_a_further_step(tmp_path)
                up(directory)
                down(directory)


@on_both_databases("numbers_down")
def test_numbers_of_rows_deleted_under_an_older_schema_are_not_given_after_the_upgrade(
    tmp_path: Path, database: Settings
) -> None:
    with house(tmp_path, database()):
        up()
        fill_every_table()
        down(to=step_before())
        seen = numbers_there()
        delete_everything()
        up()
        fill_every_table()

        assert not any(seen[name] & found for name, found in numbers_there().items() if name in seen)


TRACES = {  # what letters and the history say of rows that are gone
    "one_time_links": "set_password:501",
    "invitations": "invitation:502:3",
    "people": "password-changed:503:20270322083000",
    "activities": "activity_received:504:7:1800000000",
    "registrations": "confirm_request:505:0",
    "reminder_rules": "reminder:17:506:5:1800000000",
    "occurrences": "reminder:17:3:507:1800000000",
}


def test_what_was_given_before_the_upgrade_and_is_only_named_any_more_is_not_given_again(tmp_path: Path) -> None:
    with house(tmp_path, {}):
        with as_it_was():
            up(to=step_before())
        with db.engine.begin() as connection:
            for number, (key, ids) in enumerate(
                [
                    *((key, "{}") for key in TRACES.values()),
                    ("activity_moved:1:2", '{"registration_id": 1, "removed": "3,601", "moved": "600:1800000000"}'),
                ]
            ):
                connection.execute(
                    text(
                        "INSERT INTO letters (key, kind, ids, language, priority, state, due_at, attempts, message_id,"
                        " created_at, sent_at) VALUES (:key, 'x', :ids, 'de', 1, 'sent', :at, 1, :m, :at, :at)"
                    ),
                    {"key": key, "ids": ids, "m": f"<{number}>", "at": "2027-01-01 00:00:00.000000"},
                )
            for subject, number, details in (
                ("edition", 701, "{}"),
                ("cluster", 702, '{"invitation": 703, "person": 704, "is_owner": true}'),
                ("registration", 2, "{}"),
            ):
                connection.execute(
                    text(
                        "INSERT INTO history_entries (at, actor_id, actor_kind, action, subject_type, subject_id,"
                        " details) VALUES ('2027-01-01 00:00:00.000000', 9, 'person', 'x', :s, :n, :d)"
                    ),
                    {"s": subject, "n": number, "d": details},
                )
        assert with_autoincrement() == set()
        old = set(inspect(db.engine).get_table_names())

        up()

        assert with_autoincrement() == {table.name for table in numbered()}
        with db.engine.connect() as connection:
            given = numbers.given(connection)
        # Also those that never held a row, as far as they were there.
        assert set(given) >= {table.name for table in numbered()} & old
        for table, at_least in {
            "one_time_links": 501,
            "invitations": 703,
            "people": 704,
            "activities": 504,
            "registrations": 505,
            "reminder_rules": 506,
            "occurrences": 601,
            "editions": 701,
            "clusters": 702,
        }.items():
            assert at_least < given[table] < at_least + 200, table
        fill_every_table()
        assert min(numbers_there()["people"]) > 704


OUT = {"one_time_links", "invitations"}
LATER = datetime(2100, 1, 1, tzinfo=UTC)


def looks(path: Path) -> dict[str, tuple[int, str, tuple[str, ...], tuple[str, ...]]]:
    """Of each table: its rows counted and hashed, its constraints, its indexes."""
    connection = sqlite3.connect(path)
    found = {}
    try:
        for name, words in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall():
            if name.startswith(("sqlite_", "alembic_")):
                continue
            columns = sorted(row[1] for row in connection.execute(f"PRAGMA table_info('{name}')"))
            rows = connection.execute(
                f'SELECT {", ".join(f"{chr(34)}{c}{chr(34)}" for c in columns)} FROM "{name}"'
            ).fetchall()
            hashed = hashlib.sha256("\n".join(sorted(map(repr, rows))).encode()).hexdigest()
            parts = tuple(sorted(line.strip().rstrip(",") for line in words.splitlines() if "CONSTRAINT" in line))
            parts = tuple(part for part in parts if "PRIMARY KEY (id)" not in part)
            indexes = tuple(
                sorted(
                    sql
                    for (sql,) in connection.execute(
                        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL",
                        (name,),
                    )
                )
            )
            found[name] = (len(rows), hashed, parts, indexes)
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()
    return found


def test_the_whole_demo_goes_through_the_step_up_down_and_up_without_losing_anything(tmp_path: Path) -> None:
    with house(tmp_path / "new", {}) as app:
        bring_up_to_date()
        with unit_of_work():
            demo.load(now=demo.TODAY)
            db.session.execute(text("UPDATE registrations SET access_need = 'Rampe' WHERE id % 7 = 0"))
            db.session.execute(
                text(
                    "INSERT INTO one_time_links (purpose, person_id, generation, token_hash, created_at, expires_at)"
                    " VALUES ('login', 1, 1, 'a', '2027-01-01 00:00:00.000000', '2100-01-01 00:00:00.000000')"
                )
            )
        loaded = app.config["INSTANCE_PATH"] / "clusterweek.db"
    with house(tmp_path / "old", {}) as app:
        with as_it_was():
            up(to=step_before())
        path = app.config["INSTANCE_PATH"] / "clusterweek.db"
        db.session.remove()
        db.engine.dispose()
        connection = sqlite3.connect(path)
        connection.execute("ATTACH ? AS loaded", (str(loaded),))
        for (name,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
            if name != "alembic_version":
                columns = ", ".join(f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info('{name}')"))
                connection.execute(f'INSERT INTO main."{name}" ({columns}) SELECT {columns} FROM loaded."{name}"')
        # As the history said it at this step.
        connection.execute("UPDATE main.history_entries SET action = replace(action, 'demo_', 'demo ')")
        connection.commit()
        connection.close()
        before = looks(path)
        assert before["registrations"][0] > 3000
        assert before["activities"][0] > 200

        up(to=this_step())
        db.engine.dispose()
        after = looks(path)

        assert {name: look[0] for name, look in after.items()} == {name: look[0] for name, look in before.items()}
        changed = {name for name in before if before[name][1] != after[name][1]}
        # Links that are out are void, and what people who gave up had needed is forgotten; nothing else has moved.
        assert changed == {"one_time_links", "registrations"}
        assert {name: look[2:] for name, look in after.items()} == {name: look[2:] for name, look in before.items()}
        with db.engine.connect() as connected:
            ended = "SELECT count(*) FROM registrations WHERE access_need IS NOT NULL AND status IN "
            assert connected.scalar(text(ended + "('withdrawn', 'expired')")) == 0
            assert (connected.scalar(text(ended + "('confirmed')")) or 0) > 100
            links = "SELECT count(*) FROM one_time_links WHERE token_hash IS NOT NULL OR expires_at > '2099-01-01'"
            assert connected.scalar(text(links)) == 0
        for _ in range(2):
            down(to=step_before())
            up(to=this_step())
        db.engine.dispose()
        assert looks(path) == after
        up()
        down(to=this_step())
        db.engine.dispose()
        assert {name: look[:2] for name, look in looks(path).items()} == {n: look[:2] for n, look in after.items()}


@on_both_databases("void_links")
def test_links_that_are_out_are_void_after_the_upgrade_and_links_to_registrations_are_not(
    tmp_path: Path, database: Settings
) -> None:
    with house(tmp_path, database()):
        up(to=step_before())
        now = clock.now()
        fill_every_table()
        with db.engine.begin() as connection:
            table = db.metadata.tables["one_time_links"]
            person = connection.scalar(select(db.metadata.tables["people"].c.id))
            connection.execute(table.delete())
            for number, (used, ends) in enumerate(((None, LATER), (now, LATER), (None, now - timedelta(days=1)))):
                connection.execute(
                    table.insert().values(
                        purpose="set_password", person_id=person, generation=1, token_hash=str(number) * 64,
                        created_at=now, expires_at=ends, used_at=used,
                    )
                )  # fmt: skip
            invitations = db.metadata.tables["invitations"]
            connection.execute(
                invitations.update().values(
                    token_hash="b" * 64, expires_at=LATER, accepted_at=None, accepted_by_id=None, withdrawn_at=None
                )
            )
            registrations = db.metadata.tables["registrations"]
            connection.execute(registrations.update().values(token_hash="c" * 64, generation=7, access_need="Rampe"))
            connection.execute(db.metadata.tables["login_sessions"].update().values(ends_at=LATER, ended_at=None))

        up()

        with db.engine.connect() as connection:
            rows = connection.execute(
                select(table.c.token_hash, table.c.expires_at, table.c.used_at).order_by(table.c.id)
            )
            (out, used_up, run_out) = rows.all()
            assert out.token_hash is None
            assert out.expires_at <= clock.now() + timedelta(seconds=1)
            assert (used_up.token_hash, run_out.token_hash) == ("1" * 64, "2" * 64)
            (mark,) = connection.scalars(select(invitations.c.token_hash))
            assert mark.startswith("void:")
            kept = select(registrations.c.token_hash, registrations.c.generation, registrations.c.access_need)
            assert connection.execute(kept).all() == [("c" * 64, 7, None)]  # it was withdrawn: the need is forgotten
            assert connection.scalar(select(db.metadata.tables["login_sessions"].c.ended_at)) is None
