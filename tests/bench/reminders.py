"""20,000 reminders that are due at the same minute, against a plain `smtplib` loop to the same post office."""

import smtplib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
from sqlalchemy import create_engine, text

from tests.bench.servers import installed
from tests.bench.table import Line, against, below, interleaved
from tests.postgres import postgres_url
from tests.processes import REPOSITORY, Installation
from tests.smtp import free_port


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    size = 2000 if quick else 20_000
    for name in ("SQLite", "PostgreSQL"):
        url = postgres_url("bench_reminders", is_durable=True) if name == "PostgreSQL" else ""
        with _sink() as port:
            settings = {"MAIL_URL": f"smtp://127.0.0.1:{port}"} | ({"DATABASE_URL": url} if url else {})
            ours = installed(folder / f"reminders-{name}", 200, **settings)
            _sign_up(url or f"sqlite:///{ours.folder / 'clusterweek.db'}", size)
            begun = time.perf_counter()
            ours.run("reminders", "plan", "--now", "2027-04-07T09:00:30+02:00")
            planned = time.perf_counter() - begun
            part = size // runs
            delivered: list[float] = []
            rate, plain = interleaved(runs, partial(_deliver, ours, part, delivered), partial(_plain_loop, port, part))
            megabytes = max(delivered)
        yield against(f"reminders, {name}", f"{part * runs}", rate, plain, unit="/s", by="smtplib", at_least=0.2)
        yield below(f"reminders, {name}, memory", f"{size}", megabytes, 150, unit="MB")
        yield Line(f"reminders, {name}, planning", f"{size}", f"{planned:.1f} s", "", "")


@contextmanager
def _sink() -> Iterator[int]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.smtp", str(port)], cwd=REPOSITORY, stdout=subprocess.DEVNULL
    )
    try:
        for _try in range(100):
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


FIND = """
    SELECT a.id FROM activities a JOIN occurrences o ON o.activity_id = a.id
    WHERE a.mode = 'in_person' AND a.registration_mode = 'internal'
    AND a.review_status = 'published' AND a.happening = 'confirmed'
    AND o.starts_at >= '2027-04-08 05:00:00' AND o.starts_at < '2027-04-08 22:00:00' AND o.removed_at IS NULL
    ORDER BY a.id LIMIT 1
"""
SIGN_UP = """
    INSERT INTO registrations (activity_id, name, email, email_normalised, language, mode, status, ticket,
        wants_reminders, generation, signed_up_at, confirmed_at, placed_at, resent_count)
    VALUES (:activity, :name, :email, :email, 'de', 'in_person', 'confirmed', :ticket, true, 1, :at, :at, :at, 0)
"""


def _sign_up(url: str, size: int) -> None:
    """Everybody has a place at one activity that begins on 8 April; the others have no registrations."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM registrations"))
        activity = connection.execute(text(FIND)).scalar_one()
        # The post office would not take mail of a demo edition.
        connection.execute(text("UPDATE editions SET is_demo = false"))
        connection.execute(text("UPDATE activities SET capacity = NULL WHERE id = :id"), {"id": activity})
        connection.execute(text(SIGN_UP), [_person(activity, n) for n in range(1, size + 1)])
    engine.dispose()


def _person(activity: int, n: int) -> dict[str, object]:
    at = "2027-01-10 09:00:00"
    return {"activity": activity, "name": f"Person {n}", "email": f"person{n}@bench.test", "ticket": n, "at": at}


def _deliver(ours: Installation, count: int, megabytes: list[float]) -> float:
    """Mails per second of a command that delivers so many, start and all; notes the most memory it had."""
    begun = time.perf_counter()
    process = ours.start(
        "outbox", "deliver", "--now", "2027-04-07T09:01:00+02:00", "--limit", str(count), stdout=subprocess.PIPE
    )
    most = 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            most = max(most, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.2)
    said = process.communicate()[0]
    if process.returncode or not said.startswith(f"{count} sent"):
        raise RuntimeError(said)
    megabytes.append(most / 1e6)
    return count / (time.perf_counter() - begun)


def _plain_loop(port: int, count: int) -> float:
    """Mails per second that smtplib alone gets rid of on one connection, with bytes that are ready."""
    body = (
        b"Subject: Erinnerung\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
        + b"Guten Tag, bald ist es so weit.\r\n" * 180
    )
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as talk:
        for n in range(count):
            talk.sendmail("clusterwoche@bench.test", f"person{n}@bench.test", body)
    return count / (time.perf_counter() - begun)
