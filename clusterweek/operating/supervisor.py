"""Keeps a few child processes running until it is told to stop.

Children are forks of this process, which has the whole program in memory already: they share it with each other
(three processes then take a third of the memory that three started ones take) and start at once.
"""

import ctypes
import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from types import FrameType

STOP_SECONDS = 9.0  # the supervisor itself promises ten
STEADY_SECONDS = 60.0  # who has run so long starts again soon, who dies at the start waits longer each time
LONGEST_WAIT = 30.0
LOOK_SECONDS = 0.1
STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
EVERY_ADDRESS = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # and where to ask whether it is served
PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15


class Child:
    """One process: started, watched, started again when it dies."""

    def __init__(self, name: str, run: Callable[[], object]) -> None:
        self.name = name
        self.run = run
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

    def start(self, now: float) -> None:
        self.pid, self.started_at = os.fork(), now
        if self.pid == 0:
            os._exit(_live(self.name, self.run))

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


def supervise(children: Mapping[str, Callable[[], object]], *, host: str, port: int, greeting: str) -> None:
    """Run `children` (name -> what the process does) until SIGTERM, SIGINT or SIGHUP.

    Prints `greeting` once `host` and `port` answer; returns when all of them have ended. Call it with no database
    connection open and no thread running.
    """
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in STOPPING:
        signal.signal(number, stop)
    # The collector marks what it looks at, and a marked page is shared no more: what is there now, it leaves alone.
    gc.collect()
    gc.freeze()
    crew = [Child(name, run) for name, run in children.items()]
    is_greeted = False
    while not told:
        for child in crew:
            child.look_after(time.monotonic())
        if not is_greeted and answers(host, port):
            print(greeting, flush=True)
            is_greeted = True
        time.sleep(LOOK_SECONDS)
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


def answers(host: str, port: int) -> bool:
    """Whether somebody listens on this machine at `host` (every address of it: any will do) and `port`."""
    try:
        socket.create_connection((EVERY_ADDRESS.get(host, host), port), timeout=1).close()
    except OSError:
        return False
    return True


def say(sentence: str) -> None:
    print(f"clusterweek: {sentence}", file=sys.stderr, flush=True)
