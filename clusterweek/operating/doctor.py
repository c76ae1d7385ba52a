"""A look at everything an installation needs, one line each."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from clusterweek.db import causes
from clusterweek.db.session import db
from clusterweek.operating import forwarded, health, heartbeat, writing
from clusterweek.outbox import queries as outbox
from clusterweek.outbox.offices import Closed, Office

LITTLE_SPACE, NO_SPACE = 1_000_000_000, 100_000_000  # bytes
LATE_SECONDS = 600  # a letter that has been due so long is stuck, not waiting
FIRST_YEAR = 2026  # a clock that shows an earlier one has lost its battery


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is ("ok", "note": look at it some time, "wrong"), and why."""

    subject: str
    state: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.state:<5}  {self.subject:<9}  {self.sentence}"


def examine(settings: Mapping[str, Any], post_office: Office, *, gaps: list[str], now: datetime) -> Iterator[Finding]:
    """Everything in turn. `gaps`: what the office has still to fill in on the legal pages."""
    yield _settings(settings)
    yield _database(settings)
    schema = _schema()
    yield schema
    if schema.state == "ok":
        yield _writing(settings)
    yield _mail(post_office)
    yield from _worker(now)
    yield _clock(now)
    yield _disk(settings)
    yield _proxies(settings, now)
    yield _legal(gaps)


def _settings(settings: Mapping[str, Any]) -> Finding:
    address = settings["BASE_URL"]
    if address.startswith("http://") and not settings["IS_LOOPBACK"]:
        return Finding("settings", "wrong", f"BASE_URL is {address}: without https, logins can be read on the way")
    return Finding("settings", "ok", f"all can be used; links begin with {address}")


def _database(settings: Mapping[str, Any]) -> Finding:
    url = make_url(settings["DATABASE_URL"])
    try:
        if url.get_backend_name() == "sqlite":
            broken = db.session.scalar(text("PRAGMA quick_check"))
            if broken != "ok":
                return Finding("database", "wrong", f"damaged ({broken}); restore a backup")
        else:
            db.session.scalar(text("SELECT 1"))
    except SQLAlchemyError as problem:
        db.session.rollback()
        if causes.of(problem) == "damaged":
            return Finding("database", "wrong", f"damaged ({_first_line(problem)}); restore a backup")
        return Finding("database", "wrong", f"cannot be used: {_first_line(problem)}")
    return Finding("database", "ok", url.render_as_string(hide_password=True))


def _schema() -> Finding:
    newest = health.newest_revision()
    try:
        found = health.revision()
    except SQLAlchemyError:
        db.session.rollback()
        return Finding("schema", "wrong", "cannot be seen without the database")
    if found is None:
        return Finding("schema", "wrong", "there is none yet; run `clusterweek db upgrade`")
    if found != newest:
        return Finding("schema", "wrong", f"at step {found}, the program wants {newest}; run `clusterweek db upgrade`")
    return Finding("schema", "ok", f"at step {found}, the newest")


def _writing(settings: Mapping[str, Any]) -> Finding:
    """What `/readyz` asks, asked now."""
    found = [cause if cause == "mail_folder" else f"database_{cause}" for cause in writing.try_now(settings)]
    if found:
        return Finding("writing", "wrong", " ".join(health.REASONS[reason] for reason in found))
    return Finding("writing", "ok", "a row was written")


def _proxies(settings: Mapping[str, Any], now: datetime) -> Finding:
    hops = settings["TRUSTED_PROXIES"]
    if hops:
        return Finding("proxies", "ok", f"{hops} in front may say whom a request comes from")
    if since := forwarded.lately(settings["INSTANCE_PATH"], now=now):
        return Finding(
            "proxies",
            "note",
            f"requests came with X-Forwarded-For ({since:%Y-%m-%d %H:%M} UTC), and TRUSTED_PROXIES is 0: behind a web "
            "server all visitors count as one, so set it to 1; without one somebody writes it himself, and 0 is right",
        )
    return Finding("proxies", "ok", "none in front, as far as requests show")


def _mail(post_office: Office) -> Finding:
    try:
        return Finding("mail", "ok", post_office.check())
    except Closed as problem:
        return Finding("mail", "wrong", str(problem))


def _worker(now: datetime) -> Iterator[Finding]:
    try:
        beat_at, due_at, counts = heartbeat.last_beat_at(now=now), outbox.oldest_due_at(now), outbox.counts()
        ahead_at = heartbeat.next_beat_at(now=now)
    except SQLAlchemyError:
        db.session.rollback()
        yield Finding("worker", "wrong", "cannot be seen without the database")
        return
    seconds = int((now - beat_at).total_seconds()) if beat_at else None
    if ahead_at and (seconds is None or seconds >= health.SILENCE_SECONDS):
        ahead = int((ahead_at - now).total_seconds())
        yield Finding(
            "worker", "wrong", f"its last sign of life is {ahead} seconds ahead of this clock: no sign of life"
        )
    elif seconds is None:
        yield Finding("worker", "wrong", "no worker is running; start `clusterweek worker`, or `serve --with-worker`")
    elif seconds >= health.SILENCE_SECONDS:
        yield Finding("worker", "wrong", f"silent for {seconds} seconds; no letters leave, no holds expire")
    else:
        yield Finding("worker", "ok", f"gave a sign of life {max(0, seconds)} seconds ago")
    waited = int((now - due_at).total_seconds()) if due_at else 0
    yield Finding(
        "outbox",
        "wrong" if waited >= LATE_SECONDS else "note" if counts["failed"] else "ok",
        f"{counts['queued']} waiting, the oldest due for {waited} s; {counts['sent']} sent, {counts['failed']} failed",
    )


def _clock(now: datetime) -> Finding:
    try:
        summer = datetime(2027, 4, 8, 7, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    except KeyError:
        return Finding("clock", "wrong", "the time zone data is missing; install the Python package tzdata")
    if summer.hour != 9:
        return Finding("clock", "wrong", "the time zone data is wrong about Berlin in April; update tzdata")
    if now.year < FIRST_YEAR:
        return Finding("clock", "wrong", f"this machine believes it is {now:%Y-%m-%d %H:%M} UTC")
    return Finding("clock", "ok", f"{now.astimezone(ZoneInfo('Europe/Berlin')):%Y-%m-%d %H:%M} in Berlin")


def _disk(settings: Mapping[str, Any]) -> Finding:
    free = shutil.disk_usage(settings["INSTANCE_PATH"]).free
    state = "wrong" if free < NO_SPACE else "note" if free < LITTLE_SPACE else "ok"
    return Finding("disk", state, f"{free / 1e9:,.1f} GB free for {settings['INSTANCE_PATH']}")


def _legal(gaps: list[str]) -> Finding:
    if gaps:
        return Finding("legal", "note", f"{len(gaps)} gaps to fill in on the legal pages, for example {gaps[0]}")
    return Finding("legal", "ok", "imprint, privacy and accessibility are filled in")


def _first_line(problem: SQLAlchemyError) -> str:
    return str(getattr(problem, "orig", None) or problem).splitlines()[0]
