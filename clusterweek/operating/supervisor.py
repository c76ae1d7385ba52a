"""Keeps a few child processes running until it is told to stop.

Children are forks of this process, which has the whole program in memory already: they share it with each other
(three processes then take a third of the memory that three started ones take) and start at once.

Each child gives signs of life (`Pulse`); one that falls silent (stopped, hung, spinning) is ended and started again.
"""

import ctypes
import gc
import mmap
import os
import signal
import struct
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import FrameType

STOP_SECONDS = 9.0  # the supervisor itself promises ten
STEADY_SECONDS = 60.0  # who has run so long starts again soon, who dies at the start waits longer each time
LONGEST_WAIT = 30.0
LOOK_SECONDS = 0.1
HUNG_SECONDS = 30.0  # without a sign of life; they come once a second, and no lock or page stands in their way
START_SECONDS = 60.0  # until the first one
STOPPING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGINT", "SIGHUP") if hasattr(signal, name))
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15


Run = Callable[[Callable[[], None]], object]  # what a process does; it calls what it is given to show that it lives


class Pulse:
    """When each child last gave a sign of life, in memory that all of them share. By the monotonic clock, which is the
    same for all processes of a machine and never goes back."""

    def __init__(self, count: int) -> None:
        self._shared = mmap.mmap(-1, max(1, count) * 8)

    def beat(self, number: int) -> None:
        struct.pack_into("d", self._shared, number * 8, time.monotonic())

    def last(self, number: int) -> float:
        """0 when it has not given any."""
        return float(struct.unpack_from("d", self._shared, number * 8)[0])


class Child:
    """One process: started, watched, started again when it dies or falls silent."""

    def __init__(self, name: str, run: Run, pulse: Pulse, number: int, hung_seconds: float) -> None:
        self.name = name
        self.run = run
        self.pulse, self.number, self.hung_seconds = pulse, number, hung_seconds
        self.looked_at = 0.0
        self.silent_since = 0.0
        self.pid: int | None = None
        self.started_at = 0.0
        self.start_at = 0.0
        self.wait = 1.0

    def look_after(self, now: float) -> None:
        """Start it if it should run; note its death and when to start it again."""
        if self.pid is None:
            if now >= self.start_at:
                self.start(now)
        elif (code := self.ended()) is not None:
            self.wait = 1.0 if now - self.started_at >= STEADY_SECONDS else min(self.wait * 2, LONGEST_WAIT)
            say(f"{self.name} has ended (code {code}); it is started again in {self.wait:.0f} s")
            self.start_at = now + self.wait
        elif self.is_hung(now):
            say(f"{self.name} has given no sign of life for {now - self.silent_since:.0f} s and is ended")
            self.stop(signal.SIGKILL)
        self.looked_at = now

    def start(self, now: float) -> None:
        self.started_at = self.silent_since = now
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(_live(self.name, lambda: self.run(self.beat)))

    def beat(self) -> None:
        """A sign of life, given in the child."""
        self.pulse.beat(self.number)

    @property
    def has_begun(self) -> bool:
        return self.pulse.last(self.number) >= self.started_at > 0

    def is_hung(self, now: float) -> bool:
        """Whether it is silent. While we ourselves were stopped (a machine that slept), nobody could be heard."""
        if now - self.looked_at > self.hung_seconds / 2:
            self.silent_since = now
        self.silent_since = max(self.silent_since, self.pulse.last(self.number))
        return now - self.silent_since > (
            self.hung_seconds if self.has_begun else max(START_SECONDS, self.hung_seconds)
        )

    def ended(self) -> int | None:
        """The exit code, once; None while it runs or when that was told before."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def stop(self, number: int) -> None:
        if self.pid is not None:
            os.kill(self.pid, number)


def supervise(
    children: Mapping[str, Run],
    *,
    greeting: str,
    on_stop: Callable[[], object] = lambda: None,
    hung_seconds: float = HUNG_SECONDS,
) -> None:
    """Run `children` (name -> what the process does) until SIGTERM, SIGINT or SIGHUP.

    Prints `greeting` once all of them live; calls `on_stop` before they are told to stop; returns when all of them
    have ended. Call it with no database connection open and no thread running.
    """
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in STOPPING:
        signal.signal(number, stop)
    # The collector marks what it looks at, and a marked page is shared no more: what is there now, it leaves alone.
    gc.collect()
    gc.freeze()
    pulse = Pulse(len(children))
    crew = [Child(name, run, pulse, place, hung_seconds) for place, (name, run) in enumerate(children.items())]
    is_greeted = False
    while not told:
        for child in crew:
            child.look_after(time.monotonic())
        if not is_greeted and all(child.has_begun for child in crew):
            print(greeting, flush=True)
            is_greeted = True
        time.sleep(LOOK_SECONDS)
    on_stop()
    _stop_all(crew)


def _stop_all(crew: list[Child]) -> None:
    for child in crew:
        child.stop(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        for child in crew:
            child.ended()
        if all(child.pid is None for child in crew):
            return
        time.sleep(LOOK_SECONDS)
    for child in crew:
        if child.pid is not None:
            say(f"{child.name} does not stop and is ended")
            child.stop(signal.SIGKILL)
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline and any(child.pid is not None for child in crew):
        for child in crew:
            child.ended()
        time.sleep(LOOK_SECONDS / 10)


def _live(name: str, run: Callable[[], object]) -> int:
    """The life of a child, in the child: its exit code."""
    # A session of its own: Ctrl-C reaches the supervisor alone, which stops them in order.
    os.setsid()
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        system.prctl(PR_SET_NAME, f"cw-{name}".encode())  # what `ps` and `top` show
        # A supervisor that was killed cannot tell its children to stop; then the system does.
        system.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    code = 1
    try:
        run()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return code


def say(sentence: str) -> None:
    print(f"clusterweek: {sentence}", file=sys.stderr, flush=True)
