"""The pages of attendees: signing up, and the page after it."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app, url_for
from sqlalchemy import func, select

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.config import Rate
from clusterweek.db.session import db
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, queries, views
from clusterweek.registrations.models import Registration
from tests import make
from tests.browse import Page, checked, page
from tests.conftest import NOW, Client, Clock
from tests.mailbox import letters, mailbox
from tests.registrations.deeds import states
from tests.registrations.test_links import link

ADA = {"name": "Ada Lovelace", "email": "ada@example.org", "organisation": ""}


def address(activity: Activity, endpoint: str = "sign_up", lang: str = "de") -> str:
    part = activity_rules.address_part(activity)
    with current_app.test_request_context():
        return url_for(f"registrations.{endpoint}", lang=lang, edition=activity.edition.slug, activity=part)


def post(client: Client, path: str, status: int = 200, **data: Any) -> Page:
    """Send a form as a browser does, follow where it leads, and check the page."""
    answer = client.post(path, data=data, headers={"Referer": path})
    if answer.status_code == 303:
        return page(client, answer.headers["Location"], status=status)
    return checked(answer, status=status)


def only(activity: Activity) -> Registration:
    (registration,) = queries.of_activity(activity)
    return registration


def test_signing_up_and_confirming(client: Client) -> None:
    activity = make.activity(capacity=1)
    form = page(client, address(activity)).fields

    received = post(client, address(activity), **form | ADA)
    sent = next(line for line in letters()[0].text.splitlines() if "/registration/" in line)
    opened = page(client, sent.removeprefix("http://127.0.0.1:8000"))

    assert received.h1 == "Sehen Sie in Ihr Postfach"
    assert (
        "Bitte bestätigen Sie bis Mittwoch, 24. März 2027, 09:30 Uhr. So lange halten wir Ihren Platz." in received.text
    )
    assert opened.h1 == "Noch nicht angemeldet"
    assert states(activity) == {"Ada Lovelace": "unconfirmed"}  # opening the link changes nothing

    confirmed = post(client, link(only(activity), "/confirm"))

    assert confirmed.h1 == "Ihr Platz ist bestätigt"
    assert states(activity) == {"Ada Lovelace": "confirmed"}
    assert mailbox() == [("ada@example.org", "Ihr Platz ist bestätigt: Workshop: Licht als Werkzeug")]


@pytest.mark.parametrize(
    ("lang", "words"), [("de", "Wie wir Ihre Daten verarbeiten"), ("en", "How we process your details")]
)
def test_the_form_says_where_details_go_and_asks_for_no_consent(client: Client, lang: str, words: str) -> None:
    activity = make.activity(host=make.cluster("OptoNet"), mode="hybrid", capacity_online=5)

    form = page(client, address(activity, lang=lang))

    assert form.links[words] == f"/{lang}/legal/privacy"
    assert "OptoNet" in form.text.split(words)[0].rpartition(".")[0].rpartition(".")[2]
    assert form.all("input", type="checkbox") == []
    assert page(client, form.links[words]).status == 200


def test_the_waiting_list(client: Client) -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Olaf", ticket=1)
    make.registration(activity, "Clara", "waitlisted", ticket=2)

    form = page(client, address(activity))
    received = post(client, address(activity), **form.fields | ADA)
    (ada,) = (one for one in queries.of_activity(activity) if one.name == "Ada Lovelace")
    confirmed = post(client, link(ada, "/confirm"))

    assert "Alle Plätze sind vergeben" in form.text
    assert "Auf die Warteliste setzen" in form.text
    assert received.h1 == "Sehen Sie in Ihr Postfach"
    assert confirmed.h1 == "Sie stehen auf der Warteliste, an 2. Stelle"
    assert "Warteliste verlassen" in confirmed.text


def test_english_people_get_english_pages_and_letters(client: Client) -> None:
    activity = make.activity(title_en=None)

    received = post(client, address(activity, lang="en"), **ADA)

    assert received.h1 == "Check your inbox"
    assert "Please confirm by Wednesday, 24 March 2027, 09:30." in received.text
    assert mailbox() == [
        ("ada@example.org", "Please confirm: Workshop: Licht als Werkzeug")
    ]  # no English title: the German one
    assert 'lang="de"' in received.html


@pytest.mark.parametrize(
    ("wrong", "sentences"),
    [
        ({"name": " "}, ["Geben Sie Ihren Namen ein"]),
        ({"name": "A" * 121}, ["Höchstens 120 Zeichen; es sind 121."]),
        ({"email": ""}, ["Geben Sie Ihre E-Mail-Adresse ein"]),
        ({"email": "ada.example.org"}, ["Das @ fehlt, zum Beispiel name@example.org"]),
        ({"email": "ada@"}, ["Das ist keine E-Mail-Adresse, zum Beispiel name@example.org"]),
        ({"name": "", "email": ""}, ["Geben Sie Ihren Namen ein", "Geben Sie Ihre E-Mail-Adresse ein"]),
    ],
)
def test_a_form_with_mistakes_comes_back_with_the_answers(
    client: Client, wrong: dict[str, str], sentences: list[str]
) -> None:
    activity = make.activity()

    again = post(client, address(activity), 422, **ADA | {"organisation": "Jenoptik"} | wrong)

    summary = again.all("div", id="problems")[0]
    assert [one.text for one in summary.iter("a")] == sentences
    assert again.fields["organisation"] == "Jenoptik"
    assert queries.of_activity(activity) == []


def test_control_characters_reach_neither_database_nor_letter(client: Client) -> None:
    activity = make.activity()

    post(client, address(activity), **ADA | {"name": "Ada\r\nBcc: sven@example.org\u2028x"})

    assert only(activity).name == "Ada Bcc: sven@example.org x"
    assert mailbox() == [("ada@example.org", "Bitte bestätigen: Workshop: Licht als Werkzeug")]


def test_hybrid_activities_ask_how_one_comes(client: Client) -> None:
    activity = make.activity(mode="hybrid", capacity=3, capacity_online=0)

    form = page(client, address(activity))
    post(client, address(activity), **form.fields | ADA | {"mode": "online"})

    assert "vor Ort · Noch 3 Plätze" in form.text
    assert "online · Warteliste" in form.text
    assert (only(activity).mode, only(activity).status) == ("online", "waitlisted")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"happening": "cancelled"}, "Diese Veranstaltung ist abgesagt."),
        (
            {"registration_mode": "external", "registration_url": "https://example.org"},
            "über eine Seite des Veranstalters",
        ),
        ({"access": "open", "registration_mode": "none"}, "Sie brauchen sich nicht anzumelden."),
        (
            {"registration_deadline": NOW - timedelta(hours=1)},
            "Die Anmeldung endete am Montag, 22. März 2027, 08:30 Uhr.",
        ),
    ],
)
def test_what_is_closed_says_why_and_takes_nobody(client: Client, given: dict[str, Any], sentence: str) -> None:
    activity = make.activity(**given)

    form = page(client, address(activity))
    refused = post(client, address(activity), 409, **ADA)

    assert form.h1 == "Keine Anmeldung möglich"
    assert sentence in form.text
    assert sentence in refused.text
    assert queries.of_activity(activity) == []


@pytest.mark.parametrize("given", [{"review_status": "submitted"}, {"review_status": "draft"}])
def test_what_is_not_public_cannot_be_found(client: Client, given: dict[str, Any]) -> None:
    page(client, address(make.activity(**given)), status=404)


def test_a_known_address_sees_the_same_page_and_cookie_as_a_new_one(client: Client) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    new, known = current_app.test_client(), current_app.test_client()
    form = ADA | {"reference": "r" * 22}

    pages = []
    for browser, email in ((new, "neu@example.org"), (known, "ada@example.org")):
        answer = browser.post(address(activity), data=form | {"email": email})
        after = browser.get(answer.headers["Location"])
        with browser.session_transaction() as kept:
            cookie = re.sub(r"'[\w-]{22}'", "…", str({n: value for n, value in kept.items() if n != "csrf_token"}))
        shown = re.sub(r'name="csrf_token" value="[^"]+"', "", after.text)
        pages.append([text.replace(email, "…") for text in (str(answer.status_code), shown, cookie)])

    assert pages[0] == pages[1]
    sent = sorted(mailbox())
    assert sent == [
        ("ada@example.org", "Ihre Anmeldung: Workshop: Licht als Werkzeug"),
        ("neu@example.org", "Bitte bestätigen: Workshop: Licht als Werkzeug"),
    ]
    # Whoever it is finds the own letter by its title.
    assert "Öffnen Sie unsere Nachricht zu „Workshop: Licht als Werkzeug“." in pages[0][1]


def test_a_double_click_is_one_registration_and_one_letter(client: Client) -> None:
    activity = make.activity()
    form = page(client, address(activity)).fields | ADA

    first, second = (post(client, address(activity), **form) for _ in range(2))

    assert first.text == second.text
    assert len(queries.of_activity(activity)) == 1
    assert mailbox() == [("ada@example.org", "Bitte bestätigen: Workshop: Licht als Werkzeug")]


def test_the_page_after_it_needs_a_sign_up(client: Client) -> None:
    activity = make.activity()

    assert client.get(address(activity, "received")).headers["Location"] == address(activity)
    assert client.post(address(activity, "send_again")).status_code == 303
    assert client.post(address(activity, "correct_address"), data={"email": "x@example.org"}).status_code == 303
    assert mailbox() == []


def test_the_letter_is_sent_again_after_a_minute_and_three_times_at_most(client: Client, at: Clock) -> None:
    activity = make.activity()
    received = post(client, address(activity), **ADA)
    assert "Ab 09:31 Uhr können Sie sie neu anfordern" in received.text

    too_early = post(client, address(activity, "send_again"))
    assert "ist unterwegs" not in too_early.text
    assert len(mailbox()) == 1

    for minutes in range(2, 8):
        at(NOW + timedelta(minutes=minutes))
        received = post(client, address(activity, "send_again"))
        assert "Eine neue Nachricht an ada@example.org ist unterwegs." in received.text
    assert len(mailbox()) == 1  # the earlier ones are out of date: only the newest leaves
    assert db.session.scalar(select(func.count()).select_from(Letter).where(Letter.kind == "confirm_request")) == 4
    assert "Wir haben sie nun mehrmals gesendet." in received.text


def test_a_mistyped_address_is_corrected(client: Client, at: Clock) -> None:
    activity = make.activity()
    received = post(
        client, address(activity), **page(client, address(activity)).fields | ADA | {"email": "adda@example.org"}
    )
    old = link(only(activity))

    wrong = post(client, address(activity, "correct_address"), 422, email="ada")
    corrected = post(client, address(activity, "correct_address"), email="ada@example.org")

    assert "adda@example.org" in received.text
    assert "Das @ fehlt" in wrong.text
    assert "Eine neue Nachricht an ada@example.org ist unterwegs." in corrected.text
    assert only(activity).email == "ada@example.org"
    page(client, old, status=404)
    assert mailbox() == [("ada@example.org", "Bitte bestätigen: Workshop: Licht als Werkzeug")]


def test_after_the_time_to_confirm_the_page_offers_to_register_again(client: Client, at: Clock) -> None:
    activity = make.activity()
    post(client, address(activity), **ADA)
    at(NOW + timedelta(hours=49))

    assert page(client, address(activity, "received")).h1 == "Die Frist zum Bestätigen ist vorbei"
    expired = page(client, link(only(activity)))
    assert expired.h1 == "Die Frist zum Bestätigen ist vorbei"
    assert expired.links["Neu anmelden"] == address(activity)
    assert post(client, link(only(activity), "/confirm")).h1 == "Die Frist zum Bestätigen ist vorbei"


def test_the_page_after_it_knows_that_one_has_confirmed_elsewhere(client: Client) -> None:
    activity = make.activity()
    post(client, address(activity), **page(client, address(activity)).fields | ADA)

    actions.confirm(only(activity).id, now=NOW)  # on the phone

    assert page(client, address(activity, "received")).h1 == "Ihre Anmeldung ist bestätigt"


def test_a_lost_link_gets_the_same_answer_for_everybody(client: Client) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")

    form = page(client, address(activity, "lost_link"))
    answers = [
        post(client, address(activity, "lost_link"), email=email).html for email in ("ada@example.org", "x@example.org")
    ]
    wrong = post(client, address(activity, "lost_link"), 422, email="")

    assert form.h1 == "Link verloren?"
    assert answers[0] == answers[1]
    assert "fordern Sie den Link nach einer Minute erneut an" in answers[0]
    assert "Geben Sie Ihre E-Mail-Adresse ein" in wrong.text
    assert mailbox() == [("ada@example.org", "Ihre Anmeldung: Workshop: Licht als Werkzeug")]


def test_too_many_sign_ups_from_one_network_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_NETWORK", Rate(2, 60))
    activity = make.activity()

    got = [
        client.post(
            address(activity),
            data=ADA | {"email": f"a{n}@example.org"},
            headers={"X-Forwarded-For": f"192.0.2.{n}"},  # a header that anybody can write does not count
        ).status_code
        for n in range(3)
    ]

    assert got == [303, 303, 429]
    assert len(queries.of_activity(activity)) == 2


def test_limits_may_be_switched_off(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_NETWORK", None)
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_ADDRESS", None)
    activity = make.activity()

    assert {client.post(address(activity), data=ADA).status_code for _ in range(8)} == {303}


def test_the_unique_index_is_the_last_line(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    asked: list[int] = []
    active = queries.active

    def blind_at_first(activity_id: int, email: str) -> Registration | None:
        asked.append(activity_id)
        return None if len(asked) == 1 else active(activity_id, email)

    monkeypatch.setattr(views.queries, "active", blind_at_first)

    assert post(client, address(activity), **ADA).h1 == "Sehen Sie in Ihr Postfach"
    assert states(activity) == {"Ada": "confirmed"}


def test_names_of_people_and_organisations_that_only_look_like_addresses_are_taken(client: Client) -> None:
    activity = make.activity()

    post(
        client, address(activity), **ADA | {"name": "Dr.-Ing. M.Sc. Anna v.d.Berg", "organisation": "booking.com GmbH"}
    )

    assert (only(activity).name, only(activity).organisation) == ("Dr.-Ing. M.Sc. Anna v.d.Berg", "booking.com GmbH")
