"""The console script `clusterweek`: the application's commands; a "no" is one sentence, never a traceback."""

import sys
from types import TracebackType

from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from clusterweek import config, create_app
from clusterweek.refusal import Refusal


def main() -> None:
    """Run a command. Exit code 1 and one sentence when it cannot be done."""
    sys.excepthook = say_no
    # Settings are read before any command is looked for: click would swallow a mistake in them.
    app = create_app(config.load())
    FlaskGroup(name="clusterweek", create_app=lambda: app, add_default_commands=False, load_dotenv=False)()


def say_no(kind: type[BaseException], no: BaseException, trace: TracebackType | None) -> None:
    """`sys.excepthook` of every way to our commands: for a "no" its sentence, for a mistake of ours the traceback."""
    if isinstance(no, Refusal | config.BadSetting):
        print(f"clusterweek: {no}", file=sys.stderr)
    elif isinstance(no, OperationalError):
        reason = str(no.orig).splitlines()[0]
        print(f"clusterweek: The database (CLUSTERWEEK_DATABASE_URL) cannot be used: {reason}", file=sys.stderr)
    else:
        sys.__excepthook__(kind, no, trace)


if __name__ == "__main__":
    main()
