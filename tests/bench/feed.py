"""The calendar feed: full answers and 304, against a Flask route and a bare application that return the same bytes."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.request import Request, urlopen

from tests.bench.load import rate
from tests.bench.servers import installed, server
from tests.bench.table import Line, against, interleaved
from tests.postgres import postgres_url

FEED = "/feeds/clusterwoche-2027-demo.ics"


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    postgres = {"DATABASE_URL": postgres_url("bench_feed", is_durable=True)}
    kinds: list[tuple[int, str, dict[str, str]]] = [(200, "", {}), (200, ", PostgreSQL", postgres), (2000, "", {})]
    for size, where, settings in kinds[: 2 if quick else 3]:
        ours = installed(folder / f"feed-{size}{where[2:]}", size, **settings)
        body = folder / f"feed-{size}{where[2:]}.ics"
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
        # (full, unchanged) against Flask
        promised = {(200, ""): (0.5, 0.7), (200, ", PostgreSQL"): (0.5, 0.6)}.get((size, where), (None, None))
        for what, found, least in (("full answer", full, promised[0]), ("unchanged (304)", unchanged, promised[1])):
            yield against(f"feed, {what}{where}", f"{size}", found, flask_rate, unit="/s", by="Flask", at_least=least)
        yield against(f"feed, full answer{where}", f"{size}", full, bare_rate, unit="/s", by="bare WSGI")
        yield against(f"feed, unchanged (304){where}", f"{size}", unchanged, bare_rate, unit="/s", by="bare WSGI")
