"""The cluster's story, clicked through: invited, enters, is asked for changes, corrects, is public, moves, cancels."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from babel.dates import format_date
from icalendar import Calendar

from tests import make
from tests.flows.conftest import House, Visitor, next_april, running, with_password

pytestmark = pytest.mark.browser
DAY = next_april(8)


def week() -> dict[str, Any]:
    make.edition(slug="woche", starts_on=next_april(6), ends_on=next_april(15))
    optonet = make.cluster("OptoNet", slug="optonet", email="info@post.test")
    with_password(make.organiser("Olaf", email="olaf@post.test"))
    return {"draft": make.activity(host=optonet, review_status="draft", starts=None).id}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("cluster"), week) as opened:
        yield opened


def feed(visitor: Visitor) -> Any:
    answer = visitor.context.request.get(f"{visitor.house.url}/feeds/woche.ics")
    return Calendar.from_ical(answer.body())


def test_from_the_invitation_to_the_calendar_of_others(house: House, visitor: Callable[..., Visitor]) -> None:
    # The office invites; Clara opens the link and becomes the owner.
    olaf = visitor(house)
    olaf.logs_in("olaf@post.test")
    olaf.goes_to("/de/organiser/clusters/optonet")
    olaf.fills(email="clara@post.test")
    olaf.clicks("Einladung senden")
    olaf.sees("clara@post.test")

    clara = visitor(house)
    clara.goes_to(house.link("clara@post.test", "OptoNet", "/invitation/"))
    clara.fills(name="Clara Beispiel", password="noch-ein-gutes-Passwort")
    clara.clicks("Einladung annehmen")

    # A draft is kept although almost everything is missing.
    clara.goes_to("/de/host/optonet/new")
    clara.fills(title_de="Workshop: Licht als Werkzeug")
    clara.clicks("Entwurf speichern")
    clara.sees("Entwurf", "Workshop: Licht als Werkzeug")
    clara.clicks("Einreichen")
    clara.sees("Bitte prüfen Sie")

    clara.chooses(format="workshop")
    clara.fills(
        summary_de="Wir zeigen, was Licht kann. Teilnahme 40 Euro.",
        occurrences__0__starts_on=f"{DAY:%d.%m.%Y}",
        occurrences__0__starts_time="09:00",
        occurrences__0__ends_time="12:30",
        occurrences__0__city="Jena",
        capacity="20",
    )
    clara.chooses(occurrences__0__venue_land="DE-TH")
    clara.ticks("Optische Technologien und Photonik")
    clara.ticks("Deutsch")
    clara.clicks("Einreichen")
    house.mail("clara@post.test", "ingereicht")

    # The office asks for one thing; the letter's link leads to the field.
    olaf.goes_to("/de/organiser/woche/queue")
    olaf.sees("Workshop: Licht als Werkzeug", "OptoNet")
    # The hint that the summary speaks of a price has opened the field for a remark.
    remark = olaf.page.locator("textarea[id='remark_summary_de']")
    remark.fill("Bitte den Betrag in das Feld „Kosten“ übernehmen.")
    olaf.clicks("Überarbeitung erbitten")

    link = house.link("clara@post.test", "berarbeitung", "/host/")
    clara.goes_to(link)
    assert clara.page.url.endswith("#summary_de")
    clara.sees("Bitte den Betrag in das Feld „Kosten“ übernehmen.")
    clara.fills(summary_de="Wir zeigen, was Licht kann.", cost_note="40 Euro")
    clara.clicks("Erneut einreichen")

    olaf.goes_to("/de/organiser/woche/queue")
    olaf.clicks("Veröffentlichen")
    house.mail("clara@post.test", "öffentlich")

    # Now everybody finds it and subscribes.
    clara.goes_to("/de/woche/")
    clara.clicks("Workshop: Licht als Werkzeug", "link")
    clara.sees("40 Euro", "OptoNet", format_date(DAY, "EEEE, d. MMMM y", locale="de"))
    before = feed(clara).events[0]

    # It moves: the calendar moves, nothing doubles.
    clara.goes_to("/de/host/optonet/")
    clara.goes_to(link.split("?")[0])
    clara.fills(occurrences__0__starts_time="10:00", occurrences__0__ends_time="13:30")
    clara.clicks("Speichern")
    (after,) = feed(clara).events
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.start.hour == 10

    # And is cancelled, after a question.
    clara.goes_to(link.split("?")[0] + "/cancel")
    clara.page.locator("main textarea").fill("Der Referent ist erkrankt.")
    clara.sends()
    (cancelled,) = feed(clara).events
    assert cancelled["STATUS"] == "CANCELLED"
    clara.goes_to("/de/woche/")
    clara.sees("Abgesagt")

    # Logging out ends it: the old cookie opens nothing.
    cookies = clara.context.cookies()
    clara.goes_to("/de/host/optonet/")
    clara.clicks("Ausloggen")
    clara.context.add_cookies(cookies)  # type: ignore[arg-type]
    clara.goes_to("/de/host/optonet/")
    assert "/login" in clara.page.url


def test_every_page_of_the_desk_stands_the_look(house: House, visitor: Callable[..., Visitor]) -> None:
    olaf = visitor(house)
    olaf.logs_in("olaf@post.test")
    for lang in ("de", "en"):
        for path in ("host/optonet/", "host/optonet/new", "host/optonet/profile", "host/optonet/team", "account"):
            olaf.goes_to(f"/{lang}/{path}")
        for path in ("", "/preview", "/registrations"):
            olaf.goes_to(f"/{lang}/host/optonet/{house.things['draft']}{path}")
    olaf.goes_to("/de/gibt-es-nicht/", status=404)


def test_sven_sees_nothing_of_it(house: House, visitor: Callable[..., Visitor]) -> None:
    sven = visitor(house)
    for path in ("/de/host/", "/de/host/optonet/", "/de/organiser/", "/de/organiser/people/"):
        sven.goes_to(path)
        assert "/login" in sven.page.url
