"""The calendar feed: full answers and 304, against a Flask route and a bare application that return the same bytes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

from tests.bench.load import rate
from tests.bench.servers import installed, server
from tests.bench.table import Line, against, interleaved

FEED = "/feeds/clusterwoche-2027-demo.ics"


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    for size in (200,) if quick else (200, 2000):
        ours = installed(folder / f"feed-{size}", size)
        body = folder / f"feed-{size}.ics"
        with server("wsgi:app", ours) as port:
            with urlopen(Request(f"http://127.0.0.1:{port}{FEED}")) as answer:
                known = {"If-None-Match": answer.headers["ETag"]}
                body.write_bytes(answer.read())
            with (
                server("tests.bench.yardsticks:flask_route", ours, BENCH_BODY=str(body)) as flask_port,
                server("tests.bench.yardsticks:bare", ours, BENCH_BODY=str(body)) as bare_port,
            ):
                full, unchanged, flask_rate, bare_rate = interleaved(
                    runs,
                    partial(rate, port, FEED),
                    partial(rate, port, FEED, headers=known, status=304),
                    partial(rate, flask_port, FEED),
                    partial(rate, bare_port, FEED),
                )
        promised = size == 200
        yield against(
            "feed, full answer", f"{size}", full, flask_rate, unit="/s", by="Flask", at_least=0.5 if promised else None
        )
        yield against(
            "feed, unchanged (304)",
            f"{size}",
            unchanged,
            flask_rate,
            unit="/s",
            by="Flask",
            at_least=0.7 if promised else None,
        )
        yield against("feed, full answer", f"{size}", full, bare_rate, unit="/s", by="bare WSGI")
        yield against("feed, unchanged (304)", f"{size}", unchanged, bare_rate, unit="/s", by="bare WSGI")
