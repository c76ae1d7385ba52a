"""One place turns a "no" into an answer: refusals, missing pages, locked databases, mistakes of ours."""

from typing import Any

from flask import Flask, Response, current_app, g, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from clusterweek.db.session import db
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal

RETRY_SECONDS = 5


def init_app(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(PoolTimeout, _database)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _mistake)


def answer(status: int, title: str, sentence: str, **headers: str) -> Response:
    """A page (or, for feeds and machines, one plain line) that says what happened and what to do now."""
    if request.path.startswith("/feeds/") or request.path in ("/healthz", "/readyz"):
        response = Response(f"{sentence}\n", status, mimetype="text/plain")
    else:
        response = Response(
            render_template("house/problem.html", title=title, sentence=sentence, status=status), status
        )
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response.headers[name.replace("_", "-")] = value
    return response


def _refused(refusal: Refusal) -> Response:
    return answer(refusal.status, refusal.title or _("That is not possible"), str(refusal))


def _stale_form(_error: CSRFError) -> Response:
    g.is_form_refused = True  # for the log of security events (traces/log.py)
    return answer(
        400,
        _("Please send the form once more"),
        _("The page was open too long or was copied. Go back, reload it and send it again."),
    )


def _overtaken(_error: StaleDataError) -> Response:
    _forget_transaction()
    return answer(
        409,
        _("Somebody else was faster"),
        _("Somebody else saved the same thing at the same moment. Nothing was saved; go back, reload and try again."),
    )


def _database(error: DBAPIError | PoolTimeout) -> Response:
    current_app.logger.warning("database not available: %s", type(getattr(error, "orig", error)).__name__)
    _forget_transaction()
    return answer(
        503,
        _("Just a moment, please"),
        _("Very many people are here right now. Nothing was saved; please try again in a few seconds."),
        Retry_After=str(RETRY_SECONDS),
    )


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
            _("The address may be mistyped, or the page has moved. The programme shows everything that takes place."),
        ),
        405: (_("That is not possible"), _("This address cannot be used in that way.")),
        413: (_("Too large"), _("What you sent is too large. Files may have up to 8 MB.")),
        429: (_("Too many attempts"), _own(error) or _("Please try again later.")),
    }
    title, sentence = sentences.get(
        error.code, (_("That is not possible"), _own(error) or _("This address cannot be used in that way."))
    )
    headers = {}
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
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _database(error)
    current_app.logger.exception("unexpected error at %s", request.url_rule)
    _forget_transaction()
    if current_app.testing or current_app.debug:
        raise error
    return answer(
        500, _("Our mistake"), _("Something went wrong on our side. The programme office can see it in the log.")
    )


def _forget_transaction() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session.remove()
