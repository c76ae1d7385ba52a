"""Sharing out: counts that keep their proportions and their sum."""

from collections.abc import Hashable, Mapping, Sequence
from random import Random
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)
Thing = TypeVar("Thing", bound=Hashable)


def share_out(total: int, weights: Mapping[Key, float]) -> dict[Key, int]:
    """Whole numbers in proportion to `weights` whose sum is `total` (largest remainder)."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    counts = {key: int(value) for key, value in exact.items()}
    by_remainder = sorted(exact, key=lambda key: counts[key] - exact[key])
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def part_of(total: int, percent: float) -> int:
    """`percent` of `total`, rounded half up: 24 of 200 for 12 %."""
    return int(total * percent / 100 + 0.5)


def pick(dice: Random, things: Sequence[Thing], count: int, *, first: Sequence[Thing] = ()) -> list[Thing]:
    """`count` of `things` by the dice; those of `first` come before all others."""
    chosen = list(first[:count])
    known = set(chosen)
    rest = [thing for thing in things if thing not in known]
    return chosen + dice.sample(rest, min(count - len(chosen), len(rest)))
