"""What may stand in one entry, by its kind; each check answers with a sentence, or None when the value is fine."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from clusterweek.activities.entries import Entry
from clusterweek.i18n import gettext as _
from clusterweek.vocabulary import lists
from clusterweek.web.forms import email_problem, is_web_address

MOST_PARTNERS = 100  # with their countries still fewer than the form has rows
MOST_PLACES = 1_000_000
MOST_DEGREES = {"latitude": 90, "longitude": 180}


def problem(entry: Entry, value: Any) -> str | None:
    """What is wrong with a value of an entry; nothing is wrong with one that is empty."""
    if value in (None, ""):
        return None
    if entry.limit and isinstance(value, str) and len(value) > entry.limit:
        return _("At most %(limit)s characters; these are %(count)s.", limit=entry.limit, count=len(value))
    return CHECKS[entry.kind](entry, value) if entry.kind in CHECKS else None


def _known(codes: Collection[str], value: str) -> str | None:
    return None if value in codes else _("We don't know “%(value)s”.", value=value)


def _all_known(codes: Collection[str], value: list[str]) -> str | None:
    return next((problem for code in value if (problem := _known(codes, code))), None)


def _address(value: str) -> str | None:
    return None if is_web_address(value) else _("This is not a web address, for example https://example.org/page")


def _places(value: int) -> str | None:
    if value < 0:
        return _("The number of places cannot be below 0.")
    return _("At most one million places.") if value > MOST_PLACES else None


def _degrees(limit: int, value: float) -> str | None:
    return None if -limit <= value <= limit else _("Degrees lie between −%(limit)s and %(limit)s.", limit=limit)


def _time(value: str, *, is_moment: bool) -> str | None:
    try:
        is_fine = (datetime.fromisoformat(value).tzinfo is not None) == is_moment
    except ValueError:
        is_fine = False
    return None if is_fine else _("“%(value)s” is not a time like 2027-04-08T09:00.", value=value)


def _partners(limit: int | None, value: list[dict[str, str | None]]) -> str | None:
    if len(value) > MOST_PARTNERS:
        return _("At most %(limit)s partners.", limit=MOST_PARTNERS)
    for partner in value:
        name, country = partner["name"], partner["country"]
        if not name or len(name) > (limit or 0):
            return _("The name of a partner has 1 to %(limit)s characters.", limit=limit)
        if "|" in name:  # it separates partners in tables
            return _("The name of a partner cannot hold a vertical bar (|).")
        if country is not None and country not in lists.country_codes():
            return _("“%(code)s” is not the code of a country, for example NL.", code=country)
    return None


CHECKS: dict[str, Callable[[Entry, Any], str | None]] = {
    "code": lambda entry, value: _known(entry.codes, value),
    "codes": lambda entry, value: _all_known(entry.codes, value),
    "countries": lambda _entry, value: _all_known(lists.country_codes(), value),
    "partners": lambda entry, value: _partners(entry.limit, value),
    "web": lambda _entry, value: _address(value),
    "moment": lambda _entry, value: _time(value, is_moment=True),
    "local": lambda _entry, value: _time(value, is_moment=False),
    "email": lambda _entry, value: email_problem(value),
    "count": lambda _entry, value: _places(value),
    "degrees": lambda entry, value: _degrees(MOST_DEGREES[entry.name], value),
}
