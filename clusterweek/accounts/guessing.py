"""Slowing down whoever guesses passwords, at the log-in page and at the page to change one. Nobody is locked out.

Only what was typed and where it came from is looked at, never whether the address is known: the answers do not tell.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, request
from werkzeug.wrappers import Response

from clusterweek.accounts import queries, rules
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.limits import counters, waits
from clusterweek.traces import log as traces
from clusterweek.web.forms import normalise_email

WHAT = "login"


@dataclass(frozen=True)
class Slowed:
    """A try that came too early: the sentence for the form, and the seconds to wait."""

    sentence: str
    seconds: int

    def answer(self, page: Any) -> Response:
        """The page with the form, filled as it was, as an answer that says when to come again."""
        response: Response = current_app.make_response(page)
        response.status_code = 429
        response.headers["Retry-After"] = str(self.seconds)
        return response


def begin(email: str, *, now: datetime) -> Slowed | None:
    """Begin a try with a password; None when it may go on. It counts as a failure until `forgive` says otherwise."""
    pair, network = _pair(email), _network()
    seconds = waits.enter(WHAT, [(pair, rules.LOGIN_OF_PAIR), (network, rules.LOGIN_OF_NETWORK)], now=now)
    if seconds:
        slowed = Slowed(_wait(seconds), seconds)
    elif counters.allow("login-of", normalise_email(email), rules.LOGINS_OF_ADDRESS, now=now) or waits.is_known(
        WHAT, pair, now=now
    ):
        return None
    else:
        seconds = counters.retry_after(rules.LOGINS_OF_ADDRESS, now=now)
        slowed = Slowed(
            _(
                "A great many wrong passwords have been tried for this address today. To be safe, log in with a link "
                "that we send you by mail; see below."
            ),
            seconds,
        )
    traces.note_apart("login_slowed", whom=queries.password_of(email)[0], now=now)
    return slowed


def forgive(email: str, *, now: datetime) -> None:
    """The password was right: the mistakes before it were this person's own, and from here it is trusted more."""
    waits.succeeded(WHAT, _pair(email), now=now, is_own=True)
    waits.succeeded(WHAT, _network(), now=now, is_own=False)


def _network() -> str:
    return counters.network(request.remote_addr)


def _pair(email: str) -> str:
    return f"{normalise_email(email)} {_network()}"


def _wait(seconds: int) -> str:
    if seconds < 60:
        return ngettext(
            "Too many attempts. Please try again in %(num)s second, or log in with a link that we send you.",
            "Too many attempts. Please try again in %(num)s seconds, or log in with a link that we send you.",
            seconds,
        )
    minutes = -(-seconds // 60)
    return ngettext(
        "Too many attempts. Please try again in %(num)s minute, or log in with a link that we send you.",
        "Too many attempts. Please try again in %(num)s minutes, or log in with a link that we send you.",
        minutes,
    )
