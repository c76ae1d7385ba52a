"""Starting web and worker on this machine, under one supervisor."""

import socket
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from clusterweek.accounts import queries
from clusterweek.accounts import rules as accounts
from clusterweek.accounts.models import Person
from clusterweek.db.session import db
from clusterweek.operating import supervisor
from clusterweek.operating.web import Web
from clusterweek.refusal import Refusal


def serve(app: Flask, *, host: str, port: int, work: Callable[[], object] | None) -> None:
    """Run the web processes, and `work` (the worker, if one is wanted), until told to stop.

    Raises Refusal when the port is taken.
    """
    refuse_taken_port(host, port)
    greeting = _greeting(app, f"http://{f'[{host}]' if ':' in host else host}:{port}")
    children = {"web": lambda: Web(app, host=host, port=port, workers=app.config["WORKERS"]).run()}
    if work:
        children["worker"] = work
    # A connection that two processes share would mix their questions and answers.
    db.session.remove()
    db.engine.dispose()
    supervisor.supervise(children, host=host, port=port, greeting=greeting)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises Refusal when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # As gunicorn does: a port that was just given up may be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refusal(
                f"Port {port} cannot be used: {problem.strerror}. Another: PORT=8123 make run, or serve --port 8123."
            ) from None


def _greeting(app: Flask, listens_at: str) -> str:
    settings = app.config
    lines = ["", f"  clusterweek is running at {settings['BASE_URL']}/"]
    if settings["BASE_URL"] != listens_at:
        lines += [f"  It listens at {listens_at}/ for the web server in front."]
    lines += [""]
    if settings["IS_LOOPBACK"] and (people := queries.demo_people()):
        width = max(len(person.email) for person in people)
        lines += [f"  Log in at {settings['BASE_URL']}/de/login with the password {accounts.DEMO_PASSWORD}"]
        lines += [f"    {person.email:<{width}}  {_role(person)}" for person in people]
        lines += [""]
    if settings["MAIL_URL"].scheme == "file":
        lines += [f"  Mails are written to {Path(settings['INSTANCE_PATH']) / 'mail'}"]
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])


def _role(person: Person) -> str:
    return person.grants[0].role.replace("_", " ") if person.grants else "cluster"
