"""One place turns a "no" into an answer: refusals, missing pages, locked databases, mistakes of ours."""

import traceback
from typing import Any

from flask import Flask, Response, current_app, render_template, request
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from clusterweek.db import causes
from clusterweek.db.session import db
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.web import typed

RETRY_SECONDS = {"locked": 5, "full": 300, "read_only": 60, "damaged": 300, "disk": 300, "gone": 30, "schema": 30}
TURNED_AWAY = "clusterweek.turned_away"  # in the WSGI environment: too many stand in line before this request
# After these the same form may be taken a moment later; after others what was typed is there to be copied.
MAY_SEND_AGAIN = (409, 429, 500, 503)


def init_app(app: Flask) -> None:
    # Before anything else looks at the request: whoever came in vain costs as little as possible.
    app.before_request_funcs.setdefault(None, []).insert(0, _turn_away)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _mistake)


def answer(status: int, title: str, sentence: str, *, may_send: bool = False, **headers: str) -> Response:
    """A page (or, for feeds and machines, one plain line) that says what happened and what to do now.

    What a form has brought stands on it, and a button that sends it again where that helps (`may_send`).
    """
    if request.path.startswith("/feeds/") or request.path in ("/healthz", "/readyz"):
        response = Response(f"{sentence}\n", status, mimetype="text/plain")
    else:
        page = render_template(
            "house/problem.html",
            title=title,
            sentence=sentence,
            status=status,
            sent=typed.of_request(),
            may_send=may_send or status in MAY_SEND_AGAIN,
        )
        response = Response(page, status)
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _refused(refusal: Refusal) -> Response:
    return answer(refusal.status, refusal.title or _("That is not possible"), str(refusal))


def _overtaken(_error: StaleDataError) -> Response:
    _forget_transaction()
    return answer(
        409,
        _("Somebody else was faster"),
        _("Somebody else saved the same thing at the same moment. Your changes were not saved; please try again."),
    )


def _turn_away() -> Response | None:
    return _cannot_store("locked") if request.environ.get(TURNED_AWAY) else None


def _database(error: DBAPIError | PoolTimeout) -> Any:
    cause = causes.of(error)
    if cause is None:
        return _mistake(error)
    current_app.logger.warning("database: %s (%s)", cause, type(getattr(error, "orig", error)).__name__)
    _forget_transaction()
    return _cannot_store(cause)


def _cannot_store(cause: str) -> Response:
    """503 with what is true: that many people are here is said only when they are."""
    nothing_saved = _("Nothing was saved.")
    title, sentence = {
        "locked": (
            _("Just a moment, please"),
            _("Very many people are here right now. Nothing was saved; please try again in a few seconds."),
        ),
        "full": (
            _("Nothing can be saved at the moment"),
            _("The disk of this server is full. Everything can be read, but nothing new can be saved."),
        ),
        "read_only": (
            _("Nothing can be saved at the moment"),
            _("The database is being maintained: everything can be read, but nothing new can be saved for now."),
        ),
        "damaged": (
            _("This page cannot be shown at the moment"),
            _("The database is damaged. Those who run this server need to restore it."),
        ),
        "disk": (
            _("Nothing can be saved at the moment"),
            _("The disk of this server is not working as it should. Those who run the server need to look at it."),
        ),
        "gone": (
            _("This page cannot be shown at the moment"),
            _("The database does not answer. It may be restarting; please try again in a minute."),
        ),
        "schema": (
            _("This page cannot be shown at the moment"),
            _("The program is being brought up to date. Please try again in a minute."),
        ),
    }[cause]
    if cause != "locked" and request.method not in ("GET", "HEAD"):
        sentence = f"{sentence} {nothing_saved}"
    return answer(503, title, sentence, Retry_After=str(RETRY_SECONDS[cause]))


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    sentences = {
        400: (
            _("That is not possible"),
            _own(error) or _("The address or the form holds something that cannot be read."),
        ),
        401: (_("Please log in"), _("This page belongs to a cluster or to the programme office.")),
        403: (_("Not for this account"), _("You are logged in, but this page belongs to somebody else.")),
        404: (
            _("Page not found"),
            _("We can't find that page. Search the programme:"),
        ),
        405: (_("That is not possible"), _("This address cannot be used in that way.")),
        413: (
            _("Too large"),
            _(
                "What you sent is too large and could not be kept. A form may have up to 8 MB, its file included. Go "
                "back: your browser may still have what you typed."
            ),
        ),
        429: (_("Too many attempts"), _own(error) or _("Please try again later.")),
    }
    title, sentence = sentences.get(
        error.code, (_("That is not possible"), _own(error) or _("This address cannot be used in that way."))
    )
    headers: dict[str, Any] = {}
    if error.code == 405 and getattr(error, "valid_methods", None):
        headers["Allow"] = ", ".join(error.valid_methods)  # type: ignore[attr-defined]
    if error.code == 429 and getattr(error, "retry_after", None):
        headers["Retry_After"] = str(error.retry_after)  # type: ignore[attr-defined]
    return answer(error.code, title, sentence, **headers)


def _own(error: HTTPException) -> str:
    """The sentence that one of our views gave with `abort`; the library's own are English and say little."""
    return "" if error.description == type(error).description else error.description or ""


def _mistake(error: Exception) -> Any:
    if isinstance(error, HTTPException):
        return _http(error)
    if isinstance(error, OSError) and (cause := causes.of(error)):
        current_app.logger.warning("disk: %s", cause)
        _forget_transaction()
        return _cannot_store(cause)
    # Without its message, which may hold what somebody typed, and without the address, which may hold a token.
    current_app.logger.error("unexpected error at %s: %s", request.url_rule, told(error))
    _forget_transaction()
    if current_app.testing or current_app.debug:
        raise error
    return answer(
        500, _("Our mistake"), _("Something went wrong on our side. The programme office can see it in the log.")
    )


def told(problem: BaseException) -> str:
    """An exception without its message: its type, where it was raised, and the same of what led to it."""
    found: list[str] = []
    seen: BaseException | None = problem
    while seen is not None and len(found) < 5:
        place = "".join(traceback.format_tb(seen.__traceback__))
        found.append(f"{type(seen).__name__}\n{place}".rstrip())
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\nwhile handling ".join(found)


def _forget_transaction() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()
