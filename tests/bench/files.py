"""The programme as booklet and spreadsheet: seconds, and the most memory."""

import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil

from tests.bench.servers import installed
from tests.bench.table import Line, below, interleaved
from tests.processes import Installation


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    ours = installed(folder / "files", 200)
    most: dict[str, float] = {}

    def seconds_for(format: str) -> float:
        seconds, megabytes = _export(ours, format, folder)
        most[format] = max(most.get(format, 0), megabytes)
        return seconds

    pdf, xlsx, json = interleaved(runs, *(partial(seconds_for, format) for format in ("pdf", "xlsx", "json")))
    for format, seconds, limit in (("pdf", pdf, 3.0), ("xlsx", xlsx, None)):
        yield Line(
            f"programme as {format}, whole command",
            "200",
            f"{seconds:.2f} s, {most[format]:.0f} MB",
            f"as json {json:.2f} s",
            f"{seconds / json:.2f}",
            f"under {limit:g} s" if limit else "",
            seconds < limit if limit else None,
        )
    if not quick:
        many = installed(folder / "files-2000", 2000)
        seconds, _megabytes = _export(many, "xlsx", folder)
        yield below("programme as xlsx, whole command", "2000", seconds, 60, unit="s", digits=1)


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
