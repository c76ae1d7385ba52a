"""The programme as booklet and spreadsheet: seconds, and the most memory."""

import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.request import urlopen

import psutil

from tests.bench.servers import installed, server
from tests.bench.table import Line, below, interleaved
from tests.processes import Installation


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    ours = installed(folder / "files", 200)
    with server("wsgi:app", ours) as port:
        booklet, table = interleaved(runs, partial(_asked, ours, port, "pdf"), partial(_asked, ours, port, "json"))
    yield Line(
        "programme as pdf, asked over the web",
        "200",
        f"{booklet:.2f} s",
        f"as json {table:.2f} s",
        f"{booklet / table:.1f}",
        "under 3 s",
        booklet < 3,
    )
    most: dict[str, float] = {}

    def seconds_for(format: str) -> float:
        seconds, megabytes = _export(ours, format, folder)
        most[format] = max(most.get(format, 0), megabytes)
        return seconds

    pdf, xlsx, json = interleaved(runs, *(partial(seconds_for, format) for format in ("pdf", "xlsx", "json")))
    for format, seconds in (("pdf", pdf), ("xlsx", xlsx)):
        cells = (f"{seconds:.2f} s, {most[format]:.0f} MB", f"as json {json:.2f} s", f"{seconds / json:.2f}")
        yield Line(f"programme as {format}, whole command", "200", *cells)
    if not quick:
        many = installed(folder / "files-2000", 2000)
        seconds, _megabytes = _export(many, "xlsx", folder)
        yield below("programme as xlsx, whole command", "2000", seconds, 60, unit="s", digits=1)


def _asked(ours: Installation, port: int, format: str) -> float:
    """Seconds until the whole file has come; the programme has just changed, so no copy was kept."""
    with closing(sqlite3.connect(ours.folder / "clusterweek.db")) as database, database:
        database.execute("UPDATE editions SET programme_version = programme_version + 1")
    begun = time.perf_counter()
    with urlopen(f"http://127.0.0.1:{port}/de/clusterwoche-2027-demo/programme.{format}") as answer:
        answer.read()
    return time.perf_counter() - begun


def _export(ours: Installation, format: str, folder: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    target = str(folder / f"programme.{format}")
    edition = ("--edition", "clusterwoche-2027-demo")
    process = ours.start("export", "programme", *edition, "--format", format, "-o", target, stdout=subprocess.PIPE)
    watched, most = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            # The booklet is printed by a process of its own.
            family = [watched, *watched.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in family))
        except psutil.NoSuchProcess:
            break
        time.sleep(0.02)
    if process.wait():
        raise RuntimeError(process.communicate()[0])
    return time.perf_counter() - begun, most / 1e6
