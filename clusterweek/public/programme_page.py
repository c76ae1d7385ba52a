"""What the programme page shows: the days of one page with their rows, the strip, the ways on and the ways out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from flask import url_for

from clusterweek import clock
from clusterweek.editions import rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.frame import bars
from clusterweek.frame.bars import AllDays, Bar
from clusterweek.i18n import day_medium, day_span, either, gettext as _
from clusterweek.listing import query
from clusterweek.listing.facets import Facets
from clusterweek.listing.filter import Filter
from clusterweek.public import lines
from clusterweek.public.lines import Row
from clusterweek.registrations import newcomers

PAGE_SIZE = query.PAGE_SIZE
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Day:
    """One heading with its rows; `url` shows this day alone."""

    id: str
    label: str
    url: str
    count: int
    is_continued: bool
    rows: list[Row]
    running: list[Row]
    running_count: int


@dataclass(frozen=True)
class Way:
    """A link with a number: where there is something instead of nothing."""

    label: str
    url: str
    count: int = 0


@dataclass
class View:
    """Everything the template asks for. Without `days` and `bars`: an edition that shows nothing yet."""

    edition: Edition
    chosen: Filter
    days: list[Day] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    all_days: AllDays | None = None
    total: int = 0
    total_all: int = 0
    page: int = 1
    pages: int = 1
    before: Way | None = None
    after: Way | None = None
    ways_out: list[Way] = field(default_factory=list)
    problem: str = ""
    is_early: bool = False
    is_over: bool = False
    is_open: bool = False  # clusters may still submit

    @property
    def only_day(self) -> date | None:
        """The day that is shown, if it is only one."""
        return self.chosen.days[0] if len(self.chosen.days) == 1 else None

    @property
    def sum_of_days(self) -> int:
        return sum(bar.count for bar in self.bars)

    @property
    def summary(self) -> str:
        return either(self.edition, "summary")[0]

    @property
    def summary_lang(self) -> str:
        return either(self.edition, "summary")[1]

    @property
    def dates(self) -> str:
        return dates_of(self.edition)

    @property
    def place(self) -> str:
        return place_of(self.edition)

    def url(self, pairs: Pairs, *, page: int | None = None) -> str:
        """The programme with another query."""
        return with_query(url_for("public.programme", edition=self.edition.slug), pairs, page)

    def export(self, kind: str) -> str:
        """The file with what the page shows."""
        return with_query(url_for("programme.export", edition=self.edition.slug, format=kind), self.chosen.query())


def whole(
    edition: Edition, chosen: Filter, counts: Facets, *, page: int, now: datetime, partners_of: str | None = None
) -> View:
    """The page `page` of what the filter finds; `partners_of`: a country whose partners are named in the rows."""
    found = query.page_of_days(edition, chosen, page=page)
    places = newcomers.places(found.activities, now=now)
    view = _frame_of(edition, chosen, counts, now=now)
    view.total, view.page, view.pages = found.page.total, found.page.number, found.page.count

    def made(entry: query.Slot) -> Row:
        return lines.row(
            entry.activity, entry.occurrence, places.get(entry.activity.id), now=now, partners_of=partners_of
        )

    for day in found.days:
        name = day.day.isoformat() if day.day else "open"
        # With a filter by day the listing mixes both; what began earlier is folded here too.
        begun = [entry for entry in day.entries if _began_before(entry, day.day)]
        view.days.append(
            Day(
                id=f"day-{name}",
                label=day_medium(day.day) if day.day else _("Date still open"),
                url=view.url([*chosen.without("day").query(), ("day", name)]) if day.day else view.url(chosen.query()),
                count=day.count,
                is_continued=day.is_continued,
                rows=[made(entry) for entry in sorted(day.entries, key=is_open_all_day) if entry not in begun],
                running=[made(entry) for entry in [*begun, *day.running]],
                running_count=len(begun) + day.running_count,
            )
        )
    if not view.days and chosen:
        view.ways_out = _ways_out(view)
    _link_on(view)
    return view


def refused(edition: Edition, counts: Facets, problem: str, *, now: datetime) -> View:
    """The page for a filter that does not exist: the sentence, the strip, the form."""
    view = _frame_of(edition, Filter(), counts, now=now)
    view.problem = problem
    return view


def empty(edition: Edition, *, is_early: bool, now: datetime) -> View:
    """The page of an edition without anything to show, perhaps because it is too early."""
    return View(edition, Filter(), is_early=is_early, is_open=edition_rules.accepts_submissions(edition, now=now))


def dates_of(edition: Edition) -> str:
    """ "6. bis 15. April 2027", or only the year where no more is known."""
    if edition.date_precision == "year":
        return str(edition.starts_on.year)
    return day_span(edition.starts_on, edition.ends_on, with_year=True)


def place_of(edition: Edition) -> str:
    """Where an edition takes place as a whole; a week takes place everywhere."""
    if edition.mode == "online":
        return _("online")
    place, city = edition.place or "", edition.city or ""
    return place if city in place else f"{place}, {city}".strip(", ")


def _began_before(entry: query.Slot, day: date | None) -> bool:
    return bool(day and entry.occurrence and entry.occurrence.starts_on < day and lines.lasts_days(entry.occurrence))


def is_open_all_day(entry: query.Slot) -> bool:
    """Stands and exhibitions come after what has an hour: many begin on one day, and nobody misses their start."""
    return bool(entry.occurrence and (entry.occurrence.is_all_day or lines.lasts_days(entry.occurrence)))


def _frame_of(edition: Edition, chosen: Filter, counts: Facets, *, now: datetime) -> View:
    """All but the days: strip, totals."""
    view = View(edition, chosen, total_all=counts.all_total)
    rest = chosen.without("day").query()
    if len(counts.days) > 1:
        view.bars = bars.of(
            counts.days,
            url=lambda day: view.url([*rest, ("day", day.isoformat())]),
            current=chosen.days,
            marked=[clock.today(edition.timezone, now=now)],
        )
    without_day = query.count(edition, chosen.without("day")) if chosen.days else counts.total
    view.all_days = AllDays(without_day, view.url(rest), is_current=not chosen.days)
    view.is_over = edition.kind == "cluster_week" and edition.ends_on < clock.today(edition.timezone, now=now)
    return view


def _link_on(view: View) -> None:
    """To the page before and after; with one day chosen and all of it shown, to the days beside it."""
    if view.pages > 1 or view.only_day is None:
        query_now = view.chosen.query()
        if view.page > 1:
            view.before = Way(_("Earlier"), view.url(query_now, page=view.page - 1))
        if view.page < view.pages:
            view.after = Way(_("Later"), view.url(query_now, page=view.page + 1))
        return
    with_something = [bar for bar in view.bars if bar.count]
    for bar in with_something:
        way = Way(_("%(day)s (%(count)s)", day=day_medium(bar.date), count=bar.count), bar.url or "", bar.count)
        if bar.date < view.only_day:
            view.before = way
        elif bar.date > view.only_day and view.after is None:
            view.after = way


def _ways_out(view: View) -> list[Way]:
    """For each filter in force what would be found without it, the largest number first."""
    ways = []
    for chip in view.chosen.chips():
        less = view.chosen.without(chip.name, chip.value)
        if count := query.count(view.edition, less):
            ways.append(Way(chip.label, view.url(less.query()), count))
    return sorted(ways, key=lambda way: -way.count)


def with_query(path: str, pairs: Pairs, page: int | None = None) -> str:
    """An address with these pairs, and the page where one is meant: the bare address opens at today."""
    pairs = [*pairs, *([("page", str(page))] if page else [])]
    return f"{path}?{urlencode(pairs)}" if pairs else path
