"""Which activity lies on which day: the skeleton of the programme page and of the day tiles, kept in memory.

A day is a day of the edition's zone. An activity is listed once, on its first day; on its later days it runs.
Days are ordinals here (`date.toordinal`), small enough to keep 20,000 activities in 300 KB.
"""

from array import array
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.listing import conditions, kept
from clusterweek.listing.filter import Filter

LIMIT = 16 * 1024 * 1024  # bytes
UNDATED = 10_000_000  # sorts behind every day
MOMENT = timedelta(microseconds=1)  # an end at midnight belongs to the day before
NOTHING: "array[int]" = array("q")


@dataclass(frozen=True)
class Heading:
    """A day, and the rows `first` to `after` that stand under it on one page."""

    day: int
    first: int
    after: int
    is_continued: bool


@dataclass(frozen=True)
class Outline:
    """`ids` stand in the order of the page; `first_row` has every day with a heading, in order."""

    ids: "array[int]" = field(default_factory=lambda: array("q"))
    first_row: dict[int, int] = field(default_factory=dict)
    row_count: dict[int, int] = field(default_factory=dict)
    running: "dict[int, array[int]]" = field(default_factory=dict)
    days: frozenset[int] = frozenset()  # on which something begins

    @property
    def total(self) -> int:
        return len(self.ids)

    @property
    def size(self) -> int:
        """Bytes, about."""
        return 8 * (len(self.ids) + sum(len(some) for some in self.running.values())) + 500 * len(self.first_row) + 1000

    def count_on(self, day: int) -> int:
        """How many activities touch a day."""
        return self.row_count.get(day, 0) + len(self.running.get(day, NOTHING))

    def headings(self, *, first: int, after: int) -> list[Heading]:
        """The days of a page with the rows `first` to `after`, also those on which something only runs."""
        is_last = first < self.total <= after
        found = []
        for day, begins in self.first_row.items():
            ends = begins + self.row_count.get(day, 0)
            if begins == ends:
                if first <= begins < after or (is_last and begins == self.total):
                    found.append(Heading(day, begins, begins, False))
            elif begins < after and ends > first:
                found.append(Heading(day, max(begins, first), min(ends, after), begins < first))
        return found


def of(edition: Edition, chosen: Filter) -> Outline:
    """The outline of what a filter finds; kept until the programme changes, except with `seats`: places come and go."""
    shelf = kept.shelf("outlines", limit=LIMIT)
    key = (edition.id, edition.programme_version, edition.programme_changed_at, chosen.key)
    found: Outline | None = None if chosen.has("seats") else shelf.get(key)
    if found is None:
        found = _made(edition, chosen)
        if not chosen.has("seats"):
            shelf.put(key, found, found.size)
    return found


def as_date(day: int) -> date | None:
    """The date of an ordinal; None for what has no date yet."""
    return None if day == UNDATED else date.fromordinal(day)


def tiles(edition: Edition) -> list[int]:
    """The days that the programme speaks of: those of the edition, and others on which something public begins."""
    return sorted({day.toordinal() for day in edition.days} | of(edition, Filter()).days)


def occurrence_on(activity: Activity, day: date | None, zone: str) -> Occurrence | None:
    """The first occurrence of an activity that touches a day; None when none does."""
    if day is None:
        return None
    for occurrence in activity.occurrences:
        first, last = days_of(occurrence, zone)
        if first <= day <= last:
            return occurrence
    return None


def days_of(occurrence: Occurrence, zone: str) -> tuple[date, date]:
    """The first and the last day of an occurrence on the edition's clock, as dates."""
    first, last = first_and_last_day(
        occurrence.starts_at,
        occurrence.ends_at,
        occurrence.starts_local,
        occurrence.ends_local,
        occurrence.is_all_day,
        ZoneInfo(zone),
    )
    return date.fromordinal(first), date.fromordinal(last)


def days_between(occurrence: Occurrence, zone: str) -> list[date]:
    """Every day that an occurrence touches on the edition's clock."""
    first, last = days_of(occurrence, zone)
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def first_and_last_day(
    starts_at: datetime,
    ends_at: datetime,
    starts_local: datetime,
    ends_local: datetime,
    is_all_day: bool,
    zone: ZoneInfo,
) -> tuple[int, int]:
    """The days that an occurrence touches: by the edition's clock, whole days by their dates; SQL says the same."""
    if is_all_day:
        return starts_local.toordinal(), (ends_local - MOMENT).toordinal()
    return starts_at.astimezone(zone).toordinal(), (ends_at - MOMENT).astimezone(zone).toordinal()


def _made(edition: Edition, chosen: Filter) -> Outline:
    zone = ZoneInfo(edition.timezone)
    spans: dict[int, list[tuple[int, datetime, int]]] = {}  # of an activity: first day, start, last day
    begun: set[int] = set()
    for activity_id, starts_at, ends_at, starts_local, ends_local, is_all_day in db.session.execute(
        _times(edition, chosen)
    ):
        mine = spans.setdefault(activity_id, [])
        if starts_at is not None:
            first, last = first_and_last_day(starts_at, ends_at, starts_local, ends_local, is_all_day, zone)
            begun.add(first)
            mine.append((first, starts_at, last))
    if chosen.days:
        wanted = {day.toordinal() for day in chosen.days}
    else:
        wanted = {day.toordinal() for day in edition.days} | (of(edition, Filter()).days if chosen else begun)

    listed: list[tuple[int, datetime, int]] = []
    running: dict[int, list[int]] = {}
    for activity_id, mine in spans.items():
        touched = [
            (day, starts_at) for first, starts_at, last in mine for day in range(first, last + 1) if day in wanted
        ]
        day, starts_at = min(touched, default=(UNDATED, edition.created_at))
        listed.append((day, starts_at, activity_id))
    listed.sort()
    for day, _starts_at, activity_id in listed:
        later = {
            d for first, _at, last in spans[activity_id] for d in range(first, last + 1) if d in wanted and d != day
        }
        for other in later:
            running.setdefault(other, []).append(activity_id)

    row_count: dict[int, int] = {}
    for day, _starts_at, _id in listed:
        row_count[day] = row_count.get(day, 0) + 1
    first_row, row = {}, 0
    for day in sorted({*row_count, *running}):
        first_row[day] = row
        row += row_count.get(day, 0)
    return Outline(
        array("q", [activity_id for _day, _at, activity_id in listed]),
        first_row,
        row_count,
        {day: array("q", some) for day, some in running.items()},
        frozenset(begun),
    )


def _times(edition: Edition, chosen: Filter) -> Select[int, datetime, datetime, datetime, datetime, bool]:
    asked = conditions.of_occurrence(chosen, edition)
    here = and_(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None), *asked)
    return (
        select(
            Activity.id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            Occurrence.starts_local,
            Occurrence.ends_local,
            Occurrence.is_all_day,
        )
        .select_from(Activity)
        .join(Occurrence, here, isouter=not asked)
        .where(*conditions.of_scope(edition), *conditions.of_activity(chosen))
        .order_by(Activity.id)
    )
