"""The two lanes of a web process: who is served by which threads, and who has come in vain."""

import threading
import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from clusterweek.operating import lanes
from clusterweek.web.problems import TURNED_AWAY


class Visitor:
    """A whole request, as the lanes are handed it; it is at work until it is let go."""

    def __init__(self, command: str, *, size: int = 0, error: object = None) -> None:
        self.requests = [SimpleNamespace(command=command, body_bytes_received=size, error=error)]
        self.begun, self.go = threading.Event(), threading.Event()

    def service(self) -> None:
        self.begun.set()
        self.go.wait(20)

    def cancel(self) -> None:
        """At the end of a test, on a busy machine, some may not have begun."""

    @property
    def is_turned_away(self) -> bool:
        return getattr(self.requests[0], "is_turned_away", False)


@pytest.fixture
def two_lanes() -> Iterator[lanes.Lanes]:
    both = lanes.Lanes(readers=1, writers=2)
    yield both
    both.shutdown(True, 0)


@pytest.mark.parametrize("command", ["POST", "PUT", "PATCH", "DELETE", "post", "BREW"])
def test_readers_never_wait_behind_writers(two_lanes: lanes.Lanes, command: str) -> None:
    writers = [Visitor(command) for _n in range(6)]
    for writer in writers:
        two_lanes.add_task(writer)  # type: ignore[arg-type]
    for read in ("GET", "HEAD", "OPTIONS", "get"):
        reader = Visitor(read)
        two_lanes.add_task(reader)  # type: ignore[arg-type]
        assert reader.begun.wait(10)
        reader.go.set()

    assert sum(writer.begun.wait(0.2) for writer in writers) == 2
    for writer in writers:
        writer.go.set()
    assert all(writer.begun.wait(10) for writer in writers)


def test_what_cannot_be_read_as_a_request_is_answered_by_a_reader(two_lanes: lanes.Lanes) -> None:
    """It has no method, and nobody may stop the turn of the server by sending such a thing."""
    unread = Visitor("", error=object())
    del unread.requests[0].command

    two_lanes.add_task(unread)  # type: ignore[arg-type]

    assert unread.begun.wait(10)
    unread.go.set()


@pytest.mark.parametrize(("count", "size"), [(lanes.MOST_IN_LINE, 0), (5, lanes.MOST_BYTES_IN_LINE // 4)])
def test_who_would_wait_too_long_is_told_at_once(two_lanes: lanes.Lanes, count: int, size: int) -> None:
    at_work = [Visitor("POST") for _n in range(2)]
    for writer in at_work:
        two_lanes.add_task(writer)  # type: ignore[arg-type]
        assert writer.begun.wait(10)
    in_line = [Visitor("POST", size=size) for _n in range(count)]
    for writer in in_line:
        two_lanes.add_task(writer)  # type: ignore[arg-type]
    late = Visitor("POST")
    two_lanes.add_task(late)  # type: ignore[arg-type]

    assert late.begun.wait(10)
    assert late.is_turned_away
    assert not any(writer.is_turned_away for writer in in_line)
    for writer in (late, *at_work, *in_line):
        writer.go.set()


def test_a_lane_of_which_every_thread_hangs_while_others_wait_is_stuck(
    two_lanes: lanes.Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes, "STUCK_SECONDS", -1.0)
    one, other = Visitor("GET"), Visitor("GET")
    two_lanes.add_task(one)  # type: ignore[arg-type]
    assert one.begun.wait(10)
    assert not two_lanes.is_stuck()
    two_lanes.add_task(other)  # type: ignore[arg-type]

    assert two_lanes.is_stuck()
    monkeypatch.setattr(lanes, "STUCK_SECONDS", 60.0)
    assert not two_lanes.is_stuck()
    one.go.set()
    other.go.set()


def test_a_lane_in_which_one_thread_still_gets_on_is_not_stuck(two_lanes: lanes.Lanes) -> None:
    """One long request and one that has just begun: the next in line is soon served."""
    writers = [Visitor("POST") for _n in range(3)]
    for writer in writers[:2]:
        two_lanes.add_task(writer)  # type: ignore[arg-type]
        assert writer.begun.wait(10)
    two_lanes.add_task(writers[2])  # type: ignore[arg-type]
    busy = two_lanes._busy["writing"]
    first, second = busy

    busy[first] -= 1.5 * lanes.STUCK_SECONDS
    assert not two_lanes.is_stuck()
    busy[second] -= 1.5 * lanes.STUCK_SECONDS
    assert two_lanes.is_stuck()

    for writer in writers:
        writer.go.set()


@pytest.mark.parametrize(
    ("request_in_line", "is_in_vain"),
    [
        ({}, False),
        ({"in_line_since": -19.0}, False),
        ({"in_line_since": -21.0}, True),
        ({"is_turned_away": True}, True),
    ],
)
def test_who_came_in_vain_is_told_apart_for_the_application(request_in_line: dict[str, Any], is_in_vain: bool) -> None:
    if "in_line_since" in request_in_line:
        request_in_line = {"in_line_since": time.monotonic() + request_in_line["in_line_since"]}
    task = lanes.Task.__new__(lanes.Task)
    task.environ, task.request = {}, SimpleNamespace(**request_in_line)

    assert bool(task.get_environment().get(TURNED_AWAY)) is is_in_vain
