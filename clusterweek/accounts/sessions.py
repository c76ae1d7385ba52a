"""Log-ins: a secret in the browser's cookie, its hash in a row. Ending the row ends the login for every copy."""

import secrets
from datetime import datetime

from flask import session
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager

from clusterweek.accounts import rules
from clusterweek.accounts.models import LoginSession, Person
from clusterweek.db.session import db
from clusterweek.keeping import browser
from clusterweek.web import links

COOKIE_KEY = "login"
BEFORE_KEY = (
    "login_before"  # the secret of a login that was ended here: it opens nothing, and tells whose forms come late
)


def begin(person: Person, *, now: datetime) -> LoginSession:
    """Log `person` in with the browser that asks. Needs a request.

    What the cookie held before is forgotten: a secret planted there beforehand is worth nothing (session fixation).
    Only the numbers of what is kept for this browser stay; each row knows whom it may be shown to.
    """
    end_current(now=now)
    session.pop(BEFORE_KEY, None)
    secret = secrets.token_urlsafe(32)
    row = LoginSession(
        secret_hash=links.fingerprint(secret),
        person_id=person.id,
        created_at=now,
        seen_at=now,
        ends_at=now + rules.SESSION_ABSOLUTE,
    )
    db.session.add(row)
    db.session.flush()
    session[COOKIE_KEY] = secret
    return row


def end_current(*, now: datetime) -> None:
    """End the login of the browser that asks, if there is one, and empty its cookie but for what is kept for it."""
    browser.drop("said")  # meant for whoever was logged in
    kept = session.get(browser.COOKIE_KEY)
    if secret := session.get(COOKIE_KEY):
        db.session.execute(
            update(LoginSession)
            .where(LoginSession.secret_hash == links.fingerprint(secret), LoginSession.ended_at.is_(None))
            .values(ended_at=now)
        )
    session.clear()
    if kept:
        session[browser.COOKIE_KEY] = kept
    if isinstance(secret, str):
        session[BEFORE_KEY] = secret


def end_all(person: Person, *, now: datetime) -> None:
    """End every login of a person: after a new password, or when the account is closed."""
    db.session.execute(
        update(LoginSession)
        .where(LoginSession.person_id == person.id, LoginSession.ended_at.is_(None))
        .values(ended_at=now)
    )


def of_cookie(*, now: datetime) -> LoginSession | None:
    """The living login of the browser that asks, with its person; None when it ended, idled or is unknown."""
    secret = session.get(COOKIE_KEY)
    if not isinstance(secret, str):
        return None
    row = db.session.scalar(
        select(LoginSession)
        .join(LoginSession.person)
        .where(LoginSession.secret_hash == links.fingerprint(secret))
        .options(contains_eager(LoginSession.person))
    )
    return row if row and rules.is_living(row, now=now) else None


def ended_of_cookie() -> LoginSession | None:
    """The login that this browser had and has no more, with its person; None for a stranger and a closed account."""
    secret = session.get(COOKIE_KEY) or session.get(BEFORE_KEY)
    if not isinstance(secret, str):
        return None
    row = db.session.scalar(
        select(LoginSession)
        .join(LoginSession.person)
        .where(LoginSession.secret_hash == links.fingerprint(secret), Person.is_active.is_(True))
        .options(contains_eager(LoginSession.person))
    )
    return row


def mark_seen(row: LoginSession, *, now: datetime) -> None:
    """Note that the browser is still there."""
    db.session.execute(update(LoginSession).where(LoginSession.id == row.id).values(seen_at=now))
