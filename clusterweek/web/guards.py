"""Who may use an address. Every view carries exactly one of these; a test walks all addresses.

A guard answers for the whole address; questions about one object (is this my cluster's activity?) are
asked in the view, by queries that start from the person's own clusters.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.web.security import csrf

View = Callable[..., Any]


def public(view: View) -> View:
    """Anybody, logged in or not."""
    view.audience = "public"  # type: ignore[attr-defined]
    return view


def by_link(view: View) -> View:
    """Whoever holds the token in the address; it opens this one thing and nothing else."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return private(view(*args, **kwargs))

    guarded.audience = "by_link"  # type: ignore[attr-defined]
    return guarded


def by_link_alone(view: View) -> View:
    """Like `by_link`, and its forms need no form token: they work in a browser that keeps no cookies.

    The form token keeps a foreign page from using what a browser carries along by itself. Here it carries nothing: who
    knows the address may do it, and who does not know it cannot forge the form. Links that start a session stay with
    `by_link`: a foreign page could otherwise log somebody into an account that is not theirs, and a session needs a
    cookie anyway.
    """

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        # Programs that read mail say nothing here; a browser does, and no page of somebody else's has this form.
        if request.method not in ("GET", "HEAD") and request.headers.get("Sec-Fetch-Site") == "cross-site":
            raise Refusal(
                _("This form was sent from another website. Open the link in your message and try again there."),
                status=403,
            )
        return private(view(*args, **kwargs))

    guarded.audience = "by_link"  # type: ignore[attr-defined]
    return csrf.exempt(guarded)


def _guard(audience: str, may: Callable[[Any], bool]) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                if request.method in ("GET", "HEAD"):
                    return redirect(url_for("accounts.login", next=request.full_path.rstrip("?")), 303)
                abort(401)
            if not may(current_user):
                abort(403)
            return private(view(*args, **kwargs))

        guarded.audience = audience  # type: ignore[attr-defined]
        return guarded

    return decorate


def private(answer: Any) -> Response:
    """The answer, never to be kept by a cache and never to be named to the next site (its address may hold a token)."""
    response: Response = current_app.make_response(answer)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def may_decide(person: Any) -> bool:
    """Whether somebody may change anything at the office's desk, and see people and letters."""
    return bool(person.has_role("organiser"))


def sees_queue(person: Any) -> bool:
    """Whether somebody may look at what is not decided yet: the office, and the Länder for their own clusters."""
    return may_decide(person) or bool(person.has_role("land_coordinator"))


signed_in = _guard("signed_in", lambda person: True)
organisers_only = _guard("organiser", may_decide)
# The ministry and the Länder read at the office's desk; what of it each may see, the desk's own queries decide.
office_readers = _guard("office_reader", lambda person: sees_queue(person) or person.has_role("viewer"))
queue_readers = _guard("queue_reader", sees_queue)
# Membership is asked by the view's own queries, which start from the person's clusters: no cluster, nothing found.
hosts_only = _guard("host", lambda person: True)
