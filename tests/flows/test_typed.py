"""A login ends in the middle of the long form of an activity: no word is lost, nothing sends itself, nobody sees it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from tests import make
from tests.flows.conftest import House, Visitor, next_april, running, with_password

pytestmark = pytest.mark.browser
FIELDS = """form => [...form.elements]
    .filter(e => e.name && !["csrf_token", "save", "submit", "add_date"].includes(e.name))
    .map(e => [e.name, e.type === "checkbox" || e.type === "radio" ? `${e.value}:${e.checked}` : e.value])"""


def week() -> dict[str, Any]:
    make.edition(slug="woche", starts_on=next_april(6), ends_on=next_april(15))
    optonet = make.cluster("OptoNet", slug="optonet")
    make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH")
    with_password(make.member(optonet, "Clara", email="clara@post.test"))
    with_password(make.member(optonet, "Carl", email="carl@post.test"))
    return {}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("typed"), week) as opened:
        yield opened


def end_logins(house: House) -> None:
    with house.database():
        db.session.execute(make.ended_logins())


def long_form(visitor: Visitor) -> Any:
    return visitor.page.locator("form.ho-form")


def said(visitor: Visitor) -> list[list[str]]:
    """Everything in the form as it stands on the screen; rows that are spare say nothing."""
    return [pair for pair in long_form(visitor).evaluate(FIELDS) if pair[1]]


def fill_everything(visitor: Visitor) -> None:
    """Each text field with words of its own, each choice with its last one, three dates."""
    for details in long_form(visitor).locator("details").all():
        details.evaluate("d => d.open = true")
    for n, field in enumerate(long_form(visitor).locator("input[type=text], input[type=email], textarea").all()):
        name = str(field.get_attribute("name"))
        if name.endswith(("starts_on", "ends_on")) or name == "registration_deadline":
            field.fill(f"{next_april(7 + n % 3):%d.%m.%Y}")
        elif name.endswith("_time"):
            field.fill("09:00" if "starts" in name else "17:30")
        elif name.startswith("capacity"):
            field.fill(str(20 + n))
        else:
            field.fill(f"Wort {n} „Größe“ & <b>mehr</b>" + ("\nZweite Zeile" if "description" in name else ""))
    for field in long_form(visitor).locator("select").all():
        field.select_option(index=field.locator("option").count() - 1)
    for field in long_form(visitor).locator("input[type=checkbox]:not([name$=is_removed])").all()[::2]:
        field.check()
    long_form(visitor).locator("input[name=mode][value=hybrid]").check()


def test_no_word_is_lost_when_the_login_ends(house: House, visitor: Callable[..., Visitor]) -> None:
    clara = visitor(house)
    clara.logs_in("clara@post.test")
    clara.goes_to("/de/host/optonet/new")
    for _more in range(2):
        clara.page.get_by_role("button", name="Weiteren Termin hinzufügen").click()
        clara.page.wait_for_load_state()
    fill_everything(clara)
    typed = said(clara)
    assert len(typed) > 100
    end_logins(house)

    clara.page.get_by_role("button", name="Entwurf speichern").last.click()
    clara.page.wait_for_load_state()
    clara.looks()
    clara.sees("Es ist nichts verloren", "Zweite Zeile")
    clara.clicks("Einloggen", "link")

    # Somebody else sits down at the same browser first.
    clara.types("E-Mail-Adresse", "carl@post.test")
    clara.types("Passwort", "ein-langes-gutes-Passwort")
    clara.clicks("Einloggen")
    assert "Wort" not in clara.page.content()
    clara.clicks("Ausloggen")

    clara.logs_in("clara@post.test")
    clara.goes_to("/de/host/optonet/new?edition=woche")
    clara.sees("sind wieder da und noch nicht gespeichert")
    assert said(clara) == typed
    with house.database():
        assert db.session.scalars(select(Activity)).all() == []  # not sent by itself

    clara.page.get_by_role("button", name="Entwurf speichern").last.click()
    clara.page.wait_for_load_state()
    by_name = dict(typed)
    with house.database():
        activity = db.session.scalars(select(Activity)).one()
        for name in ("title_de", "title_en", "summary_de", "summary_en", "accessibility", "cost_note", "contact_name"):
            assert getattr(activity, name) == by_name[name], name
        for name in ("description_de", "description_en"):
            assert getattr(activity, name) == by_name[name].replace("\r\n", "\n"), name
        assert (str(activity.capacity), activity.mode) == (by_name["capacity"], "hybrid")
        # “Wort 12” is no address of an online room: such a date waits in the form until that is mended.
        dates = [*activity.occurrences, *activity.unfinished_dates, *activity.unread.get("dates", [])]
        assert len(dates) == 3


def test_back_from_an_answer_that_is_none_costs_no_word(house: House, visitor: Callable[..., Visitor]) -> None:
    """The token is too old (another login meanwhile): the form stands on the answer, and sends."""
    clara = visitor(house)
    clara.logs_in("clara@post.test")
    clara.goes_to("/de/host/optonet/profile")
    clara.fills(summary_de="Zwei Stunden\nArbeit")
    other = clara.context.new_page()
    other.goto(f"{house.url}/de/host/optonet/")
    other.get_by_role("button", name="Ausloggen").first.click()
    other.goto(f"{house.url}/de/login")
    other.get_by_label("E-Mail-Adresse").fill("clara@post.test")
    other.get_by_label("Passwort").fill("ein-langes-gutes-Passwort")
    other.get_by_role("button", name="Einloggen").click()
    other.wait_for_load_state()

    clara.clicks("Speichern")
    clara.sees("Bitte senden Sie das Formular noch einmal")
    assert clara.page.locator("#summary_de").input_value() == "Zwei Stunden\nArbeit"
    clara.clicks("Speichern")
    clara.sees("Das Profil ist gespeichert.")
