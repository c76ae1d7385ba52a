"""Everything that stands in the database, to compare before and after."""

from typing import Any

from sqlalchemy import select, text

from clusterweek.db.session import db
from clusterweek.db.types import METADATA


def dump(*, leave_out: tuple[str, ...] = ()) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that has rows, sorted; `leave_out` names columns like "people.password_hash"."""
    tables = {}
    for table in METADATA.sorted_tables:
        columns = [column for column in table.columns if f"{table.name}.{column.name}" not in leave_out]
        rows = [dict(row) for row in db.session.execute(select(*columns)).mappings()]
        if rows:
            tables[table.name] = sorted(rows, key=repr)
    return tables


def counts() -> dict[str, int]:
    """How many rows each table has; empty ones are left out."""
    return {name: len(rows) for name, rows in dump().items()}


def count_from(table: str, number: int) -> None:
    """Let the next row of a table get this number, as a restore of an older database would."""
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        connection.execute(text("UPDATE sqlite_sequence SET seq = :n WHERE name = :t"), {"n": number - 1, "t": table})
    else:
        connection.execute(
            text("SELECT setval(pg_get_serial_sequence(:t, 'id'), :n, false)"), {"n": number, "t": table}
        )
    db.session.commit()
