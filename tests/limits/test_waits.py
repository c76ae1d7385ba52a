"""Waits that grow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clusterweek.db.session import db, unit_of_work
from clusterweek.limits import waits
from clusterweek.limits.waits import Pace
from tests.accounts.test_at_once import together
from tests.conftest import build_app
from tests.processes import on_both_databases

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
PACE = Pace(free=2, first=5, most=60, memory=3600)


def test_the_wait_doubles_up_to_its_longest() -> None:
    assert [PACE.seconds(failures) for failures in range(9)] == [0, 0, 0, 5, 10, 20, 40, 60, 60]
    assert PACE.seconds(10**9) == 60


def test_who_has_one_turn_in_a_day_is_told_when_the_next_one_comes() -> None:
    with unit_of_work():
        assert waits.claim("invitation", "ada@example.org", 86_400, now=NOW) is None
        assert waits.claim("invitation", "ada@example.org", 86_400, now=NOW) == NOW + timedelta(days=1)
        assert waits.claim("invitation", "bob@example.org", 86_400, now=NOW) is None
        assert waits.claim("invitation", "ada@example.org", 86_400, now=NOW + timedelta(days=1)) is None


def tries(count: int, *whose: str, now: datetime = NOW) -> list[int]:
    return [waits.enter("login", [(who, PACE) for who in whose], now=now) for _ in range(count)]


def succeeded(who: str, *, is_own: bool) -> None:
    with unit_of_work():
        waits.succeeded("login", who, now=NOW, is_own=is_own)


def test_whoever_is_told_to_wait_is_not_counted_meanwhile() -> None:
    assert tries(6, "ada") == [0, 0, 0, 5, 5, 5]
    assert tries(2, "ada", now=NOW + timedelta(seconds=5)) == [0, 10]


def test_after_a_time_without_a_try_all_is_forgotten() -> None:
    tries(3, "ada")
    memory = timedelta(seconds=PACE.memory)

    assert tries(2, "ada", now=NOW + memory) == [0, 10]
    assert tries(4, "ada", now=NOW + 2 * memory + timedelta(seconds=1)) == [0, 0, 0, 5]


def test_ones_own_success_forgets_all_failures() -> None:
    tries(3, "ada")

    succeeded("ada", is_own=True)

    assert tries(4, "ada") == [0, 0, 0, 5]


def test_a_success_among_others_takes_back_only_itself() -> None:
    """Else whoever has a password of their own could guess those of others between two logins."""
    tries(3, "network")

    succeeded("network", is_own=False)

    assert tries(2, "network") == [0, 5]


@pytest.mark.parametrize(("days", "is_known"), [(0, True), (89, True), (90, False)])
def test_who_was_let_in_is_known_for_a_season(days: int, is_known: bool) -> None:
    tries(1, "ada", "network")
    succeeded("ada", is_own=True)
    succeeded("network", is_own=False)
    now = NOW + timedelta(days=days)

    assert waits.is_known("login", "ada", now=now) is is_known
    assert not waits.is_known("login", "network", now=now)
    assert not waits.is_known("invitation", "ada", now=now)


@pytest.mark.slow
@on_both_databases("waits")
def test_of_many_tries_at_once_only_the_free_ones_and_one_more_get_through(tmp_path: Path, database: Any) -> None:
    app = build_app(tmp_path, **database())
    with app.app_context():
        seconds = together(app, 40, lambda: waits.enter("login", [("ada", PACE), ("network", PACE)], now=NOW))
        turns = together(app, 40, lambda: _claimed())
        db.session.remove()
        db.engine.dispose()

    assert sorted(seconds) == [0] * 3 + [5] * 37
    assert turns.count(None) == 1


def _claimed() -> Any:
    with unit_of_work():
        return waits.claim("invitation", "ada@example.org", 60, now=NOW)
