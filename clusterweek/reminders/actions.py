"""The rules that every installation begins with."""

from datetime import time

from sqlalchemy import select

from clusterweek.db.session import db, insert_into
from clusterweek.reminders.models import ReminderRule

DEFAULTS = (
    {"name": "week before", "days_before": 7, "at": time(9), "minutes_before": None, "audience": "all"},
    {"name": "day before", "days_before": 1, "at": time(9), "minutes_before": None, "audience": "all"},
    {"name": "hour before", "days_before": None, "at": None, "minutes_before": 60, "audience": "online"},
)


def ensure_default_rules() -> None:
    """Make the default rules where they are missing; what the office has changed stays. Harmless to call again."""
    known = set(db.session.scalars(select(ReminderRule.name).where(ReminderRule.edition_id.is_(None))))
    rows = [{**default, "edition_id": None, "is_active": True} for default in DEFAULTS if default["name"] not in known]
    if rows:  # asked for in vain, a row would use up a number each time
        db.session.execute(insert_into(ReminderRule).values(rows).on_conflict_do_nothing())
