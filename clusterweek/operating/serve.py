"""Starting web and worker on this machine: under one supervisor, or (as on Windows, which has no forks) in one process
for the web and one for the worker."""

import subprocess
import sys
from pathlib import Path

from flask import Flask

from clusterweek.accounts import queries, rules as accounts
from clusterweek.accounts.models import Person
from clusterweek.db.session import db
from clusterweek.operating import supervisor, web


def serve(app: Flask, *, host: str, port: int, work: supervisor.Run | None) -> None:
    """Run the web processes, and `work` (the worker, if one is wanted), until told to stop.

    Raises Refusal when the port is taken.
    """
    door = web.listen(host, port)
    greeting = _greeting(app, _address(host, port))
    children: dict[str, supervisor.Run] = {
        web.name_of(number): lambda beat: web.run(app, door, beat=beat) for number in range(app.config["WORKERS"])
    }
    if work:
        children["worker"] = work
    # A connection that two processes share would mix their questions and answers.
    db.session.remove()
    db.engine.dispose()
    # Closed first: while it is open here, new visitors would wait at a door that nobody opens any more.
    supervisor.supervise(children, greeting=greeting, on_stop=door.close)


def serve_alone(app: Flask, *, host: str, port: int, with_worker: bool) -> None:
    """Run one web process, this one, until told to stop; the worker, if one is wanted, as a process beside it.

    Raises Refusal when the port is taken. Nobody starts again what has died: a service manager has to.
    """
    door = web.listen(host, port)
    worker = subprocess.Popen([sys.executable, "-m", "clusterweek", "worker"]) if with_worker else None
    print(_greeting(app, _address(host, port)), flush=True)
    try:
        web.run(app, door)
    finally:
        if worker:
            worker.terminate()
            worker.wait(10)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises Refusal when somebody else listens there."""
    web.listen(host, port).close()


def _address(host: str, port: int) -> str:
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


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
