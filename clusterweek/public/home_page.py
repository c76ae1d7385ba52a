"""What the start page shows about the current week."""

from dataclasses import dataclass, field
from datetime import date, datetime

from flask import url_for

from clusterweek import clock
from clusterweek.activities import standing
from clusterweek.editions import queries as editions, rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.frame import bars
from clusterweek.frame.bars import AllDays, Bar
from clusterweek.frame.page import Frame
from clusterweek.i18n import day_medium, gettext as _, ngettext
from clusterweek.listing import filter as filters, query
from clusterweek.listing.facets import Facets, facets
from clusterweek.listing.filter import Filter
from clusterweek.public import lines, programme_page
from clusterweek.registrations import newcomers

NEXT_SHOWN = 4


@dataclass
class View:
    """The start page; without an edition only the archive is there to see."""

    edition: Edition | None
    archive: list[Edition]
    conference: Edition | None = None
    line: str = ""
    is_over: bool = False
    off: int = 0
    planned: int = 0  # what takes place
    facts: list[tuple[str, int]] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    all_days: AllDays | None = None
    next_label: str = ""
    next_day: date | None = None
    next_count: int = 0
    next_rows: list[lines.Row] = field(default_factory=list)
    guests: list[tuple[str, int]] = field(default_factory=list)

    @property
    def counts_days_twice(self) -> bool:
        """Whether the days of the strip add up to more than there is."""
        return self.all_days is not None and sum(bar.count for bar in self.bars) > self.all_days.count

    @property
    def weeks(self) -> list[Edition]:
        return [edition for edition in self.archive if edition.kind == "cluster_week"]


def view(frame: Frame, *, now: datetime) -> View:
    edition = frame.edition
    if edition is None:
        return View(None, editions.archive())
    today = clock.today(edition.timezone, now=now)
    made = View(edition, editions.archive(), frame.conference, is_over=today > edition.ends_on)
    made.line = " · ".join(part for part in (programme_page.dates_of(edition), _when(edition, today)) if part)
    guests = made.conference.partner_countries if made.conference else edition.partner_countries
    if not edition_rules.shows_programme(edition, now=now):
        made.facts = [(ngettext("day", "days", len(edition.days)), len(edition.days))] if edition.days else []
        made.guests = [(row.country, 0) for row in guests if row.is_guest]
        return made
    counts = facets(edition, Filter())
    made.guests = [(row.country, counts.of("country", row.country)) for row in guests if row.is_guest]
    made.facts, made.off = _facts(edition, counts), off(counts)
    made.planned = counts.all_total - made.off
    day = _next_day(counts, today)
    made.bars = bars.of(counts.days, url=lambda one: _programme(edition, one), marked=[day] if day else [])
    made.all_days = AllDays(counts.all_total, url_for("public.programme", edition=edition.slug))
    if day and not made.is_over:
        _fill_next(made, edition, day, today, now=now)
        made.next_count = counts.days[day]
    return made


def _when(edition: Edition, today: date) -> str:
    """How far away it is; nothing where no more than the year is known."""
    if today > edition.ends_on:
        return _("it is over")
    if not edition.days:
        return ""
    ahead = (edition.starts_on - today).days
    if ahead > 0:
        return ngettext("begins in %(num)s day", "begins in %(num)s days", ahead)
    return _("today is day %(n)s of %(total)s", n=edition.days.index(today) + 1, total=len(edition.days))


def _facts(edition: Edition, counts: Facets) -> list[tuple[str, int]]:
    planned = counts.all_total - off(counts)
    found = [
        (ngettext("day", "days", len(edition.days)), len(edition.days)),
        (ngettext("activity", "activities", planned), planned),
        (ngettext("federal state", "federal states", len(counts.laender)), len(counts.laender)),
        (ngettext("country with partners", "countries with partners", len(counts.countries)), len(counts.countries)),
    ]
    return [(label, number) for label, number in found if number]


def off(counts: Facets) -> int:
    """Activities that stay in the programme although nobody can come: cancelled or postponed."""
    return sum(counts.statuses.get(happening, 0) for happening in standing.OFF)


def _next_day(counts: Facets, today: date) -> date | None:
    """Today during the week, else the first day on which there is something ahead; after the week none."""
    return next((day for day, count in sorted(counts.days.items()) if count and day >= today), None)


def _fill_next(made: View, edition: Edition, day: date, today: date, *, now: datetime) -> None:
    """The first activities of the day that comes next; during the day those that are not over yet."""
    page = query.page_of_days(edition, filters.of([("day", day.isoformat())], now=now))
    entries = [entry for one in page.days for entry in one.entries]
    ahead = [entry for entry in entries if entry.occurrence and entry.occurrence.ends_at > now]
    ahead.sort(key=programme_page.is_open_all_day)
    shown = ahead[:NEXT_SHOWN]
    places = newcomers.places((entry.activity for entry in shown), now=now)
    made.next_rows = [lines.row(e.activity, e.occurrence, places.get(e.activity.id), now=now) for e in shown]
    made.next_day = day
    words = day_medium(day)
    if day == today:
        made.next_label = _("Today: %(day)s", day=words)
    elif day == edition.starts_on:
        made.next_label = _("Opening day: %(day)s", day=words)
    else:
        made.next_label = _("Next: %(day)s", day=words)


def _programme(edition: Edition, day: date) -> str:
    return url_for("public.programme", edition=edition.slug, day=day.isoformat())
