"""Whether two kinds of people can be told apart by how long an answer takes."""

import random
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter
from typing import Any

PAIRS = 200
SHUFFLES = 1000


def timed(pairs: Sequence[tuple[Callable[[], Any], Callable[[], Any]]]) -> tuple[list[float], list[float]]:
    """Seconds of the known and of the new ones, asked in turn; who is first changes from pair to pair."""
    known: list[float] = []
    new: list[float] = []
    for number, (ask_known, ask_new) in enumerate(pairs):
        turns = [(ask_known, known), (ask_new, new)]
        for ask, times in turns if number % 2 else turns[::-1]:
            before = perf_counter()
            ask()
            times.append(perf_counter() - before)
    return known, new


def difference(known: Sequence[float], new: Sequence[float]) -> tuple[float, float]:
    """(difference of the medians, how large it may be by chance), both in seconds.

    The second is the 95th percentile of the differences between the medians of two shuffled halves of `new`.
    """
    shuffled = list(new)
    generator = random.Random(len(new))
    half = len(shuffled) // 2
    chances = []
    for _ in range(SHUFFLES):
        generator.shuffle(shuffled)
        chances.append(abs(median(shuffled[:half]) - median(shuffled[half:])))
    return abs(median(known) - median(new)), sorted(chances)[int(0.95 * SHUFFLES) - 1]
