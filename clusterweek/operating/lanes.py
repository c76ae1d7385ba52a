"""Two lanes with threads of their own: who reads never waits behind who writes.

Writers wait for one another, up to twenty seconds: SQLite lets one write at a time, PostgreSQL locks the activity's
row. Were they and the readers served by the same threads, eight waiting writers would stop the whole site. So a request
that may write takes one of a few slots before it asks for any lock; when the line before the slots is too long, it is
told so at once (503, see `web/problems.py`) by a reader's thread.
"""

import threading
import time
from typing import Any

from waitress.channel import HTTPChannel
from waitress.task import ThreadedTaskDispatcher, WSGITask

from clusterweek.web.problems import TURNED_AWAY

READERS, WRITERS = 4, 4  # threads of one process; more would only take turns at the one interpreter
MOST_IN_LINE = 100  # writers waiting for a slot in one process: with four slots some ten seconds on a busy day
MOST_BYTES_IN_LINE = 32 * 1024 * 1024  # of what they have sent
LONGEST_IN_LINE = 20.0  # seconds; whoever has waited so long has been told by the browser that nothing came
STUCK_SECONDS = 120.0  # no page, no booklet and no wait for a lock lasts so long
READING = frozenset({"GET", "HEAD", "OPTIONS"})


class Task(WSGITask):
    """One request, told apart for the application when it came in vain."""

    def get_environment(self) -> Any:
        environment = super().get_environment()
        waited = time.monotonic() - getattr(self.request, "in_line_since", time.monotonic())
        if getattr(self.request, "is_turned_away", False) or waited > LONGEST_IN_LINE:
            environment[TURNED_AWAY] = True
        return environment

    def set_close_on_finish(self) -> None:
        # waitress hangs up after each 304, for want of a length that such an answer never has (RFC 9110, 15.4.5).
        asked_to = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.has_body or self.version != "1.1" or asked_to:
            super().set_close_on_finish()


class Lanes:
    """What waitress hands each whole request to, in the place of its one line for all."""

    def __init__(self, *, readers: int = READERS, writers: int = WRITERS) -> None:
        self._size = {"reading": readers, "writing": writers}
        self._lanes = {name: ThreadedTaskDispatcher() for name in self._size}
        self._busy: dict[str, dict[int, float]] = {name: {} for name in self._size}
        for name, count in self._size.items():
            self._lanes[name].set_thread_count(count)

    def add_task(self, channel: HTTPChannel) -> None:
        """Let a connection's next request stand in its lane. Called by waitress."""
        request = channel.requests[0]
        name = "reading" if request.error or request.command.upper() in READING else "writing"
        if name == "writing":
            request.in_line_since = time.monotonic()
            if self._is_full():
                request.is_turned_away, name = True, "reading"
        self._lanes[name].add_task(_Visit(self, name, channel))

    def _is_full(self) -> bool:
        waiting = [visit.channel.requests for visit in list(self._lanes["writing"].queue)]
        sent = sum(requests[0].body_bytes_received for requests in waiting if requests)
        return len(waiting) >= MOST_IN_LINE or sent > MOST_BYTES_IN_LINE

    def is_stuck(self) -> bool:
        """Whether all threads of a lane have been at their requests for too long while others wait."""
        now = time.monotonic()
        return any(
            lane.queue
            and len(since := list(self._busy[name].values())) >= self._size[name]
            and max(since) < now - STUCK_SECONDS
            for name, lane in self._lanes.items()
        )

    def serve(self, name: str, channel: HTTPChannel) -> None:
        """Answer one request, in a thread of the lane."""
        busy, number = self._busy[name], threading.get_ident()
        busy[number] = time.monotonic()
        try:
            channel.service()
        finally:
            del busy[number]

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Let the threads end. Called by waitress, too."""
        return {lane.shutdown(cancel_pending, timeout) for lane in self._lanes.values()} == {True}


class _Visit:
    """A place in a lane, as waitress' line takes it."""

    def __init__(self, lanes: Lanes, name: str, channel: HTTPChannel) -> None:
        self.lanes, self.name, self.channel = lanes, name, channel

    def service(self) -> None:
        self.lanes.serve(self.name, self.channel)

    def cancel(self) -> None:
        self.channel.cancel()
