"""Pages of a list."""

from dataclasses import dataclass

from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal


@dataclass(frozen=True)
class Page:
    """Page `number` (from 1) of a list of `total` things, `size` a page."""

    number: int
    size: int
    total: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def has_next(self) -> bool:
        return self.number < self.count


def number_from(value: str | None) -> int:
    """The page that `?page=` asks for. Raises Refusal (400) for anything but a whole number from 1."""
    if value is None or value == "":
        return 1
    if not value.isascii() or not value.isdigit() or not 1 <= len(value) <= 6 or int(value) == 0:
        raise Refusal(_("“page” must be a whole number from 1, not “%(value)s”.", value=value), status=400)
    return int(value)
