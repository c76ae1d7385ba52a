"""The attendee's story, clicked through: find, sign up, confirm, wait in line, move up, be reminded, give up."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from babel.dates import format_date

from tests import make
from tests.flows.conftest import House, Visitor, next_april, running

pytestmark = pytest.mark.browser
DAY = next_april(8)


def week() -> dict[str, Any]:
    edition = make.edition(slug="woche", starts_on=next_april(6), ends_on=next_april(15))
    host = make.cluster("OptoNet", slug="optonet")
    activity = make.activity(
        edition=edition,
        host=host,
        capacity=1,
        title_de="Workshop: Licht als Werkzeug",
        title_en=None,
        starts=f"{DAY} 09:00",
        ends=f"{DAY} 12:30",
    )
    long = make.activity(
        edition=edition,
        host=host,
        # Words as German builds them are wider than a phone.
        title_de="Vortrag: Wasserstoffinfrastrukturplanungsbeschleunigung und Lichtwellenleiterverbindungstechnik",
        format="lecture",
        starts=f"{next_april(9)} 17:30",
        ends=f"{next_april(9)} 19:00",
    )
    return {"activity": activity.id, "long": long.id}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("attendee"), week) as opened:
        yield opened


def test_from_the_programme_to_a_place_and_back(house: House, visitor: Callable[..., Visitor]) -> None:
    # Ada finds the workshop on her phone.
    ada = visitor(house, width=390)
    ada.goes_to("/de/")
    ada.clicks("Programm ansehen", "link")
    ada.page.get_by_role("link", name="8. April").first.click()
    ada.looks()
    ada.sees(format_date(DAY, "EEEE, d. MMMM", locale="de"), "Workshop: Licht als Werkzeug")
    ada.clicks("Workshop: Licht als Werkzeug", "link")
    ada.clicks("Jetzt anmelden", "link")

    # She forgets the @ first; her name stays.
    ada.types("Vor- und Nachname", "Ada Beispiel")
    ada.types("E-Mail-Adresse", "ada.post.test")
    ada.clicks("Jetzt anmelden")
    ada.sees("Das @ fehlt")
    assert ada.page.get_by_label("Vor- und Nachname").input_value() == "Ada Beispiel"

    ada.types("E-Mail-Adresse", "ada@post.test")
    ada.clicks("Jetzt anmelden")
    ada.sees("Sehen Sie in Ihr Postfach", "Bitte bestätigen Sie bis", "ada@post.test")

    # The link only shows a button; opening it twice changes nothing.
    link = house.link("ada@post.test", "Bitte bestätigen", "/registration/")
    ada.goes_to(link)
    ada.goes_to(link)
    ada.clicks("Anmeldung bestätigen")
    ada.sees("Ihr Platz ist bestätigt")
    confirmation = house.mail("ada@post.test", "Ihr Platz ist bestätigt")
    assert "text/calendar" in [part.get_content_type() for part in confirmation.walk()]

    # Bea comes too late and waits.
    bea = visitor(house)
    bea.goes_to(f"/en/woche/x-{house.things['activity']}")
    bea.sees("Text in German", "Workshop: Licht als Werkzeug", "Fully booked")
    bea.clicks("Join the waiting list", "link")
    bea.types("First and last name", "Bea Example")
    bea.types("E-mail address", "bea@post.test")
    bea.clicks("Put me on the waiting list")
    bea.goes_to(house.link("bea@post.test", "Please confirm", "/registration/"))
    bea.clicks("Confirm registration")
    bea.sees("You are number 1 on the waiting list")

    # Ada cannot come: Bea moves up.
    manage = house.link("ada@post.test", "Ihr Platz ist bestätigt", "/registration/")
    ada.goes_to(manage)
    ada.clicks("Platz zurückgeben", "link")
    ada.clicks("Platz zurückgeben")
    ada.sees("zurückgegeben")
    house.mail("bea@post.test", "You have a place")
    bea.goes_to(house.link("bea@post.test", "You have a place", "/registration/"))
    bea.sees("Your place is confirmed")

    # The day before, she is reminded: the day, and how far it is.
    house.installation.run("reminders", "plan", "--now", f"{next_april(7)}T09:00:30+02:00")
    house.installation.run("outbox", "deliver", "--now", f"{next_april(7)}T09:01:00+02:00")
    reminder = house.mail("bea@post.test", "Tomorrow: ").get_body(("plain",)).get_content()
    assert format_date(DAY, "EEEE, d MMMM y", locale="en_GB") in reminder
    assert "Tomorrow: “Workshop: Licht als Werkzeug”" in reminder


def test_who_lost_the_link_gets_it_again(house: House, visitor: Callable[..., Visitor]) -> None:
    sven = visitor(house)
    sven.goes_to(f"/de/woche/x-{house.things['activity']}")
    sven.clicks("Schon angemeldet? Link neu anfordern", "link")
    sven.types("E-Mail-Adresse", "bea@post.test")
    sven.clicks("Link zusenden")
    known = sven.page.locator("main").inner_text()

    sven.goes_to(f"/de/woche/x-{house.things['activity']}/lost-link")
    sven.types("E-Mail-Adresse", "nobody@post.test")
    sven.clicks("Link zusenden")

    # The page does not tell who has signed up.
    assert sven.page.locator("main").inner_text() == known


def test_the_public_pages_stand_the_look(house: House, visitor: Callable[..., Visitor]) -> None:
    sven = visitor(house)
    for lang in ("de", "en"):
        for path in (
            "", "woche/", f"woche/?day={next_april(9)}&format=lecture", "woche/?q=nichts",
            "clusters/", "clusters/optonet", "partner-countries/", "partner-countries/FR", "archive/",
            "archive/clusterwoche-2019", "legal/imprint", "legal/privacy", "legal/accessibility", "login",
            "login/forgotten", "login/link", f"woche/x-{house.things['activity']}/sign-up",
            f"woche/x-{house.things['long']}", f"woche/x-{house.things['long']}/sign-up",
        ):  # fmt: skip
            sven.goes_to(f"/{lang}/{path}")
