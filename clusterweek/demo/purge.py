"""Taking the demo out again: exactly its rows, children first.

What is demo is marked on editions, clusters and people; everything else follows by foreign key, so a new table is
covered without a line here.
"""

from functools import cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, delete, false, func, or_, select, update

from clusterweek.db.session import db
from clusterweek.db.types import METADATA
from clusterweek.history.models import Note
from clusterweek.outbox.models import Letter

# Who wrote, asked or accepted something, and what something is part of: forgotten, not followed.
LOOSE = {"created_by_id", "author_id", "invited_by_id", "accepted_by_id", "parent_edition_id", "parent_activity_id"}
# What the history's subjects and the letters' ids ("registration_id") are called, and where they live.
SUBJECTS = {
    "activity": "activities",
    "occurrence": "occurrences",
    "registration": "registrations",
    "cluster": "clusters",
    "invitation": "invitations",
    "edition": "editions",
    "person": "people",
    "link": "one_time_links",
}


# Addresses that nobody has (RFC 2606): all of the demo's are of these.
NOBODYS = ("@example.org", "@example.com", "@example.net", ".example", ".test", ".invalid", ".localhost")


def real_rows() -> list[str]:
    """What would go with the demo although it seems to be of real people; each with its number, for a sentence."""
    is_demo = {name: _is_demo(METADATA.tables[name]) for name in ("registrations", "memberships", "activities")}
    signed_up, members, activities = (METADATA.tables[name] for name in is_demo)
    clusters, people = METADATA.tables["clusters"], METADATA.tables["people"]
    is_real_person = select(people.c.id).where(people.c.is_demo.is_(False))
    is_real_cluster = select(clusters.c.id).where(clusters.c.is_demo.is_(False))
    found = {
        "registrations": select(func.count()).where(
            is_demo["registrations"], *(~signed_up.c.email_normalised.endswith(end) for end in NOBODYS)
        ),
        "members of clusters": select(func.count()).where(
            is_demo["memberships"], members.c.person_id.in_(is_real_person)
        ),
        "activities of real clusters": select(func.count()).where(
            is_demo["activities"], activities.c.host_cluster_id.in_(is_real_cluster)
        ),
    }
    counts = {what: db.session.scalar(count) or 0 for what, count in found.items()}
    return [f"{count} {what}" for what, count in counts.items() if count]


def purge() -> int:
    """Remove the demo editions, clusters and people and all that hangs on them; how many rows that were."""
    count = _forget_letters_and_history()
    tables = METADATA.sorted_tables
    for table in tables:
        for column in table.columns:
            if column.name in LOOSE:
                parent = _parent(column)
                is_demo = column.in_(select(parent.c.id).where(_is_demo(parent)))
                db.session.execute(update(table).where(is_demo).values({column.name: None}))
    for table in reversed(tables):
        condition = _is_demo(table)
        if condition is not _NEVER:
            count += db.session.execute(delete(table).where(condition)).rowcount  # type: ignore[attr-defined]
    db.session.expire_all()
    return count


_NEVER: ColumnElement[bool] = false()


@cache
def _is_demo(table: Table) -> ColumnElement[bool]:
    """Which rows of a table belong to the demo: marked themselves, or hanging on one that is."""
    found: list[ColumnElement[bool]] = [table.c.is_demo] if "is_demo" in table.c else []
    for column in table.columns:
        if column.foreign_keys and column.name not in LOOSE:
            parent = _parent(column)
            if _is_demo(parent) is not _NEVER:
                [key] = column.foreign_keys
                found.append(column.in_(select(key.column).where(_is_demo(parent))))
    return or_(*found) if found else _NEVER


def _parent(column: Column[Any]) -> Table:
    [key] = column.foreign_keys
    return key.column.table


def _forget_letters_and_history() -> int:
    """Both name what they speak of by number, without a foreign key; a number given again must mean nothing old."""
    numbers = {
        subject: set(db.session.scalars(select(METADATA.tables[name].c.id).where(_is_demo(METADATA.tables[name]))))
        for subject, name in SUBJECTS.items()
    }
    letters = [
        number
        for number, ids in db.session.execute(select(Letter.id, Letter.ids))
        if any(value in numbers.get(name.removesuffix("_id"), ()) for name, value in ids.items())
    ]
    entries = [
        number
        for number, subject, subject_id in db.session.execute(select(Note.id, Note.subject_type, Note.subject_id))
        if subject_id in numbers.get(subject, ())
    ]
    for model, doomed in ((Letter, letters), (Note, entries)):
        for start in range(0, len(doomed), 1000):
            db.session.execute(delete(model).where(model.id.in_(doomed[start : start + 1000])))
    return len(letters) + len(entries)
