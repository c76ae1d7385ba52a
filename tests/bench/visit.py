"""The programme page in a browser, for the first time and again: everything that comes over the wire."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

from tests.bench.page import PAGE
from tests.bench.servers import installed, server
from tests.bench.table import Line, below

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def measure(folder: Path, *, runs: int, quick: bool) -> Iterator[Line]:
    chromium = shutil.which(os.environ.get("CHROMIUM", "chromium"))
    if not chromium:
        yield Line("first visit of the programme page", "200", "no browser", "", "")
        return
    ours = installed(folder / "visit", 200)
    with server("wsgi:app", ours) as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        context = browser.new_context()
        first, again = (_visited(context, f"http://127.0.0.1:{port}{PAGE}") for _visit in range(2))
        browser.close()
    for what, (received, requests), most in (("first visit", first, 60), ("the same again", again, 3)):
        yield below(f"{what} of the programme page, {requests} requests", "200", received, most, unit="KB")


def _visited(context: BrowserContext, address: str) -> tuple[float, int]:
    """KB and answers that came over the wire for a page in a new tab."""
    page = context.new_page()
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    received: list[float] = []
    network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.close()
    return sum(received) / 1000, sum(size > 0 for size in received)
