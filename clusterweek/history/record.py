"""Writing the history."""

from datetime import datetime
from typing import Any

from clusterweek.db.session import db
from clusterweek.history.models import Entry


def note(
    action: str,
    subject_type: str,
    subject_id: int,
    *,
    now: datetime,
    actor_id: int | None = None,
    actor_kind: str = "person",
    **details: Any,
) -> None:
    """Note a change in the running transaction. `details`: names of fields, counts, states; never personal data."""
    db.session.add(
        Entry(
            at=now,
            actor_id=actor_id,
            actor_kind=actor_kind,
            action=action,
            subject_type=subject_type,
            subject_id=subject_id,
            details=details,
        )
    )
