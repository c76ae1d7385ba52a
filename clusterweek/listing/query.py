"""Which activities a filter finds, and the programme page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Select, and_, exists, func, select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.listing import conditions, load, outline
from clusterweek.listing.filter import Filter
from clusterweek.web.paging import Page

PAGE_SIZE = 50
RUNNING_SHOWN = 20


def matching(edition: Edition | None, chosen: Filter, *, sight: Sight | None = None) -> Select[int]:
    """Ids of the activities that the filter finds, in one edition or (None) in all that are public: of those that are
    published, or at the office's desk of those that the person's sight shows.

    Not in any order; may be executed or stand inside another query. Whether the public may see an edition, and its
    programme already, is for the caller to ask (`editions.rules.shows_programme`). Raises UnknownFilter (400) for a
    cluster that does not exist.
    """
    wanted = select(Activity.id).where(
        *conditions.of_scope(edition, sight), *conditions.of_activity(chosen, by_number=sight is not None)
    )
    if asked := conditions.of_occurrence(chosen, edition):
        wanted = wanted.where(
            exists().where(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None), *asked)
        )
    return wanted


def count(edition: Edition | None, chosen: Filter, *, sight: Sight | None = None) -> int:
    """How many activities the filter finds."""
    wanted = matching(edition, chosen, sight=sight).subquery()
    return db.session.scalar(select(func.count()).select_from(wanted)) or 0


def ids(edition: Edition | None, chosen: Filter, *, sight: Sight | None = None, page: Page | None = None) -> list[int]:
    """All of them, or those of one page, by (first start, id), those without a date last: the order of exports. For
    `load.whole`."""
    first = (
        select(func.min(Occurrence.starts_at))
        .where(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None))
        .correlate(Activity)
        .scalar_subquery()
    )
    found = select(Activity.id).where(Activity.id.in_(matching(edition, chosen, sight=sight)))
    found = found.order_by(first.is_(None), first, Activity.id)
    return list(db.session.scalars(found.limit(page.size).offset(page.offset) if page else found))


def dates(edition: Edition, chosen: Filter, activities: Iterable[Activity]) -> list[Occurrence]:
    """Those dates of activities from `load.whole` that the filter speaks of, by (start, id), as in a feed: of a course
    in two towns each Land gets its own. One query when the filter asks for a day or a Land."""
    found = [occurrence for activity in activities for occurrence in activity.occurrences]
    if asked := conditions.of_occurrence(chosen, edition):
        here = and_(Activity.id == Occurrence.activity_id, *conditions.of_scope(edition))
        wanted = set(db.session.scalars(select(Occurrence.id).join(Activity, here).where(*asked)))
        found = [occurrence for occurrence in found if occurrence.id in wanted]
    return sorted(found, key=lambda occurrence: (occurrence.starts_at, occurrence.id))


@dataclass(frozen=True)
class Slot:
    """An activity on one day: `occurrence` is the one that is on then (None: it has no date yet)."""

    activity: Activity
    occurrence: Occurrence | None


@dataclass(frozen=True)
class Day:
    """One heading of the programme page.

    `day` None: "date still open". `entries`: what begins here (or, with a filter by day, what is on at the first of the
    chosen days). `running`: what was listed under an earlier day and is on here too, at most 20 of `running_count`;
    empty on a page that goes on with the day (`is_continued`). `count`: everything that touches the day, on all pages.
    """

    day: date | None
    count: int
    is_continued: bool = False
    entries: list[Slot] = field(default_factory=list)
    running: list[Slot] = field(default_factory=list)
    running_count: int = 0


@dataclass(frozen=True)
class DayPage:
    """A page of the programme. `page.total` counts every activity once; `activities` is everything shown, once."""

    days: list[Day]
    page: Page
    activities: list[Activity]


def page_of_days(edition: Edition, chosen: Filter, *, page: int = 1) -> DayPage:
    """Page `page` of the programme: 50 rows, by (day, start, id), under the headings of their days.

    Days on which nothing begins but something runs have a heading too. A page beyond the last is empty. A constant
    number of queries, whatever the number of activities.
    """
    whole = outline.of(edition, chosen)
    here = Page(page, PAGE_SIZE, whole.total)
    headings = whole.headings(first=here.offset, after=here.offset + PAGE_SIZE)
    running = {h.day: whole.running.get(h.day, outline.NOTHING) for h in headings if not h.is_continued}
    wanted = list(whole.ids[here.offset : here.offset + PAGE_SIZE])
    for some in running.values():
        wanted += some[:RUNNING_SHOWN]
    activities = load.whole(list(dict.fromkeys(wanted)))
    by_id = {activity.id: activity for activity in activities}

    def entries(ids: Iterable[int], day: date | None) -> list[Slot]:
        found = [by_id[activity_id] for activity_id in ids if activity_id in by_id]
        return [Slot(activity, outline.occurrence_on(activity, day, edition.timezone)) for activity in found]

    days = []
    for heading in headings:
        day = outline.as_date(heading.day)
        rest = running.get(heading.day, outline.NOTHING)
        days.append(
            Day(
                day=day,
                count=whole.count_on(heading.day),
                is_continued=heading.is_continued,
                entries=entries(whole.ids[heading.first : heading.after], day),
                running=entries(rest[:RUNNING_SHOWN], day),
                running_count=len(rest),
            )
        )
    return DayPage(days, here, activities)
