"""Whether two kinds of people can be told apart by how long an answer takes: a known address and a new one."""

import gc
import random
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from argon2 import PasswordHasher

from clusterweek.accounts import passwords
from clusterweek.db.session import db, unit_of_work
from tests import make
from tests.apart import ACCOUNT_DOORS, REGISTRATION_DOORS, Ask, RegistrationDoors, ask_account
from tests.bench.table import Line
from tests.conftest import build_app

PAIRS = 200
WARM_UP = 10  # pairs
SHUFFLES = 1000
ROUNDS = 3  # of two alike one measure in twenty fails by chance; a difference that is there shows in each


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    """On SQLite, in this process: the network would hide more than it shows. `runs` plays no part."""
    pairs = 20 if quick else PAIRS
    app = build_app(folder / "registrations", SIGNUP_LIMIT_NETWORK="100000/minute", SIGNUP_LIMIT_ADDRESS="off")
    with app.app_context():
        for door in REGISTRATION_DOORS:
            doors = RegistrationDoors(app)
            yield _line(door.replace("_", " "), lambda door=door, doors=doors: doors.pair(door), pairs)  # type: ignore[misc]
        db.session.remove()
        db.engine.dispose()
    # A password is checked a thousand times faster here, so that what else differs is not lost beside it.
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys.cache_clear()
    app = build_app(folder / "accounts")
    with app.app_context():
        with unit_of_work():
            kept = passwords.hashed("Licht im Mai 2027")
            for number in range(PAIRS):
                make.person(f"P{number}", email=f"known{number}@amt.example", password_hash=kept)
        db.session.remove()
    client, turn, person = app.test_client(), count(), count()

    def pair(door: str) -> tuple[Ask, Ask]:
        number = next(person) % PAIRS
        asks = [f"{kind}{number}@amt.example" for kind in ("known", "other")]
        known, new = (lambda email=email: ask_account(client, door, email, next(turn)) for email in asks)  # type: ignore[misc]
        return known, new

    for door in ACCOUNT_DOORS:
        yield _line(door, lambda door=door: pair(door), pairs)  # type: ignore[misc]


def _line(door: str, pair: Callable[[], tuple[Ask, Ask]], pairs: int) -> Line:
    """The best of three rounds."""
    timed([pair() for _ in range(WARM_UP)])
    found = []
    for _round in range(ROUNDS):
        asked = [pair() for _ in range(pairs)]
        gc.collect()
        gc.disable()
        try:
            found.append(difference(*timed(asked)))
        finally:
            gc.enable()
        if found[-1][0] <= found[-1][1]:
            break
    ours, chance = min(found, key=lambda one: one[0] / one[1])
    return Line(
        f"known or new address, {door}",
        f"{pairs}",
        f"{ours * 1e3:.3f} ms apart",
        f"two halves of new {chance * 1e3:.3f} ms",
        f"{ours / chance:.2f}",
        "at most 1",
        ours <= chance,
    )


def timed(pairs: Sequence[tuple[Ask, Ask]]) -> tuple[list[float], list[float]]:
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
