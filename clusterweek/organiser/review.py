"""The review list: what each submission needs, and how long it has been waiting."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.editions import workdays
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.organiser import hints
from clusterweek.organiser.hints import Hint


@dataclass(frozen=True)
class Submission:
    """One line of the review list."""

    activity: Activity
    days: int  # working days since it was submitted
    hints: list[Hint]

    @property
    def is_late(self) -> bool:
        return self.days > workdays.ANSWER_WITHIN

    @property
    def waited(self) -> str:
        return ngettext("%(num)s working day", "%(num)s working days", self.days) if self.days else _("today")

    @property
    def to_look_at(self) -> list[Hint]:
        return hints.to_look_at(self.hints)


def submissions(activities: Sequence[Activity], *, now: datetime) -> list[Submission]:
    """The lines of the review list, in the order given."""
    noticed = hints.of(activities, now=now)
    return [
        Submission(activity, rules.waiting_days(activity, now=now), noticed[activity.id]) for activity in activities
    ]
