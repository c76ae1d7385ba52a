"""What was typed when the login had ended: everything that waits, to be sent by the person or thrown away."""

from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_login import current_user

from clusterweek import clock
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import gettext as _
from clusterweek.keeping import actions, inputs, once, said
from clusterweek.web import guards

bp = Blueprint("keeping", __name__)
OLD_NAMES = ("sign_ups",)  # what the cookie held itself, names and addresses, before it lay in a row


def init_app(app: Flask) -> None:
    inputs.init_app(app)
    said.init_app(app)
    once.init_app(app)
    app.after_request(_empty_old_cookie)


@bp.get("/<lang:lang>/kept")
@guards.signed_in
def kept() -> Any:
    rows = inputs.of_person(current_user, now=clock.now())
    return render_template("keeping/kept.html", kept=[(row, inputs.as_typed(row)) for row in reversed(rows)])


@bp.post("/<lang:lang>/kept/discard")
@guards.signed_in
def discard() -> Any:
    number = request.form.get("id", type=int)
    rows = [row for row in inputs.of_person(current_user, now=clock.now()) if row.id == number]
    with unit_of_work():
        actions.forget(*rows)
    if rows:
        flash(_("What you typed has been discarded."))
    # Whoever stands before the filled form finds it as it is stored; from elsewhere they see what is left.
    page = rows[0].data["page"] if rows and "is_here" in request.form else None
    return redirect(page or url_for(".kept"), 303)


def _empty_old_cookie(response: Response) -> Response:
    # Only where the page has a form or is private: on the others a cookie would be a reason not to keep them.
    view = current_app.view_functions.get(request.endpoint or "")
    if g.get("csrf_token") or request.method == "POST" or getattr(view, "audience", "public") != "public":
        for name in OLD_NAMES:
            if name in session:
                session.pop(name)
    return response
