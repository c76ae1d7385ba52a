"""Keeping the outbox small in what it says: what a letter was about is forgotten, that it was sent is not."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import String, cast, delete, func, update

from clusterweek.db.session import db
from clusterweek.outbox.models import Letter

KEPT = timedelta(days=30)  # long enough to answer "did I get a mail about this?"
UNWANTED_KEPT = timedelta(days=2)  # letters to addresses that nobody has: anybody can order as many as they like


def forget_files(folder: Path, *, now: datetime) -> int:
    """Delete the letters that were written into this folder a month ago, whole or half; says how many.

    They hold what the rows do not: to whom, and what. Also where letters leave by SMTP by now.
    """
    before = (now - KEPT).timestamp()
    old = [
        path
        for path in (*folder.glob("*.eml"), *folder.glob(".*.eml.*"))
        if path.is_file() and path.stat().st_mtime < before
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def forget_old(*, now: datetime) -> int:
    """Empty the ids and reasons of letters that left, failed or were withdrawn a month ago; says how many.

    The rows stay, with their keys and states: they are what keeps a letter from being sent twice, and what is counted.
    """
    # Their keys are made by chance ("login_link:asked:…"), so the rows keep nothing from being sent twice.
    is_unwanted = (Letter.state == "withdrawn") & Letter.key.contains(":asked:", autoescape=True)
    db.session.execute(delete(Letter).where(is_unwanted, Letter.due_at < now - UNWANTED_KEPT))
    changed = db.session.execute(
        update(Letter)
        .where(
            Letter.state != "queued",
            func.coalesce(Letter.sent_at, Letter.due_at) < now - KEPT,
            cast(Letter.ids, String) != "{}",
        )
        .values(ids={}, error=None)
        .execution_options(synchronize_session=False)
    )
    return changed.rowcount  # type: ignore[attr-defined]
