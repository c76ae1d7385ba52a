"""Counting. Exact with several processes: one statement counts and refuses at once."""

import ipaddress
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, exists, func, select

from clusterweek.config import Rate
from clusterweek.db.session import db, insert_into, unit_of_work
from clusterweek.limits.models import Counter
from clusterweek.web import links

KEPT = timedelta(days=2)  # the longest window is a day
TALLY_KEPT = timedelta(days=30)  # counts of what happened to anybody: nobody is known by them
EVERYBODY = ""


def allow(what: str, who: str, rate: Rate | None, *, now: datetime) -> bool:
    """Count one attempt; False when `who` has used up `rate.count` in the present window. `None`: no limit.

    Windows lie side by side, all beginning at whole multiples of `rate.seconds`: whoever waits for the edge
    may come twice as often around it, never more. Opens a unit of work of its own, so call it before yours: an
    attempt counts even when what follows fails.
    """
    if rate is None:
        return True
    statement = insert_into(Counter).values(what=what, who=links.keyed_hash(who), since=_since(rate, now), count=1)
    statement = statement.on_conflict_do_update(
        index_elements=["what", "who", "since"],
        set_={"count": Counter.count + 1},
        where=Counter.count < rate.count,
    )
    with unit_of_work():
        return db.session.execute(statement.returning(Counter.count)).first() is not None


def retry_after(rate: Rate, *, now: datetime) -> int:
    """Seconds until the next window begins, for the header Retry-After."""
    return max(1, int((_since(rate, now) + timedelta(seconds=rate.seconds) - now).total_seconds()))


def forgive(what: str, who: str) -> None:
    """Begin anew for `who`: the attempts were a person's who in the end knew the password."""
    db.session.execute(delete(Counter).where(Counter.what == what, Counter.who == links.keyed_hash(who)))


def note(what: str, who: str, *, now: datetime) -> None:
    """Note in the running transaction that `who` did `what` in this hour; `has_done` knows it for two days."""
    hour = Rate(1, 3600)
    values = {"what": what, "who": links.keyed_hash(who), "since": _since(hour, now), "count": 1}
    statement = insert_into(Counter).values(values)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["what", "who", "since"]))


def has_done(what: str, who: str, *, since: datetime) -> bool:
    """Whether `who` did `what` in the hour of `since` or later."""
    noted = exists().where(
        Counter.what == what, Counter.who == links.keyed_hash(who), Counter.since > since - timedelta(hours=1)
    )
    return bool(db.session.scalar(select(noted)))


def tally(what: str, *, now: datetime) -> None:
    """Count that something happened today, to whomever. Opens a unit of work of its own."""
    values = {"what": what, "who": EVERYBODY, "since": _since(Rate(1, 86400), now), "count": 1}
    statement = insert_into(Counter).values(values)
    statement = statement.on_conflict_do_update(
        index_elements=["what", "who", "since"], set_={"count": Counter.count + 1}
    )
    with unit_of_work():
        db.session.execute(statement)


def tallied(what: str) -> int:
    """How often it happened in the last 30 days, or since the last nightly clear-up before."""
    counted = select(func.sum(Counter.count)).where(Counter.what == what, Counter.who == EVERYBODY)
    return db.session.scalar(counted) or 0


def network(address: str | None) -> str:
    """Whom to count for an IP address: itself, or with IPv6 its /64, all of which belongs to one household."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return str(ip.ipv4_mapped)
        return str(ipaddress.IPv6Network((int(ip), 64), strict=False))
    return str(ip)


def forget_old(*, now: datetime) -> None:
    """Delete the counters of windows long past."""
    db.session.execute(delete(Counter).where(Counter.since < now - KEPT, Counter.who != EVERYBODY))
    db.session.execute(delete(Counter).where(Counter.since < now - TALLY_KEPT))


def _since(rate: Rate, now: datetime) -> datetime:
    seconds = int(now.timestamp())
    return datetime.fromtimestamp(seconds - seconds % rate.seconds, UTC)
