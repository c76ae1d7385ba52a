"""Whoever falls silent is ended and started again: a stopped process, a dead loop, a job that hangs."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from clusterweek.operating.supervisor import Child, Pulse
from tests.operating.test_serve import served
from tests.processes import REPOSITORY

PROGRAM = """
import os, signal, sys, threading, time
from clusterweek.operating import supervisor, worker

def lives(beat):
    print("lives", os.getpid(), flush=True)
    told = []
    signal.signal(signal.SIGTERM, lambda *_: told.append(1))
    while not told:
        beat(); time.sleep(0.05)

def falls_silent(beat):
    print("begins", os.getpid(), flush=True)
    beat()
    {silence}

supervisor.supervise({{"good": lives, "bad": falls_silent}}, greeting="all live", hung_seconds=1.0)
"""


def watched(silence: str, *, until: int = 3) -> list[str]:
    """What such a program says until it has started its bad child so many times; then it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(silence=silence)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    lines: list[str] = []
    for line in process.stdout or ():
        lines.append(line.strip())
        if sum(one.startswith("begins") for one in lines) == until:
            process.send_signal(signal.SIGTERM)
            break
    said, _nothing = process.communicate(timeout=30)
    assert process.returncode == 0
    return [*lines, *said.splitlines()]


@pytest.mark.alone
@pytest.mark.parametrize(
    "silence",
    [
        "os.kill(os.getpid(), signal.SIGSTOP)",
        "while True: pass",
        "threading.Event().wait()",
        "beat = None; time.sleep(99)",
    ],
    ids=["stopped", "dead loop", "waits for ever", "sleeps"],
)
def test_whoever_gives_no_sign_of_life_is_replaced(silence: str) -> None:
    lines = watched(silence)

    began = [line.split()[1] for line in lines if line.startswith("begins")]
    assert len(began) == len(set(began)) == 3
    assert len([line for line in lines if line.startswith("lives")]) == 1  # who lives is left alone
    assert sum("bad has given no sign of life for 1 s and is ended" in line for line in lines) >= 2
    assert not [number for number in began if psutil.pid_exists(int(number))]


def child(pulse: Pulse) -> Child:
    return Child("web", lambda beat: None, pulse, 0, 30.0)


def test_a_supervisor_that_slept_itself_blames_nobody() -> None:
    """After a night in which the whole machine stood still, all signs of life are old."""
    pulse, began = Pulse(1), time.monotonic()
    one = child(pulse)
    one.started_at = one.silent_since = one.looked_at = began
    pulse.beat(0)

    assert not one.is_hung(began + 40_000)
    one.looked_at = began + 40_000
    assert not one.is_hung(began + 40_010)
    for second in range(10, 31, 10):
        one.looked_at = began + 40_000 + second
    assert one.is_hung(began + 40_031)


def test_a_child_that_has_just_been_started_has_a_minute() -> None:
    one, began = child(Pulse(1)), time.monotonic()
    one.started_at = one.silent_since = began
    found = []
    for second in range(0, 70, 10):
        found.append(one.is_hung(began + second))
        one.looked_at = began + second

    assert found == [False] * 7
    assert one.is_hung(began + 61)


def ended_process() -> int:
    """The number of a process that has ended and that nobody has asked for yet."""
    number = os.posix_spawn(sys.executable, [sys.executable, "-S", "-c", ""], os.environ)
    os.waitid(os.P_PID, number, os.WEXITED | os.WNOWAIT)
    return number


def test_whoever_dies_again_and_again_is_started_later_each_time_up_to_half_a_minute() -> None:
    one, now, waits = child(Pulse(1)), 1000.0, []
    for _time in range(7):
        one.pid, one.started_at = ended_process(), now
        one.look_after(now)
        waits.append(one.start_at - now)

    assert waits == [2, 4, 8, 16, 30, 30, 30]
    one.pid, one.started_at = ended_process(), now
    one.look_after(now + 60)
    assert one.start_at == now + 61  # whoever has run for a minute starts again soon


@pytest.mark.slow
def test_a_stopped_web_process_is_replaced_and_the_others_serve_meanwhile(tmp_path: Path) -> None:
    with served(tmp_path, "--no-demo", "--with-worker") as one:
        one.wait_until("/readyz", 200)
        before = one.wait_for_children()
        for name in ("cw-web", "cw-worker"):
            before[name].suspend()
        one.wait_until_said("web has given no sign of life", 60)
        one.wait_until_said("worker has given no sign of life", 60)
        one.wait_until_said("web has ended (code -9)")
        one.wait_until_said("worker has ended (code -9)")
        one.wait_until("/healthz", 200)
        one.wait_until("/readyz", 200, 60)
        after = one.wait_for_children()

    assert after["cw-web-2"].pid == before["cw-web-2"].pid
    assert after["cw-web"].pid != before["cw-web"].pid
    assert after["cw-worker"].pid != before["cw-worker"].pid
