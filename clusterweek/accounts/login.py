"""Who is logged in: `flask_login.current_user` is the Person, or nobody.

Only pages that ask for `current_user` read the session. Public pages and feeds do not ask: they set no cookie, carry no
`Vary: Cookie`, and a cache may keep them.
"""

from flask import Flask, Request, Response, current_app, url_for
from flask_login import LoginManager, current_user
from sqlalchemy.exc import OperationalError

from clusterweek import clock
from clusterweek.accounts import rules, sessions
from clusterweek.accounts.models import Person
from clusterweek.db.session import db, unit_of_work
from clusterweek.web import security


class _Logins(LoginManager):
    """Flask-Login without its cookies: ours is the row in the database."""

    def _update_remember_cookie(self, response: Response) -> Response:
        # The original looks into the session at the end of every request, which puts `Vary: Cookie` on every answer.
        return response


def init_app(app: Flask) -> None:
    """Tell Flask-Login how to find the person; templates may ask `current_user`."""
    logins = _Logins()
    logins.session_protection = None  # it writes a mark of its own into the cookie; our secret changes with each login
    logins.request_loader(person_of_request)
    # Not its context processor: that would load the person for every page, public ones too.
    logins.init_app(app, add_context_processor=False)
    app.jinja_env.globals["current_user"] = current_user


def person() -> Person:
    """Who is logged in, as the object itself: the actions keep it. For views that a guard stands above."""
    found: Person = current_user._get_current_object()
    return found


def desk_of(person: Person) -> str:
    """Where a person works: the address to go to after logging in."""
    return url_for(rules.desk(person), lang=person.language)


def person_of_request(_request: Request) -> Person | None:
    """The person whose browser asks. Notes once a minute that the browser is still there."""
    now = clock.now()
    # Somebody may ask for the first time in the middle of a transaction; the note then waits for the next request.
    may_write = not db.session().in_transaction()
    row = sessions.of_cookie(now=now)
    if row is None or not rules.may_log_in(row.person, is_loopback=security.is_at_the_machine()):
        return None
    # abs(): a note from the future, made before the clock was set back, would keep the login alive until then.
    if may_write and abs(now - row.seen_at) >= rules.SEEN_EVERY:
        try:
            with unit_of_work(wait=0):  # a page is read here: readers never wait behind writers
                sessions.mark_seen(row, now=now)
        except OperationalError:  # the database is busy: the page is worth more than the note
            current_app.logger.info("login session not marked as seen: database busy")
    return row.person
