"""The reminder itself."""

from dataclasses import replace
from datetime import datetime

from clusterweek.activities.models import Occurrence
from clusterweek.db.session import db
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.outbox.letter import Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.registrations import mails as registrations, rules as registration_rules
from clusterweek.reminders import lead, rules
from clusterweek.reminders.models import ReminderRule


def is_wanted(letter: Letter, now: datetime) -> bool:
    """The place is still theirs, the date still the one that the letter was posted for, and it is not too late.

    What is refused here for another reason than time must be refused by `queries.to_remind`, too: it would be
    posted again every minute.
    """
    registration = registrations.registration_of(letter)
    activity = registration.activity
    occurrence = _occurrence(letter)
    due = rules.due(_rule(letter), occurrence, now)
    return (
        registration.status == "confirmed"
        and registration.wants_reminders
        and due is not None
        and letter.key == due.key(registration.id)
        and occurrence.removed_at is None
        and occurrence.starts_at > now
        and registration_rules.why_not_happening(activity) is None
        and not rules.is_late(due.moment, now)
    )


def render(letter: Letter, now: datetime) -> Mail:
    registration, date = registrations.registration_of(letter), _occurrence(letter)
    said = lead.words(_rule(letter), date, now)
    # Below the greeting, German goes on in small letters.
    inside = said[0].lower() + said[1:] if letter.language == "de" else said
    made = registrations.mail(
        "reminders/mails/reminder",
        letter,
        registration,
        now=now,
        dates=[date],
        knows=lambda: {"lead": said, "lead_inside": inside},
        alike=said,
    )
    return replace(made, stop_link=registrations.stop_link(letter, registration))


def _rule(letter: Letter) -> ReminderRule:
    return db.session.get_one(ReminderRule, letter.ids["rule_id"])


def _occurrence(letter: Letter) -> Occurrence:
    return db.session.get_one(Occurrence, letter.ids["occurrence_id"])


KINDS = {"reminder": Kind(_l("Reminder"), is_wanted, render, registrations.about, registrations.load)}
