"""What the desk calls states, kinds of letters and steps of the history."""

from clusterweek.activities import entries
from clusterweek.history.models import Entry
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
LETTERS = {
    "login_link": _l("Link to log in"),
    "set_password": _l("Link to set a password"),
    "password_changed": _l("Password was changed"),
    "invitation": _l("Invitation of a cluster"),
    "activity_received": _l("Submission received"),
    "activity_published": _l("Activity published"),
    "activity_changes_requested": _l("Changes requested"),
    "activity_rejected": _l("Activity not accepted"),
    "confirm_request": _l("Request to confirm a registration"),
    "confirm_nudge": _l("Second request to confirm a registration"),
    "place_confirmed": _l("Place confirmed"),
    "waitlisted": _l("On the waiting list"),
    "promoted": _l("Moved up from the waiting list"),
    "given_up": _l("Place given up"),
    "manage_link": _l("Link to one's own registration"),
    "no_letter": _l("Nothing to send (nobody is registered with the address, or a letter has just left)"),
    "activity_moved": _l("Activity changed"),
    "activity_cancelled": _l("Activity cancelled"),
    "activity_postponed": _l("Activity postponed"),
    "date_removed": _l("Date removed"),
    "reminder": _l("Reminder"),
}


def letter(kind: str) -> str:
    """What a kind of letter is about; of an unknown one its name."""
    return str(LETTERS.get(kind, kind))


def step(entry: Entry) -> str:
    """One line of an activity's history: "Changed: Summary, Dates"."""
    said = str(VERBS.get(entry.action, entry.action))
    names = entry.details.get("fields") or []
    if not names:
        return said
    fields = ", ".join(dict.fromkeys(entries.label(name) for name in names))
    return _("%(step)s: %(fields)s", step=said, fields=fields)
