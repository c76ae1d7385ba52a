"""In front of Flask: feeds that were answered before and have not changed since.

Calendars ask for the same few addresses every hour and nearly always in vain. Flask, the session and SQLAlchemy cost
several times what the one small query costs, so this door puts the query itself and hands out what it kept. It knows
nothing of feeds but what `answers.calendar` leaves for it in the environment as `Answer`; whatever is unknown, has
changed or goes wrong passes through to Flask, which gives the same answer, only later.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import Flask, Request
from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from clusterweek import clock
from clusterweek.db.session import db
from clusterweek.listing import kept
from clusterweek.web import freshness

LIMIT = 64 * 1024 * 1024  # bytes in each web process
NOTE = "clusterweek.feed"  # where the view leaves the answer to be kept
OF_THE_BODY = {"content-type", "content-length", "content-encoding", "content-disposition"}

Environ = dict[str, Any]
Headers = list[tuple[str, str]]


@dataclass(eq=False)
class Question:
    """A small query, put without SQLAlchemy's help; built once and known by itself."""

    statement: Select[Any]


@dataclass
class Answer:
    """An answer, and how to learn whether it still holds: `question` still returns `rows`, and `until` is not over."""

    question: Question
    values: dict[str, Any]
    rows: list[tuple[Any, ...]]
    until: datetime
    etag: str
    changed_at: datetime
    plain: bytes
    zipped: bytes
    headers: Headers = field(default_factory=list)  # as Flask sent them, but for those of the transport


def init_app(app: Flask) -> None:
    """Put the door in front of the application."""
    with app.app_context():
        door = Door(app.wsgi_app, db.engine)
    app.wsgi_app = door  # type: ignore[method-assign]
    app.extensions["clusterweek.door"] = door


class Door:
    """WSGI middleware."""

    def __init__(self, inner: Callable[..., Iterable[bytes]], engine: Engine) -> None:
        self.inner, self.engine = inner, engine
        self.shelf = kept.Kept(LIMIT)
        self.compiled: dict[Question, Any] = {}

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/feeds/") or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.inner(environ, start_response)
        key = (environ["PATH_INFO"], environ.get("QUERY_STRING", ""))
        known: Answer | None = self.shelf.get(key)
        if known and clock.now() < known.until and self._asked(known) == known.rows:
            return _answer(known, environ, start_response)

        def started(status: str, headers: Headers, *rest: Any) -> Any:
            if (made := environ.get(NOTE)) and status.startswith("200"):
                made.headers = [(n, v) for n, v in headers if n.lower() not in ("content-length", "content-encoding")]
                self.shelf.put(key, made, len(made.plain) + len(made.zipped))
            return start_response(status, headers, *rest)

        return self.inner(environ, started)

    def _asked(self, known: Answer) -> Sequence[Any] | None:
        """What the question returns now; None when the database does not answer: then Flask finds out why."""
        compiled = self.compiled.get(known.question)
        if compiled is None:
            compiled = self.compiled[known.question] = known.question.statement.compile(dialect=self.engine.dialect)
        names = compiled.positiontup
        is_postgres = self.engine.dialect.name == "postgresql"
        try:
            connection = self.engine.raw_connection()
            try:
                if is_postgres:  # BEGIN and ROLLBACK would be two more ways to the server and back
                    connection.driver_connection.autocommit = True  # type: ignore[union-attr]
                cursor = connection.cursor()
                cursor.execute(str(compiled), known.values if names is None else [known.values[n] for n in names])
                return cursor.fetchall()
            finally:
                if is_postgres and not connection.driver_connection.closed:  # type: ignore[union-attr]
                    connection.driver_connection.autocommit = False  # type: ignore[union-attr]
                connection.close()
        except (SQLAlchemyError, self.engine.dialect.loaded_dbapi.Error):
            return None


def _answer(known: Answer, environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
    is_asked = "HTTP_IF_NONE_MATCH" in environ or "HTTP_IF_MODIFIED_SINCE" in environ
    if is_asked and freshness.is_fresh(Request(environ), known.etag, known.changed_at):
        start_response("304 NOT MODIFIED", [(n, v) for n, v in known.headers if n.lower() not in OF_THE_BODY])
        return []
    is_zipped = accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", ""))
    body = known.zipped if is_zipped else known.plain
    coding = [("Content-Encoding", "gzip")] if is_zipped else []
    start_response("200 OK", [*known.headers, ("Content-Length", str(len(body))), *coding])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


@lru_cache(256)
def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding allows gzip ("gzip;q=0" does not)."""
    return parse_accept_header(header, Accept)["gzip"] > 0
