"""The log of requests says which kind of page, never whose: no token, no search, no name, no network address."""

import ast
import logging
import re
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client as Browser, EnvironBuilder

from clusterweek.operating import access_log
from tests.operating.test_serve import served

APP = Path(access_log.__file__).parents[1]
TOKEN = "Ab_-" * 10 + "xyz"
NAME = "erika@example.org"


@pytest.fixture
def asked(app: Flask) -> Callable[..., str]:
    """Asks for an address and returns the line in the log."""

    def ask(path: str, query: str = "", method: str = "GET", **headers: str) -> str:
        lines: list[str] = []
        environ = EnvironBuilder(path="/", method=method, headers=headers).get_environ()
        environ |= {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": method}
        Browser(access_log.AccessLog(app, lines.append)).open(environ, buffered=True).close()
        (line,) = lines
        return re.sub(r" \d+ bytes \d+ ms$", "", line.partition("] ")[2])

    return ask


@pytest.mark.parametrize(
    ("path", "query", "line"),
    [
        ("/healthz", "", "GET /healthz - 200"),
        (f"/de/registration/{TOKEN}", "", "GET /<lang:lang>/registration/<token> - 404"),
        (f"/de/registration/{TOKEN}.", "", "GET /<lang:lang>/registration/<token> - 404"),
        (f"/de//registration//{TOKEN}", "", "GET - - 308"),
        (f"//de/registration/{TOKEN}", "", "GET - - 404"),
        (f"/DE/REGISTRATION/{TOKEN.upper()}", "", "GET - - 404"),
        (f"/de/registration/{TOKEN}/", "", "GET - - 404"),
        (f"/de/registration/{TOKEN}/unknown/{TOKEN}", "", "GET - - 404"),
        (f"/de/registration/%41{TOKEN[1:]}", "", "GET /<lang:lang>/registration/<token> - 404"),
        (f"/de/registration/{TOKEN[:20]}\u00e4{TOKEN[20:]}", "", "GET /<lang:lang>/registration/<token> - 404"),
        (f"/de/registration/{TOKEN} /calendar.ics", "", "GET /<lang:lang>/registration/<token>/calendar.ics - 404"),
        (f"/nowhere/{TOKEN}\r\nforged", "", "GET - - 404"),
        ("/healthz", f"next=/de/login/link/{TOKEN}", "GET /healthz next 200"),
        ("/healthz", f"{TOKEN}", "GET /healthz ?1 200"),
        ("/healthz", f"{TOKEN}=1&erika@example.org=&q=erika%40example.org&q=2", "GET /healthz q,?2 200"),
        ("/healthz", f"q={TOKEN}&land=DE-BY&source={TOKEN}&lang=de", "GET /healthz land,lang,q,?1 200"),
        ("/healthz", "&".join(f"x{n}=1" for n in range(900)), "GET /healthz ?900 200"),
        ("/healthz", "&".join(f"x{n}=1" for n in range(2000)), "GET /healthz ? 200"),
        ("/healthz", "%zz=%zz;&&=&%00=1", "GET /healthz ?3 200"),
    ],
)  # fmt: skip
def test_a_line_holds_the_rule_and_the_names_that_we_know(
    asked: Callable[..., str], path: str, query: str, line: str
) -> None:
    assert asked(path, query) == line


@pytest.mark.parametrize("method", ["ERIKA", "Get", TOKEN, "PROPFIND"])
def test_a_method_that_nobody_knows_is_not_written(asked: Callable[..., str], method: str) -> None:
    assert asked("/healthz", method=method).startswith("? ")


def test_what_other_headers_say_is_not_written(asked: Callable[..., str]) -> None:
    said = dict.fromkeys(("Referer", "User-Agent", "X-Forwarded-For", "Cookie", "Host"), f"https://x/{TOKEN}")

    assert TOKEN not in asked("/healthz", **said)


def test_the_program_reads_no_parameter_that_the_log_does_not_know(app: Flask) -> None:
    found = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("get", "getlist")
                and ast.unparse(node.func.value) == "request.args"
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(node.args[0].value)

    assert found - app.extensions["clusterweek.parameters"] == set()
    assert {"q", "land", "page", "next"} <= found | app.extensions["clusterweek.parameters"]


class Broken:
    """An application that fails with a message in which somebody's words stand."""

    extensions = {"clusterweek.parameters": frozenset()}

    def __call__(self, environ: dict[str, object], _start: object) -> list[bytes]:
        environ[access_log.RULE] = "/<token>"
        try:
            raise KeyError(NAME, TOKEN)
        except KeyError as problem:
            raise ValueError(f"cannot read /de/registration/{TOKEN}") from problem


def test_what_escapes_the_application_is_logged_by_place_and_type_only(caplog: pytest.LogCaptureFixture) -> None:
    lines: list[str] = []

    answer = Browser(access_log.AccessLog(Broken(), lines.append)).get(f"/{TOKEN}", buffered=True)  # type: ignore[arg-type]
    answer.close()

    assert answer.status_code == 500
    assert TOKEN not in answer.text
    said = caplog.text
    assert "unexpected error at /<token>: ValueError" in said
    assert "while handling KeyError" in said
    assert "test_access_log.py" in said
    assert TOKEN not in said
    assert NAME not in said
    assert " /<token> - 500 " in lines[0]


def test_a_mistake_of_ours_is_logged_without_its_message(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with app.test_request_context(f"/de/registration/{TOKEN}"):
        app.testing = False
        try:
            answer = app.handle_user_exception(RuntimeError(TOKEN, NAME))
        finally:
            app.testing = True

    assert answer.status_code == 500  # type: ignore[union-attr]
    assert "RuntimeError" in caplog.text
    assert TOKEN not in caplog.text
    assert NAME not in caplog.text


@pytest.mark.parametrize(
    ("message", "arguments", "expected"),
    [
        ("Exception while serving %s", (f"/de/registration/{TOKEN}",), "Exception while serving a request"),
        (f"Exception while serving /de/registration/{TOKEN}", (), "Exception while serving a request"),
        (f"Client disconnected while serving /x\n/{TOKEN}", (), "Client disconnected while serving a request"),
        (
            f"uncaptured python exception, closing channel <Channel connected 192.0.2.1:12345 at 0x1> ({TOKEN})",
            (),
            "uncaptured python exception, closing channel <Channel connected …",
        ),
    ],
)
def test_the_server_itself_says_no_more(
    caplog: pytest.LogCaptureFixture, message: str, arguments: tuple[str, ...], expected: str
) -> None:
    access_log.keep_silent()
    access_log.keep_silent()  # once is enough
    log = logging.getLogger("waitress")
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.exception(message, *arguments)

    assert expected in caplog.messages[0]
    assert "ValueError" in caplog.messages[0]
    assert TOKEN not in caplog.text
    assert "192.0.2.1" not in caplog.text
    assert len([one for one in log.filters if isinstance(one, access_log._Discreet)]) == 1


@pytest.mark.slow
def test_nothing_of_an_odd_address_reaches_the_log_of_a_real_server(tmp_path: Path) -> None:
    odd = [
        f"/de/registration/{TOKEN}", f"//de/registration/{TOKEN}", f"/de/registration/{TOKEN}.",
        f"/de/./registration/{TOKEN}",
        f"/de/registration/{TOKEN}%2e", f"/de/registration/{TOKEN.replace('A', '%41')}", f"/{TOKEN.upper()}",
        f"/de/registration/{TOKEN}/calendar.ics?x={TOKEN}", f"/de/?q={TOKEN}", f"/de/?{TOKEN}", f"http://x/{TOKEN}",
        f"/de/registration/{TOKEN}#{TOKEN}", f"/de/login?next=/{TOKEN}", f"/static/vendor/{TOKEN}.css", f"/{TOKEN}%00",
    ]  # fmt: skip
    with served(tmp_path, "--no-demo") as one:
        one.wait_until("/healthz", 200)
        for path in [*odd, f"/{TOKEN} bad HTTP/9", "/" + TOKEN * 1000]:
            for method in ("GET", "POST", TOKEN):
                with closing(socket.create_connection(("127.0.0.1", one.port), timeout=20)) as talk:
                    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nReferer: http://x/{TOKEN}\r\n"
                    with suppress(ConnectionError):  # what is too long is cut off
                        talk.sendall(f"{head}Connection: close\r\nX-{TOKEN}: {TOKEN}\r\n\r\n".encode())
                        while talk.recv(65536):
                            pass
        one.wait_until("/healthz", 200)
        said = "\n".join(one.lines)

    assert said.count("/<lang:lang>/registration/<token>") >= 3
    for piece in (TOKEN, TOKEN.upper(), TOKEN[1:20]):
        assert piece not in said
    assert "127.0.0.1:" not in said.replace(f"127.0.0.1:{one.port}", "")
