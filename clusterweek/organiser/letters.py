"""What the desk tells about letters: which, about which object, since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.outbox.models import Letter
from clusterweek.registrations.models import Registration
from clusterweek.reminders.models import ReminderRule, SkippedReminder
from clusterweek.web.paging import Page


@dataclass(frozen=True)
class About:
    """The object that a letter speaks of: an activity or a cluster; neither for letters about an account."""

    activity: Activity | None = None
    cluster: Cluster | None = None


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
    """What each letter speaks of, by its id; in a constant number of queries."""
    of_registration = _column(Registration.id, Registration.activity_id, letters, "registration_id")
    of_invitation = _column(Invitation.id, Invitation.cluster_id, letters, "invitation_id")
    wanted: dict[int, tuple[int | None, int | None]] = {}
    for letter in letters:
        activity_id = _id(letter, "activity_id") or of_registration.get(_id(letter, "registration_id") or 0)
        wanted[letter.id] = (activity_id, of_invitation.get(_id(letter, "invitation_id") or 0))
    activities = {
        activity.id: activity
        for activity in db.session.scalars(
            select(Activity).join(Edition).where(Activity.id.in_({a for a, _c in wanted.values() if a}))
        )
    }
    clusters = {
        cluster.id: cluster
        for cluster in db.session.scalars(select(Cluster).where(Cluster.id.in_({c for _a, c in wanted.values() if c})))
    }
    return {
        letter_id: About(activities.get(activity_id or 0), clusters.get(cluster_id or 0))
        for letter_id, (activity_id, cluster_id) in wanted.items()
    }


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


def _column(key, value, letters: Sequence[Letter], name: str) -> dict[int, int]:
    ids = {found for letter in letters if (found := _id(letter, name))}
    return dict(db.session.execute(select(key, value).where(key.in_(ids))).all()) if ids else {}


def _id(letter: Letter, name: str) -> int | None:
    found = letter.ids.get(name)
    return found if isinstance(found, int) else None
