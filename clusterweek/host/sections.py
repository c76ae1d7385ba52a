"""The form's table of contents: its parts, and what is still open in each."""

from dataclasses import dataclass

from clusterweek.activities import rules
from clusterweek.activities.forms import ActivityForm
from clusterweek.activities.models import Activity, Remark
from clusterweek.i18n import gettext as _
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.i18n import ngettext

PARTS = {
    "kind": (_l("Kind and access"), ("format", "mode", "access")),
    "content": (_l("Content"), ("title", "summary", "description", "fields", "languages")),
    "dates": (_l("Dates and places"), ("occurrences", "venue", "accessibility", "is_accessible")),
    "sign_up": (_l("Registration and places"), ("registration", "capacity", "cost_note", "contact")),
    "partners": (_l("Partners"), ("external_partners", "partner_countries", "co_hosts")),
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
        Section(id, str(label), _note(id, _in(names, wrong), _in(names, remarked), _in(names, missing), activity))
        for id, (label, names) in PARTS.items()
    ]


def _in(names: tuple[str, ...], found: list[str]) -> int:
    """How many of the names found belong to a part, "occurrences-0-city" to the one with "occurrences"."""
    return sum(name.startswith(names) for name in found)


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
