"""What the desk tells about letters: which, about which object, since when."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask import current_app
from sqlalchemy import select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.outbox.letter import About, Kind
from clusterweek.outbox.models import Letter
from clusterweek.reminders.models import ReminderRule, SkippedReminder
from clusterweek.web.paging import Page


def page_of_letters(state: str, page: Page) -> list[Letter]:
    """Waiting letters in the order in which they leave, all others the newest first."""
    order = (Letter.due_at, Letter.id) if state == "queued" else (Letter.id.desc(),)
    return list(
        db.session.scalars(
            select(Letter).where(Letter.state == state).order_by(*order).limit(page.size).offset(page.offset)
        )
    )


def waiting(letter_id: int) -> Letter | None:
    """A letter that has not left: waiting or failed."""
    return db.session.scalar(select(Letter).where(Letter.id == letter_id, Letter.state.in_(("queued", "failed"))))


def about(letters: Sequence[Letter]) -> dict[int, About]:
    """What each letter speaks of, by its id; the rooms are asked once for all of theirs."""
    found: dict[int, About] = {}
    kinds = letter_kinds()
    for ask in dict.fromkeys(kinds[letter.kind].about for letter in letters if letter.kind in kinds):
        found |= ask([letter for letter in letters if letter.kind in kinds and kinds[letter.kind].about == ask])
    return found


def label(kind: str) -> str:
    """What a kind of letter is called; of an unknown one its name."""
    known = letter_kinds().get(kind)
    return str(known.label) if known else kind


def letter_kinds() -> Mapping[str, Kind]:
    """All kinds of letters, as `create_app` has handed them in."""
    kinds: Mapping[str, Kind] = current_app.extensions["letter_kinds"]
    return kinds


def skipped(limit: int = 20) -> list[tuple[SkippedReminder, ReminderRule, Activity]]:
    """Reminders whose moment was missed, the newest first."""
    return list(
        db.session.execute(
            select(SkippedReminder, ReminderRule, Activity)
            .join(ReminderRule, ReminderRule.id == SkippedReminder.rule_id)
            .join(Occurrence, Occurrence.id == SkippedReminder.occurrence_id)
            .join(Activity, Activity.id == Occurrence.activity_id)
            .order_by(SkippedReminder.id.desc())
            .limit(limit)
        )
    )


def waiting_too_long_since(now: datetime, *, oldest_due_at: datetime | None) -> bool:
    """Whether the letter that waits longest has been due for more than a quarter of an hour."""
    return oldest_due_at is not None and (now - oldest_due_at).total_seconds() > 15 * 60
