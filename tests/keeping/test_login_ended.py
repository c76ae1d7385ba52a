"""A login ends while somebody types: nothing is saved, nothing is lost, nobody else sees it, nothing sends itself."""

import io
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from clusterweek import clock, jobs
from clusterweek.accounts import actions as accounts
from clusterweek.accounts.models import LoginSession, Person
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.keeping import inputs
from clusterweek.keeping.models import Kept
from tests import forms, make
from tests.browse import Page, checked, page
from tests.conftest import NOW, Client, Clock
from tests.house.test_addresses import LET_IN, Cast, cast, methods_of, path_of, rules_of  # noqa: F401 (a fixture)
from tests.tables import dump

SECRET = "streng-geheimes-Passwort"


def idle(_client: Client, _person: Person) -> None:
    db.session.execute(make.ended_logins())


def too_long(_client: Client, _person: Person) -> None:
    db.session.execute(update(LoginSession).values(ends_at=clock.now()))


def logged_out_in_another_tab(client: Client, _person: Person) -> None:
    client.post("/de/logout")


def password_changed_elsewhere(_client: Client, person: Person) -> None:
    with unit_of_work():
        accounts.set_password(person, "ein ganz neues Passwort", clock.now())


ENDINGS = (idle, too_long, logged_out_in_another_tab, password_changed_elsewhere)


def way_back(answer: Page) -> str:
    """Where the button "log in" of the answer leads after the login."""
    return parse_qs(urlsplit(answer.links["Einloggen"]).query)["next"][0]


def kept() -> list[Kept]:
    return list(db.session.scalars(select(Kept).where(Kept.kind == "form").order_by(Kept.id)))


@pytest.fixture
def optonet() -> Cluster:
    make.edition()
    return make.cluster("OptoNet", slug="optonet")


@pytest.fixture
def clara(client: Client, optonet: Cluster) -> Person:
    who = make.member(optonet)
    make.login(client, who)
    return who


PROFILE = "/de/host/optonet/profile"


def ended(client: Client, person: Person, path: str = PROFILE, ending: Any = idle, **typed: str) -> Page:
    """Fill in a page's form, lose the login, send."""
    fields = page(client, path).fields | (typed or {"summary_de": "Zwei Stunden\nArbeit"})
    ending(client, person)
    return checked(client.post(path, data=fields), status=401)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda ending: ending.__name__)
def test_after_the_login_the_form_stands_there_again_and_is_sent_by_the_person(
    client: Client, clara: Person, optonet: Cluster, ending: Any
) -> None:
    answer = ended(client, clara, ending=ending)
    assert "Es ist nichts verloren" in answer.text
    assert "Zwei Stunden Arbeit" in answer.text  # there to be read and copied, whatever comes

    make.login(client, clara)
    form = page(client, way_back(answer))
    assert optonet.summary_de is None  # it did not send itself
    assert forms.lines(form.fields["summary_de"]) == "Zwei Stunden\nArbeit"
    assert "Ihre Eingaben vom 22.03.2027, 09:30 Uhr sind wieder da und noch nicht gespeichert." in form.text

    assert client.post(PROFILE, data=form.fields).status_code == 303
    assert optonet.summary_de == "Zwei Stunden\nArbeit"
    assert kept() == []
    assert "Ihre Eingaben" not in page(client, PROFILE).text


def test_no_form_of_any_desk_loses_a_word(app: Flask, client: Client, cast: Cast) -> None:  # noqa: F811
    olaf = cast.people["olaf"]
    assert olaf
    make.login(client, olaf)
    found: dict[str, forms.Form] = {}
    for rule, audience in rules_of(app):
        if audience in LET_IN and "GET" in methods_of(rule):
            answer = client.get(path_of(app, rule, cast.values))
            if answer.status_code == 200 and answer.mimetype == "text/html":
                found |= {form.action: form for form in forms.of(Page(answer), filled=True)}
    assert len(found) > 25
    before = dump(leave_out=("login_sessions.seen_at",))
    lost, typed_into = [], 0

    for action, form in found.items():
        idle(client, olaf)
        answer = checked(client.post(action, data=form.sent()), status=401)
        make.login(client, olaf)
        wanted = {(name, forms.lines(value)) for name, value in form.typed if value != SECRET}
        row = next(iter(kept()), None)
        if row is None:
            assert not any(re.match("Wort|Satz", value) for _name, value in wanted), action
            continue
        typed_into += 1
        shown = {(name, forms.lines(value)) for name, value in forms.values(page(client, way_back(answer)))}
        if not wanted <= shown:  # what stands inside a larger page waits on one of its own
            shown = {(name, forms.lines(value)) for name, value in forms.values(page(client, "/de/kept"))}
        lost += [(action, pair) for pair in sorted(wanted - shown)]
        with unit_of_work():
            db.session.delete(row)

    assert typed_into > 15
    assert lost == []
    after = dump(leave_out=("login_sessions.seen_at",))
    for table in ("activities", "clusters", "editions", "people", "invitations", "letters", "registrations", "remarks"):
        assert after.get(table) == before.get(table), table


def test_another_person_at_the_same_browser_sees_nothing_of_it(client: Client, clara: Person, optonet: Cluster) -> None:
    carl = make.member(optonet, "Carl")
    olaf = make.organiser()
    answer = ended(client, clara)

    for other in (carl, olaf):
        make.login(client, other)
        for path in (way_back(answer), "/de/kept", "/de/account"):
            seen = client.get(path).text
            assert "Zwei Stunden" not in seen
            assert "22.03.2027, 09:30 Uhr sind" not in seen
        client.post("/de/kept/discard", data={"id": kept()[0].id})
        client.post("/de/logout")
    assert client.get(PROFILE).status_code == 303  # and nobody at all

    make.login(client, clara)
    assert "Zwei Stunden" in client.get(PROFILE).text


def test_two_people_at_one_browser_both_find_what_they_typed_on_the_same_page(
    client: Client, clara: Person, optonet: Cluster
) -> None:
    carl = make.member(optonet, "Carl")
    ended(client, clara, summary_de="Von Clara")
    make.login(client, carl)
    ended(client, carl, summary_de="Von Carl")

    for who, typed in ((clara, "Von Clara"), (carl, "Von Carl")):
        make.login(client, who)
        assert forms.lines(page(client, PROFILE).fields["summary_de"]) == typed


def test_what_others_have_typed_meanwhile_crowds_out_nothing_of_mine(client: Client, clara: Person) -> None:
    """However many there are: only of one's own the oldest go."""
    ended(client, clara)
    with unit_of_work():
        for number in range(2 * inputs.MOST_PER_PERSON):
            db.session.add(
                Kept(
                    secret_hash=f"{number:064}",
                    kind="form",
                    place="/host/",
                    person_id=make.person(f"P{number}").id,
                    data={},
                    created_at=NOW,
                    kept_until=NOW + timedelta(hours=1),
                )
            )
    other = type(client)(client.application, client.application.response_class)
    make.login(other, clara)

    ended(other, clara)

    assert len(kept()) == 2 * inputs.MOST_PER_PERSON + 2


def test_what_was_typed_for_one_edition_is_not_filled_into_the_form_of_another(client: Client, clara: Person) -> None:
    for slug in ("woche", "tagung"):
        make.edition(slug=slug)
    ended(client, clara, "/de/host/optonet/new?edition=woche", title_de="Seminar: Netze")
    make.login(client, clara)

    filled = {
        slug: page(client, f"/de/host/optonet/new?edition={slug}").fields["title_de"] for slug in ("woche", "tagung")
    }

    assert filled == {"woche": "Seminar: Netze", "tagung": ""}


def test_the_same_person_in_another_browser_sees_nothing_of_it(client: Client, clara: Person) -> None:
    ended(client, clara)
    other = type(client)(client.application, client.application.response_class)
    make.login(other, clara)

    assert "Zwei Stunden" not in other.get(PROFILE).text


def test_a_stranger_makes_us_keep_nothing(client: Client, clara: Person) -> None:
    """No cookie, a made-up one, one of a closed account: the answer gives it back, no row is written."""
    stranger = type(client)(client.application, client.application.response_class)
    for secret in (None, "x" * 43, 7):
        with stranger.session_transaction() as cookie:
            if secret is not None:
                cookie["login"] = secret
        answer = checked(stranger.post(PROFILE, data={"summary_de": "Zwei Stunden"}), status=401)
        assert ("summary_de", "Zwei Stunden") in forms.values(answer)
    with unit_of_work():
        accounts.disable(clara, now=clock.now())
    assert client.post(PROFILE, data={"summary_de": "Zwei Stunden"}).status_code == 401

    assert kept() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Referer": "https://evil.example/de/host/optonet/profile"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://[broken"},
    ],
    ids=str,
)
def test_what_another_site_sends_is_neither_kept_nor_shown(client: Client, clara: Person, headers: Any) -> None:
    idle(client, clara)

    answer = client.post(PROFILE, data={"summary_de": "Kaufen Sie hier"}, headers=headers)

    assert answer.status_code == 401
    assert "Kaufen Sie hier" not in answer.text
    assert kept() == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "http://localhost"},
        {"Origin": "null"},  # an old browser, to which our own pages name themselves to nobody
        {"Referer": "http://localhost/de/host/"},
        {"Origin": "http://127.0.0.1:8000"},  # BASE_URL, behind a proxy that rewrites the Host
        {},
    ],
    ids=str,
)
def test_what_our_own_pages_send_is_kept(client: Client, clara: Person, headers: Any) -> None:
    idle(client, clara)

    client.post(PROFILE, data={"summary_de": "Zwei Stunden"}, headers=headers)

    assert len(kept()) == 1


def test_passwords_files_and_tokens_are_not_kept(client: Client, clara: Person) -> None:
    idle(client, clara)
    client.post("/de/account/password", data={"current": SECRET, "password": SECRET})
    client.post("/de/account", data={"name": "Clara", "password": SECRET, "csrf_token": "t" * 20, "current": SECRET})
    make.login(client, clara)

    assert [row.data["pairs"] for row in kept()] == [[["name", "Clara"]]]
    assert SECRET not in str(dump())


def test_a_file_is_asked_for_again(client: Client) -> None:
    olaf = make.organiser()
    make.login(client, olaf)
    idle(client, olaf)

    answer = client.post("/de/organiser/clusters/table", data={"file": (io.BytesIO(b"name\nX"), "x.csv")})

    assert answer.status_code == 401
    assert "Bitte wählen Sie sie noch einmal aus" in checked(answer, status=401).text
    assert way_back(Page(answer)) == "/de/organiser/clusters/table"
    assert kept() == []


def test_it_waits_24_hours_and_not_longer(client: Client, clara: Person, at: Clock) -> None:
    ended(client, clara)

    at(NOW + timedelta(hours=23, minutes=59))
    make.login(client, clara)
    assert "Zwei Stunden" in client.get(PROFILE).text
    at(NOW + timedelta(hours=24, minutes=1))
    make.login(client, clara)
    assert "Zwei Stunden" not in client.get(PROFILE).text
    assert len(kept()) == 1
    jobs.clear_up()
    assert kept() == []


def test_it_waits_on_while_there_is_a_mistake_in_it(client: Client, clara: Person) -> None:
    ended(client, clara)
    make.login(client, clara)

    assert client.post(PROFILE, data=page(client, PROFILE).fields | {"website": "no address"}).status_code == 422

    assert "Zwei Stunden" in client.get(PROFILE).text
    assert client.post(PROFILE, data=page(client, PROFILE).fields).status_code == 303
    assert kept() == []


def test_it_is_discarded_when_the_person_says_so(client: Client, clara: Person) -> None:
    ended(client, clara)
    make.login(client, clara)
    form = next(f for f in forms.of(page(client, PROFILE)) if f.action == "/de/kept/discard")

    assert client.post(form.action, data=form.sent()).location == PROFILE

    assert "Zwei Stunden" not in client.get(PROFILE).text
    assert kept() == []


def test_whoever_discards_it_from_another_page_sees_what_is_left(client: Client, clara: Person) -> None:
    ended(client, clara)
    make.login(client, clara)
    form = next(f for f in forms.of(page(client, "/de/account")) if f.action == "/de/kept/discard")

    assert client.post(form.action, data=form.sent()).location == "/de/kept"

    left = page(client, "/de/kept")
    assert "Ihre Eingaben sind verworfen." in left.text
    assert "In diesem Browser ist nichts für Sie aufbewahrt." in left.text


def test_the_page_of_what_is_kept_says_it_once_and_leads_to_the_form(client: Client, clara: Person) -> None:
    ended(client, clara)
    make.login(client, clara)

    kept_page = page(client, "/de/kept")

    assert kept_page.links["Zum ausgefüllten Formular"] == PROFILE
    assert kept_page.text.count("Verwerfen") == 1


def test_what_waits_is_named_on_every_page_until_it_is_sent(client: Client, clara: Person) -> None:
    ended(client, clara)
    make.login(client, clara)

    elsewhere = page(client, "/de/account")

    sentence = "Ihre Eingaben vom 22.03.2027, 09:30 Uhr sind aufbewahrt und noch nicht gespeichert."
    assert elsewhere.links[sentence] == "/de/kept"


def test_little_is_kept_for_a_person_and_a_double_click_keeps_it_once(
    client: Client, clara: Person, optonet: Cluster
) -> None:
    numbers = [make.activity(host=optonet, review_status="draft", published_at=None).id for _ in range(8)]
    idle(client, clara)
    for number in numbers:
        for _click in range(2):
            assert client.post(f"/de/host/optonet/{number}", data={"title_de": "Neu"}).status_code == 401
    for n in range(70):
        client.post(PROFILE, data={"summary_de": f"Nr. {n}"})

    assert len(kept()) == inputs.MOST_PER_PERSON
    assert "Nr. 69" not in str([row.data for row in kept()])  # sixty an hour, whoever holds the cookie


def test_what_is_very_large_is_given_back_and_not_kept(client: Client, clara: Person) -> None:
    idle(client, clara)

    answer = client.post(PROFILE, data={"summary_de": "ä" * 300_000})

    assert answer.status_code == 401
    assert "ä" * 300_000 in answer.text
    assert kept() == []


def test_a_remark_in_the_review_list_stands_at_its_place_again(client: Client) -> None:
    olaf = make.organiser()
    activity = make.submitted()
    make.login(client, olaf)
    entry = f"/de/organiser/{activity.edition.slug}/queue/{activity.id}"
    fields = page(client, entry).fields | {"remark_summary_de": "Bitte kürzer."}
    idle(client, olaf)

    answer = checked(client.post(f"{entry}/request-changes?land=DE-TH", data=fields), status=401)
    make.login(client, olaf)

    assert way_back(answer) == f"{entry}?land=DE-TH"
    assert page(client, way_back(answer)).fields["remark_summary_de"] == "Bitte kürzer."
    assert client.post(f"{entry}/request-changes", data=fields).status_code == 303
    assert kept() == []


def test_what_stands_on_no_page_of_its_own_is_sent_from_where_it_is_kept(client: Client) -> None:
    olaf = make.organiser()
    activity = make.submitted()
    make.login(client, olaf)
    address = f"/de/organiser/{activity.edition.slug}/queue/several/publish?land=DE-TH"
    idle(client, olaf)

    answer = checked(client.post(address, data={"activity": f"{activity.id}:{activity.version}"}), status=401)
    make.login(client, olaf)

    assert way_back(answer) == "/de/kept"
    waiting = page(client, "/de/kept")
    again = next(form for form in forms.of(waiting) if form.action == address)
    assert "Veranstaltungen 1" in waiting.text
    assert activity.review_status == "submitted"
    assert client.post(again.action, data=again.sent()).status_code == 303
    assert activity.review_status == "published"
    assert kept() == []


def test_a_mere_button_is_pressed_once_more(client: Client) -> None:
    olaf = make.organiser()
    activity = make.activity(registration_mode="none")
    make.login(client, olaf)
    idle(client, olaf)

    answer = client.post(
        f"/de/organiser/{activity.edition.slug}/activities/{activity.id}/exception", data={"allowed": "1"}
    )

    assert checked(answer, status=401).links["Einloggen"] == "/de/login"
    assert kept() == []


def test_what_was_saved_meanwhile_is_not_overwritten_unseen(client: Client, clara: Person, optonet: Cluster) -> None:
    activity = make.activity(host=optonet, review_status="draft", published_at=None)
    path = f"/de/host/optonet/{activity.id}"
    ended(client, clara, path, title_de="Meine Fassung")
    activity.title_de = "Carls Fassung"
    make.login(client, clara)

    form = page(client, path)
    answer = checked(client.post(path, data=form.fields), status=409)

    assert form.fields["title_de"] == answer.fields["title_de"] == "Meine Fassung"
    assert db.session.get_one(Activity, activity.id).title_de == "Carls Fassung"


def test_a_cookie_planted_beforehand_reads_nothing_later(client: Client, clara: Person) -> None:
    """Each row has a number of its own, made when it is kept."""
    with client.session_transaction() as cookie:
        cookie["kept"] = {"form": ["p" * 22], "sign_up": "nonsense", "x": [1], "said": [None, "q" * 3]}
    ended(client, clara)
    thief = type(client)(client.application, client.application.response_class)
    make.login(thief, clara)
    with thief.session_transaction() as cookie:
        cookie["kept"] = {"form": ["p" * 22]}

    assert "Zwei Stunden" not in thief.get(PROFILE).text
    make.login(client, clara)
    assert "Zwei Stunden" in client.get(PROFILE).text


def test_the_row_holds_no_number_of_a_cookie(client: Client, clara: Person) -> None:
    ended(client, clara)
    with client.session_transaction() as cookie:
        [number] = cookie["kept"]["form"]

    assert len(number) == 22
    assert number not in str(dump())


def test_nobody_keeps_a_form_of_the_public(client: Client) -> None:
    """Their answers hold it themselves; a row would be a way to fill the database."""
    count = db.session.scalar(select(func.count()).select_from(Kept))
    client.post("/de/login", data={"email": "x"})
    client.post("/de/login/link", data={"email": "x"})

    assert db.session.scalar(select(func.count()).select_from(Kept)) == count
