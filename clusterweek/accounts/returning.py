"""A form comes, and its login has ended or its token is too old: nothing is saved, nothing that was typed is lost.

With a login that was, it is kept for that person (keeping/inputs.py) and stands there again once they are back. With
one that lives, the page it stands on is shown again, filled. Everybody else gets it back on the answer itself.
"""

from typing import Any

from flask import Flask, current_app, g, make_response, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, Unauthorized

from clusterweek import clock
from clusterweek.accounts import sessions
from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import gettext as _
from clusterweek.keeping import inputs
from clusterweek.keeping.models import Kept
from clusterweek.limits import counters
from clusterweek.refusal import Refusal
from clusterweek.web import problems, typed
from clusterweek.web.typed import Typed

KEEPS = Rate(60, 3600)  # by person: a login that has ended writes little, whoever holds its cookie


def init_app(app: Flask) -> None:
    app.register_error_handler(Unauthorized, _login_ended)
    app.register_error_handler(CSRFError, _token_too_old)


def _login_ended(_error: Unauthorized) -> Any:
    sent = typed.of_request()
    return _answer_with_way_back(sent, _kept(sent))


def _token_too_old(_error: CSRFError) -> Any:
    g.is_form_refused = True  # for the log of security events (traces/log.py)
    sent = typed.of_request()
    if _needs_login() and not _is_somebody_here():
        return _answer_with_way_back(sent, row) if (row := _kept(sent)) else _ask_to_log_in_beside(sent)
    if sent and (page := _page_again()):
        return page
    return problems.answer(
        400,
        _("Please send the form once more"),
        _("The page was open too long or was copied. Nothing was saved yet.")
        if sent
        else _("The page was open too long or was copied. Go back, reload it and send it again."),
        may_send=True,
    )


def _answer_with_way_back(sent: Typed | None, row: Kept | None) -> Any:
    back = inputs.way_back(row) if row else inputs.page_of_form()
    page = render_template("accounts/login_ended.html", sent=sent, kept=row, back=back)
    response = make_response(page, 401)
    response.headers["Cache-Control"] = "no-store"
    return response


def _ask_to_log_in_beside(sent: Typed | None) -> Any:
    return problems.answer(
        400,
        _("Please send the form once more"),
        _(
            "You are no longer logged in. Log in in a second tab, then come back to this one and send the form from "
            "here."
        )
        if sent
        else _("The page was open too long or was copied. Go back, reload it and send it again."),
        may_send=True,
    )


def _kept(sent: Typed | None) -> Kept | None:
    """The form in hand, kept for the person whose login it was that has ended; None when there was none."""
    if sent is None:
        return None
    now = clock.now()
    try:
        before = sessions.ended_of_cookie()
        if before is None or not counters.allow("keep", f"person {before.person_id}", KEEPS, now=now):
            return None
        with unit_of_work():
            return inputs.keep(sent, person_id=before.person_id, now=now)
    except SQLAlchemyError:  # the answer gives it back all the same
        current_app.logger.info("a form could not be kept: database busy")
        db.session.rollback()
        return None


def _page_again() -> Any:
    """The page on which the form stands, filled with what was sent; None when it does not show it."""
    found = inputs.view_of_page()
    if found is None:
        return None
    view, values = found
    try:
        # It reads the form of the request in hand, as after a mistake. Pages change nothing by being shown.
        g.typed_note = _("Please send the form once more: the page was open too long, and nothing is saved yet.")
        response = make_response(view(**values))
    except (HTTPException, Refusal, SQLAlchemyError):
        return None
    finally:
        g.pop("typed_note", None)
    if response.status_code != 200 or not g.get("typed_is_shown"):
        return None
    response.status_code = 400
    response.headers["Cache-Control"] = "no-store"
    return response


def _needs_login() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "audience", "public") not in ("public", "by_link")


def _is_somebody_here() -> bool:
    try:
        return bool(current_user.is_authenticated)
    except SQLAlchemyError:
        db.session.rollback()
        return False
