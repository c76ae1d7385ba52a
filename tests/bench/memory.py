"""Web (2 processes) and worker together, after everything was asked for: the sum of their shares of memory (PSS)."""

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import psutil

from tests.bench.servers import installed
from tests.bench.table import Line, below
from tests.smtp import free_port

WEEK = "/de/clusterwoche-2027-demo/"
PATHS = ("/de/", WEEK, f"{WEEK}?day=2027-04-08", "/feeds/clusterwoche-2027-demo.ics", "/de/clusters/", "/en/archive/")
HEAVY = (f"{WEEK}programme.pdf", f"{WEEK}programme.xlsx")


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    ours = installed(folder / "memory", 200)
    port = free_port()
    process = ours.start(
        "serve", "--with-worker", "--port", str(port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _try in range(150):
            try:
                urlopen(f"http://127.0.0.1:{port}/healthz").read()
                break
            except (OSError, HTTPError):
                time.sleep(0.2)
        for paths, what in ((PATHS, "pages and feeds"), (HEAVY, "and booklets and spreadsheets")):
            for _round in range(12):
                for path in paths if paths is PATHS or _round < 4 else ():
                    urlopen(f"http://127.0.0.1:{port}{path}").read()
            time.sleep(6)
            total = sum(
                _pss(p) for p in [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
            )
            if paths is PATHS:
                yield below(f"web (2) and worker, after {what}", "200", total / 1e6, 300, unit="MB PSS")
            else:
                yield Line(f"web (2) and worker, {what}", "200", f"{total / 1e6:.0f} MB PSS", "", "")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def _pss(process: psutil.Process) -> int:
    for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
