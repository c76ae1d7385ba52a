"""What the programme office decides about a submission; the cluster is told by letter each time."""

from datetime import datetime

from clusterweek.accounts.models import Person
from clusterweek.activities import mails, queries, rules, unread
from clusterweek.activities.models import Activity, Remark
from clusterweek.activities.values import Wrong
from clusterweek.db.session import db
from clusterweek.editions import actions as editions
from clusterweek.history import record
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal


def publish(activity: Activity, *, by: Person | None, now: datetime) -> None:
    """Put an activity into the programme. Raises Wrong naming what it still lacks."""
    _check(activity, "published")
    if found := rules.obstacles(activity) | unread.obstacles(activity):
        raise Wrong(found)
    activity.published_at = now
    activity.updated_at = now
    _decide(activity, "published", by=by, now=now)
    _resolve(activity, now=now)
    editions.touch_programme(activity.edition_id, now=now)
    mails.to_cluster("activity_published", activity, now=now)
    db.session.flush()


def request_changes(activity: Activity, remarks: dict[str, str], *, by: Person | None, now: datetime) -> None:
    """Send a submission back with what should change: field of the form (or "general") -> sentence.

    Raises Refusal when nothing is asked for.
    """
    wanted = {name: text.strip() for name, text in remarks.items() if text.strip()}
    if not wanted:
        raise Refusal(_("Write at least one remark: the cluster must know what to change."))
    _check(activity, "changes_requested")
    _decide(activity, "changes_requested", by=by, now=now, fields=sorted(wanted))
    _resolve(activity, now=now)
    for name, text in wanted.items():
        db.session.add(
            Remark(activity_id=activity.id, field=name, text=text, author_id=by.id if by else None, created_at=now)
        )
    mails.to_cluster("activity_changes_requested", activity, now=now)
    db.session.flush()


def reject(activity: Activity, reason: str, *, by: Person | None, now: datetime) -> None:
    """Do not take an activity into the programme; the reason goes to the cluster. Raises Refusal without one."""
    if not reason.strip():
        raise Refusal(_("Give a reason: the cluster will read it."))
    _check(activity, "rejected")
    _decide(activity, "rejected", by=by, now=now)
    activity.rejection_reason = reason.strip()
    _resolve(activity, now=now)
    mails.to_cluster("activity_rejected", activity, now=now)
    db.session.flush()


def _check(activity: Activity, status: str) -> None:
    queries.lock(activity)
    if sentence := rules.why_fixed(activity):
        raise Refusal(sentence)
    if not rules.may_become(activity.review_status, status):
        raise Refusal(_("Somebody else has decided this already; reload the page to see where the activity stands."))


def _decide(activity: Activity, status: str, *, by: Person | None, now: datetime, **details: list[str]) -> None:
    record.note(status, "activity", activity.id, by=by, now=now, **details)
    activity.review_status = status
    activity.decided_at = now


def _resolve(activity: Activity, *, now: datetime) -> None:
    for remark in queries.remarks(activity):
        remark.resolved_at = now
