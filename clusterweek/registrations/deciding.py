"""Carrying out a decision: locked, on the state that was looked at, with a "no" as a sentence in the form."""

from collections.abc import Callable

from wtforms import HiddenField

from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions
from clusterweek.web.forms import Form


class DecisionForm(Form):
    """A decision on an activity, made on the state that was looked at."""

    version = HiddenField()

    def is_stale(self, version: int) -> bool:
        """Whether the activity has another version now than when the form was opened."""
        return bool(self.version.data) and self.version.data != str(version)


def carried_out(activity: Activity, form: DecisionForm, decide: Callable[[Activity], None]) -> bool:
    """Whether the decision was made, on the state that was looked at. What speaks against it is said in the form."""
    try:
        with unit_of_work():
            # Locked first: of two people who decide at the same moment, the second is told of the first.
            locked = actions.locked(activity.id)
            if form.is_stale(locked.version):
                form.version.data = str(locked.version)
                raise Refusal(_("This activity has changed since you opened it. Look at it again before you decide."))
            decide(locked)
    except Refusal as refusal:
        form.refuse(str(refusal))
        return False
    return True
