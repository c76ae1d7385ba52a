"""Starting web and worker on this machine, under one supervisor."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn

from sqlalchemy import select

from clusterweek.accounts import rules as accounts
from clusterweek.accounts.models import Grant, Person
from clusterweek.clusters.models import Membership
from clusterweek.db.session import db
from clusterweek.operating import access_log, supervisor
from clusterweek.refusal import Refusal

THREADS = 4  # per web process
HOSTS_SHOWN = 2  # of the demo's many cluster managers


def serve(settings: Mapping[str, Any], *, host: str, port: int, with_worker: bool) -> NoReturn:
    """Become the supervisor of web and worker; ends when it is told to. Raises Refusal when the port is taken."""
    refuse_taken_port(host, port)
    children = {"web": _web(settings, host, port)}
    if with_worker:
        children["worker"] = [sys.executable, "-m", "clusterweek", "worker"]
    plan = json.dumps({"children": children, "port": port, "greeting": _greeting(settings)})
    command = [sys.executable, "-P", supervisor.__file__, plan]
    db.session.remove()
    db.engine.dispose()
    if sys.platform == "win32":
        sys.exit(subprocess.call(command))
    os.execv(sys.executable, command)


def refuse_taken_port(host: str, port: int) -> None:
    """Raises Refusal when somebody else listens there."""
    with socket.socket() as probe:
        # As gunicorn does: a port that was just given up may be taken again.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Refusal(
                f"Port {port} cannot be used: {problem.strerror}. Another: PORT=8123 make run, or serve --port 8123."
            ) from None


def demo_logins() -> list[tuple[str, str]]:
    """(e-mail, what the person is) of demo people that one may want to be: the office, and some who run a cluster."""
    may_log_in = (Person.is_demo, Person.is_active, Person.password_hash.is_not(None))
    office = db.session.execute(
        select(Person.email, Grant.role).join(Grant.person).where(*may_log_in).order_by(Grant.id)
    )
    hosts = db.session.execute(
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(*may_log_in)
        .group_by(Person.email)
        .order_by(Person.email)
        .limit(HOSTS_SHOWN)
    )
    return [*((email, role.replace("_", " ")) for email, role in office), *((row.email, "cluster") for row in hosts)]


def _web(settings: Mapping[str, Any], host: str, port: int) -> list[str]:
    address = f"{host}:{port}"
    if sys.platform == "win32":
        return [sys.executable, "-m", "waitress", "--listen", address, "--call", "clusterweek:create_app"]
    options = {
        "--bind": address,
        "--worker-class": "gthread",
        "--workers": settings["WORKERS"],
        "--threads": THREADS,
        "--graceful-timeout": 7,
        "--limit-request-line": 8190,  # every filter at once fits
        "--logger-class": f"{access_log.__name__}.{access_log.TokenFreeLogger.__name__}",
        "--access-logfile": "-",
        "--access-logformat": access_log.FORMAT,
        "--log-level": "warning",
    }
    pairs = [str(part) for pair in options.items() for part in pair]
    return [sys.executable, "-m", "gunicorn", *pairs, "--no-control-socket", "clusterweek:create_app()"]


def _greeting(settings: Mapping[str, Any]) -> str:
    lines = ["", f"  clusterweek is running at {settings['BASE_URL']}/", ""]
    if settings["IS_LOOPBACK"] and (logins := demo_logins()):
        width = max(len(email) for email, _ in logins)
        lines += [f"  Log in at {settings['BASE_URL']}/de/login with the password {accounts.DEMO_PASSWORD}"]
        lines += [f"    {email:<{width}}  {role}" for email, role in logins]
        lines += [""]
    if settings["MAIL_URL"].scheme == "file":
        lines += [f"  Mails are written to {Path(settings['INSTANCE_PATH']) / 'mail'}"]
    return "\n".join([*lines, "  Ctrl-C stops everything.", ""])
