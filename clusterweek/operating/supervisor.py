"""Keeps a few child processes running until it is told to stop. Run as a script, with a plan as JSON.

Uses the standard library only and is started as a file of its own, not as part of the package: importing that would
cost as much memory as another web process.
"""

import ctypes
import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from types import FrameType
from typing import Any

STOP_SECONDS = 9.0  # the supervisor itself promises ten
STEADY_SECONDS = 60.0  # who has run so long starts again at once, who dies at the start waits longer each time
LONGEST_WAIT = 30.0
LOOK_SECONDS = 0.1
PR_SET_PDEATHSIG = 1


class Child:
    """One process: started, watched, started again when it dies."""

    def __init__(self, name: str, command: list[str]) -> None:
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_at = 0.0
        self.wait = 1.0

    def look_after(self, now: float) -> None:
        """Start it if it should run; note its death and when to start it again."""
        if self.process is None:
            if now >= self.start_at:
                # A session of its own: Ctrl-C reaches the supervisor alone, which stops them in order.
                self.process = subprocess.Popen(self.command, start_new_session=True, preexec_fn=_end_with_parent)
                self.started_at = now
        elif (code := self.process.poll()) is not None:
            self.wait = 1.0 if now - self.started_at >= STEADY_SECONDS else min(self.wait * 2, LONGEST_WAIT)
            say(f"{self.name} has ended (code {code}); it is started again in {self.wait:.0f} s")
            self.process, self.start_at = None, now + self.wait

    def stop(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(number)

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None


def run(plan: dict[str, Any]) -> int:
    """Returns the exit code. `plan`: `children` (name -> command), `port`, `greeting` (told once the port answers)."""
    told: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    children = [Child(name, command) for name, command in plan["children"].items()]
    greeting = plan["greeting"]
    while not told:
        for child in children:
            child.look_after(time.monotonic())
        if greeting and answers(plan["port"]):
            print(greeting, flush=True)
            greeting = None
        time.sleep(LOOK_SECONDS)
    for child in children:
        child.stop(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.is_running for child in children) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)
    for child in children:
        if child.is_running:
            say(f"{child.name} does not stop and is ended")
            child.stop(signal.SIGKILL)
    return 0


def answers(port: int) -> bool:
    """Whether somebody listens on this machine's `port`."""
    with closing(socket.socket()) as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def say(sentence: str) -> None:
    print(f"clusterweek: {sentence}", file=sys.stderr, flush=True)


def _end_with_parent() -> None:
    """On Linux, a child is told to stop when the supervisor was killed and cannot tell it any more."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(run(json.loads(sys.argv[1])))
