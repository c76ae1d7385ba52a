"""The console script `clusterweek`: the application's commands; a "no" is one sentence, never a traceback."""

import sqlite3
import sys
from types import TracebackType

from flask.cli import FlaskGroup
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError, TimeoutError as PoolTimeout

from clusterweek import config, create_app
from clusterweek.refusal import Refusal


def main() -> None:
    """Run a command. Exit code 1 and one sentence when it cannot be done."""
    begin()
    # Settings are read before any command is looked for: click would swallow a mistake in them.
    app = create_app(config.load())
    FlaskGroup(name="clusterweek", create_app=lambda: app, add_default_commands=False, load_dotenv=False)()


def begin() -> None:
    """What every way into the program does first."""
    config.keep_files_private()
    sys.excepthook = say_no


def say_no(kind: type[BaseException], no: BaseException, trace: TracebackType | None) -> None:
    """`sys.excepthook` of every way to our commands: for a "no" its sentence, for a mistake of ours the traceback."""
    if told := sentence(no):
        print(f"clusterweek: {told}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, no, trace)


def sentence(no: BaseException) -> str | None:
    """What to tell whoever runs the program; None for a mistake of ours, which wants a traceback.

    The one edge where a full disk, a folder that cannot be written, a damaged database and one that is away end up.
    """
    if isinstance(no, Refusal | config.BadSetting):
        return str(no)
    if isinstance(no, OSError):
        return f"{no.filename or 'A file'} cannot be used: {no.strerror or no}."
    if isinstance(no, PoolTimeout):
        return "The database (CLUSTERWEEK_DATABASE_URL) is too busy; try again in a moment."
    problem = no.orig if isinstance(no, DBAPIError) else no
    if not isinstance(no, DBAPIError | sqlite3.DatabaseError):
        return None
    reason = (str(problem).splitlines() or [type(problem).__name__])[0]
    if reason.startswith(("no such table", "no such column")) or getattr(problem, "sqlstate", "") in NO_SCHEMA:
        return f"The database is not at the newest schema ({reason}): run `clusterweek db upgrade`."
    is_ours = isinstance(no, IntegrityError | DataError | ProgrammingError | sqlite3.IntegrityError)
    return None if is_ours else f"The database (CLUSTERWEEK_DATABASE_URL) cannot be used: {reason}"


NO_SCHEMA = ("42P01", "42703")  # PostgreSQL's: no such table, no such column


if __name__ == "__main__":
    main()
