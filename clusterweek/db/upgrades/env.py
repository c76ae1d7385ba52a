"""How Alembic runs a step: on the application's engine, and on SQLite without losing rows."""

from alembic import context
from flask import current_app
from sqlalchemy import text

# Every table must be known before the schema is compared.
from clusterweek.accounts import models as _accounts  # noqa: F401
from clusterweek.activities import models as _activities  # noqa: F401
from clusterweek.clusters import models as _clusters  # noqa: F401
from clusterweek.db import losses, numbers
from clusterweek.db.session import db
from clusterweek.editions import models as _editions  # noqa: F401
from clusterweek.history import models as _history  # noqa: F401
from clusterweek.limits import models as _limits  # noqa: F401
from clusterweek.operating import models as _operating  # noqa: F401
from clusterweek.outbox import models as _outbox  # noqa: F401
from clusterweek.registrations import models as _registrations  # noqa: F401
from clusterweek.reminders import models as _reminders  # noqa: F401
from clusterweek.traces import models as _traces  # noqa: F401
from clusterweek.vocabulary import models as _vocabulary  # noqa: F401


def run() -> None:
    engine = db.engine
    with engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            # SQLite changes a table by copying and dropping it. With foreign keys on, the drop deletes or refuses
            # the rows that point to it, silently. The PRAGMA works only outside a transaction.
            connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]
        given: dict[str, int] = {}

        def keep_numbers(**_about_the_step: object) -> None:
            # A step that copies a table lets it go on after the highest number that it holds, not after the highest
            # ever given; after each, because the next one may copy what this one has just raised.
            numbers.pass_over(connection, given)
            given.update(numbers.given(connection))

        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                transactional_ddl=True,
                on_version_apply=keep_numbers,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                given.update(numbers.given(connection))
                is_careful = context.get_tag_argument() == losses.REFUSE
                held = losses.held(connection) if is_careful else {}
                context.run_migrations()
                if lost := losses.since(connection, held):
                    raise losses.WouldLose(lost)
                if on_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).fetchall()):
                    raise RuntimeError(
                        f"this step would leave {len(broken)} rows pointing nowhere; nothing was changed"
                    )
        finally:
            if on_sqlite:
                connection.rollback()
                connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


run()
