"""A number is given once: no row ever gets the number of one that was deleted.

Numbers stand in links, letters' keys, addresses and the history; whoever got an old one would be taken for somebody
else. PostgreSQL's sequences only go forward. SQLite gives the highest number again as soon as its row is deleted,
unless the table says AUTOINCREMENT; then it keeps the highest number ever given in a table of its own, sqlite_sequence.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Integer, Table, inspect, text

LEAP = 1000  # numbers passed over when nobody knows any more which were given: about a day of sign-ups


def give_each_once(table: Table, connection: Connection, **_: Any) -> None:
    """Before any table is made (by the models, by a step of the schema, by a copy that a step makes): AUTOINCREMENT
    where SQLite numbers the rows. A new table cannot forget it, and a later step cannot lose it."""
    key = list(table.primary_key.columns)
    if connection.dialect.name == "sqlite" and len(key) == 1:
        is_number = isinstance(key[0].type, Integer) and not key[0].foreign_keys
        table.dialect_options["sqlite"]["autoincrement"] = is_number


def given(connection: Connection) -> dict[str, int]:
    """The highest number that was ever given in each table that numbers its rows, by the table's name."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return {}
        return dict(connection.execute(text("SELECT name, seq FROM sqlite_sequence")).all())
    found = connection.execute(
        text(
            "SELECT t.relname, COALESCE(pg_sequence_last_value(s.oid), 0) FROM pg_class s"
            " JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')"
            " JOIN pg_class t ON t.oid = d.refobjid"
            " WHERE s.relkind = 'S' AND s.relnamespace = current_schema()::regnamespace"
        )
    )
    return dict(found.all())


def pass_over(connection: Connection, numbers: Mapping[str, int]) -> None:
    """See to it that each table gives only numbers above these. Never goes back."""
    before = given(connection)
    if connection.dialect.name != "sqlite":
        for name, number in numbers.items():
            if name in before and number > before[name]:
                connection.execute(
                    text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :number)"),
                    {"name": name, "number": number},
                )
        return
    numbered = connection.scalars(
        text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    ).all()
    for name in numbered:
        values = {"name": name, "number": numbers.get(name, 0)}
        if name not in before and values["number"]:  # a table that never held a row has none here
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :number)"), values)
        elif values["number"] > before.get(name, 0):
            connection.execute(text("UPDATE sqlite_sequence SET seq = :number WHERE name = :name"), values)


def leap(connection: Connection, known: Mapping[str, int] | None = None) -> None:
    """After the database went back to an earlier state: give no number again that was given since. `known`: the highest
    ones of the state that was left; where nobody knows them, a leap."""
    if known is None:
        known = {name: number + LEAP for name, number in given(connection).items()}
    pass_over(connection, known)
