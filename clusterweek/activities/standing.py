"""Whether an activity takes place: each question about `happening` once, for loaded objects and for the database.

On an activity `activity.is_off` is yes or no; on the class `Activity.is_off` is the same as a condition of a query.
"""

from dataclasses import dataclass
from typing import Any, overload

from sqlalchemy import ColumnElement

from clusterweek.i18n import gettext as _

TAKES_PLACE = ("tentative", "confirmed")  # people sign up and move up; what is held has taken place
CANCELLED, POSTPONED = "cancelled", "postponed"  # postponed: there will be another date
OFF = (CANCELLED, POSTPONED)


class Standing:
    """A question about a column of words: is it one of these?"""

    def __init__(self, column: str, *words: str) -> None:
        self.column, self.words = column, words

    @overload
    def __get__(self, thing: None, of: type) -> ColumnElement[bool]: ...
    @overload
    def __get__(self, thing: object, of: type) -> bool: ...
    def __get__(self, thing: Any, of: Any) -> Any:
        if thing is not None:
            return getattr(thing, self.column) in self.words
        return getattr(of, self.column).in_(self.words)


@dataclass(frozen=True)
class Badge:
    """A word that tells something special; `kind` is KERN's: info, warning, danger."""

    label: str
    kind: str


def badge(happening: str) -> Badge | None:
    """The word for what does not simply take place."""
    return {
        CANCELLED: Badge(_("Cancelled"), "danger"),
        POSTPONED: Badge(_("Postponed"), "warning"),
        "tentative": Badge(_("Tentative"), "info"),
    }.get(happening)
