"""Reading for the desk: counts, lists and tables over what the rooms below keep."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, func, or_, select

from clusterweek.accounts.models import Person
from clusterweek.activities import queries as activities, texts
from clusterweek.activities.desk import seen
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note
from clusterweek.vocabulary import lists
from clusterweek.web.paging import Page


def count_waiting(edition: Edition, sight: Sight) -> int:
    """How many submissions wait for a decision."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Activity)
            .where(Activity.edition_id == edition.id, Activity.review_status == "submitted", seen(sight))
        )
        or 0
    )


def waiting(edition: Edition, sight: Sight, *, land: str | None = None) -> list[Row[tuple[int, datetime]]]:
    """(id, submitted_at) of what waits for a decision, the oldest first; of one Land's clusters only, if asked."""
    wanted = (
        select(Activity.id, Activity.submitted_at)
        .where(Activity.edition_id == edition.id, Activity.review_status == "submitted", seen(sight))
        .order_by(Activity.submitted_at, Activity.id)
    )
    if land:
        wanted = wanted.where(Activity.host_cluster_id.in_(select(Cluster.id).where(Cluster.land == land)))
    return list(db.session.execute(wanted))


def land_of(activity: Activity) -> str | None:
    """The Land of the host cluster: whose entry it is."""
    return activity.host_cluster.land if activity.host_cluster else None


def count_by_land(activities: Iterable[Activity]) -> dict[str, int]:
    """How many activities come from each Land, in the usual order of the Länder; Länder without any are left out."""
    counted = Counter(land_of(activity) for activity in activities)
    return {land: counted[land] for land in lists.LAENDER if counted[land]}


def count_by_status(edition: Edition, sight: Sight) -> dict[str, int]:
    """How many activities of an edition stand at which step of the review."""
    return count_by_edition(sight).get(edition.id, {})


def count_by_edition(sight: Sight) -> dict[int, dict[str, int]]:
    """The same for all editions: edition id -> step -> number."""
    found: dict[int, dict[str, int]] = {}
    for edition_id, status, count in db.session.execute(
        select(Activity.edition_id, Activity.review_status, func.count())
        .where(seen(sight))
        .group_by(Activity.edition_id, Activity.review_status)
    ):
        found.setdefault(edition_id, {})[status] = count
    return found


def count_outside(edition: Edition) -> int:
    """Submitted and public activities with a date before the first or after the last day, and no exception."""
    if edition.date_precision != "day":
        return 0
    first = datetime.combine(edition.starts_on, time.min)
    last = datetime.combine(edition.ends_on, time.min) + timedelta(days=1)
    return (
        db.session.scalar(
            select(func.count(Activity.id.distinct()))
            .join(Occurrence, Occurrence.activity_id == Activity.id)
            .where(
                Activity.edition_id == edition.id,
                Activity.review_status.in_(("submitted", "published")),
                ~Activity.is_off,
                Activity.outside_window_allowed.is_(False),
                Occurrence.removed_at.is_(None),
                or_(Occurrence.starts_local < first, Occurrence.ends_local > last),
            )
        )
        or 0
    )


@dataclass(frozen=True)
class Wanted:
    """What the list of activities is narrowed to."""

    text: str = ""
    status: str | None = None
    land: str | None = None

    def __bool__(self) -> bool:
        return bool(self.text or self.status or self.land)


def count_activities(edition: Edition, sight: Sight, wanted: Wanted) -> int:
    return (
        db.session.scalar(select(func.count()).select_from(Activity).where(*_conditions(edition, sight, wanted))) or 0
    )


def page_of_activities(edition: Edition, sight: Sight, wanted: Wanted, page: Page) -> list[Activity]:
    """A page of the edition's activities in every state: the first date first, those without one last."""
    first = (
        select(func.min(Occurrence.starts_at))
        .where(Occurrence.activity_id == Activity.id, Occurrence.removed_at.is_(None))
        .correlate(Activity)
        .scalar_subquery()
    )
    return list(
        db.session.scalars(
            select(Activity)
            .where(*_conditions(edition, sight, wanted))
            .options(*activities.WHOLE)
            .order_by(first.is_(None), first, Activity.id)
            .limit(page.size)
            .offset(page.offset)
        )
    )


def _conditions(edition: Edition, sight: Sight, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Activity.edition_id == edition.id, seen(sight)]
    if wanted.status:
        found.append(Activity.review_status == wanted.status)
    if wanted.land:
        found.append(Activity.host_cluster_id.in_(select(Cluster.id).where(Cluster.land == wanted.land)))
    if number := re.fullmatch(r"#?([0-9]{1,9})", wanted.text):
        found.append(Activity.id == int(number[1]))
    else:
        found += [Activity.search_text.contains(word, autoescape=True) for word in texts.fold(wanted.text).split()]
    return found


def history(activity: Activity) -> list[Note]:
    """What was done with an activity, the newest first."""
    return list(
        db.session.scalars(
            select(Note)
            .where(Note.subject_type == "activity", Note.subject_id == activity.id)
            .order_by(Note.id.desc())
            .limit(200)
        )
    )


def names(ids: Iterable[int | None]) -> dict[int, str]:
    """The names of people by their ids; who is gone is left out."""
    wanted = {one for one in ids if one is not None}
    return dict(db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted))).all())
