"""A web process on its own, around an application of a few lines."""

import socket
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, closing
from multiprocessing import get_context
from typing import Any

import pytest

from clusterweek.operating import lanes, web
from tests.smtp import free_port

pytestmark = pytest.mark.slow
forks = get_context("fork")


def until(is_so: Callable[[], bool]) -> bool:
    """Whether it becomes so within 30 seconds."""
    latest = time.monotonic() + 30
    while not is_so() and time.monotonic() < latest:
        time.sleep(0.05)
    return is_so()


def test_a_process_whose_readers_all_hang_gives_no_sign_of_life_until_they_get_on() -> None:
    port, beats, begun, go = free_port(), forks.Value("q", 0), forks.Semaphore(0), forks.Event()

    def app(_environ: Any, start_response: Any) -> Iterable[bytes]:
        begun.release()
        go.wait(60)
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    def beat() -> None:
        beats.value += 1

    def run() -> None:
        lanes.STUCK_SECONDS = 0.1
        web.run(app, web.listen("127.0.0.1", port), beat=beat)

    process = forks.Process(target=run, daemon=True)
    process.start()
    try:
        assert until(lambda: beats.value > 2)
        with ExitStack() as stack:
            for _reader in range(lanes.READERS + 1):
                talk = stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=30)))
                talk.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            for _reader in range(lanes.READERS):
                assert begun.acquire(timeout=30)
            seen: list[tuple[float, int]] = []

            def is_silent() -> bool:
                """No sign for the time of three turns of the server."""
                now = (time.monotonic(), beats.value)
                if not seen or seen[-1][1] != now[1]:
                    seen.append(now)
                return now[0] - seen[-1][0] > 3 * web.TURN_SECONDS

            assert until(is_silent)
            silent = beats.value

            go.set()

            assert until(lambda: beats.value > silent)
    finally:
        go.set()
        process.terminate()
        process.join(20)
    assert process.exitcode == 0
