"""What the desk calls roles, states of letters and steps of the history."""

from clusterweek.activities import entries
from clusterweek.history.models import Note
from clusterweek.history.verbs import VERBS
from clusterweek.i18n import gettext as _, lazy_gettext as _l

ROLES = {
    "organiser": _l("Programme office"),
    "land_coordinator": _l("Land coordinator"),
    "viewer": _l("May read"),
}
LETTER_STATES = {
    "queued": _l("waiting"),
    "sent": _l("sent"),
    "failed": _l("failed"),
    "withdrawn": _l("no longer needed"),
    "taken_back": _l("taken back"),
}


def step(entry: Note) -> str:
    """One line of an activity's history: "Changed: Summary, Dates"."""
    said = str(VERBS.get(entry.action, entry.action))
    names = entry.details.get("fields") or []
    if not names:
        return said
    fields = ", ".join(dict.fromkeys(entries.label(name) for name in names))
    return _("%(step)s: %(fields)s", step=said, fields=fields)
