"""Servers of the bench: ours and the yardsticks, each in the same web processes."""

import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from clusterweek.operating import supervisor, web
from tests.processes import REPOSITORY, Installation
from tests.smtp import free_port


@contextmanager
def server(target: str, installation: Installation, *, workers: int = 2, **more: str) -> Iterator[int]:
    """The port of a server that runs meanwhile: the web processes that `clusterweek serve` starts, around `target`."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.servers", target, str(port), str(workers)]
    environment = {**installation.environment, **more}
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def serve(target: str, port: int, workers: int) -> None:
    """What `server` runs: the application `module:name` in processes of ours."""
    module, _separator, name = target.partition(":")
    application = getattr(importlib.import_module(module), name)
    door = web.listen("127.0.0.1", port)
    children: dict[str, supervisor.Run] = {
        web.name_of(number): lambda beat: web.run(application, door, beat=beat) for number in range(workers)
    }
    supervisor.supervise(children, greeting="", on_stop=door.close)


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
    made = Installation(folder, **{**limits, **settings})
    made.run("db", "upgrade")
    made.run("facts", "load")
    made.run("demo", "load", "--activities", str(activities))
    return made


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
