"""The booklet of a whole week against the JSON of the same rows: printed, from another process, after a restart."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from urllib.request import urlopen

from tests.bench.servers import installed, server
from tests.bench.table import Line
from tests.processes import Installation

WEEK = "/de/clusterwoche-2027-demo/programme."
# What was measured, and how many times the JSON's time it may take.
PROMISES = {"first": 20, "from the other process": 2, "after a restart": 2}


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    ours = installed(folder / "booklet", 20 if quick else 200)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in PROMISES}
    with server("wsgi:app", ours, workers=1) as one, server("wsgi:app", ours, workers=1) as other:
        for _run in range(runs):
            _change(ours)
            found["first"].append(_both(one))
            found["from the other process"].append(_both(other))
            with server("wsgi:app", ours, workers=1) as restarted:
                found["after a restart"].append(_both(restarted))
    for name, pairs in found.items():
        booklet, table = (median(seconds) for seconds in zip(*pairs, strict=True))
        ratio = median(booklet / table for booklet, table in pairs)
        yield Line(
            f"booklet, {name}",
            "20" if quick else "200",
            f"{booklet * 1000:,.0f} ms",
            f"as json {table * 1000:,.0f} ms",
            f"{ratio:.1f}",
            f"at most {PROMISES[name]}",
            ratio <= PROMISES[name],
        )


def _both(port: int) -> tuple[float, float]:
    """Seconds for booklet and JSON; the JSON is asked for twice, so that a process that has just begun is awake."""
    _seconds(port, "json")
    table = _seconds(port, "json")
    return _seconds(port, "pdf"), table


def _seconds(port: int, format: str) -> float:
    begun = time.perf_counter()
    with urlopen(f"http://127.0.0.1:{port}{WEEK}{format}") as answer:
        answer.read()
    return time.perf_counter() - begun


def _change(ours: Installation) -> None:
    """Whatever was kept is out of date."""
    with closing(sqlite3.connect(ours.folder / "clusterweek.db")) as database, database:
        database.execute("UPDATE editions SET programme_version = programme_version + 1")
