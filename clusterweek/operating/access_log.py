"""The log of requests: which kind of page, never whose. Whoever reads it learns no token, no name, no search.

One line per request: when, method, the rule of the route that matched ("-": none did), the names of the parameters that
the program knows ("?2": two others), status, bytes, milliseconds. The path as it came is never written, nor any value,
nor the network address (it is personal data, and behind a proxy it would be the proxy's), nor what another site calls
itself. Messages of the server itself lose the same.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC
from typing import Any
from urllib.parse import parse_qsl

from flask import Flask, request

from clusterweek import clock
from clusterweek.web.problems import told

RULE = "clusterweek.rule"  # in the WSGI environment, once the router has decided
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"})
# Of addresses, beside the filters; a test compares them with what the program reads.
PARAMETERS = frozenset(
    {
        "by",
        "edition",
        "event",
        "field",
        "format",
        "land",
        "lang",
        "like",
        "next",
        "page",
        "person",
        "q",
        "state",
        "status",
    }
)
MOST_NAMES = 40  # of one line

log = logging.getLogger(__name__)


def init_app(app: Flask, *, filters: Iterable[str]) -> None:
    """Note the matched rule where `AccessLog` finds it, whatever the answer will be; and the names of the filters."""
    app.extensions["clusterweek.parameters"] = PARAMETERS | frozenset(filters)

    @app.url_value_preprocessor
    def note_rule(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
        if request.url_rule is not None:
            request.environ[RULE] = request.url_rule.rule


class AccessLog:
    """Around the whole application. What escapes it becomes a plain 500, and its place a line in the error log."""

    def __init__(self, app: Any, write: Callable[[str], object] | None = None) -> None:
        self.app = app
        self.known: frozenset[str] = getattr(app, "extensions", {}).get("clusterweek.parameters", PARAMETERS)
        self.write = write or _print

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        line = _Line(environ, self.known, self.write)

        def begin(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            line.status = status.split(" ", 1)[0]
            return start_response(status, headers, exc_info)

        try:
            answer = self.app(environ, begin)
        except Exception as problem:
            log.error("unexpected error at %s: %s", environ.get(RULE, "-"), told(problem))
            body = b"Our mistake / Unser Fehler\n"
            begin("500 Internal Server Error", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
            answer = [body]
        return _Counted(answer, line)


class _Line:
    """What is said of one request, at its end."""

    def __init__(self, environ: dict[str, Any], known: frozenset[str], write: Callable[[str], object]) -> None:
        self.environ, self.known = environ, known
        self.write = write
        self.status, self.bytes = "-", 0
        self.began = time.monotonic()

    def end(self) -> None:
        method = self.environ.get("REQUEST_METHOD", "")
        names = names_of(self.environ.get("QUERY_STRING", ""), self.known)
        milliseconds = (time.monotonic() - self.began) * 1000
        self.write(
            f"[{clock.now().astimezone(UTC):%Y-%m-%d %H:%M:%S}Z] {method if method in METHODS else '?'} "
            f"{self.environ.get(RULE, '-')} {names or '-'} {self.status} {self.bytes} bytes {milliseconds:.0f} ms"
        )


class _Counted:
    """The answer on its way, counted."""

    def __init__(self, answer: Iterable[bytes], line: _Line) -> None:
        self.answer, self.line = answer, line

    def __iter__(self) -> Iterator[bytes]:
        for part in self.answer:
            self.line.bytes += len(part)
            yield part

    def close(self) -> None:
        try:
            if hasattr(self.answer, "close"):
                self.answer.close()
        finally:
            self.line.end()


def names_of(query: str, names: frozenset[str]) -> str:
    """`day,land,?2` for a query string: the names that the program knows, once each, and how many others."""
    try:
        given = [name for name, _value in parse_qsl(query, keep_blank_values=True, max_num_fields=1000)]
    except ValueError:
        return "?"
    known = sorted(set(given) & names)[:MOST_NAMES]
    others = sum(name not in names for name in given)
    return ",".join([*known, *([f"?{others}"] if others else [])])


class _Discreet(logging.Filter):
    """Takes addresses of pages and of people out of what the server says by itself."""

    # "Exception while serving /de/…", "channel <… connected 192.0.2.1:1234 at 0x…> (<class …>: message [where])"
    PATH = re.compile(r"(?<=\bserving )\S.*", re.DOTALL)
    PEER = re.compile(r"(?<=\bconnected )\S.*", re.DOTALL)

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self.PEER.sub("…", self.PATH.sub("a request", record.getMessage()))
        record.args = ()
        if record.exc_info and isinstance(record.exc_info, tuple) and record.exc_info[1]:
            record.msg += f": {told(record.exc_info[1])}"
            record.exc_info = record.exc_text = None
        return True


def keep_silent() -> None:
    """Let waitress say nothing that this log would not say."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # it would tell of each moment without an idle thread
    server = logging.getLogger("waitress")
    if not any(isinstance(one, _Discreet) for one in server.filters):
        server.addFilter(_Discreet())


def _print(line: str) -> None:
    with suppress(OSError):  # a full disk below the log, or nobody who reads it, must not cost the answer
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
