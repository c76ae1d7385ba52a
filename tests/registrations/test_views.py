"""The pages of attendees: signing up, the page after it, and what the link opens."""

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
from clusterweek.web import links
from tests import make
from tests.browse import Page, checked, page
from tests.conftest import NOW, Client, Clock
from tests.mailbox import letters, mailbox
from tests.registrations.test_actions import states

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


def manage(registration: Registration, more: str = "", lang: str = "de") -> str:
    return f"/{lang}/registration/{actions.token_of(registration)}{more}"


def test_signing_up_and_confirming(client: Client) -> None:
    activity = make.activity(capacity=1)
    form = page(client, address(activity)).fields

    received = post(client, address(activity), **form | ADA)
    link = next(line for line in letters()[0].text.splitlines() if "/registration/" in line)
    opened = page(client, link.removeprefix("http://127.0.0.1:8000"))

    assert received.h1 == "Noch nicht angemeldet"
    assert (
        "Bitte bestätigen Sie bis Mittwoch, 24. März 2027, 09:30 Uhr. So lange halten wir Ihren Platz." in received.text
    )
    assert opened.h1 == "Noch nicht angemeldet"
    assert states(activity) == {"Ada Lovelace": "unconfirmed"}  # opening the link changes nothing

    confirmed = post(client, manage(only(activity), "/confirm"))

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
    confirmed = post(client, manage(ada, "/confirm"))

    assert "Alle Plätze sind vergeben" in form.text
    assert "Auf die Warteliste setzen" in form.text
    assert received.h1 == "Noch nicht auf der Warteliste"
    assert confirmed.h1 == "Sie stehen auf Platz 2 der Warteliste"
    assert "Warteliste verlassen" in confirmed.text


def test_english_people_get_english_pages_and_letters(client: Client) -> None:
    activity = make.activity(title_en=None)

    received = post(client, address(activity, lang="en"), **ADA)

    assert received.h1 == "Not yet registered"
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
    assert [link.text for link in summary.iter("a")] == sentences
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
        ({"happening": "cancelled"}, "Diese Veranstaltung wurde abgesagt."),
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
    for _to, subject in sent:  # whoever it is finds the own letter
        assert f"„{subject}“" in pages[0][1]


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
    old = manage(only(activity))

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
    expired = page(client, manage(only(activity)))
    assert expired.h1 == "Die Frist zum Bestätigen ist vorbei"
    assert expired.links["Neu anmelden"] == address(activity)
    assert post(client, manage(only(activity), "/confirm")).h1 == "Die Frist zum Bestätigen ist vorbei"


def test_the_page_after_it_knows_that_one_has_confirmed_elsewhere(client: Client) -> None:
    activity = make.activity()
    post(client, address(activity), **page(client, address(activity)).fields | ADA)

    actions.confirm(only(activity).id, now=NOW)  # on the phone

    assert page(client, address(activity, "received")).h1 == "Ihre Anmeldung ist bestätigt"


def test_giving_up_needs_a_button(client: Client) -> None:
    activity = make.activity(capacity=1)
    ada = make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    ada.token_hash = links.fingerprint(actions.token_of(ada))

    asked = page(client, manage(ada, "/give-up"))
    assert asked.h1 == "Platz zurückgeben"
    assert states(activity) == {"Ada": "confirmed", "Sven": "waitlisted"}

    gone = post(client, manage(ada, "/give-up"))
    assert gone.h1 == "Sie haben Ihren Platz zurückgegeben"
    assert gone.links["Neu anmelden"] == address(activity)
    assert states(activity) == {"Ada": "withdrawn", "Sven": "confirmed"}
    assert page(client, manage(ada, "")).h1 == gone.h1
    assert client.get(manage(ada, "/give-up")).status_code == 303


def opened(activity: Activity, name: str = "Ada", status: str = "confirmed", **given: Any) -> Registration:
    made = make.registration(activity, name, status, **given)
    made.token_hash = links.fingerprint(actions.token_of(made))
    db.session.flush()
    return made


def test_changing_ones_details(client: Client) -> None:
    ada = opened(make.activity())

    form = page(client, manage(ada)).fields
    wrong = post(client, manage(ada), 422, **form | {"name": ""})
    saved = post(client, manage(ada), name="Ada L.", organisation="Jenoptik", access_need="Rampe")

    assert form == {
        "csrf_token": form["csrf_token"],
        "name": "Ada",
        "organisation": "",
        "access_need": "",
        "wants_reminders": "y",
    }
    assert "Geben Sie Ihren Namen ein" in wrong.text
    assert "Ihre Änderungen sind gespeichert." in saved.text
    assert (ada.name, ada.organisation, ada.access_need, ada.wants_reminders) == ("Ada L.", "Jenoptik", "Rampe", False)


def test_no_more_reminders_needs_a_button(client: Client) -> None:
    ada = opened(make.activity())

    assert "Ihr Platz bleibt Ihnen erhalten." in page(client, manage(ada, "/reminders")).text
    assert ada.wants_reminders
    after = post(client, manage(ada, "/reminders"))

    assert not ada.wants_reminders
    assert "Sie bekommen zu dieser Veranstaltung keine Erinnerungen mehr." in after.text
    assert client.get(manage(ada, "/reminders")).status_code == 303


def test_the_link_to_the_room_is_shown_only_to_who_has_a_place_online(client: Client) -> None:
    activity = make.activity(mode="hybrid", capacity_online=1, place={"online_url": "https://meet.example.org/secret"})
    ada = opened(activity, "Ada", mode="online")
    sven = opened(activity, "Sven", "waitlisted", mode="online")
    olaf = opened(activity, "Olaf")

    assert "https://meet.example.org/secret" in page(client, manage(ada)).links.values()
    assert "secret" not in page(client, manage(sven)).html
    assert "secret" not in page(client, manage(olaf)).html


def test_the_calendar_file(client: Client) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    ada, sven = opened(activity, "Ada"), opened(activity, "Sven", "waitlisted")

    answer = client.get(manage(ada, "/calendar.ics"))

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.data.count(b"BEGIN:VEVENT") == 2
    assert b"METHOD" not in answer.data
    assert client.get(manage(sven, "/calendar.ics")).status_code == 303


@pytest.mark.parametrize(
    ("given", "heading"),
    [
        ({"happening": "cancelled", "cancellation_reason": "Krank."}, "Diese Veranstaltung wurde abgesagt"),
        ({"starts": "2027-03-20 09:00", "ends": "2027-03-20 12:00"}, "Diese Veranstaltung hat stattgefunden"),
    ],
)
def test_what_the_page_says_when_it_does_not_take_place(client: Client, given: dict[str, Any], heading: str) -> None:
    ada = opened(make.activity(**given))

    shown = page(client, manage(ada))

    assert shown.h1 == heading
    assert "Platz zurückgeben" not in shown.text


@pytest.mark.parametrize(
    ("status", "leave", "sentence", "heading", "subject"),
    [
        (
            "confirmed",
            "Platz zurückgeben",
            "Ihre Anmeldung bleibt bestehen.",
            "Sie haben Ihren Platz zurückgegeben",
            "Platz zurückgegeben: Workshop: Licht als Werkzeug",
        ),
        (
            "waitlisted",
            "Warteliste verlassen",
            "Ihr Platz auf der Warteliste bleibt Ihnen erhalten.",
            "Sie haben die Warteliste verlassen",
            "Warteliste verlassen: Workshop: Licht als Werkzeug",
        ),
    ],
)
def test_a_registration_is_changed_and_given_up_also_while_the_activity_is_postponed(
    client: Client, status: str, leave: str, sentence: str, heading: str, subject: str
) -> None:
    reason = {"cancellation_reason": "Referentin krank"}
    ada = opened(make.activity(happening="postponed", starts=None, **reason), "Ada", status)

    shown = page(client, manage(ada))
    changed = post(client, manage(ada), **shown.fields | {"name": "Ada L."})
    assert leave in changed.links
    asked = page(client, changed.links[leave])
    assert "geht sofort" not in asked.text  # nobody moves up before there is a date
    left = post(client, manage(ada, "/give-up"))

    assert sentence in shown.text
    assert [one.text for one in shown.all("p", lang="de")] == ["Referentin krank"]  # no sentence runs into it
    assert "Wir schreiben Ihnen, sobald der neue Termin feststeht." in shown.text
    assert (left.h1, ada.name, ada.status) == (heading, "Ada L.", "withdrawn")
    assert mailbox() == [("ada@example.org", subject)]


def test_who_had_not_confirmed_when_it_was_postponed_is_promised_no_letter(client: Client) -> None:
    ada = opened(
        make.activity(happening="postponed", starts=None), "Ada", "unconfirmed", hold_until=NOW + timedelta(hours=9)
    )

    shown = page(client, manage(ada))

    assert "melden Sie sich neu an, sobald der neue Termin feststeht" in shown.text
    assert "Ihre Anmeldung bleibt bestehen" not in shown.text
    assert "Platz zurückgeben" not in shown.text


def test_a_link_opens_one_registration_and_is_kept_by_nobody(client: Client) -> None:
    activity = make.activity()
    ada, sven = opened(activity, "Ada"), opened(activity, "Sven")

    answer = client.get(manage(ada))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "sven@example.org" not in answer.text
    assert actions.token_of(sven) not in answer.text
    unknown = page(client, "/de/registration/nonsense", status=404)
    assert unknown.h1 == "Dieser Link gilt nicht mehr"
    assert "„Link verloren?“" in unknown.text
    assert client.post("/de/registration/nonsense/give-up").status_code == 404


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

    assert post(client, address(activity), **ADA).h1 == "Noch nicht angemeldet"
    assert states(activity) == {"Ada": "confirmed"}


@pytest.mark.parametrize(
    ("given", "waiting", "asked", "offered"),
    [
        (
            {"capacity": 1},
            True,
            "geht sofort an die nächste Person",
            "Die nächste Person auf der Warteliste rückt nach.",
        ),
        ({"capacity": 1}, False, "Ihr Platz wird sofort frei für andere.", "Er wird dann frei für andere."),
        ({"capacity": 0}, True, "Ihr Platz wird sofort frei für andere.", "Er wird dann frei für andere."),
        ({"capacity": None}, False, "", "Bitte geben Sie Ihren Platz zurück."),
    ],
)
def test_the_waiting_list_is_spoken_of_only_where_somebody_moves_up(
    client: Client, given: dict[str, Any], waiting: bool, asked: str, offered: str
) -> None:
    activity = make.activity(**given)
    ada = opened(activity)
    if waiting:
        make.registration(activity, "Sven", "waitlisted")

    pages = page(client, manage(ada, "/give-up")).text, page(client, manage(ada)).text

    assert asked in pages[0]
    assert offered in pages[1]
    for sentence in ("nächste Person", "frei für andere"):
        assert (sentence in pages[0]) is (sentence in asked)
        assert (sentence in pages[1]) is (sentence in offered)


def test_who_waits_reads_of_the_place_in_line_and_of_no_other(client: Client) -> None:
    ada = opened(make.activity(capacity=0), "Ada", "waitlisted")

    asked = page(client, manage(ada, "/reminders"))
    left = post(client, manage(ada, "/give-up"))

    assert "Ihr Platz auf der Warteliste bleibt Ihnen erhalten." in asked.text
    assert "Ihr Platz bleibt" not in asked.text
    assert "Verlassen am Montag, 22. März 2027, 09:30 Uhr." in left.text
    (mail,) = letters()
    for told in (left.text, mail.subject, mail.text, mail.page):
        assert "urückgegeben" not in told


def test_who_takes_part_online_is_sent_to_no_venue(client: Client) -> None:
    activity = make.activity(mode="hybrid", place={"latitude": 50.9, "longitude": 11.6})
    ada, olaf = opened(activity, "Ada", mode="online"), opened(activity, "Olaf")

    before = page(client, manage(ada)).text
    activity.occurrences[0].online_url = "https://meet.example.org/x"
    db.session.commit()
    online, on_site = page(client, manage(ada)).text, page(client, manage(olaf)).text
    files = [client.get(manage(who, "/calendar.ics")).text.replace("\r\n ", "") for who in (ada, olaf)]

    assert "Den Link senden wir Ihnen, sobald er feststeht." in before
    assert "Den Link senden wir Ihnen" not in online
    for told in (
        before,
        online,
        page(client, manage(ada, "/give-up")).text,
        page(client, manage(ada, "/reminders")).text,
    ):
        assert "Jena" not in told
    assert "Jena" in on_site
    assert "Jena" in page(client, manage(olaf, "/give-up")).text
    assert ["LOCATION:Online" in file for file in files] == [True, False]
    assert ["https://meet.example.org/x" in file for file in files] == [True, False]
    assert ["Jena" in file for file in files] == [False, True]
    assert ["GEO:" in file for file in files] == [False, True]


def test_cost_and_how_many_dates_are_known_before_and_after_signing_up(client: Client) -> None:
    activity = make.activity(cost_note="25 Euro")
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    plain = make.activity()

    pages = [
        page(client, address(activity)),
        page(client, manage(opened(activity, "Olaf", "unconfirmed", hold_until=NOW + timedelta(hours=9)))),
        page(client, manage(opened(activity))),
    ]

    for shown in pages:
        assert "Die Anmeldung gilt für alle 2 Termine." in shown.text
        assert "Kosten: 25 Euro" in shown.text
    for shown in (page(client, address(plain)), page(client, manage(opened(plain)))):
        assert "gilt für alle" not in shown.text
        assert "Kosten:" not in shown.text


def test_who_has_a_place_finds_whom_to_ask(client: Client) -> None:
    shown = page(client, manage(opened(make.activity())))

    assert "Veranstalter: OptoNet, clara@optonet.example" in shown.text
    assert shown.links["clara@optonet.example"] == "mailto:clara@optonet.example"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("name", "Ihr Gewinn: www.evil.example"),
        ("name", "Ada evil.com"),
        ("name", "https://evil.example/x"),
        ("organisation", "Gewinn auf evil.example/x"),
        ("organisation", "http://evil.example"),
    ],
)
def test_no_name_is_an_address_of_the_web(client: Client, field: str, typed: str) -> None:
    activity, ada = make.activity(), opened(make.activity())
    sentence = "Bitte schreiben Sie nur den Namen, keine Internetadresse."

    refused = post(client, address(activity), 422, **ADA | {field: typed})
    unchanged = post(client, manage(ada), 422, **{"name": "Ada", field: typed})

    for shown in (refused, unchanged):
        assert sentence in shown.text
        assert shown.fields[field] == typed
    assert (queries.of_activity(activity), ada.name, ada.organisation) == ([], "Ada", None)


def test_names_of_people_and_organisations_that_only_look_like_addresses_are_taken(client: Client) -> None:
    activity = make.activity()

    post(
        client, address(activity), **ADA | {"name": "Dr.-Ing. M.Sc. Anna v.d.Berg", "organisation": "booking.com GmbH"}
    )

    assert (only(activity).name, only(activity).organisation) == ("Dr.-Ing. M.Sc. Anna v.d.Berg", "booking.com GmbH")
