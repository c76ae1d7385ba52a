"""Which connections may stay: slow, silent and dripping ones cost a socket each, never a thread, and not for long.

waitress reads requests without a thread, so nobody is held up while they come. What it does not do is done here, by
monotonic time (its own clearing up goes by the wall clock, and lets a request drip for ever).
"""

import time
from collections.abc import Iterable
from typing import Any

from waitress.channel import HTTPChannel

from clusterweek.operating import lanes

SILENT_SECONDS = 30.0  # for the first byte of a request, and for the next byte of an answer to be taken
LONGEST_REQUEST = 60.0  # for the whole of it, headers and body: 8 MB at 1.1 Mbit/s
LONGEST_ANSWER = 600.0  # for the whole of it: a booklet of 12 MB at 160 kbit/s
MOST_BODY_BYTES = 96 * 1024 * 1024  # of all requests that are still coming in, in memory and in temporary files
LOOK_SECONDS = 0.5


class Channel(HTTPChannel):
    """A connection, and since when we wait for it to do something."""

    task_class = lanes.Task

    def __init__(self, *given: Any, **named: Any) -> None:
        self.idle_since = time.monotonic()
        self.coming: Any = None  # the request that is coming in, and since when
        self.coming_since = 0.0
        self.answer_since: float | None = None
        self.taken_since, self.taken = 0.0, 0.0
        super().__init__(*given, **named)

    def service(self) -> None:
        super().service()
        self.idle_since = time.monotonic()

    def is_overdue(self, now: float) -> bool:
        """Note what has changed since the last look; whether this connection has had its time."""
        if self.total_outbufs_len:
            if self.answer_since is None:
                self.answer_since, self.taken_since, self.taken = now, now, self.last_activity
            if self.taken != self.last_activity:  # waitress' own note of the last byte; only that it moves is asked
                self.taken_since, self.taken = now, self.last_activity
            return now - self.taken_since > SILENT_SECONDS or now - self.answer_since > LONGEST_ANSWER
        self.answer_since = None
        if self.requests:
            return False  # it waits for us
        if self.request is None:
            self.coming = None
            return now - self.idle_since > SILENT_SECONDS
        if self.coming is not self.request:
            self.coming, self.coming_since = self.request, now
        return now - self.coming_since > LONGEST_REQUEST

    @property
    def waits_since(self) -> float:
        """Since when it keeps us waiting; the longer, the sooner it goes when there are too many."""
        return self.coming_since if self.coming is not None and self.coming is self.request else self.idle_since

    @property
    def coming_bytes(self) -> int:
        request = self.request
        return 0 if request is None else request.body_bytes_received


class Watch:
    """Looks through the connections of one process and ends those that have had their time."""

    def __init__(self, channels: dict[int, Channel], *, most: int) -> None:
        self.channels = channels
        self.most = most  # when there are more, those that keep us waiting longest go: nobody new is kept out
        self.looked_at = time.monotonic()

    def look(self) -> None:
        """Called on each turn of the server."""
        now = time.monotonic()
        if len(self.channels) > self.most:
            self._end(self._idle()[: len(self.channels) - self.most * 9 // 10])
        if now - self.looked_at < LOOK_SECONDS:
            return
        self.looked_at = now
        self._end(channel for channel in list(self.channels.values()) if channel.is_overdue(now))
        coming = sum(channel.coming_bytes for channel in self.channels.values())
        for channel in self._idle() if coming > MOST_BODY_BYTES else ():
            if coming <= MOST_BODY_BYTES:
                break
            coming -= channel.coming_bytes
            if channel.coming_bytes:
                self._end([channel])

    def _idle(self) -> list[Channel]:
        """Those that we wait for, the slowest first."""
        idle = [c for c in self.channels.values() if not c.requests and not c.total_outbufs_len and not c.will_close]
        return sorted(idle, key=lambda channel: channel.waits_since)

    @staticmethod
    def _end(channels: Iterable[Channel]) -> None:
        for channel in channels:
            channel.will_close = True  # waitress does it on its next turn, and frees the buffers
