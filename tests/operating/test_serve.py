"""Web and worker under the supervisor, as real processes: start, answer, survive, stop."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import psutil
import pytest
from flask import Flask

from clusterweek.operating import serve
from tests.processes import Installation
from tests.smtp import free_port

CHILDREN = {"cw-web", "cw-web-2", "cw-worker"}


@dataclass
class Served:
    """A running installation and what it says."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        try:
            with urlopen(Request(f"http://127.0.0.1:{self.port}{path}", headers=headers), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except HTTPError as error:
            return error.code, error.read().decode()

    def wait_until(self, path: str, status: int, seconds: float = 30) -> str:
        deadline = time.monotonic() + seconds
        seen: object = None
        while time.monotonic() < deadline:
            try:
                seen = self.get(path)
                if seen[0] == status:
                    return seen[1]
            except (URLError, ConnectionError, TimeoutError) as problem:
                seen = problem
            time.sleep(0.1)
        raise AssertionError(f"{path} never answered {status}, but {seen}; said: {self.lines}")

    def wait_until_said(self, words: str, seconds: float = 30) -> None:
        deadline = time.monotonic() + seconds
        while not any(words in line for line in self.lines):
            assert time.monotonic() < deadline, f"never said {words}, but: {self.lines}"
            time.sleep(0.1)

    def wait_for_children(self, seconds: float = 60) -> dict[str, psutil.Process]:
        """The supervisor's own children by their names, once all of them have been started and named."""
        deadline = time.monotonic() + seconds
        seen: dict[str, psutil.Process] = {}
        while time.monotonic() < deadline:
            with suppress(psutil.NoSuchProcess):
                seen = {child.name(): child for child in psutil.Process(self.process.pid).children()}
            if set(seen) == CHILDREN and all(child.is_running() for child in seen.values()):
                return seen
            time.sleep(0.1)
        raise AssertionError(f"never were there {CHILDREN}, but {seen}; said: {self.lines}")

    def everybody(self) -> list[psutil.Process]:
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]


@contextmanager
def served(folder: Path, *arguments: str, **settings: str) -> Iterator[Served]:
    """`clusterweek serve --prepare`, ended afterwards together with whatever it has started."""
    port = free_port()
    process = Installation(folder, **settings).start(
        "serve", "--prepare", "--port", str(port), *arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    one = Served(process, port)
    reader = Thread(target=lambda: one.lines.extend(line.rstrip() for line in process.stdout or ()), daemon=True)
    reader.start()
    try:
        yield one
    finally:
        started = one.everybody() if process.poll() is None else []
        process.send_signal(signal.SIGTERM)
        process.wait(15)
        for left in psutil.wait_procs(started, 2)[1]:
            left.kill()
        reader.join(5)
        process.stdout.close()  # type: ignore[union-attr]


def test_the_greeting_says_where_it_listens_when_people_come_another_way(app: Flask) -> None:
    app.config["BASE_URL"], before = "https://week.example", app.config["BASE_URL"]
    with app.app_context():
        behind = serve._greeting(app, "http://127.0.0.1:8000")
        app.config["BASE_URL"] = before
        alone = serve._greeting(app, before)

    assert "running at https://week.example/" in behind
    assert "It listens at http://127.0.0.1:8000/ for the web server in front." in behind
    assert "listens" not in alone


@pytest.mark.alone
@pytest.mark.parametrize("farewell", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_day_in_the_life(tmp_path: Path, farewell: signal.Signals) -> None:
    token = "Ab_-" * 10 + "xyz"
    with served(tmp_path, "--no-demo", "--with-worker") as one:
        assert '"ready":true' in one.wait_until("/readyz", 200)
        one.get(f"/de/registration/{token}")
        one.get(f"/feeds/personal/{token}.ics?next=/de/login/{token}")
        # What only a proxy may say is not believed when somebody else says it.
        moved = one.get("/de/login", SCRIPT_NAME="/x", X_FORWARDED_PROTO="https")
        taken = Installation(tmp_path).run("serve", "--port", str(one.port), code=1)
        everybody = one.everybody()
        shares_of_memory = sum(process.memory_full_info().pss for process in everybody)
        began = time.monotonic()
        one.process.send_signal(farewell)
        assert one.process.wait(10) == 0
        took = time.monotonic() - began
        left = psutil.wait_procs(everybody, 1)[1]

    said = "\n".join(one.lines)
    assert f"clusterweek is running at http://127.0.0.1:{one.port}/" in said
    assert "Log in" not in said
    assert "GET /<lang:lang>/registration/<token> - 404" in said
    assert token not in said
    assert moved[0] == 200
    assert "/x/" not in moved[1]
    assert "127.0.0.1" not in "\n".join(line for line in one.lines if "GET" in line)
    assert taken == (
        f"clusterweek: Port {one.port} cannot be used: Address already in use. "
        "Another: PORT=8123 make run, or serve --port 8123.\n"
    )
    assert took < 10
    assert left == []
    assert "worker stopped" in said
    assert shares_of_memory < 250_000_000  # 300 MB are promised with a whole week in use: see the bench


@pytest.mark.slow
def test_whoever_dies_is_started_again_and_nobody_outlives_the_supervisor(tmp_path: Path) -> None:
    with served(tmp_path, "--no-demo", "--with-worker") as one:
        one.wait_until("/readyz", 200)
        before = one.wait_for_children()
        for child in before.values():
            for process in [*child.children(recursive=True), child]:
                process.kill()
        psutil.wait_procs(before.values(), 30)
        after = one.wait_for_children()
        one.wait_until("/healthz", 200)
        everybody = one.everybody()
        one.process.kill()
        left = psutil.wait_procs(everybody, 10)[1]
        for process in left:
            process.kill()

    assert {p.pid for p in before.values()}.isdisjoint(p.pid for p in after.values())
    assert "web has ended (code -9); it is started again in 2 s" in "\n".join(one.lines)
    assert left == []


@pytest.mark.slow
@pytest.mark.parametrize("host", ["127.0.0.2", "::1", "0.0.0.0"])
def test_it_greets_at_whatever_address_it_listens(tmp_path: Path, host: str) -> None:
    with served(tmp_path, "--no-demo", "--host", host) as one:
        one.wait_until_said("clusterweek is running")
        taken = Installation(tmp_path).run("serve", "--host", host, "--port", str(one.port), code=1)

    assert "Address already in use" in taken


@pytest.mark.slow
def test_without_a_schema_it_says_what_to_do(tmp_path: Path) -> None:
    for command in (("serve", "--port", str(free_port())), ("worker",)):
        told = Installation(tmp_path).run(*command, code=1)

        assert told.startswith("clusterweek: The database is not at the newest schema: run `clusterweek db upgrade`")


@pytest.mark.alone
def test_the_demo_tells_its_logins_and_only_the_first_run_loads_it(tmp_path: Path) -> None:
    with served(tmp_path, "--demo") as one:
        one.wait_until("/healthz", 200, seconds=90)
        one.wait_until_said("Log in at")
        told = "\n".join(one.lines)

    assert "Loading the demo edition" in told
    assert re.search(r"Log in at http://127\.0\.0\.1:\d+/de/login with the password \S+", told)
    assert re.search(r"\S+@\S+ +organiser", told)
    assert re.search(r"\S+@\S+ +cluster", told)

    began = time.monotonic()
    with served(tmp_path, "--demo") as one:
        one.wait_until("/healthz", 200)
        took = time.monotonic() - began

    assert "Loading the demo edition" not in "\n".join(one.lines)
    assert took < 10  # 3 s are promised on a machine that does nothing else


@pytest.mark.slow
def test_one_connection_serves_many_requests(tmp_path: Path) -> None:
    with served(tmp_path, "--no-demo") as one:
        one.wait_until("/healthz", 200)
        tag = urlopen(f"http://127.0.0.1:{one.port}/feeds/all.ics").headers["ETag"]
        with closing(HTTPConnection("127.0.0.1", one.port, timeout=20)) as connection:
            connection.connect()
            talk, found = connection.sock, []
            for method, path, headers in (
                ("GET", "/de/", {}),
                ("GET", "/de/", {"Accept-Encoding": "br"}),
                ("GET", "/feeds/all.ics", {"If-None-Match": tag}),
                ("GET", "/feeds/all.ics", {"Accept-Encoding": "gzip"}),
                ("HEAD", "/de/", {}),
                ("GET", "/", {}),
                ("GET", "/static/vendor/kern.min.css", {"Accept-Encoding": "br"}),
                ("GET", "/de/nowhere", {}),
                ("POST", "/de/login", {}),
            ):
                connection.request(method, path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                found.append((answer.status, connection.sock is talk))
            connection.request("GET", "/healthz", headers={"Connection": "close"})
            connection.getresponse().read()
            is_closed = connection.sock is None

    assert [status for status, _kept in found][2] == 304
    assert [place for place, (_status, kept) in enumerate(found) if not kept] == []
    assert is_closed
