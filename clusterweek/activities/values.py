"""What may stand in an activity at all, complete or not: lengths, codes, numbers, web addresses, times.

Forms, imports and actions ask the same question here and get a sentence per field.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek import clock
from clusterweek.activities.models import REGISTRATION_MODES
from clusterweek.i18n import clock_time, day_medium
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal
from clusterweek.vocabulary import lists
from clusterweek.web.forms import email_problem, is_web_address

LENGTHS = {
    "title_de": 120,
    "title_en": 120,
    "summary_de": 600,  # three sentences; more does not fit the booklet's entry
    "summary_en": 600,
    "description_de": 6000,
    "description_en": 6000,
    "registration_url": 500,
    "contact_name": 120,
    "contact_email": 254,
    "accessibility": 1000,
    "cost_note": 300,
    "venue_name": 200,
    "street": 160,
    "postcode": 12,
    "city": 80,
    "online_url": 500,
}
PARTNER_LENGTH = 160
MOST_PARTNERS = 100  # with their countries still fewer than the form has rows
MOST_PLACES = 1_000_000
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
    """What is wrong with `values` (as `actions.update` takes them), field -> sentence; what is missing is not wrong."""
    found: dict[str, str] = {}
    for name, value in values.items():
        if name == "occurrences":
            found |= _of_occurrences(value)
        elif value not in (None, "") and (problem := _of(name, value)):
            found[name] = problem
    return found


def _of(name: str, value: Any) -> str | None:
    if name in LENGTHS and (problem := _too_long(value, LENGTHS[name])):
        return problem
    return CHECKS[name](value) if name in CHECKS else None


def _too_long(value: str, limit: int) -> str | None:
    if len(value) > limit:
        return _("At most %(limit)s characters; these are %(count)s.", limit=limit, count=len(value))
    return None


def _known(codes: Any, value: str) -> str | None:
    return None if value in codes else _("“%(value)s” is not one of the known values.", value=value)


def _all_known(codes: Callable[[], Any], value: list[str]) -> str | None:
    return next((problem for code in value if (problem := _known(codes(), code))), None)


def _address(value: str) -> str | None:
    return None if is_web_address(value) else _("This is not a web address, for example https://example.org/page")


def _places(value: int) -> str | None:
    if value < 0:
        return _("The number of places cannot be below 0.")
    return _("At most one million places.") if value > MOST_PLACES else None


def _degrees(limit: int, value: float) -> str | None:
    return None if -limit <= value <= limit else _("Degrees lie between −%(limit)s and %(limit)s.", limit=limit)


def _partners(value: list[tuple[str, str | None]]) -> str | None:
    if len(value) > MOST_PARTNERS:
        return _("At most %(limit)s partners.", limit=MOST_PARTNERS)
    for name, country in value:
        if not name or len(name) > PARTNER_LENGTH:
            return _("The name of a partner has 1 to %(limit)s characters.", limit=PARTNER_LENGTH)
        if "|" in name:  # it separates partners in tables
            return _("The name of a partner cannot hold a vertical bar (|).")
        if country is not None and country not in lists.country_codes():
            return _("“%(code)s” is not the code of a country, for example NL.", code=country)
    return None


CHECKS: dict[str, Callable[[Any], str | None]] = {
    "format": partial(_known, lists.FORMATS),
    "mode": partial(_known, lists.MODES),
    "access": partial(_known, lists.ACCESSES),
    "registration_mode": partial(_known, REGISTRATION_MODES),
    "happening": partial(_known, lists.HAPPENINGS),
    "fields": partial(_all_known, lambda: lists.FIELDS),
    "languages": partial(_all_known, lambda: lists.SPOKEN),
    "partner_countries": partial(_all_known, lists.country_codes),
    "external_partners": _partners,
    "registration_url": _address,
    "online_url": _address,
    "contact_email": email_problem,
    "capacity": _places,
    "capacity_online": _places,
    "venue_land": partial(_known, lists.LAENDER),
    "latitude": partial(_degrees, 90),
    "longitude": partial(_degrees, 180),
}


def _of_occurrences(rows: list[dict[str, Any]]) -> dict[str, str]:
    if len(rows) > MOST_OCCURRENCES:
        return {"occurrences": _("At most %(limit)s dates.", limit=MOST_OCCURRENCES)}
    found = {}
    for n, row in enumerate(rows):
        for name, value in row.items():
            if value not in (None, "") and (problem := _of(name, value)):
                found[f"occurrences-{n}-{name}"] = problem
        for name, problem in _of_times(row).items():
            found[f"occurrences-{n}-{name}"] = problem
    return found


def _of_times(row: dict[str, Any]) -> dict[str, str]:
    starts, ends = row.get("starts_local"), row.get("ends_local")
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
