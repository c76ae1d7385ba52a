"""Who works at the desk or reads at it."""

from typing import Any

import pytest

from clusterweek.accounts import actions, queries
from clusterweek.db.session import db, unit_of_work
from tests import make
from tests.browse import checked, page
from tests.conftest import NOW
from tests.mailbox import letters, mailbox

LIST = "/de/organiser/people/"
LENA = {"name": "Lena", "email": "lena@example.org", "role": "land_coordinator", "land": "DE-BB", "language": "de"}


@pytest.fixture
def olaf(client: Any) -> Any:
    make.login(client, make.organiser())
    return client


def roles(email: str) -> list[tuple[str, str | None, str | None]]:
    person = queries.by_email(email)
    return [(grant.role, grant.land, grant.country) for grant in person.grants] if person else []


@pytest.mark.parametrize(
    ("typed", "role"),
    [
        ({}, ("land_coordinator", "DE-BB", None)),
        ({"role": "organiser"}, ("organiser", None, None)),
        ({"role": "viewer"}, ("viewer", "DE-BB", None)),
        ({"role": "viewer", "land": "", "country": "Netherlands"}, ("viewer", None, "NL")),
        ({"role": "viewer", "land": ""}, ("viewer", None, None)),
    ],
)
def test_a_new_person_gets_a_role_and_a_link(olaf: Any, typed: dict[str, str], role: tuple[str, Any, Any]) -> None:
    answer = olaf.post(LIST, data=LENA | typed)

    assert answer.location == LIST
    assert roles("lena@example.org") == [role]
    assert [to for to, _subject in mailbox()] == ["lena@example.org"]
    shown = page(olaf, LIST).text
    assert "Lena erhält eine Nachricht mit einem Link" in shown
    assert "Link noch einmal senden" in shown


@pytest.mark.parametrize(
    ("typed", "task"),
    [
        ({}, "Sie lesen, was Cluster einreichen: Brandenburg."),
        ({"role": "organiser"}, "Sie arbeiten bei der Programmorganisation: Sie entscheiden"),
        ({"role": "viewer", "land": "", "country": "Netherlands"}, "der Programmorganisation vorliegt: Niederlande."),
    ],
)
def test_a_new_person_is_welcomed_and_told_the_role_and_who_gave_it(
    olaf: Any, typed: dict[str, str], task: str
) -> None:
    olaf.post(LIST, data=LENA | typed)

    (welcome,) = letters()
    assert welcome.subject == "Ihr Konto bei der Programmorganisation"
    assert "Olaf hat für Sie ein Konto bei der Programmorganisation der Clusterwoche angelegt." in welcome.text
    assert task in welcome.text
    assert task in welcome.page


def test_who_has_a_password_is_written_to_about_a_new_one(olaf: Any) -> None:
    vera = make.viewer()
    actions.set_password(vera, "ein langes Passwort", NOW)

    olaf.post(f"{LIST}{vera.id}/link")

    (letter,) = letters()
    assert letter.subject == "Legen Sie Ihr Passwort fest"
    assert "hier legen Sie ein neues Passwort fest:" in letter.text
    assert "Der Link gilt nur einmal, bis" in letter.text


def test_who_has_an_account_keeps_it(olaf: Any) -> None:
    clara = make.member(make.cluster())
    actions.set_password(clara, "ein langes Passwort", NOW)

    olaf.post(LIST, data=LENA | {"email": "CLARA@example.org", "name": "Anders", "role": "viewer", "land": ""})

    assert roles("clara@example.org") == [("viewer", None, None)]
    assert clara.name == "Clara"
    assert mailbox() == []


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"name": ""}, "name", "Geben Sie den Namen ein."),
        ({"name": "Lena evil.com"}, "name", "Bitte schreiben Sie nur den Namen, keine Internetadresse."),
        ({"email": "lena"}, "email", "Das @ fehlt, zum Beispiel name@example.org"),
        ({"land": ""}, "land", "Wählen Sie das Bundesland, dessen Einreichungen diese Person liest."),
        ({"role": "viewer", "country": "Narnia"}, "country", "„Narnia“ ist kein Staat."),
    ],
)
def test_what_is_wrong_is_named(olaf: Any, typed: dict[str, str], field: str, sentence: str) -> None:
    found = checked(olaf.post(LIST, data=LENA | typed), status=422)

    (words,) = [words for words in found.links if words.startswith(sentence)]
    assert found.links[words] == f"#{field}"
    assert roles("lena@example.org") == []


def test_a_role_that_does_not_exist_is_refused(olaf: Any) -> None:
    assert olaf.post(LIST, data=LENA | {"role": "king"}).status_code == 422


def test_an_account_is_switched_off_after_asking_and_on_again(olaf: Any) -> None:
    vera = make.viewer()

    assert page(olaf, f"{LIST}{vera.id}/off").h1 == "Konto abschalten?"
    olaf.post(f"{LIST}{vera.id}/off")
    assert not vera.is_active
    assert "abgeschaltet" in page(olaf, LIST).text

    olaf.post(f"{LIST}{vera.id}/on")
    assert vera.is_active


def test_who_is_switched_off_is_out_at_once(app: Any, client: Any) -> None:
    vera = make.viewer()
    browser = type(client)(app, app.response_class)
    make.login(browser, vera)
    assert browser.get("/de/organiser/").status_code == 200
    make.login(client, make.organiser())

    client.post(f"{LIST}{vera.id}/off")

    assert browser.get("/de/organiser/").status_code == 303


def test_nobody_switches_off_the_own_account(olaf: Any) -> None:
    person = queries.by_email("olaf@example.org")
    assert person is not None

    assert olaf.post(f"{LIST}{person.id}/off").status_code == 409
    assert person.is_active


def test_the_link_is_sent_again(olaf: Any) -> None:
    vera = make.viewer()

    olaf.post(f"{LIST}{vera.id}/link")

    assert [to for to, _subject in mailbox()] == ["vera@example.org"]
    assert olaf.post(f"{LIST}999/link").status_code == 404


def test_whose_link_was_made_void_is_shown_with_the_button_that_sends_another(olaf: Any) -> None:
    """As an upgrade or a restore leaves it."""
    olaf.post(LIST, data=LENA)
    assert "Link zum Festlegen des Passworts gilt bis" in page(olaf, LIST).text
    link = next(word for word in letters()[-1].text.split() if "/login/password/" in word)
    with unit_of_work():
        table = db.metadata.tables["login_sessions"]
        actions.make_links_void(db.session.connection(), now=NOW)
        db.session.execute(table.update().values(ended_at=None))  # Olaf has logged in again
    assert olaf.get(link.replace("http://127.0.0.1:8000", "")).status_code == 404

    shown = page(olaf, LIST)
    lena = queries.by_email("lena@example.org")
    assert lena is not None
    assert "Link zum Festlegen des Passworts gilt nicht mehr" in shown.text
    assert f"{LIST}{lena.id}/link" in [form.get("action") for form in shown.all("form")]
    olaf.post(f"{LIST}{lena.id}/link")

    assert [to for to, _subject in mailbox()] == ["lena@example.org"]
    assert "Link zum Festlegen des Passworts gilt nicht mehr" not in page(olaf, LIST).text
