"""The office decides with the keyboard alone, in a browser without scripts, and each decision takes seconds."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from tests import make
from tests.flows.conftest import PASSWORD, House, next_april, running, with_password

pytestmark = pytest.mark.browser
CAREFUL = {
    "summary_de": "Wir zeigen, was Licht in der Fertigung kann, mit Beispielen aus drei Betrieben der Region.",
    "accessibility": "Stufenloser Zugang",
}


def week() -> dict[str, Any]:
    edition = make.edition(slug="woche", starts_on=next_april(6), ends_on=next_april(15))
    with_password(make.organiser("Olaf", email="olaf@post.test"))
    for n, day in enumerate((7, 8, 9), start=1):
        make.submitted(
            edition=edition,
            host=make.cluster(f"Cluster {n}", slug=f"cluster-{n}"),
            title_de=f"Einreichung {n}",
            starts=f"{next_april(day)} 09:00",
            ends=f"{next_april(day)} 12:00",
            submitted_at=datetime(2026, 11, n, 9, tzinfo=UTC),
            **CAREFUL,
        )
    return {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("keyboard"), week) as opened:
        yield opened


def test_three_decisions_without_a_mouse_and_without_scripts(house: House, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900}, locale="de-DE")
    page = context.new_page()
    page.goto(house.url + "/de/login")
    page.get_by_label("E-Mail-Adresse", exact=True).fill("olaf@post.test")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/de/organiser/")
    page.goto(house.url + "/de/organiser/woche/queue")
    page.get_by_role("link", name="Einreichung 1").focus()

    def press(*keys: str, then: Locator) -> None:
        """The keys, and within ten seconds what they should lead to."""
        for key in keys:
            page.keyboard.press(key)
        then.wait_for(timeout=10_000)

    def opened(title: str) -> Locator:
        """The title of a submission that stands open and has the focus."""
        return page.locator("#opened:focus", has_text=title)

    def tab_to(words: str) -> None:
        for _stop in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.innerText").startswith(words):
                return
        raise AssertionError(f"no stop called {words}")

    # Opening puts the focus on the title; the first stop after it leads to the decision.
    press("Enter", then=opened("Einreichung 1"))
    press("Tab", "Enter", "Tab", "Enter", then=opened("Einreichung 2"))
    # The second goes back, with a remark on the first answer: past the hints to it, then on to the button.
    tab_to("Anmerkung")
    press("Enter", "Tab", then=page.locator("textarea:focus"))
    page.keyboard.type("Bitte einen Titel, der mehr sagt.")
    tab_to("Überarbeitung erbitten")
    press("Enter", then=opened("Einreichung 3"))
    press("Tab", "Enter", "Tab", "Enter", then=page.get_by_text("Nichts wartet auf eine Entscheidung."))
    context.close()

    with house.database():
        states = dict(db.session.execute(db.select(Activity.title_de, Activity.review_status)).all())
    assert states == {
        "Einreichung 1": "published",
        "Einreichung 2": "changes_requested",
        "Einreichung 3": "published",
    }
