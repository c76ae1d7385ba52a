"""Servers of the bench: ours and the yardsticks, each under the same gunicorn."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from tests.processes import REPOSITORY, Installation
from tests.smtp import free_port


@contextmanager
def gunicorn(target: str, installation: Installation, *, workers: int = 2, **more: str) -> Iterator[int]:
    """The port of a server that runs meanwhile: gthread, 4 threads a process, as `clusterweek serve` starts it."""
    port = free_port()
    command = [
        *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"),
        *("--workers", str(workers), "--threads", "4", "--log-level", "error", "--no-control-socket", target),
    ]
    environment = {**installation.environment, **more}
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    for _try in range(200):
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")


def installed(folder: Path, activities: int, **settings: str) -> Installation:
    """An installation with facts and a demo edition of that many activities."""
    limits = {"SIGNUP_LIMIT_NETWORK": "off", "SIGNUP_LIMIT_ADDRESS": "off"}
    made = Installation(folder, **limits, **settings)
    made.run("db", "upgrade")
    made.run("facts", "load")
    made.run("demo", "load", "--activities", str(activities))
    return made
