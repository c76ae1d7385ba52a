"""The form's table of contents: its parts, and what is still open in each."""

from dataclasses import dataclass

from clusterweek.activities import rules, unread
from clusterweek.activities.entries import BY_NAME
from clusterweek.activities.forms import ActivityForm
from clusterweek.activities.models import Activity, Remark
from clusterweek.i18n import gettext as _, lazy_gettext as _l, ngettext

PARTS = {
    "kind": _l("Kind and access"),
    "content": _l("Content"),
    "dates": _l("Dates and places"),
    "sign_up": _l("Registration and places"),
    "partners": _l("Partners"),
}


@dataclass(frozen=True)
class Section:
    """One part of the form: anchor, heading, and how it stands."""

    id: str
    label: str
    note: str


def of(activity: Activity | None, form: ActivityForm, remarks: list[Remark]) -> list[Section]:
    """The parts in the order of the page."""
    wrong = [name for name, _sentence in form.error_list()]
    missing = rules.still_open(activity) if activity else []
    remarked = [remark.field for remark in remarks]
    return [
        Section(id, str(label), _note(id, _in(id, wrong), _in(id, remarked), _in(id, missing), activity))
        for id, label in PARTS.items()
    ]


def _in(part: str, found: list[str]) -> int:
    """How many of the names found belong to a part, "occurrences-0-city" to the one with "occurrences"."""
    names = [unread.entry_of(name) for name in found]
    return sum(name in BY_NAME and BY_NAME[name].part == part for name in names)


def _note(id: str, wrong: int, remarked: int, missing: int, activity: Activity | None) -> str:
    if wrong:
        return ngettext("%(num)s entry to check", "%(num)s entries to check", wrong)
    if remarked:
        return ngettext("%(num)s remark", "%(num)s remarks", remarked)
    if id == "partners":
        return _("optional")
    if activity is None:
        return ""
    return ngettext("%(num)s entry open", "%(num)s entries open", missing) if missing else _("complete")
