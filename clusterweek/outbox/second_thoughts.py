"""What people decide about letters after they were posted: try again, take back."""

from datetime import datetime

from sqlalchemy import String, cast, update

from clusterweek.db.session import db
from clusterweek.outbox.models import Letter


def try_again(letter_id: int | None = None, *, now: datetime) -> int:
    """Post failed letters once more: one, or all. Says how many.

    Left out are those whose objects were forgotten after a month: nobody knows any more what they were to say.
    """
    wanted = [Letter.state == "failed", cast(Letter.ids, String) != "{}"]
    if letter_id is not None:
        wanted.append(Letter.id == letter_id)
    changed = db.session.execute(
        update(Letter)
        .where(*wanted)
        .values(state="queued", due_at=now, attempts=0, error=None, leased_until=None, leased_by=None)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount  # type: ignore[attr-defined]


def take_back(letter_id: int) -> bool:
    """Take one letter back that waits or has failed; whether it was still there. Nothing posts it again by itself."""
    changed = db.session.execute(
        update(Letter)
        .where(Letter.id == letter_id, Letter.state.in_(("queued", "failed")))
        .values(state="taken_back")
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount == 1  # type: ignore[attr-defined]
