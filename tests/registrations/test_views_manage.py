"""What the link of an attendee opens: the registration, its steps, its calendar file."""

from datetime import timedelta
from typing import Any

import pytest

from clusterweek.db.session import db
from clusterweek.registrations import actions, queries
from clusterweek.web import links
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client
from tests.mailbox import letters, mailbox
from tests.registrations.deeds import states
from tests.registrations.test_links import link, opened
from tests.registrations.test_views import ADA, address, post


def test_giving_up_needs_a_button(client: Client) -> None:
    activity = make.activity(capacity=1)
    ada = make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    ada.token_hash = links.fingerprint(actions.token_of(ada))

    asked = page(client, link(ada, "/give-up"))
    assert asked.h1 == "Platz zurückgeben"
    assert states(activity) == {"Ada": "confirmed", "Sven": "waitlisted"}

    gone = post(client, link(ada, "/give-up"))
    assert gone.h1 == "Sie haben Ihren Platz zurückgegeben"
    assert gone.links["Neu anmelden"] == address(activity)
    assert states(activity) == {"Ada": "withdrawn", "Sven": "confirmed"}
    assert page(client, link(ada, "")).h1 == gone.h1
    assert client.get(link(ada, "/give-up")).status_code == 303


def test_changing_ones_details(client: Client) -> None:
    ada = opened(make.activity())

    form = page(client, link(ada)).fields
    wrong = post(client, link(ada), 422, **form | {"name": ""})
    saved = post(client, link(ada), name="Ada L.", organisation="Jenoptik", access_need="Rampe")

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

    assert "Ihr Platz bleibt Ihnen." in page(client, link(ada, "/reminders")).text
    assert ada.wants_reminders
    after = post(client, link(ada, "/reminders"))

    assert not ada.wants_reminders
    assert "Sie bekommen zu dieser Veranstaltung keine Erinnerungen mehr." in after.text
    assert client.get(link(ada, "/reminders")).status_code == 303


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_mail_program_stops_reminders_at_once(client: Client, lang: str) -> None:
    ada = opened(make.activity())
    address = link(ada, "/reminders").replace("/de/", f"/{lang}/")

    for _again in range(2):
        answer = client.post(address, data={"List-Unsubscribe": "One-Click"})

        assert (answer.status_code, answer.mimetype) == (200, "text/plain")  # RFC 8058 3.1: no redirect
        assert answer.text.startswith({"de": "Sie bekommen zu", "en": "You will get no more"}[lang])
        assert not ada.wants_reminders
    assert ada.status == "confirmed"


def test_the_link_to_the_room_is_shown_only_to_who_has_a_place_online(client: Client) -> None:
    activity = make.activity(mode="hybrid", capacity_online=1, place={"online_url": "https://meet.example.org/secret"})
    ada = opened(activity, "Ada", mode="online")
    sven = opened(activity, "Sven", "waitlisted", mode="online")
    olaf = opened(activity, "Olaf")

    assert "https://meet.example.org/secret" in page(client, link(ada)).links.values()
    assert "secret" not in page(client, link(sven)).html
    assert "secret" not in page(client, link(olaf)).html


def test_the_calendar_file(client: Client) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    ada, sven = opened(activity, "Ada"), opened(activity, "Sven", "waitlisted")

    answer = client.get(link(ada, "/calendar.ics"))

    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.data.count(b"BEGIN:VEVENT") == 2
    assert b"METHOD" not in answer.data
    assert client.get(link(sven, "/calendar.ics")).status_code == 303


@pytest.mark.parametrize(
    ("given", "heading"),
    [
        ({"happening": "cancelled", "cancellation_reason": "Krank."}, "Diese Veranstaltung ist abgesagt"),
        ({"starts": "2027-03-20 09:00", "ends": "2027-03-20 12:00"}, "Diese Veranstaltung hat stattgefunden"),
    ],
)
def test_what_the_page_says_when_it_does_not_take_place(client: Client, given: dict[str, Any], heading: str) -> None:
    ada = opened(make.activity(**given))

    shown = page(client, link(ada))

    assert shown.h1 == heading
    assert "Platz zurückgeben" not in shown.text


@pytest.mark.parametrize(
    ("status", "leave", "sentence", "heading", "subject"),
    [
        (
            "confirmed",
            "Platz zurückgeben",
            "Sie bleiben angemeldet.",
            "Sie haben Ihren Platz zurückgegeben",
            "Platz zurückgegeben: Workshop: Licht als Werkzeug",
        ),
        (
            "waitlisted",
            "Warteliste verlassen",
            "Ihre Stelle auf der Warteliste bleibt Ihnen.",
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

    shown = page(client, link(ada))
    changed = post(client, link(ada), **shown.fields | {"name": "Ada L."})
    assert leave in changed.links
    asked = page(client, changed.links[leave])
    assert "geht sofort" not in asked.text  # nobody moves up before there is a date
    left = post(client, link(ada, "/give-up"))

    assert sentence in shown.text
    assert [one.text for one in shown.all("span", lang="de")] == ["Referentin krank"]  # no sentence runs into it
    assert "Wir schreiben Ihnen, sobald der neue Termin feststeht." in shown.text
    assert (left.h1, ada.name, ada.status) == (heading, "Ada L.", "withdrawn")
    assert mailbox() == [("ada@example.org", subject)]


def test_who_had_not_confirmed_when_it_was_postponed_is_promised_no_letter(client: Client) -> None:
    ada = opened(
        make.activity(happening="postponed", starts=None), "Ada", "unconfirmed", hold_until=NOW + timedelta(hours=9)
    )

    shown = page(client, link(ada))

    assert "melden Sie sich neu an, sobald der neue Termin feststeht" in shown.text
    assert "Sie bleiben angemeldet" not in shown.text
    assert "Platz zurückgeben" not in shown.text


def test_a_link_opens_one_registration_and_is_kept_by_nobody(client: Client) -> None:
    activity = make.activity()
    ada, sven = opened(activity, "Ada"), opened(activity, "Sven")

    answer = client.get(link(ada))

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "sven@example.org" not in answer.text
    assert actions.token_of(sven) not in answer.text
    unknown = page(client, "/de/registration/nonsense", status=404)
    assert unknown.h1 == "Dieser Link gilt nicht mehr"
    assert "„Link neu anfordern“" in unknown.text
    assert client.post("/de/registration/nonsense/give-up").status_code == 404


@pytest.mark.parametrize(
    ("given", "waiting", "asked", "offered"),
    [
        (
            {"capacity": 1},
            True,
            "geht sofort an die nächste Person",
            "Geben Sie Ihren Platz zurück, dann rückt jemand nach.",
        ),
        (
            {"capacity": 1},
            False,
            "Ihr Platz wird sofort frei für andere.",
            "Geben Sie Ihren Platz zurück, dann kann jemand anderes teilnehmen.",
        ),
        (
            {"capacity": 0},
            True,
            "Ihr Platz wird sofort frei für andere.",
            "Geben Sie Ihren Platz zurück, dann kann jemand anderes teilnehmen.",
        ),
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

    pages = page(client, link(ada, "/give-up")).text, page(client, link(ada)).text

    assert asked in pages[0]
    assert offered in pages[1]
    for sentence in ("nächste Person", "frei für andere", "rückt jemand nach"):
        assert (sentence in pages[0]) is (sentence in asked)
        assert (sentence in pages[1]) is (sentence in offered)


def test_who_waits_reads_of_the_place_in_line_and_of_no_other(client: Client) -> None:
    ada = opened(make.activity(capacity=0), "Ada", "waitlisted")

    asked = page(client, link(ada, "/reminders"))
    left = post(client, link(ada, "/give-up"))

    assert "Ihre Stelle auf der Warteliste bleibt Ihnen." in asked.text
    assert "Ihr Platz bleibt" not in asked.text
    assert "Verlassen am Montag, 22. März 2027, 09:30 Uhr." in left.text
    (mail,) = letters()
    for told in (left.text, mail.subject, mail.text, mail.page):
        assert "urückgegeben" not in told


def test_who_takes_part_online_is_sent_to_no_venue(client: Client) -> None:
    activity = make.activity(mode="hybrid", place={"latitude": 50.9, "longitude": 11.6})
    ada, olaf = opened(activity, "Ada", mode="online"), opened(activity, "Olaf")

    before = page(client, link(ada)).text
    activity.occurrences[0].online_url = "https://meet.example.org/x"
    db.session.commit()
    online, on_site = page(client, link(ada)).text, page(client, link(olaf)).text
    files = [client.get(link(who, "/calendar.ics")).text.replace("\r\n ", "") for who in (ada, olaf)]

    assert "Den Link senden wir Ihnen, sobald er feststeht." in before
    assert "Den Link senden wir Ihnen" not in online
    for told in (
        before,
        online,
        page(client, link(ada, "/give-up")).text,
        page(client, link(ada, "/reminders")).text,
    ):
        assert "Jena" not in told
    assert "Jena" in on_site
    assert "Jena" in page(client, link(olaf, "/give-up")).text
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
        page(client, link(opened(activity, "Olaf", "unconfirmed", hold_until=NOW + timedelta(hours=9)))),
        page(client, link(opened(activity))),
    ]

    for shown in pages:
        assert "Die Anmeldung gilt für alle 2 Termine." in shown.text
        assert "Kosten: 25 Euro" in shown.text
    for shown in (page(client, address(plain)), page(client, link(opened(plain)))):
        assert "gilt für alle" not in shown.text
        assert "Kosten:" not in shown.text


def test_who_has_a_place_finds_whom_to_ask(client: Client) -> None:
    shown = page(client, link(opened(make.activity())))

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
    unchanged = post(client, link(ada), 422, **{"name": "Ada", field: typed})

    for shown in (refused, unchanged):
        assert sentence in shown.text
        assert shown.fields[field] == typed
    assert (queries.of_activity(activity), ada.name, ada.organisation) == ([], "Ada", None)
