"""Posting the reminders that are due. May run at any time, as often as one likes, in several workers at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, literal
from sqlalchemy.dialects import postgresql, sqlite

from clusterweek.activities.models import Occurrence
from clusterweek.db.session import db, unit_of_work
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
    active = queries.active_rules()
    upcoming = queries.upcoming(now, max((rules.longest_lead(rule) for rule in active), default=timedelta()))
    for rule in active:
        for occurrence in upcoming:
            moment = rules.moment_of(rule, occurrence)
            if moment is None or moment > now or not rules.is_of_edition(rule, occurrence.activity):
                continue
            if not rules.is_late(moment, now):
                planned.posted += _post(rule, occurrence, moment, now)
            elif rule.planned_until is None or moment > rule.planned_until - NOTED_BACK:
                planned.skipped += _note_skipped(rule, occurrence, moment, now)
        _remember(rule, now)
    return planned


def _post(rule: ReminderRule, occurrence: Occurrence, moment: datetime, now: datetime) -> int:
    missing = queries.without_letter(rule, occurrence, moment)
    if not queries.anybody(missing):  # asked without a lock: nearly every minute nothing is to be done
        return 0
    before, after = '{"registration_id": ', f', "rule_id": {rule.id}, "occurrence_id": {occurrence.id}}}'
    chosen: Any = missing.with_only_columns(
        queries.key_of(rule, occurrence).label("key"),
        Registration.language.label("language"),
        (literal(before, String) + cast(Registration.id, String) + literal(after, String)).label("ids"),
    )
    with unit_of_work():
        return post.queue_chosen("reminder", chosen, now=now, priority=post.REMINDER)


def _note_skipped(rule: ReminderRule, occurrence: Occurrence, moment: datetime, now: datetime) -> int:
    count = queries.count(queries.without_letter(rule, occurrence, moment))
    if not count or queries.is_noted(rule, occurrence):
        return 0
    insert = postgresql.insert if db.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    note = insert(SkippedReminder).values(
        rule_id=rule.id,
        occurrence_id=occurrence.id,
        starts_at=occurrence.starts_at,
        moment=moment,
        noted_at=now,
        people_count=count,
    )
    with unit_of_work():
        noted = db.session.execute(note.on_conflict_do_nothing().returning(SkippedReminder.id)).first()
    return count if noted else 0  # else another worker was faster


def _remember(rule: ReminderRule, now: datetime) -> None:
    if rule.planned_until is None or rule.planned_until < now:
        with unit_of_work():
            rule.planned_until = now
