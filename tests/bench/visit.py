"""The first visit of the programme page in a browser: everything that comes over the wire."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

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
        page = browser.new_page()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        received: list[float] = []
        network.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        page.goto(f"http://127.0.0.1:{port}{PAGE}")
        page.wait_for_load_state("networkidle")
        first, requests = sum(received) / 1000, len(received)
        browser.close()
    yield below(f"first visit of the programme page, {requests} requests", "200", first, 100, unit="KB")
