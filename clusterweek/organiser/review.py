"""A submission as the office reads it: every answer with the place for a remark, and how long it has been waiting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clusterweek.activities import labels, rules, when
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions import workdays
from clusterweek.i18n import gettext as _
from clusterweek.i18n import moment_short, ngettext
from clusterweek.organiser import hints
from clusterweek.organiser.hints import Hint
from clusterweek.vocabulary import lists

# Hints speak of single fields; what is shown together takes remarks together, under the first of these names.
TOGETHER = {
    "title_de": ("title_de", "title_en"),
    "format": ("format", "mode", "access"),
    "occurrences": ("occurrences",),
    "venue": ("venue", "venue_land", "online_url"),
    "summary_de": ("summary_de", "summary_en"),
    "description_de": ("description_de", "description_en"),
    "fields": ("fields",),
    "languages": ("languages",),
    "registration_mode": (
        "registration_mode",
        "registration_url",
        "registration_deadline",
        "capacity",
        "capacity_online",
    ),
    "cost_note": ("cost_note",),
    "accessibility": ("accessibility",),
    "external_partners": ("external_partners", "partner_countries", "co_hosts", "host_cluster"),
    "contact_email": ("contact_email", "contact_name"),
    "general": ("general",),
}
REMARKABLE = tuple(TOGETHER)


@dataclass(frozen=True)
class Entry:
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
        return labels.of(self.name)

    @property
    def is_long(self) -> bool:
        return sum(len(line.text) for line in self.lines) > 700


def entries(activities: Sequence[Activity], *, now: datetime) -> list[Entry]:
    """The lines of the review list, in the order given."""
    noticed = hints.of(activities, now=now)
    return [Entry(activity, rules.waiting_days(activity, now=now), noticed[activity.id]) for activity in activities]


def answers(activity: Activity, *, with_links: bool = True) -> list[Answer]:
    """Everything that a cluster has said, in the order of its form; what it left open, too.

    `with_links`: also the links for those who take part online, which open a room to whoever has them.
    """
    said = {
        "title_de": _in_both(activity, "title"),
        "format": [Line(" · ".join(_kind(activity)))],
        "occurrences": [Line(when.short(occurrence)) for occurrence in activity.occurrences],
        "venue": [Line(text) for text in dict.fromkeys(_places(activity, with_links=with_links))],
        "summary_de": _in_both(activity, "summary"),
        "description_de": _in_both(activity, "description", is_prose=True),
        "fields": [Line(", ".join(lists.FIELDS[slug].name for slug in activity.fields))],
        "languages": [Line(", ".join(lists.SPOKEN[code].name for code in activity.languages))],
        "registration_mode": [Line(text) for text in _registration(activity)],
        "cost_note": [Line(activity.cost_note or _("free of charge"))],
        "accessibility": [Line(text) for text in _accessibility(activity)],
        "external_partners": list(_partners(activity)),
        "contact_email": [Line(text) for text in (activity.contact_name, activity.contact_email) if text],
        "general": [],
    }
    return [Answer(name, [line for line in lines if line.text]) for name, lines in said.items()]


def answer_of(name: str) -> str:
    """The answer under which a remark on a field is written."""
    return next((first for first, names in TOGETHER.items() if name in names), "general")


def place(occurrence: Occurrence) -> str:
    """Venue, street, town and Land in one line."""
    town = " ".join(part for part in (occurrence.postcode, occurrence.city) if part)
    land = lists.LAENDER[occurrence.venue_land].name if occurrence.venue_land else ""
    parts = (occurrence.venue_name, occurrence.street, town, "" if land == town else land)
    return ", ".join(part for part in parts if part)


def _places(activity: Activity, *, with_links: bool) -> Iterator[str]:
    for occurrence in activity.occurrences:
        link = occurrence.online_url if with_links else None
        yield ", ".join(part for part in (place(occurrence), link) if part)


def _in_both(activity: Activity, name: str, *, is_prose: bool = False) -> list[Line]:
    return [Line(getattr(activity, f"{name}_{lang}") or "", lang, is_prose=is_prose) for lang in ("de", "en")]


def _kind(activity: Activity) -> Iterator[str]:
    if activity.format:
        yield lists.FORMATS[activity.format].name
    yield lists.MODES[activity.mode].name
    yield lists.ACCESSES[activity.access].name


def _registration(activity: Activity) -> Iterator[str]:
    if activity.registration_mode == "none":
        yield _("none")
        return
    if activity.registration_mode == "external":
        yield _("elsewhere: %(url)s", url=activity.registration_url or "–")
    else:
        yield _("here, on these pages")
    if activity.capacity is not None:
        yield ngettext("%(num)s place", "%(num)s places", activity.capacity)
    elif activity.registration_mode == "internal":
        yield _("places without limit")
    if activity.capacity_online is not None:
        yield ngettext("%(num)s place online", "%(num)s places online", activity.capacity_online)
    if activity.registration_deadline:
        yield _("closes %(moment)s", moment=moment_short(activity.registration_deadline, activity.edition.timezone))


def _accessibility(activity: Activity) -> Iterator[str]:
    if activity.is_accessible:
        yield _("step-free, with an accessible toilet")
    if activity.accessibility:
        yield activity.accessibility


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
