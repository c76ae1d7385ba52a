"""500 people and 50 double clicks, 64 at once, 4 processes, 50 places: nobody lost, nothing sold twice."""

import re
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import Connection, create_engine, text

from tests.bench.servers import installed, server
from tests.bench.table import Line
from tests.postgres import postgres_url

PLACES, PEOPLE, DOUBLE_CLICKS, CLIENTS = 50, 500, 50, 64
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


# As in production: both limits on, and the header of one proxy in front believed.
LIMITED = {"SIGNUP_LIMIT_NETWORK": "60/minute", "SIGNUP_LIMIT_ADDRESS": "5/hour", "TRUSTED_PROXIES": "1"}


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    """Without limits, and with limits where everybody comes from a network of their own; both in turn."""
    databases = {"SQLite": "", "PostgreSQL": postgres_url("bench_sign_up", is_durable=True)}
    for name, url in databases.items():
        ours = installed(folder / f"sign-up-{name}", 200, **({"DATABASE_URL": url} if url else {}))
        engine = create_engine(url or f"sqlite:///{folder / f'sign-up-{name}' / 'clusterweek.db'}")
        with engine.begin() as connection:
            activities = list(connection.execute(text(FIND), {"runs": 2 * runs}).scalars())
            for statement in PREPARE:
                connection.execute(text(statement), [{"n": PLACES, "id": activity} for activity in activities])
        limited = {f"CLUSTERWEEK_{key}": value for key, value in LIMITED.items()}
        kinds = {f"sign-ups, {name}": (False, {}), f"sign-ups with limits, {name}": (True, limited)}
        rates: dict[str, list[float]] = {what: [] for what in kinds}
        found: dict[str, set[tuple[int, int, int]]] = {what: set() for what in kinds}
        errors: Counter[str] = Counter()
        for run in range(runs):
            for number, (what, (is_limited, settings)) in enumerate(kinds.items()):
                activity = activities[2 * run + number]
                with server("wsgi:app", ours, workers=4, **settings) as port:
                    path = f"/de/clusterwoche-2027-demo/a-{activity}/sign-up"
                    seconds, statuses = _rush(port, path, run=run if is_limited else None)
                rates[what].append(sum(statuses.values()) / seconds)
                errors[what] += sum(count for status, count in statuses.items() if status >= 400)
                with engine.connect() as connection:
                    found[what].add(_outcome(connection, activity))
        engine.dispose()
        for what in kinds:
            outcome = " or ".join(f"{held} held, {waiting} in line" for held, waiting, _tickets in sorted(found[what]))
            yield Line(
                what,
                f"{PEOPLE}+{DOUBLE_CLICKS}",
                f"{median(rates[what]):,.0f} /s",
                outcome,
                "",
                f"50 held, 450 in line, {errors[what]} refused or failed",
                found[what] == {(PLACES, PEOPLE - PLACES, PEOPLE)} and errors[what] == 0,
            )


def _outcome(connection: Connection, activity: int) -> tuple[int, int, int]:
    """(places held, people in line, different tickets)"""
    rows = connection.execute(
        text("SELECT status, ticket FROM registrations WHERE activity_id = :id"), {"id": activity}
    ).all()
    held = sum(1 for status, _ticket in rows if status in ("unconfirmed", "confirmed"))
    waiting = sum(1 for status, _ticket in rows if status == "waitlisted")
    return held, waiting, len({ticket for _status, ticket in rows})


PREPARE = (
    "DELETE FROM registrations WHERE activity_id = :id",
    "UPDATE activities SET capacity = :n, registration_deadline = NULL WHERE id = :id",
)
FIND = """
    SELECT a.id FROM activities a JOIN editions e ON e.id = a.edition_id
    JOIN occurrences o ON o.activity_id = a.id
    WHERE e.slug = 'clusterwoche-2027-demo' AND a.review_status = 'published' AND a.registration_mode = 'internal'
    AND a.mode = 'in_person' AND a.happening = 'confirmed' AND o.starts_at > '2027-04-07' AND o.removed_at IS NULL
    GROUP BY a.id HAVING count(*) = 1 ORDER BY a.id LIMIT :runs
"""


def _rush(port: int, path: str, *, run: int | None) -> tuple[float, Counter[int]]:
    """Seconds, and how often each status. With `run` everybody comes from a network of their own."""
    people = [(f"person{n}{'' if run is None else f'-{run}'}@bench.test", _network(n, run)) for n in range(PEOPLE)]
    everybody = people + people[:DOUBLE_CLICKS]
    with ThreadPoolExecutor(CLIENTS) as pool:
        # Everybody has opened the form before sign-up begins.
        forms = list(pool.map(lambda _person: _form(port, path), everybody))
        begun = time.perf_counter()
        statuses = Counter(pool.map(lambda pair: _send(port, path, *pair), zip(everybody, forms, strict=True)))
        return time.perf_counter() - begun, statuses


def _network(number: int, run: int | None) -> dict[str, str]:
    return {} if run is None else {"X-Forwarded-For": f"10.{run}.{number // 250}.{number % 250 + 1}"}


def _form(port: int, path: str) -> tuple[str, str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode()
    if answer.status in (301, 302, 303, 308):
        return _form(port, answer.headers["Location"])
    cookie = (answer.headers.get("Set-Cookie") or "").partition(";")[0]
    found = TOKEN.search(body)
    if not found:
        raise RuntimeError(f"no form at {path}: {answer.status}")
    return found[1], cookie, path


def _send(port: int, _path: str, person: tuple[str, dict[str, str]], form: tuple[str, str, str]) -> int:
    (email, network), (token, cookie, path) = person, form
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    body = urlencode({"csrf_token": token, "name": "Ada", "email": email, "organisation": ""})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, **network}
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status
