"""numbers given once, and links that could open somebody else's account made void

On SQLite every table that numbers its rows is copied, row by row, into one with AUTOINCREMENT, and goes on above every
number that some trace still names. On both databases links to log in, to set a password and to accept an invitation
that are out open nothing any more: they were made of a number alone, and the number may have been somebody else's.
Links to registrations stay as they are. What support people need whose registration has ended is forgotten.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MARGIN = 100  # for numbers of which no trace is left at all
# What the history's subjects, the ids of letters and their keys are called, and where they live.
SUBJECTS = {
    "activity": "activities",
    "occurrence": "occurrences",
    "registration": "registrations",
    "cluster": "clusters",
    "invitation": "invitations",
    "edition": "editions",
    "person": "people",
    "link": "one_time_links",
    "rule": "reminder_rules",
}
DATES = ("dates", "moved", "added", "removed", "relocated", "relinked")  # numbers of occurrences, with commas
KEYS = (  # the numbers in a letter's key, in their order
    (r"(?:login_link|set_password):", ("one_time_links",)),
    (r"invitation:", ("invitations",)),
    (r"password-changed:", ("people",)),
    (r"activity_(?:received|published|changes_requested|rejected):", ("activities", "people")),
    (r"reminder:", ("registrations", "reminder_rules", "occurrences")),
    (r"", ("registrations",)),
)


def upgrade() -> None:
    bind = op.get_bind()
    make_links_void(datetime.now(UTC))
    op.execute("UPDATE registrations SET access_need = NULL WHERE status IN ('withdrawn', 'expired')")
    if bind.dialect.name == "sqlite":
        give_numbers_once(bind)


def downgrade() -> None:
    """Nothing is taken back: the step before knows no link that this one would bring to life, and a number that was
    given must not be given again there either."""


def make_links_void(now: datetime) -> None:
    moment = now.replace(tzinfo=None) if op.get_bind().dialect.name == "sqlite" else now
    at = sa.DateTime(timezone=True)
    links = sa.table("one_time_links", sa.column("token_hash"), sa.column("used_at", at), sa.column("expires_at", at))
    op.execute(
        links.update()
        .where(links.c.used_at.is_(None), links.c.expires_at > moment)
        .values(token_hash=None, expires_at=moment)
    )
    invitations = sa.table(
        "invitations",
        sa.column("id"),
        sa.column("token_hash"),
        sa.column("accepted_at", at),
        sa.column("withdrawn_at", at),
        sa.column("expires_at", at),
    )
    op.execute(
        invitations.update()
        .where(
            invitations.c.accepted_at.is_(None), invitations.c.withdrawn_at.is_(None), invitations.c.expires_at > moment
        )
        .values(token_hash=sa.literal("void:") + sa.cast(invitations.c.id, sa.String))
    )


def give_numbers_once(bind: sa.Connection) -> None:
    numbered = [name for name in sa.inspect(bind).get_table_names() if is_numbered(bind, name)]
    old = [name for name in numbered if "AUTOINCREMENT" not in words_of(bind, name)]
    if not old:
        return
    for name in old:
        with op.batch_alter_table(name, recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass
    named = traces(bind)
    given = dict(bind.execute(sa.text("SELECT name, seq FROM sqlite_sequence")).all())
    for name in old:
        highest = max(given.get(name, 0), named.get(name, 0)) + MARGIN
        if name in given:
            bind.execute(sa.text("UPDATE sqlite_sequence SET seq = :n WHERE name = :t"), {"n": highest, "t": name})
        else:  # a table that never held a row has none here
            bind.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:t, :n)"), {"n": highest, "t": name})


def is_numbered(bind: sa.Connection, table: str) -> bool:
    look = sa.inspect(bind)
    if look.get_pk_constraint(table)["constrained_columns"] != ["id"]:
        return False
    return any(c["name"] == "id" and isinstance(c["type"], sa.Integer) for c in look.get_columns(table))


def words_of(bind: sa.Connection, table: str) -> str:
    words = sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :t")
    return str(bind.scalar(words, {"t": table}))


def traces(bind: sa.Connection) -> dict[str, int]:
    """The highest number of each table that the history or a letter still names; its row may be gone for long."""
    highest: dict[str, int] = defaultdict(int)
    for table, number in (*_of_history(bind), *_of_letters(bind)):
        if number < 2**31:
            highest[table] = max(highest[table], number)
    return highest


def _of_history(bind: sa.Connection) -> Iterator[tuple[str, int]]:
    rows = bind.execute(sa.text("SELECT subject_type, subject_id, actor_id, details FROM history_entries"))
    for subject, number, actor, details in rows:
        if subject in SUBJECTS:
            yield SUBJECTS[subject], number
        if actor:
            yield "people", actor
        yield from _of_ids(json.loads(details or "{}"))


def _of_letters(bind: sa.Connection) -> Iterator[tuple[str, int]]:
    for key, ids in bind.execute(sa.text("SELECT key, ids FROM letters")):
        yield from _of_ids(json.loads(ids or "{}"))
        tables = next(tables for beginning, tables in KEYS if re.match(beginning, key))
        yield from zip(tables, map(int, re.findall(r"(?<=:)[0-9]{1,10}(?=:|$)", key)), strict=False)


def _of_ids(ids: Any) -> Iterator[tuple[str, int]]:
    for name, value in ids.items() if isinstance(ids, dict) else ():
        table = SUBJECTS.get(name.removesuffix("_id"))
        if table and isinstance(value, int) and not isinstance(value, bool):
            yield table, value
        elif name in DATES and isinstance(value, str):
            yield from (("occurrences", int(number)) for number in re.findall(r"(?:^|,)([0-9]{1,10})", value))
