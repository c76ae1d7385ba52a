"""The programme as booklet and spreadsheet: seconds, and the most memory."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import psutil

from tests.bench.servers import installed
from tests.bench.table import Line, below
from tests.processes import Installation


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    ours = installed(folder / "files", 200)
    idle = median(_export(ours, "json", folder)[0] for _run in range(3))
    for format, limit in (("pdf", 3.0), ("xlsx", None)):
        found = [_export(ours, format, folder) for _run in range(runs)]
        seconds, megabytes = median(s for s, _m in found), max(m for _s, m in found)
        line = f"{seconds:.2f} s, {megabytes:.0f} MB"
        yield Line(
            f"programme as {format}, whole command",
            "200",
            line,
            f"json {idle:.2f} s",
            f"{seconds / idle:.2f}",
            f"under {limit:g} s" if limit else "",
            seconds < limit if limit else None,
        )
    if not quick:
        many = installed(folder / "files-2000", 2000)
        seconds, megabytes = _export(many, "xlsx", folder)
        yield below("programme as xlsx, whole command", "2000", seconds, 60, unit="s", digits=1)


def _export(ours: Installation, format: str, folder: Path) -> tuple[float, float]:
    begun = time.perf_counter()
    target = str(folder / f"programme.{format}")
    edition = ("--edition", "clusterwoche-2027-demo")
    process = ours.start("export", "programme", *edition, "--format", format, "-o", target, stdout=subprocess.PIPE)
    watched, most = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            most = max(most, watched.memory_info().rss)
        except psutil.NoSuchProcess:
            break
        time.sleep(0.02)
    if process.wait():
        raise RuntimeError(process.communicate()[0])
    return time.perf_counter() - begun, most / 1e6
