"""What may stand in an activity at all, complete or not: each entry by its kind (`checks.py`), and the times of dates.

Forms, imports and actions ask the same question here and get a sentence per field.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek import clock
from clusterweek.activities import checks
from clusterweek.activities.entries import BY_NAME, read
from clusterweek.i18n import clock_time, day_medium, gettext as _
from clusterweek.refusal import Refusal

MOST_OCCURRENCES = 60


class Wrong(Refusal):
    """Values that cannot be stored or published: `fields` is field (`occurrences-0-starts_local`) -> sentence."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(fields.values())), status=422)
        self.fields = fields


def time_problem(local: datetime, zone: str, *, is_all_day: bool = False) -> str | None:
    """The sentence for a wall-clock time that does not exist there, or a zone that is none; None when fine."""
    if zone not in clock.zones():
        return _("“%(zone)s” is not a time zone, for example Europe/Berlin.", zone=zone)
    if local.year not in clock.YEARS:
        return _("The year must lie between 2000 and 2100.")
    if (
        not is_all_day
        and local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        != local
    ):
        return _(
            "%(time)s does not exist on %(day)s in the zone %(zone)s: the clocks go forward. Choose another time.",
            time=clock_time(local),
            day=day_medium(local.date()),
            zone=zone,
        )
    return None


def to_utc(local: datetime, zone: str) -> datetime:
    """The moment of a wall-clock time. What happens twice in autumn means the first time."""
    return local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def problems(values: dict[str, Any]) -> dict[str, str]:
    """What is wrong with `values` (as `actions.update` takes them), field -> sentence; what is missing is not wrong.

    Values are what JSON can hold, under the names of `entries.py`: moments with their offset and wall clocks in
    ISO 8601, clusters by their slug, partners as `{"name": …, "country": …}`, dates as a list `occurrences` of such
    dictionaries with the `id` of the stored one or None.
    """
    found: dict[str, str] = {}
    for name, value in values.items():
        if name == "occurrences":
            found |= _of_occurrences(value)
        elif problem := checks.problem(BY_NAME[name], value):
            found[name] = problem
    return found


def _of_occurrences(rows: list[dict[str, Any]]) -> dict[str, str]:
    if len(rows) > MOST_OCCURRENCES:
        return {"occurrences": _("At most %(limit)s dates.", limit=MOST_OCCURRENCES)}
    found: dict[str, str] = {}
    for n, row in enumerate(rows):
        for name, value in row.items():
            if name != "id" and (problem := checks.problem(BY_NAME[name], value)):
                found[f"occurrences-{n}-{name}"] = problem
        if f"occurrences-{n}-starts_local" not in found and f"occurrences-{n}-ends_local" not in found:
            for name, problem in _of_times(row).items():
                found[f"occurrences-{n}-{name}"] = problem
    return found


def _of_times(row: dict[str, Any]) -> dict[str, str]:
    starts, ends = (read(name, row.get(name)) for name in ("starts_local", "ends_local"))
    zone, is_all_day = row.get("timezone") or "Europe/Berlin", bool(row.get("is_all_day"))
    found = {}
    if starts is None:
        found["starts_local"] = _("Enter the day and the start.")
    elif ends is None:
        found["ends_local"] = _("Enter the end.")
    for name, value in (("starts_local", starts), ("ends_local", ends)):
        if value is not None and (problem := time_problem(value, zone, is_all_day=is_all_day)):
            found[name] = problem
    if found or starts is None or ends is None:
        return found
    if ends <= starts or to_utc(ends, zone) <= to_utc(starts, zone):
        return {"ends_local": _("The end must come after the start.")}
    if is_all_day and (starts.time(), ends.time()) != (datetime.min.time(),) * 2:
        return {"starts_local": _("All day has no times of the day.")}
    if ends - starts > timedelta(days=366):
        return {"ends_local": _("A date lasts at most a year.")}
    return {}
