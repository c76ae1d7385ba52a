"""The desk at a glance: what needs the cluster, what is with the office, what is public, what was put away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clusterweek.activities import entries, queries, rules
from clusterweek.activities.models import Activity, Remark
from clusterweek.clusters.models import Cluster
from clusterweek.editions import workdays
from clusterweek.editions.models import Edition
from clusterweek.i18n import local
from clusterweek.registrations import queries as registrations
from clusterweek.registrations.queries import Crowd
from clusterweek.registrations.rules import Places


@dataclass(frozen=True)
class ToDo:
    """An activity that waits for the cluster: a draft, one that was sent back, or a postponed one."""

    activity: Activity
    missing: list[str]  # labels
    remarks: list[Remark]
    reply_by: date | None

    @property
    def remarked(self) -> list[str]:
        """Labels of what the office remarks on, each once."""
        return list(dict.fromkeys(entries.label(remark.field) for remark in self.remarks))


@dataclass(frozen=True)
class Waiting:
    """An activity that is with the office."""

    activity: Activity
    working_days: int
    answer_by: date


@dataclass(frozen=True)
class Public:
    """A published activity and its places; `places` is None where nobody registers here. `crowd`: many unconfirmed
    registrations that come from one network."""

    activity: Activity
    places: Places | None
    crowd: Crowd | None = None


@dataclass(frozen=True)
class Overview:
    """All of a cluster's activities in one edition."""

    to_do: list[ToDo]
    waiting: list[Waiting]
    public: list[Public]
    put_away: list[Activity]

    @property
    def sign_ups(self) -> int:
        return sum(one.places.taken for one in self.public if one.places)

    @property
    def on_waiting_lists(self) -> int:
        return sum(one.places.waiting for one in self.public if one.places)


def of(cluster: Cluster, edition: Edition, *, now: datetime) -> Overview:
    """Everything the desk shows, in a constant number of queries."""
    activities = queries.of_cluster(cluster, edition=edition)
    by_status: dict[str, list[Activity]] = {}
    for activity in activities:
        by_status.setdefault(activity.review_status, []).append(activity)
    published = by_status.get("published", [])
    undated = [] if edition.state == "archived" else [one for one in published if one.is_postponed]
    sent_back, drafts = by_status.get("changes_requested", []), by_status.get("draft", [])
    return Overview(
        to_do=_to_do([*sent_back, *undated, *drafts]),
        waiting=[
            Waiting(activity, rules.waiting_days(activity, now=now), rules.answer_by(activity))
            for activity in by_status.get("submitted", [])
        ],
        public=_public(published, registrations.crowds(edition.id)),
        put_away=[*by_status.get("rejected", []), *by_status.get("withdrawn", [])],
    )


def _to_do(activities: Sequence[Activity]) -> list[ToDo]:
    remarks = queries.open_remarks(activities)
    return [
        ToDo(
            activity,
            [entries.label(name) for name in rules.still_open(activity)],
            remarks.get(activity.id, []),
            reply_by(activity),
        )
        for activity in activities
    ]


def reply_by(activity: Activity) -> date | None:
    """Until when the office hopes for an answer to its remarks: as long as it takes itself."""
    if activity.review_status != "changes_requested" or activity.decided_at is None:
        return None
    return workdays.after(local(activity.decided_at, activity.edition.timezone).date(), workdays.ANSWER_WITHIN)


def _public(activities: Sequence[Activity], crowds: dict[int, Crowd]) -> list[Public]:
    places = registrations.places(activities)
    return [
        Public(
            activity,
            places[activity.id] if activity.registration_mode == "internal" else None,
            crowds.get(activity.id),
        )
        for activity in activities
    ]
