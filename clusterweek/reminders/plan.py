"""Posting the reminders that are due. May run at any time, as often as one likes, in several workers at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal, or_, update

from clusterweek.db.session import db, insert_into, unit_of_work
from clusterweek.outbox import post
from clusterweek.registrations.models import Registration
from clusterweek.reminders import actions, queries, rules
from clusterweek.reminders.models import ReminderRule, SkippedReminder

# Letters that a mail server kept waiting until they were too late are noted, too; that shows when they are withdrawn.
NOTED_BACK = timedelta(days=1)


@dataclass
class Planned:
    """What a round has done, counted in letters."""

    posted: int = 0
    skipped: int = 0


def plan(now: datetime) -> Planned:
    """Post every reminder whose moment has come, at most six hours late; note the later ones as skipped.

    Each date and rule has a unit of work of its own, so that sign-ups hardly wait: 20,000 letters take a second.
    """
    if not queries.has_rules():
        with unit_of_work():
            actions.ensure_default_rules()
    planned = Planned()
    for due in _due(now):
        if rules.is_late(due.moment, now):
            planned.skipped += _note_skipped(due, now)
        else:
            planned.posted += _post(due, now)
    with unit_of_work():
        db.session.execute(
            update(ReminderRule)
            .where(or_(ReminderRule.planned_until.is_(None), ReminderRule.planned_until < now))
            .values(planned_until=now)
        )
    return planned


def _due(now: datetime) -> list[rules.Due]:
    """What may have to be done: everything that is not late, and the late ones that no round has seen in time."""
    active = queries.active_rules()
    upcoming = queries.upcoming(now, max((rules.longest_lead(rule) for rule in active), default=timedelta()))
    noted = queries.noted()
    found = []
    for rule in active:
        seen_until = rule.planned_until - NOTED_BACK if rule.planned_until else None
        for occurrence in upcoming:
            due = rules.due(rule, occurrence, now) if rules.is_of_edition(rule, occurrence.activity) else None
            if due is None:
                continue
            is_old = seen_until is not None and due.moment <= seen_until
            is_noted = (due.rule_id, due.occurrence_id, due.starts_at) in noted
            if not rules.is_late(due.moment, now) or not (is_old or is_noted):
                found.append(due)
    return found


def _post(due: rules.Due, now: datetime) -> int:
    missing = queries.without_letter(due)
    if not queries.anybody(missing):  # asked without a lock: nearly every minute nothing is to be done
        return 0
    before, after = '{"registration_id": ', f', "rule_id": {due.rule_id}, "occurrence_id": {due.occurrence_id}}}'
    chosen: Any = missing.with_only_columns(
        queries.key_of(due).label("key"),
        Registration.language.label("language"),
        (literal(before, String) + cast(Registration.id, String) + literal(after, String)).label("ids"),
    )
    with unit_of_work():
        return post.queue_chosen("reminder", chosen, now=now, priority=post.REMINDER)


def _note_skipped(due: rules.Due, now: datetime) -> int:
    count = queries.count(queries.without_letter(due))
    if not count:
        return 0
    note = insert_into(SkippedReminder).values(
        rule_id=due.rule_id,
        occurrence_id=due.occurrence_id,
        starts_at=due.starts_at,
        moment=due.moment,
        noted_at=now,
        people_count=count,
    )
    with unit_of_work():
        noted = db.session.execute(note.on_conflict_do_nothing().returning(SkippedReminder.id)).first()
    return count if noted else 0  # else another worker was faster
