"""The console script `clusterweek`: the application's commands; a "no" is one sentence, never a traceback."""

import sys

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError

from clusterweek import config, create_app
from clusterweek.refusal import Refusal


def main() -> None:
    """Run a command. Exit code 1 and one sentence when it cannot be done."""
    try:
        # Settings are read before any command is looked for: click would swallow a mistake in them.
        app = create_app(config.load())
        FlaskGroup(name="clusterweek", create_app=lambda: app, add_default_commands=False, load_dotenv=False)()
    except (Refusal, config.BadSetting) as no:
        sys.exit(_say(str(no)))
    except OperationalError as error:
        sys.exit(_say(f"The database cannot be used: {str(error.orig).splitlines()[0]}"))


def _say(sentence: str) -> int:
    click.echo(f"clusterweek: {sentence}", err=True)
    return 1


if __name__ == "__main__":
    main()
