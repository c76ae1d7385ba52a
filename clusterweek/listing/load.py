"""Activities with everything that lists and exports show, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload, lazyload
from sqlalchemy.orm.attributes import set_committed_value

from clusterweek.activities.models import (
    Activity,
    ActivityCountry,
    ActivityField,
    ActivityLanguage,
    CoHost,
    ExternalPartner,
    Occurrence,
)
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition

# The ids stand in the statement itself: 20,000 of them are more than a database takes as parameters in one go, and
# splitting them (as SQLAlchemy's own eager loading does, 500 at a time) would make the number of queries grow.
IDS: Any = bindparam("ids", expanding=True, literal_execute=True)
LISTS: tuple[tuple[str, Any, Sequence[Any]], ...] = (
    ("occurrences", Occurrence, (Occurrence.starts_at, Occurrence.id)),
    ("field_rows", ActivityField, (ActivityField.position, ActivityField.field)),
    ("country_rows", ActivityCountry, (ActivityCountry.position, ActivityCountry.country)),
    ("language_rows", ActivityLanguage, (ActivityLanguage.position, ActivityLanguage.language)),
    ("co_host_rows", CoHost, (CoHost.position, CoHost.cluster_id)),
    ("external_partners", ExternalPartner, (ExternalPartner.position, ExternalPartner.id)),
)


def bare(ids: Iterable[int]) -> list[Activity]:
    """The activities of these ids, in this order, in one query, to ask nothing of them but what stands in their row."""
    wanted = list(ids)
    asked = select(Activity).where(Activity.id.in_(IDS)).options(lazyload("*"))
    found = {activity.id: activity for activity in db.session.scalars(asked, {"ids": wanted})} if wanted else {}
    return [found[activity_id] for activity_id in wanted if activity_id in found]


def whole(ids: Iterable[int]) -> list[Activity]:
    """The activities of these ids, in this order, whole: edition, clusters, occurrences, fields, countries, languages,
    partners. Seven queries for one activity and for 20,000; none for none. Unknown ids are left out.
    """
    wanted = list(ids)
    if not wanted:
        return []
    activities = {
        activity.id: activity
        for activity in db.session.scalars(
            select(Activity)
            .where(Activity.id.in_(IDS))
            .options(
                joinedload(Activity.edition).options(lazyload(Edition.partner_countries)),
                joinedload(Activity.host_cluster).options(lazyload(Cluster.field_rows)),
            ),
            {"ids": wanted},
        )
    }
    for name, model, order in LISTS:
        rows = select(model).where(model.activity_id.in_(IDS)).order_by(model.activity_id, *order)
        if model is Occurrence:
            rows = rows.where(Occurrence.removed_at.is_(None))
        if model is CoHost:
            rows = rows.options(joinedload(CoHost.cluster).options(lazyload(Cluster.field_rows)))
        found: dict[int, list[Any]] = {activity_id: [] for activity_id in activities}
        for row in db.session.scalars(rows, {"ids": wanted}):
            found[row.activity_id].append(row)
        for activity_id, activity in activities.items():
            set_committed_value(activity, name, found[activity_id])
            if model is Occurrence:
                for occurrence in found[activity_id]:
                    set_committed_value(occurrence, "activity", activity)
    return [activities[activity_id] for activity_id in wanted if activity_id in activities]
