"""People who are slow, silent or waiting never keep the others from reading: real connections to the real server."""

import re
import socket
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from sqlalchemy import make_url

from clusterweek.operating import connections
from tests.operating.test_serve import Served, served
from tests.processes import Installation, on_both_databases

EDITION = "/de/clusterwoche-2027-demo/"
FIND = """
    SELECT min(a.id) FROM activities a JOIN occurrences o ON o.activity_id = a.id
    WHERE a.review_status = 'published' AND a.registration_mode = 'internal' AND a.happening = 'confirmed'
    AND o.starts_at > '2027-04-07' AND o.removed_at IS NULL AND a.registration_deadline IS NULL
"""
WITHOUT_LIMITS = {"SIGNUP_LIMIT_NETWORK": "off", "SIGNUP_LIMIT_ADDRESS": "off"}


def seconds_for(port: int, path: str) -> float:
    began = time.monotonic()
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    return time.monotonic() - began


def slow(port: int, kind: str) -> socket.socket:
    talk = socket.create_connection(("127.0.0.1", port), timeout=10)
    if kind == "headers":
        talk.sendall(b"GET /de/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: a")
    elif kind == "bodies":
        head = b"POST /de/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        talk.sendall(head + b"Content-Length: 4000000\r\n\r\nemail=a")
    elif kind == "chunks":
        talk.sendall(b"POST /de/login HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nemai")
    elif kind == "unread":
        talk.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        talk.sendall(b"GET /static/vendor/kern.min.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return talk


@contextmanager
def crowd(port: int, **counts: int) -> Iterator[None]:
    with ExitStack() as stack:
        for kind, count in counts.items():
            for _one in range(count):
                stack.enter_context(closing(slow(port, kind)))
        yield


@pytest.mark.alone
def test_slow_clients_keep_nobody_from_reading(tmp_path: Path) -> None:
    ours = Installation(tmp_path)
    for command in (("db", "upgrade"), ("demo", "load", "--activities", "20")):
        ours.run(*command)
    with served(tmp_path) as one:
        one.wait_until(EDITION, 200)
        for _warm in range(4):
            seconds_for(one.port, EDITION)
        for counts in (
            {"silent": 200},
            {"headers": 64},
            {"bodies": 12},
            {"chunks": 12},
            {"unread": 24},
            {"silent": 200, "headers": 64, "bodies": 12, "chunks": 12, "unread": 24},
            {"silent": 2500},  # more than there may be
        ):
            with crowd(one.port, **counts):
                took = [seconds_for(one.port, path) for path in ("/healthz", EDITION) for _again in range(3)]

            assert max(took) < 2, counts


@pytest.mark.alone
@on_both_databases("waiting_writers")
def test_waiting_writers_keep_nobody_from_reading(tmp_path: Path, database: Any) -> None:
    settings = {**WITHOUT_LIMITS, **database()}
    ours = Installation(tmp_path, **settings)
    for command in (("db", "upgrade"), ("demo", "load", "--activities", "20")):
        ours.run(*command)
    with served(tmp_path, **settings) as one:
        one.wait_until(EDITION, 200)
        login = logged_in(one)
        with lock(tmp_path, settings) as activity:
            path, token, cookie = form(one.port, f"{EDITION}a-{activity}/sign-up")
            statuses: list[int] = []
            writers = [
                threading.Thread(target=lambda n=n: statuses.append(sign_up(one.port, path, token, cookie, n)))
                for n in range(12)
            ]
            for writer in writers:
                writer.start()
            wait_for_the_crowd(one)
            took = [seconds_for(one.port, path) for path in ("/healthz", EDITION, "/de/") for _again in range(4)]
            # A desk notes once a minute that its login lives; it does not wait for that.
            began = time.monotonic()
            desk = one.get("/de/organiser/", Cookie=login)[0]
            took_desk = time.monotonic() - began
        for writer in writers:
            writer.join(40)

    assert max(took) < 1, took
    assert desk == 200
    assert took_desk < 1.5
    assert len(statuses) == 12
    assert set(statuses) <= {303, 503}
    assert 303 in statuses


@contextmanager
def lock(folder: Path, settings: dict[str, str]) -> Iterator[int]:
    """What a writer waits for: on SQLite the one lock, on PostgreSQL the row of an activity."""
    if "DATABASE_URL" in settings:
        url = make_url(settings["DATABASE_URL"]).set(drivername="postgresql")
        with psycopg.connect(url.render_as_string(hide_password=False)) as connection:
            (activity,) = connection.execute(FIND).fetchone()  # type: ignore[misc]
            connection.execute("SELECT id FROM activities WHERE id = %s FOR UPDATE", [activity])
            yield activity
        return
    with closing(sqlite3.connect(folder / "clusterweek.db", isolation_level=None)) as connection:
        # A login that was last seen two minutes ago wants its note.
        connection.execute("UPDATE login_sessions SET seen_at = datetime('now', '-2 minutes')")
        (activity,) = connection.execute(FIND).fetchone()
        connection.execute("BEGIN IMMEDIATE")
        yield activity
        connection.execute("ROLLBACK")


def form(port: int, path: str, cookie: str = "") -> tuple[str, str, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read().decode()
        if answer.status in (301, 302, 303, 308):
            return form(port, answer.headers["Location"], cookie)
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
        assert found, answer.status
        return path, found[1], (answer.headers.get("Set-Cookie") or cookie).partition(";")[0]


def post(port: int, path: str, cookie: str, **fields: str) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        connection.request("POST", path, urlencode(fields), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status, (answer.headers.get("Set-Cookie") or "").partition(";")[0]


def sign_up(port: int, path: str, token: str, cookie: str, number: int) -> int:
    person = {"name": "Ada", "email": f"person{number}@bench.test", "organisation": ""}
    return post(port, path, cookie, csrf_token=token, **person)[0]


def logged_in(one: Served) -> str:
    """The cookie of a demo organiser."""
    one.wait_until_said("Ctrl-C stops")
    path, token, cookie = form(one.port, "/de/login")
    told = "\n".join(one.lines)
    email = re.search(r"(\S+@\S+) +organiser", told)
    password = re.search(r"with the password (\S+)", told)
    assert email, told
    assert password
    return post(one.port, path, cookie, csrf_token=token, email=email[1], password=password[1])[1]


def wait_for_the_crowd(one: Served) -> None:
    """Until the writers hold their connections, and have had the time to ask for the lock."""
    for _try in range(50):
        held = sum(
            1
            for process in one.everybody()
            for c in process.net_connections("tcp")
            if c.status == "ESTABLISHED" and c.laddr.port == one.port
        )
        if held >= 12:
            return
        threading.Event().wait(0.1)


def channel(**given: Any) -> Any:
    """A connection as the watch sees it, without a socket."""
    one = connections.Channel.__new__(connections.Channel)
    one.__dict__.update(
        {"idle_since": 0.0, "coming": None, "coming_since": 0.0, "answer_since": None, "taken_since": 0.0,
         "taken": 0.0, "requests": [], "request": None, "total_outbufs_len": 0, "last_activity": 0.0,
         "will_close": False, **given}
    )  # fmt: skip
    return one


def coming(size: int = 0) -> Any:
    return SimpleNamespace(body_bytes_received=size, expect_continue=False)


def test_who_says_nothing_is_sent_away_after_half_a_minute() -> None:
    silent = channel(idle_since=100.0)

    assert not silent.is_overdue(129.0)
    assert silent.is_overdue(131.0)


def test_a_request_that_drips_is_cut_after_a_minute_however_often_a_byte_comes() -> None:
    dripping = channel(request=coming())
    found = []
    for second in range(100, 170, 5):
        dripping.last_activity = float(second)
        found.append(dripping.is_overdue(float(second)))

    assert found == [False] * 13 + [True]


def test_the_next_request_of_a_connection_has_its_own_minute() -> None:
    one = channel(request=coming())
    assert not one.is_overdue(100.0)
    one.request = coming()

    assert not one.is_overdue(165.0)
    assert not one.is_overdue(224.0)
    assert one.is_overdue(226.0)


def test_who_waits_for_us_is_never_sent_away() -> None:
    assert not channel(requests=[coming()], idle_since=0.0).is_overdue(10_000.0)


def test_an_answer_may_be_taken_slowly_but_not_for_ever() -> None:
    one = channel(total_outbufs_len=5_000_000)
    found = []
    for second in range(100, 760, 20):
        one.last_activity += 1.0  # something was taken
        found.append(one.is_overdue(float(second)))
    stopped = channel(total_outbufs_len=5_000_000)
    stopped.is_overdue(100.0)

    assert found.index(True) == 31
    assert not stopped.is_overdue(129.0)
    assert stopped.is_overdue(131.0)


def test_when_there_are_too_many_the_slowest_go_and_nobody_new_is_kept_out() -> None:
    busy = channel(requests=[coming()], idle_since=-5.0)
    everybody = [channel(idle_since=float(n)) for n in range(20)]
    watch = connections.Watch(dict(enumerate([busy, *everybody])), most=20)

    watch.look()

    assert [one.will_close for one in everybody] == [True] * 3 + [False] * 17
    assert not busy.will_close


def test_what_is_still_coming_in_is_bounded_for_all_together() -> None:
    size = connections.MOST_BODY_BYTES // 4
    everybody = [channel(request=coming(size), idle_since=float(n)) for n in range(6)]
    quiet = channel(idle_since=-1.0)
    watch = connections.Watch(dict(enumerate([quiet, *everybody])), most=100)
    watch.looked_at = -100.0
    for number, one in enumerate(everybody):
        one.coming, one.coming_since = one.request, time.monotonic() - 50 + number
    quiet.idle_since = time.monotonic()

    watch.look()

    assert [one.will_close for one in everybody] == [True, True, False, False, False, False]
    assert not quiet.will_close
