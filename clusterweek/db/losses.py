"""What a step back would destroy: tables with rows, and columns that hold something."""

from sqlalchemy import Connection, MetaData, String, Table, case, cast, func, inspect, select

REFUSE = "refuse-losses"  # Alembic's tag: env.py then takes everything back that would lose something
NOTHING = ("", "[]", "{}", "null", "0", "false")  # what a column without a word in it looks like as text
# Every start fills these by itself.
REFILLED = {"alembic_version", "laender", "technology_fields", "reminder_rules", "heartbeats", "limit_counters"}
# What the program keeps for itself, for a while: it is in the backup that comes before a step back, and stops none.
FOR_A_WHILE = {
    *("kept_for_browsers", "limit_waits", "link_requests", "security_events", "sent_forms", "shadows", "write_trials"),
    *("activities.unread", "registrations.is_unheld", "registrations.network_hash", "registrations.shown_as"),
}


class WouldLose(Exception):
    """The step back would destroy what stands in `losses`; nothing was changed."""

    def __init__(self, losses: list[str]) -> None:
        super().__init__(", ".join(losses))
        self.losses = losses


def held(connection: Connection) -> dict[str, dict[str, int]]:
    """In how many rows each column of each table holds something; under "" how many rows the table has."""
    found = {}
    for name in inspect(connection).get_table_names():
        table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
        holds = [
            func.sum(case((cast(column, String).not_in(NOTHING), 1), else_=0)).label(f"c{n}")
            for n, column in enumerate(table.columns)
        ]
        rows, *counts = connection.execute(select(func.count(), *holds).select_from(table)).one()
        names = [column.name for column in table.columns]
        found[name] = {"": rows, **dict(zip(names, (count or 0 for count in counts), strict=True))}
    return found


def since(connection: Connection, before: dict[str, dict[str, int]]) -> list[str]:
    """What was held before and is gone now: "registrations (17 rows)", "activities.unfinished_dates (in 3 rows)"."""
    look = inspect(connection)
    there = {name: {column["name"] for column in look.get_columns(name)} for name in look.get_table_names()}
    lost = []
    for table, counts in sorted(before.items()):
        if table in REFILLED | FOR_A_WHILE:
            continue
        if table not in there:
            lost += [f"{table} ({counts['']} rows)"] if counts[""] else []
        else:
            lost += [
                f"{table}.{column} (in {count} rows)"
                for column, count in counts.items()
                if column and count and column not in there[table] and f"{table}.{column}" not in FOR_A_WHILE
            ]
    return lost
