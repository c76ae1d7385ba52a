"""Writing the history."""

from datetime import datetime
from typing import Any, Protocol

from clusterweek.db.session import db
from clusterweek.history.models import Note
from clusterweek.history.verbs import VERBS


class Somebody(Protocol):
    """A person, known by the number alone."""

    id: Any


def note(
    verb: str,
    subject_type: str,
    subject_id: int,
    *,
    now: datetime,
    by: Somebody | None,
    **details: Any,
) -> None:
    """Note a change in the running transaction; without `by` it was a command. `verb` is one of VERBS.

    `details`: names of fields, counts, states; never personal data. Those that are None are left out.
    """
    if verb not in VERBS:
        raise ValueError(f"the history has no verb {verb!r}")
    db.session.add(
        Note(
            at=now,
            actor_id=by.id if by else None,
            actor_kind="person" if by else "command",
            action=verb,
            subject_type=subject_type,
            subject_id=subject_id,
            details={name: value for name, value in details.items() if value is not None},
        )
    )
