"""What else happens at that moment: near duplicates and overlaps. Advice to hosts and the office; blocks nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher

from clusterweek.activities import queries, texts
from clusterweek.activities.models import Activity, Occurrence

# Of 1: "Workshop: Speicher im Quartier" and "Speicher im Quartier – Workshop" are alike, two seminars are not.
ALIKE = 0.75
ONE_DAY = timedelta(hours=16)  # what lasts longer goes on over days, at the same time as everything


@dataclass(frozen=True)
class Clashes:
    """`duplicates`: same host, same day, nearly the same title. `overlaps`: at the same time, with the same technology
    field or in the same Land; those that share both come first, fairs and exhibitions that last for days at the end."""

    duplicates: list[Activity]
    overlaps: list[Activity]

    def __bool__(self) -> bool:
        return bool(self.duplicates or self.overlaps)


def of(activities: Sequence[Activity], *, for_office: bool) -> dict[int, Clashes]:
    """The clashes of each activity by its id, in a constant number of queries.

    A host sees what is public and what the same host enters; the office also what others have submitted.
    """
    others = queries.beside(activities)
    return {activity.id: _among(activity, others, for_office=for_office) for activity in activities}


def _among(activity: Activity, others: Iterable[Activity], *, for_office: bool) -> Clashes:
    duplicates, overlaps = [], []
    for other in others:
        is_own = other.host_cluster_id == activity.host_cluster_id
        if other.id == activity.id or not (is_own or for_office or other.is_published):
            continue
        if is_own and _shares_a_day(activity, other) and is_alike(activity.title_de, other.title_de):
            duplicates.append(other)
        elif is_at_the_same_time(activity, other) and _in_common(activity, other):
            overlaps.append(other)
    overlaps.sort(key=lambda other: _rank(activity, other))
    return Clashes(duplicates, overlaps)


def is_alike(one: str, other: str) -> bool:
    """Whether two titles say nearly the same, in whatever order and however they are spelled."""
    first, second = ("".join(c if c.isalnum() else " " for c in texts.fold(title)).split() for title in (one, other))
    if not first or not second:
        return False
    return any(
        SequenceMatcher(None, " ".join(a), " ".join(b)).ratio() >= ALIKE
        for a, b in ((first, second), (sorted(first), sorted(second)))
    )


def is_at_the_same_time(one: Activity, other: Activity) -> bool:
    """Whether any of their dates overlap; what begins when the other ends does not."""
    return date_at_the_same_time(one, other) is not None


def date_at_the_same_time(one: Activity, other: Activity) -> Occurrence | None:
    """The first date of `other` that overlaps with one of `one`."""
    return next((b for b in other.occurrences if any(_overlap(a, b) for a in one.occurrences)), None)


def _overlap(a: Occurrence, b: Occurrence) -> bool:
    return a.starts_at < b.ends_at and b.starts_at < a.ends_at


def _rank(one: Activity, other: Activity) -> tuple[int, bool, datetime, int]:
    date = date_at_the_same_time(one, other) or other.occurrences[0]
    return -_in_common(one, other), date.ends_at - date.starts_at > ONE_DAY, date.starts_at, other.id


def _shares_a_day(one: Activity, other: Activity) -> bool:
    return any(
        a.starts_on <= b.ends_on and b.starts_on <= a.ends_on for a in one.occurrences for b in other.occurrences
    )


def _in_common(one: Activity, other: Activity) -> int:
    """1 for a technology field that both have, 1 for a Land where both take place."""
    laender = {o.venue_land for o in one.occurrences} & {o.venue_land for o in other.occurrences} - {None}
    return bool(set(one.fields) & set(other.fields)) + bool(laender)
