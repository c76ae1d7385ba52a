"""The programme page of 50 rows: does it stay as quick when the programme grows a hundredfold?"""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import event

from clusterweek import config, create_app
from clusterweek.db.session import db
from tests.bench.servers import installed
from tests.bench.table import Line, interleaved

PAGE = "/de/clusterwoche-2027-demo/"


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    sizes = (200, 2000) if quick else (200, 2000, 20000)
    asks = []
    queries = []
    for size in sizes:
        installation = installed(folder / f"page-{size}", size)
        ask, counted = _page(installation.folder)
        asks.append(ask)
        queries.append(counted)
    times = interleaved(runs * 3, *asks)
    for size, seconds, count in zip(sizes, times, queries, strict=True):
        kept = None if size == sizes[0] else seconds / times[0] <= 1.5 and count == queries[0]
        yield Line(
            "programme page, 50 rows",
            f"{size}",
            f"{seconds * 1000:.1f} ms, {count} q",
            f"{sizes[0]} activities {times[0] * 1000:.1f} ms, {queries[0]} q",
            f"{seconds / times[0]:.2f}",
            "" if kept is None else "at most 1.5, same queries",
            kept,
        )


def _page(folder: Path) -> tuple[Callable[[], float], int]:
    app = create_app(config.load({"CLUSTERWEEK_INSTANCE_PATH": str(folder)}))
    client = app.test_client()
    client.get(PAGE)
    seen = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *_given: seen.append(1))
    assert client.get(PAGE).status_code == 200

    def ask() -> float:
        begun = time.perf_counter()
        client.get(PAGE)
        return time.perf_counter() - begun

    return ask, len(seen)
