"""What somebody gets who signs up: a held place, a place in line, or (when many come from one network) a place that is
given when they confirm. Without a database.

What a try is *told* follows from the public numbers, which shadows move too (see shadows.py): so it is the same whether
an address is known. What a registration really *gets* follows from the places that there are.
"""

from typing import NamedTuple

from clusterweek.registrations.models import HELD, UNHELD, WAITING
from clusterweek.registrations.rules import ModePlaces

SHARE = 5  # a fifth of the places may be held for unconfirmed ones from one network …
LEAST = 5  # … and never under five: a family, a small team


class Standing(NamedTuple):
    """What a registration that is not confirmed yet really gets."""

    status: str
    is_unheld: bool = False
    shown_as: str | None = None


def most_from_one_network(limit: int | None) -> int | None:
    """How many places are held for unconfirmed ones from one network; None: as many as come, for there is no limit."""
    return None if limit is None else max(LEAST, limit // SHARE)


def told(shown: ModePlaces, *, held_from_here: int, is_limited: bool) -> str:
    """HELD, WAITING or UNHELD. `held_from_here`: places that are held for the same network by the public numbers."""
    if shown.free == 0:
        return WAITING
    most = most_from_one_network(shown.limit) if is_limited else None
    return UNHELD if most is not None and held_from_here >= most else HELD


def given(told: str, real: ModePlaces, *, held_from_here: int, is_limited: bool) -> Standing:
    """What is really behind what was told. `held_from_here`: places that really are held for the same network."""
    if told == UNHELD:
        return Standing("waitlisted", is_unheld=True)
    if told == HELD:
        # Rarely there is no place behind one that is shown; then nobody is promised any.
        return Standing("unconfirmed") if real.free != 0 else Standing("waitlisted", is_unheld=True, shown_as=HELD)
    most = most_from_one_network(real.limit) if is_limited else None
    is_held = real.free != 0 and (most is None or held_from_here < most)
    return Standing("unconfirmed", shown_as=WAITING) if is_held else Standing("waitlisted")


def told_of(status: str, is_unheld: bool, shown_as: str | None) -> str:
    """Where the public numbers count an unconfirmed registration."""
    if shown_as:
        return shown_as
    if is_unheld:
        return UNHELD
    return WAITING if status == "waitlisted" else HELD
