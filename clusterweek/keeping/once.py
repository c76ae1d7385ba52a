"""A form that makes something new makes it once: however often it is clicked, sent again or gone back to.

The form holds a key (`fields.once()` in the template). The row of the key is written in the transaction that makes the
thing, so of two that arrive in the same moment, in two processes, the second waits and then finds the first.
"""

import re
import secrets
from datetime import datetime
from typing import Any

from flask import Flask, flash, redirect, request
from sqlalchemy import update

from clusterweek.db.session import db, insert_into
from clusterweek.i18n import gettext as _
from clusterweek.keeping.models import SentForm
from clusterweek.web import links, typed

FIELD = "once"
KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class SentBefore(Exception):
    """This form was sent already; `form` says what it led to."""

    def __init__(self, form: SentForm) -> None:
        self.form = form


def init_app(app: Flask) -> None:
    app.register_error_handler(SentBefore, _to_what_was_made)
    app.jinja_env.globals["once_key"] = key_for_page


def key_for_page() -> str:
    """The key that the form on this page carries: the one it was sent with, also by the time it is shown again."""
    given = typed.waiting_value(FIELD) or request.form.get(FIELD) or ""
    return given if KEY.fullmatch(given) else secrets.token_urlsafe(16)


def key(person: Any, *, of_content: bool = True) -> str | None:
    """What this form of this person is recognised by; None for one without a key (of a script, of an older page).

    With `of_content` only the very same content counts as the same: whoever goes back, types another name and sends,
    wants a second thing. Raises SentBefore when it is known already.
    """
    given = request.form.get(FIELD, "")
    if not KEY.fullmatch(given):
        return None
    made = links.fingerprint(f"{person.id}:{given}:{request.endpoint}:{_content() if of_content else ''}")
    if of_content and (before := db.session.get(SentForm, made)):
        raise SentBefore(before)
    return made


def earlier(key: str | None, *, now: datetime) -> SentForm | None:
    """Note in the running transaction that the form was sent; what is known of the first time, if it was before."""
    if key is None:
        return None
    noted = insert_into(SentForm).values(key_hash=key, content_hash=_content(), sent_at=now).on_conflict_do_nothing()
    if db.session.execute(noted.returning(SentForm.key_hash)).first():
        return None
    return db.session.get_one(SentForm, key, populate_existing=True)


def is_same(before: SentForm) -> bool:
    """Whether the very same was sent the first time."""
    return before.content_hash == _content()


def claim(key: str | None, *, now: datetime) -> None:
    """As `earlier`, for what is not gone on with: raises SentBefore, which leads to what was made the first time."""
    if before := earlier(key, now=now):
        raise SentBefore(before)


def leads_to(key: str | None, url: str, *, made_id: int | None = None, version: int | None = None) -> None:
    """Note in the running transaction what the form has made."""
    if key is not None:
        made = {"leads_to": url[:300], "made_id": made_id, "made_version": version}
        db.session.execute(update(SentForm).where(SentForm.key_hash == key).values(**made))


def _to_what_was_made(sent: SentBefore) -> Any:
    flash(_("This form had been sent already. Nothing was created twice; this is the result."))
    return redirect(sent.form.leads_to or request.path, 303)


def _content() -> str:
    return links.fingerprint(repr(sorted(typed.pairs(request.form))))
