"""A running house for the stories: web, worker, a real post office and browser, and a week that is not the demo's."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import urlopen

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Error as PlaywrightError, Locator, Page, sync_playwright

from clusterweek import config, create_app
from clusterweek.accounts import actions as accounts
from clusterweek.db.session import db, unit_of_work
from clusterweek.facts import actions as facts
from tests.conftest import build_app
from tests.processes import Installation
from tests.smtp import Inbox, free_port, smtp_server

PASSWORD = "ein-langes-gutes-Passwort"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Every element with the names of its attributes and what decides how it looks and what it is, but not its words.
STRUCTURE = """[...document.querySelectorAll("*")].map(element => [element.tagName, element.className,
    ...element.getAttributeNames(), element.type, element.getAttribute("role"), element.textContent.trim() !== ""
    ].join(" ")).join("\\n")"""
LINK = re.compile(r"http://127\.0\.0\.1:\d+/\S+")


def chromium() -> str | None:
    """The browser: `CHROMIUM`, or one on the path."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: the stories cannot be clicked through")
        pytest.skip("no Chromium on this machine (CHROMIUM=/path/to/chromium names one)")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()


@dataclass
class House:
    """The address, the post office, and the commands of one installation."""

    url: str
    inbox: Inbox
    installation: Installation
    things: dict[str, Any] = field(default_factory=dict)
    read: int = 0

    def mail(self, to: str, subject: str) -> Any:
        """The next mail to this address whose subject has these words; waits for it."""
        for _try in range(150):
            for message in self.inbox.mails[self.read :]:
                if to in str(message["To"]) and subject in str(message["Subject"]):
                    return message
            time.sleep(0.2)
        seen = [(str(m["To"]), str(m["Subject"])) for m in self.inbox.mails]
        raise AssertionError(f"no mail “{subject}” to {to}; there are {seen}")

    def link(self, to: str, subject: str, part: str = "/") -> str:
        """The link in that mail whose address has `part` in it."""
        text = self.mail(to, subject).get_body(("plain",)).get_content()
        return next(link.rstrip(".,)") for link in LINK.findall(text) if part in link)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Inside: the installation's own database, in one unit of work."""
        settings = config.load({f"CLUSTERWEEK_{k}": v for k, v in self._settings().items()})
        app = create_app({**settings, "TESTING": True})
        with app.app_context():
            with unit_of_work():
                yield
            db.session.remove()
            db.engine.dispose()

    def _settings(self) -> dict[str, str]:
        return {"INSTANCE_PATH": str(self.installation.folder), **self.installation.settings}


@contextmanager
def running(folder: Path, prepare: Callable[[], dict[str, Any]]) -> Iterator[House]:
    """A house whose database was filled by `prepare` before it opened."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with smtp_server() as (inbox, mail_url):
        installation = Installation(folder, MAIL_URL=mail_url, BASE_URL=url, MAIL_FROM="Clusterwoche <week@post.test>")
        house = House(url, inbox, installation)
        with build_app(folder, **installation.settings).app_context():
            with unit_of_work():
                facts.load(now=datetime.now(UTC))
            db.session.remove()
            db.engine.dispose()
        with house.database():
            house.things = prepare()
        process = installation.start("serve", "--with-worker", "--port", str(port))
        try:
            _wait(port, process)
            yield house
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, process: subprocess.Popen[str]) -> None:
    for _try in range(150):
        assert process.poll() is None, "the house fell down while it was opening"
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                answer.read()
            return
        except OSError:
            time.sleep(0.2)
    raise AssertionError("the house did not open")


class Visitor:
    """Somebody with a browser who looks closely: every page they see is checked for access and for narrow screens."""

    looked_at: ClassVar[set[str]] = set()

    def __init__(self, browser: Browser, house: House, *, width: int = 1280) -> None:
        self.house = house
        self.context = browser.new_context(viewport={"width": width, "height": 900}, locale="de-DE")
        self.page: Page = self.context.new_page()
        self.width = width
        self.complaints: list[str] = []
        self.page.on("console", lambda message: message.type == "error" and self.complaints.append(message.text))

    def goes_to(self, path: str, *, status: int = 200) -> None:
        answer = self.page.goto(path if path.startswith("http") else self.house.url + path)
        assert answer is None or answer.status == status, f"{answer.status} {self.page.url}"
        self.looks()

    def clicks(self, name: str, role: str = "button") -> None:
        """On the first thing of that name, and looks at the page that follows."""
        self._click(self.page.get_by_role(role, name=name).first)  # type: ignore[arg-type]

    def sends(self) -> None:
        """The form of the page, by its first button."""
        self._click(self.page.locator("main form button[type=submit]:visible").first)

    def _click(self, target: Locator) -> None:
        try:
            target.click(timeout=10_000)
        except PlaywrightError as problem:
            raise AssertionError(f"{target} is not on {self.page.url}:\n{self._main()[:1500]}") from problem
        self.looks()

    def _main(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def types(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def fills(self, **fields: str) -> None:
        """By the names of the fields, which the columns of the tables share."""
        for name, value in fields.items():
            self.page.locator(f"[id='{name.replace('__', '-')}']").fill(value)

    def chooses(self, **fields: str) -> None:
        """From select boxes, by name of the field and code."""
        for name, value in fields.items():
            self.page.locator(f"[id='{name.replace('__', '-')}']").select_option(value)

    def ticks(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).first.check()

    def sees(self, *words: str) -> None:
        main = self._main()
        missing = [word for word in words if word not in main]
        assert missing == [], f"{self.page.url} does not say {missing}:\n{main[:1500]}"

    def looks(self) -> None:
        """No finding of axe, no complaint of the browser, nothing wider than a screen of 320 px."""
        self.page.wait_for_load_state()
        structure = self.page.evaluate(STRUCTURE)
        if structure not in self.looked_at:  # other words in the same elements break no rule
            self._look_closely()
            self.looked_at.add(structure)
        self.page.set_viewport_size({"width": 320, "height": 700})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size({"width": self.width, "height": 900})
        assert wide <= 320, f"{self.page.url} is {wide} px wide on a screen of 320"
        answers = [text for text in self.complaints if "status of 4" not in text]  # 422 is an answer, not a mistake
        assert answers == [], f"{self.page.url}: {answers}"

    def _look_closely(self) -> None:
        self.page.evaluate(f"{AXE_SCRIPT}; 0")
        assert self._findings() == [], self.page.url
        # In the dark only the colours are others.
        self.page.emulate_media(color_scheme="dark")
        assert self._findings(runOnly=["color-contrast"]) == [], f"{self.page.url}, dark"
        self.page.emulate_media(color_scheme="light")

    def _findings(self, **options: Any) -> list[Any]:
        """Of the axe that the page already holds: each rule that is broken, and where first."""
        return self.page.evaluate(  # type: ignore[no-any-return]
            """async options => {
                const found = await axe.run(document, options)
                return found.violations.map(rule => [rule.id, rule.nodes[0].target])
            }""",
            {"resultTypes": ["violations"], **options},
        )

    def logs_in(self, email: str) -> None:
        self.goes_to("/de/login")
        self.types("E-Mail-Adresse", email)
        self.types("Passwort", PASSWORD)
        self.clicks("Einloggen")

    def leaves(self) -> None:
        self.context.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """`visitor(house)` opens a browser of its own; closed at the end."""
    made: list[Visitor] = []

    def open(house: House, **given: Any) -> Visitor:
        made.append(Visitor(browser, house, **given))
        return made[-1]

    yield open
    for one in made:
        one.leaves()


def next_april(day: int) -> date:
    """The houses here run on the real clock: the days of a story must lie ahead, whenever it is told."""
    return date(datetime.now(UTC).year + 1, 4, day)


def with_password(person: Any) -> Any:
    """The person, who can now log in with PASSWORD."""
    accounts.set_password(person, PASSWORD, now=datetime.now(UTC))
    return person
