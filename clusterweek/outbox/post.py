"""Posting letters: part of the action that has something to say, and of its transaction. No commit, no letter."""

import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parseaddr
from typing import Any

from flask import current_app
from sqlalchemy import JSON, Select, cast, func, literal, literal_column, null, or_, select, true, update

from clusterweek.db.session import db, insert_into
from clusterweek.db.types import Moment
from clusterweek.outbox.models import Letter

NOW, NEWS, REMINDER = 1, 5, 9  # priorities: somebody waits for it · news · reminders
log = logging.getLogger(__name__)
ROWS_AT_ONCE = 500  # 11 values each: far below SQLite's 32,766 and PostgreSQL's 65,535 in one statement


@dataclass(frozen=True)
class Order:
    """A letter to be posted, for `queue_all`; the fields mean what they mean in `queue`."""

    kind: str
    key: str
    language: str
    ids: dict[str, Any] = field(default_factory=dict)
    priority: int = NEWS
    due_at: datetime | None = None


def queue(
    kind: str,
    *,
    key: str,
    language: str,
    now: datetime,
    priority: int = NEWS,
    due_at: datetime | None = None,
    **ids: int | str,
) -> bool:
    """Post a letter of `kind` about the objects `ids`, to leave at `due_at` (default: now); whether it was written.

    The key names the occasion: asked twice, the letter leaves once. A letter that was withdrawn is posted again,
    with what is said now; one that waits, was sent, has failed or was taken back stays as it is. A key that is made of
    a number alone is none: the number may come back after a restore, so the key says when, or holds something random.
    """
    return not queue_all([Order(kind, key, language, ids, priority, due_at)], now=now)


def queue_all(orders: Iterable[Order], *, now: datetime) -> set[str]:
    """Post many letters in few statements: 20,000 reminders take a second, one by one they would take ten.

    Returns the keys that were there already, whose letters were not written. Where somebody waits for one, the log
    says so: either the same was asked twice, or the key of another occasion stands in the way.
    """
    # One row per key: PostgreSQL refuses to look at the same row twice in one statement.
    by_key = {order.key: order for order in orders}
    rows = [_row(order, now) for order in by_key.values()]
    written: set[str] = set()
    statement = _or_again(insert_into(Letter)).returning(Letter.key)  # the rows apart, so that it is compiled once
    for start in range(0, len(rows), ROWS_AT_ONCE):
        written.update(db.session.scalars(statement, rows[start : start + ROWS_AT_ONCE]))
    met = by_key.keys() - written
    for key in sorted(met):
        if by_key[key].priority <= NOW:
            log.warning("a letter that somebody waits for was not written: its key %s is there already", key)
    return met


def queue_chosen(
    kind: str, chosen: Select[Any], *, now: datetime, priority: int = NEWS, due_at: datetime | None = None
) -> int:
    """Post a letter for each row of `chosen`, in one statement; returns how many were posted (again).

    The columns of `chosen` are `key`, `language` and `ids` (JSON, as text). The Message-ID follows from the key
    (with x for the colons: as a file name it keeps letters and digits only) and from something random: after a restore
    the same key may be another letter, which mail servers must not take for the old one.
    """
    row = chosen.subquery()
    is_postgresql = db.session.get_bind().dialect.name == "postgresql"
    values = {
        "key": row.c.key,
        "kind": literal(kind),
        "ids": cast(row.c.ids, JSON) if is_postgresql else row.c.ids,
        "language": row.c.language,
        "priority": literal(priority),
        "state": literal("queued"),
        "due_at": literal(due_at or now, Moment),
        "attempts": literal(0),
        "message_id": literal("<")
        + func.replace(row.c.key, ":", "x")
        + literal(f"x{secrets.token_hex(8)}@{_domain()}>"),
        "created_at": literal(now, Moment),
    }
    # WHERE TRUE: without it SQLite takes ON CONFLICT for the condition of a join.
    statement = insert_into(Letter).from_select(list(values), select(*values.values()).where(true()))
    posted = db.session.execute(_or_again(statement), execution_options={"preserve_rowcount": True})
    return posted.rowcount  # type: ignore[attr-defined]


def withdraw(key: str) -> None:
    """Withdraw letters that have not left: the one with this key, and all whose keys go on with ":" after it."""
    below = key if key.endswith(":") else f"{key}:"
    db.session.execute(
        update(Letter)
        .where(Letter.state == "queued", or_(Letter.key == key, Letter.key.startswith(below, autoescape=True)))
        .values(state="withdrawn")
        .execution_options(synchronize_session=False)
    )


def withdraw_these(keys: Sequence[str]) -> None:
    """Withdraw the letters with exactly these keys, if they have not left; quick however many lie here."""
    db.session.execute(
        update(Letter)
        .where(Letter.key.in_(keys), Letter.state == "queued")
        .values(state="withdrawn")
        .execution_options(synchronize_session=False)
    )


def _or_again(statement: Any) -> Any:
    """The same key once more: nothing happens, except that a withdrawn letter is posted again.

    No value stands here as a parameter: with one, SQLAlchemy would send many rows one by one.
    """
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "state": new.state,
            "kind": new.kind,
            "ids": new.ids,
            "language": new.language,
            "priority": new.priority,
            "due_at": new.due_at,
            "created_at": new.created_at,
            "message_id": new.message_id,  # what it says may be something else now
            "attempts": new.attempts,
            "leased_until": null(),
            "leased_by": null(),
            "error": null(),
        },
        where=Letter.state == literal_column("'withdrawn'"),
    )


def _domain() -> str:
    return parseaddr(current_app.config["MAIL_FROM"])[1].rpartition("@")[2]


def _row(order: Order, now: datetime) -> dict[str, Any]:
    # The Message-ID is fixed here, not when the mail leaves: if it has to be sent twice, mail servers and
    # programs can see that it is the same one.
    return {
        "key": order.key,
        "kind": order.kind,
        "ids": order.ids,
        "language": order.language,
        "priority": order.priority,
        "state": "queued",
        "due_at": order.due_at or now,
        "attempts": 0,
        "message_id": f"<{secrets.token_hex(16)}@{_domain()}>",
        "created_at": now,
    }
