"""Noting events, and forgetting them."""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, has_request_context, request
from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.traces.events import EVENTS
from clusterweek.traces.models import Event

KEPT = timedelta(
    days=180
)  # long enough for "who has read our list in spring?", short enough to be no archive of people
PATIENCE = 0.25  # seconds that a page waits for its note; a busy database gets it no later, and the page is worth more
MOST_A_MINUTE = 60  # of one event that everybody can cause without end: links and tokens made up

log = logging.getLogger("clusterweek.traces")
_made_up: dict[str, tuple[datetime, int]] = {}  # event -> (minute, how many); of this process alone

Subject = tuple[str, int | None]


class Note(NamedTuple):
    """One event on its way; the columns of `Event`."""

    at: datetime
    name: str
    actor_kind: str
    person_id: int | None
    whom_id: int | None
    subject_type: str | None
    subject_id: int | None


def note(
    name: str, *, now: datetime, by: Any | None = None, whom: Any | None = None, subject: Subject | None = None
) -> None:
    """Note an event in the running transaction: it is kept if what happened is.

    `by`: the person who did it, None for a command or for a browser in which nobody is logged in. `whom`: the person it
    was done to. `subject`: (one of SUBJECTS, its number).
    """
    db.session.add(Event(**_note(name, now, by, whom, subject)._asdict()))


def note_apart(
    name: str, *, now: datetime, by: Any | None = None, whom: Any | None = None, subject: Subject | None = None
) -> None:
    """Note an event in a transaction of its own, at the end of the request: for what was refused (the transaction is
    rolled back) and for what was only read. Never stops anybody: what the database cannot take goes to the process log.
    """
    made = _note(name, now, by, whom, subject)
    if has_request_context():
        g.setdefault("traces", []).append(made)
    else:
        write([made])


def note_made_up(name: str, *, now: datetime) -> None:
    """The same for what anybody can cause without end: beyond `MOST_A_MINUTE` the process log alone has it."""
    minute = now.replace(second=0, microsecond=0)
    since, count = _made_up.get(name, (minute, 0))
    _made_up[name] = (minute, count + 1 if since == minute else 1)
    if _made_up[name][1] <= MOST_A_MINUTE:
        note_apart(name, now=now)
    else:
        log.warning("%s (more than %d a minute)", name, MOST_A_MINUTE)


def write(notes: list[Note]) -> None:
    """Keep these notes now; no longer than `PATIENCE` is waited for the database."""
    try:
        if db.session.new or db.session.dirty or db.session.deleted:
            db.session.rollback()  # what a refused request has left behind belongs to nobody
        with unit_of_work(wait=PATIENCE):
            db.session.add_all(Event(**made._asdict()) for made in notes)
    except SQLAlchemyError as problem:
        for made in notes:
            said = " ".join(f"{name}={value}" for name, value in made._asdict().items() if value is not None)
            log.warning("not kept (%s): %s", type(getattr(problem, "orig", problem)).__name__, said)


def init_app(app: Flask) -> None:
    """Write what a request has noted, when it is answered; and note by itself whom a page or form was refused."""

    @app.after_request
    def finish(response: Response) -> Response:
        _note_refusal(response.status_code)
        if notes := g.pop("traces", None):
            write(notes)
        return response


def forget_old(*, now: datetime) -> None:
    """Delete the events whose time is over."""
    db.session.execute(delete(Event).where(Event.at < now - KEPT))


def _note_refusal(status: int) -> None:
    if g.pop("is_form_refused", False):  # web/problems.py
        note_made_up("form_refused", now=clock.now())
        return
    person = g.get("_login_user")  # Flask-Login's: whoever a guard has asked for
    if status not in (403, 404) or person is None or not person.is_authenticated:
        return
    values = request.view_args or {}
    subject = next(
        ((name.removesuffix("_id"), number) for name, number in values.items() if isinstance(number, int)), None
    )
    if status == 403 or _is_of_a_desk():
        note_apart("page_refused", now=clock.now(), by=person, subject=subject)


def _is_of_a_desk() -> bool:
    """Whether the address belongs to a desk, so that "not found" may mean: not yours."""
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "audience", "public") not in ("public", "by_link", "signed_in")


def _note(name: str, now: datetime, by: Any | None, whom: Any | None, subject: Subject | None) -> Note:
    if name not in EVENTS:
        raise ValueError(f"{name} is no event; see events.py")
    kind = "person" if by else "visitor" if has_request_context() else "command"
    kind_of_thing, number = subject or (None, None)
    return Note(now, name, kind, by.id if by else None, _id(whom), kind_of_thing, number)


def _id(person: Any | None) -> int | None:
    return person if person is None or isinstance(person, int) else person.id
