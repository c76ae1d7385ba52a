"""All our commands, hung on the application. They speak English, whatever language a page would."""

import click
from flask import Flask
from flask.cli import AppGroup

from clusterweek.cli import attendees, data, files, mail, operating, people, schema, security
from clusterweek.i18n import force_language

SUBJECTS = (schema, operating, mail, people, attendees, files, data, security)


class Commands(AppGroup):
    """Our commands, whichever door they are called through."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        ctx.with_resource(force_language("en"))
        return super().get_command(ctx, cmd_name)


def init_app(app: Flask) -> None:
    """Hang the commands on the application, so that `flask --app wsgi …` knows them too."""
    app.cli = Commands(app.name)
    for subject in SUBJECTS:
        for command in subject.COMMANDS:
            app.cli.add_command(command)
