"""Reading activities."""

from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import Any

from flask import abort
from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from clusterweek.activities import rules
from clusterweek.activities.models import Activity, CoHost, Occurrence, Remark
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions import rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note

# Everything that a list or a page of activities shows, in a constant number of queries.
WHOLE = (
    joinedload(Activity.edition),
    joinedload(Activity.host_cluster),
    selectinload(Activity.occurrences),
    selectinload(Activity.field_rows),
    selectinload(Activity.country_rows),
    selectinload(Activity.language_rows),
    selectinload(Activity.co_host_rows).joinedload(CoHost.cluster),
    selectinload(Activity.external_partners),
)


def get(activity_id: int) -> Activity | None:
    return db.session.get(Activity, activity_id, options=WHOLE)


def lock(activity: Activity) -> None:
    """Stand in line for this activity until the transaction ends, and see it as the one before has left it.

    Without it, two people deciding at once on PostgreSQL would end in an error instead of a sentence.
    """
    db.session.execute(select(Activity.id).where(Activity.id == activity.id).with_for_update())
    db.session.expire(activity)


def lock_all(activity_ids: Collection[int]) -> None:
    """Stand in line for all of these before the first is changed, in the order of their numbers.

    Whoever changes an activity locks its edition after it. Somebody who came back from the edition for a further
    activity would wait for a person who holds that one and waits for the edition.
    """
    db.session.execute(select(Activity.id).where(Activity.id.in_(activity_ids)).order_by(Activity.id).with_for_update())


def published_or_404(edition_slug: str, activity_part: str, *, now: datetime) -> Activity:
    """The activity at an address, once the public sees the programme; only the number at the address's end counts, the
    page redirects to the right title."""
    activity_id = rules.id_in(activity_part)
    if activity_id is None:
        abort(404)
    activity = db.session.scalar(
        _whole()
        .join(Activity.edition)
        .where(
            Activity.id == activity_id,
            Activity.review_status == "published",
            Edition.slug == edition_slug,
        )
    )
    if activity is None or not edition_rules.shows_programme(activity.edition, now=now):
        abort(404)
    return activity


def of_cluster(cluster: Cluster, *, edition: Edition | None = None) -> list[Activity]:
    """Everything that a cluster hosts (in one edition), the first date first, undated ones last."""
    wanted = _whole().where(Activity.host_cluster_id == cluster.id)
    if edition:
        wanted = wanted.where(Activity.edition_id == edition.id)
    return sorted(
        _all(wanted),
        key=lambda a: (not a.occurrences, a.occurrences[0].starts_at if a.occurrences else a.created_at, a.id),
    )


def of_cluster_by_id(cluster: Cluster, activity_id: int) -> Activity | None:
    """One activity, but only if this cluster hosts it."""
    return db.session.scalar(_whole().where(Activity.host_cluster_id == cluster.id, Activity.id == activity_id))


def editions_of_cluster(cluster: Cluster) -> list[Edition]:
    """Public editions in which a cluster has entered something, the newest first."""
    return list(
        db.session.scalars(
            select(Edition)
            .where(
                Edition.state != "draft",
                Edition.id.in_(select(Activity.edition_id).where(Activity.host_cluster_id == cluster.id)),
            )
            .order_by(Edition.starts_on.desc())
        )
    )


def possible_co_hosts(cluster: Cluster, *, also: Sequence[Cluster] = ()) -> list[Cluster]:
    """Other clusters that take part, by name, and `also` those that are co-hosts already."""
    others = select(Cluster).where(
        Cluster.id != cluster.id, or_(Cluster.is_active, Cluster.id.in_([one.id for one in also]))
    )
    return list(db.session.scalars(others.order_by(Cluster.name, Cluster.id)))


def locked_showing(clusters: Collection[Cluster]) -> list[Activity]:
    """Activities that show the name of one of these clusters, as host or co-host; locked, as `lock_all` says."""
    ids = [cluster.id for cluster in clusters]
    return _all(
        _whole()
        .where(
            or_(
                Activity.host_cluster_id.in_(ids),
                Activity.id.in_(select(CoHost.activity_id).where(CoHost.cluster_id.in_(ids))),
            )
        )
        .order_by(Activity.id)
        .with_for_update(of=Activity)
        .execution_options(populate_existing=True)
    )


def beside(activities: Sequence[Activity]) -> list[Activity]:
    """Whatever takes place on the days of these activities: public, submitted, or entered by one of their hosts."""
    spans = [
        (min(o.starts_local for o in activity.occurrences), max(o.ends_local for o in activity.occurrences))
        for activity in activities
        if activity.occurrences
    ]
    if not spans:
        return []
    on_those_days = select(Occurrence.activity_id).where(
        Occurrence.removed_at.is_(None),
        or_(
            *(
                and_(
                    Occurrence.starts_local <= datetime.combine(last, time.max),
                    Occurrence.ends_local > datetime.combine(first, time.min),
                )
                for first, last in dict.fromkeys((first.date(), last.date()) for first, last in spans)
            )
        ),
    )
    return _all(
        _whole()
        .where(
            Activity.edition_id.in_({activity.edition_id for activity in activities}), Activity.id.in_(on_those_days)
        )
        .where(~Activity.is_off)
        .where(
            or_(
                Activity.review_status.in_(("published", "submitted")),
                and_(
                    Activity.host_cluster_id.in_({a.host_cluster_id for a in activities if a.host_cluster_id}),
                    Activity.review_status.in_(("draft", "changes_requested")),
                ),
            )
        )
        .order_by(Activity.id)
    )


def remarks(activity: Activity, *, only_open: bool = True) -> list[Remark]:
    """What the office asks for, in the order in which it was written."""
    wanted = select(Remark).where(Remark.activity_id == activity.id).order_by(Remark.id)
    return list(db.session.scalars(wanted.where(Remark.resolved_at.is_(None)) if only_open else wanted))


def open_remarks(activities: Sequence[Activity]) -> dict[int, list[Remark]]:
    """The open remarks of many activities, by activity id."""
    found: dict[int, list[Remark]] = {}
    ids = [activity.id for activity in activities]
    for remark in db.session.scalars(
        select(Remark).where(Remark.activity_id.in_(ids), Remark.resolved_at.is_(None)).order_by(Remark.id)
    ):
        found.setdefault(remark.activity_id, []).append(remark)
    return found


def last_changed_at(activity: Activity) -> datetime:
    """When anybody last changed it, shown or not."""
    at = db.session.scalar(
        select(func.max(Note.at)).where(Note.subject_type == "activity", Note.subject_id == activity.id),
    )
    return at or activity.updated_at


def _whole() -> Select[Activity]:
    return select(Activity).options(*WHOLE)


def _all(wanted: Select[Any]) -> list[Activity]:
    return list(db.session.scalars(wanted))
