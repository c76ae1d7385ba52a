"""What a cluster has said about an activity, line by line: the same for the review, the office and the cluster itself.

Entries that are said together (`Entry.answer`) make one answer, and take remarks together under its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from clusterweek.activities import entries, when
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import gettext as _, moment_short, ngettext
from clusterweek.vocabulary import lists


@dataclass(frozen=True)
class Line:
    """A piece of an answer; `lang` where it is not the page's, `country` for a flag, `is_prose` for Markdown."""

    text: str
    lang: str | None = None
    country: str | None = None
    is_prose: bool = False


@dataclass(frozen=True)
class Answer:
    """What the cluster said to one question; `name` is the field that a remark on it is about."""

    name: str
    lines: list[Line] = field(default_factory=list)

    @property
    def label(self) -> str:
        return entries.label(self.name)

    @property
    def lacks_english(self) -> bool:
        """Whether it was said in German alone."""
        return [line.lang for line in self.lines] == ["de"]

    @property
    def is_long(self) -> bool:
        return sum(len(line.text) for line in self.lines) > 700


def of(activity: Activity, *, with_links: bool = True) -> list[Answer]:
    """Everything that a cluster has said, in the order in which the office reads it; what it left open, too.

    `with_links`: also the links for those who take part online, which open a room to whoever has them.
    """
    found = []
    for name in NAMES:
        lines = _venue(activity, with_links=with_links) if name == "venue" else SAID.get(name, _plainly(name))(activity)
        found.append(Answer(name, [line for line in lines if line.text]))
    return found


def name_for(name: str) -> str:
    """The answer under which a remark on an entry is written."""
    return entries.BY_NAME[name].answer_name if name in entries.BY_NAME else "general"


def place(occurrence: Occurrence) -> str:
    """Venue, street, town and Land in one line."""
    town = " ".join(part for part in (occurrence.postcode, occurrence.city) if part)
    land = lists.LAENDER[occurrence.venue_land].name if occurrence.venue_land else ""
    parts = (occurrence.venue_name, occurrence.street, town, "" if land == town else land)
    return ", ".join(part for part in parts if part)


def _in_both(name: str, *, is_prose: bool = False) -> Callable[[Activity], Iterator[Line]]:
    def said(activity: Activity) -> Iterator[Line]:
        for lang in ("de", "en"):
            yield Line(getattr(activity, f"{name}_{lang}") or "", lang, is_prose=is_prose)

    return said


def _kind(activity: Activity) -> Iterator[Line]:
    format = [lists.FORMATS[activity.format].name] if activity.format else []
    yield Line(" · ".join([*format, lists.MODES[activity.mode].name, lists.ACCESSES[activity.access].name]))


def _occurrences(activity: Activity) -> Iterator[Line]:
    for occurrence in activity.occurrences:
        yield Line(when.short(occurrence))


def _venue(activity: Activity, *, with_links: bool = True) -> Iterator[Line]:
    said = []
    for occurrence in activity.occurrences:
        link = occurrence.online_url if with_links else None
        said.append(", ".join(part for part in (place(occurrence), link) if part))
    for text in dict.fromkeys(said):
        yield Line(text)


def _registration(activity: Activity) -> Iterator[Line]:
    if activity.registration_mode == "none":
        yield Line(_("none"))
        return
    if activity.registration_mode == "external":
        yield Line(_("elsewhere: %(url)s", url=activity.registration_url or "–"))
    else:
        yield Line(_("here, on these pages"))
    if activity.capacity is not None:
        yield Line(ngettext("%(num)s place", "%(num)s places", activity.capacity))
    elif activity.registration_mode == "internal":
        yield Line(_("places without limit"))
    if activity.capacity_online is not None:
        yield Line(ngettext("%(num)s place online", "%(num)s places online", activity.capacity_online))
    if activity.registration_deadline:
        zone = activity.edition.timezone
        yield Line(_("closes %(moment)s", moment=moment_short(activity.registration_deadline, zone)))


def _cost(activity: Activity) -> Iterator[Line]:
    yield Line(activity.cost_note or _("free of charge"))


def _accessibility(activity: Activity) -> Iterator[Line]:
    if activity.is_accessible:
        yield Line(_("step-free, with an accessible toilet"))
    yield Line(activity.accessibility or "")


def _partners(activity: Activity) -> Iterator[Line]:
    for cluster in activity.co_hosts:
        yield Line(_("Co-host: %(name)s", name=cluster.name))
    for partner in activity.external_partners:
        land = f" ({lists.country(partner.country)})" if partner.country else ""
        yield Line(partner.name + land, country=partner.country)
    named = {partner.country for partner in activity.external_partners}
    for code in activity.partner_countries:
        if code not in named:
            yield Line(lists.country(code), country=code)


def _contact(activity: Activity) -> Iterator[Line]:
    for text in (activity.contact_name, activity.contact_email):
        yield Line(text or "")


def _plainly(name: str) -> Callable[[Activity], Iterator[Line]]:
    """What an entry says by its kind alone."""
    entry = entries.BY_NAME[name]

    def said(activity: Activity) -> Iterator[Line]:
        value = getattr(activity, name, None)
        if entry.kind == "codes":
            yield Line(", ".join(entry.codes[code].name for code in value or []))
        elif entry.kind == "code":
            yield Line(entry.codes[value].name if value else "")
        elif entry.kind == "tick":
            yield Line(_("yes") if value else "")
        elif entry.kind != "together":
            yield Line("" if value is None else str(value))

    return said


# How answers are said of which the kind of an entry does not say enough, in the order in which they are read.
SAID: dict[str, Callable[[Activity], Iterator[Line]]] = {
    "title_de": _in_both("title"),
    "format": _kind,
    "occurrences": _occurrences,
    "venue": _venue,
    "summary_de": _in_both("summary"),
    "description_de": _in_both("description", is_prose=True),
    "fields": _plainly("fields"),
    "languages": _plainly("languages"),
    "registration_mode": _registration,
    "cost_note": _cost,
    "accessibility": _accessibility,
    "external_partners": _partners,
    "contact_email": _contact,
}
# Every answer; what is new comes before the last one, which is about the whole.
_all = dict.fromkeys([*SAID, *(entry.answer_name for entry in entries.ENTRIES)])
NAMES = (*(name for name in _all if name != "general"), "general")
