"""The last hours before the start: nobody moves up by itself, and the host gives a free place by hand."""

import csv
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.activities.rules import address_part
from clusterweek.db.session import db, unit_of_work
from clusterweek.history.models import Note
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, activity_changes, lead_time, newcomers, queries, signing_up
from clusterweek.registrations.models import Registration
from tests import make
from tests.browse import page
from tests.conftest import Client, Clock, build_app
from tests.mailbox import mailbox
from tests.postgres import postgres_url
from tests.registrations.deeds import states
from tests.registrations.test_links import link, opened
from tests.registrations.test_views import ADA, address, post

STARTS = datetime.fromisoformat("2027-04-08 09:00+02:00")  # of the activity that make.activity makes
LEAD = {"in_person": timedelta(hours=3), "online": timedelta(minutes=30)}
SECOND = timedelta(seconds=1)


def full(mode: str = "in_person", **given: Any) -> Activity:
    """One place, Ada's; Bert and Cleo wait in this order, and Dora who has not confirmed stands before them."""
    activity = make.activity(**{"capacity": 1, "mode": mode} | given)
    opened(activity, "Ada", mode=mode, ticket=1)
    opened(activity, "Dora", "waitlisted", mode=mode, ticket=2, confirmed_at=None, hold_until=STARTS)
    opened(activity, "Bert", "waitlisted", mode=mode, ticket=3)
    opened(activity, "Cleo", "waitlisted", mode=mode, ticket=4)
    return activity


def named(activity: Activity, name: str) -> Registration:
    return next(one for one in queries.of_activity(activity) if one.name == name)


def give_up(activity: Activity, now: datetime) -> None:
    actions.give_up(named(activity, "Ada").id, now=now)


def run_out(activity: Activity, now: datetime) -> None:
    ada = named(activity, "Ada")
    ada.status, ada.hold_until, ada.confirmed_at = "unconfirmed", now, None
    db.session.commit()
    actions.expire_holds(now)


def add_a_place(activity: Activity, now: datetime) -> None:
    activity_changes.update(activity.id, {"capacity": 2}, by=None, now=now)


def take_the_limit_away(activity: Activity, now: datetime) -> None:
    activity_changes.update(activity.id, {"capacity": None}, by=None, now=now)


def look_for_overdue_holds(activity: Activity, now: datetime) -> None:
    give_up(activity, now)
    actions.expire_holds(now)
    actions.settle(actions.locked(activity.id), now=now)


WAYS = [give_up, run_out, add_a_place, take_the_limit_away, look_for_overdue_holds]


@pytest.mark.parametrize("mode", ["in_person", "online"])
@pytest.mark.parametrize("free", WAYS)
def test_in_the_lead_time_a_place_that_becomes_free_goes_to_nobody(
    free: Callable[[Activity, datetime], None], mode: str
) -> None:
    for before, moves_up in ((LEAD[mode] + SECOND, True), (LEAD[mode], False), (SECOND, False)):
        activity = full(mode)

        free(activity, STARTS - before)

        assert (states(activity)["Bert"] == "confirmed") is moves_up, before
        assert states(activity)["Dora"] in ("waitlisted", "expired")


def test_each_way_of_attending_has_a_lead_time_of_its_own() -> None:
    activity = make.activity(mode="hybrid", capacity=0, capacity_online=0)
    opened(activity, "Ada", "waitlisted", mode="in_person")
    opened(activity, "Bert", "waitlisted", mode="online")

    activity_changes.update(
        activity.id, {"capacity": 1, "capacity_online": 1}, by=None, now=STARTS - timedelta(hours=1)
    )

    assert states(activity) == {"Ada": "waitlisted", "Bert": "confirmed"}


def test_between_two_dates_people_move_up_until_the_lead_time_of_the_next() -> None:
    activity = full()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")

    give_up(activity, STARTS + timedelta(hours=20, minutes=59))
    assert states(activity)["Bert"] == "confirmed"
    actions.give_up(named(activity, "Bert").id, now=STARTS + timedelta(hours=22))
    assert states(activity)["Cleo"] == "waitlisted"


def test_a_newcomer_stands_in_line_behind_those_who_wait() -> None:
    activity = full()
    now = STARTS - timedelta(hours=1)
    give_up(activity, now)

    eva = make.signed_up(activity.id, signing_up.Attendee("Eva", "eva@example.org"), now=now)
    actions.confirm(eva.id, now=now)

    assert states(activity)["Eva"] == "waitlisted"
    assert queries.position(eva) == 4


def test_who_was_held_no_place_and_confirms_in_the_lead_time_overtakes_nobody() -> None:
    activity = full()
    eva = opened(activity, "Eva", "waitlisted", ticket=5, confirmed_at=None, hold_until=STARTS, is_unheld=True)
    now = STARTS - timedelta(hours=1)
    give_up(activity, now)

    actions.confirm(eva.id, now=now)

    assert (states(activity)["Eva"], states(activity)["Bert"]) == ("waitlisted", "waitlisted")
    assert actions.give_to_next(activity.id, "in_person", by=make.person("Clara"), now=now).name == "Bert"


@pytest.mark.parametrize("nobody", ["none", "unconfirmed"])
def test_a_newcomer_gets_the_place_when_nobody_could_move_up(nobody: str) -> None:
    """Somebody who has not confirmed keeps no place from others: a stranger could stand in line for ever."""
    activity = make.activity(capacity=1)
    now = STARTS - timedelta(hours=1)
    if nobody == "unconfirmed":
        opened(activity, "Dora", "waitlisted", confirmed_at=None, hold_until=STARTS)

    actions.confirm(make.signed_up(activity.id, signing_up.Attendee("Eva", "eva@example.org"), now=now).id, now=now)

    assert states(activity)["Eva"] == "confirmed"


def test_nobody_overtakes_by_changing_the_way_of_attending() -> None:
    activity = make.activity(mode="hybrid", capacity=5, capacity_online=1)
    ada = opened(activity, "Ada", mode="in_person")
    bert = opened(activity, "Bert", "waitlisted", mode="online")
    now = STARTS - timedelta(minutes=20)

    with pytest.raises(Refusal, match="entscheidet der Veranstalter"):
        actions.change(
            ada.id, name="Ada", organisation=None, access_need=None, wants_reminders=True, mode="online", now=now
        )

    assert (ada.mode, bert.status) == ("in_person", "waitlisted")


def test_the_host_gives_one_place_to_the_next_in_line() -> None:
    activity, clara = full(), make.person("Clara")
    now = STARTS - timedelta(hours=1)
    activity_changes.update(activity.id, {"capacity": 3}, by=None, now=now)

    given = actions.give_to_next(activity.id, "in_person", by=clara, now=now)

    assert given.name == "Bert"
    assert states(activity) == {"Ada": "confirmed", "Dora": "waitlisted", "Bert": "confirmed", "Cleo": "waitlisted"}
    entry = db.session.scalars(select(Note).where(Note.action == "place_given")).one()
    assert entry.details == {"registration": given.id, "mode": "in_person"}
    assert actions.give_to_next(activity.id, "in_person", by=clara, now=now).name == "Cleo"
    with pytest.raises(Refusal, match="niemand, der nachrücken könnte"):
        actions.give_to_next(activity.id, "in_person", by=clara, now=now)


@pytest.mark.parametrize(
    ("change", "mode", "before", "sentence"),
    [
        ({}, "in_person", timedelta(hours=1), "Zurzeit ist kein Platz frei."),
        ({}, "online", timedelta(hours=1), "Auf diese Weise kann man nicht teilnehmen."),
        ({}, "", timedelta(hours=1), "Auf diese Weise kann man nicht teilnehmen."),
        ({"capacity": 5}, "in_person", -SECOND, "Diese Veranstaltung hat bereits begonnen."),
        ({"capacity": 5}, "in_person", timedelta(0), "Diese Veranstaltung hat bereits begonnen."),
        ({"capacity": 5, "happening": "cancelled"}, "in_person", timedelta(hours=1), "ist abgesagt"),
        ({"capacity": 5, "happening": "postponed"}, "in_person", timedelta(hours=1), "wird verschoben"),
    ],
)
def test_what_cannot_be_given_is_refused_in_a_sentence(
    change: dict[str, Any], mode: str, before: timedelta, sentence: str
) -> None:
    activity, clara = full(**change), make.person("Clara")

    with pytest.raises(Refusal) as no:
        actions.give_to_next(activity.id, mode, by=clara, now=STARTS - before)

    assert sentence in str(no.value)
    assert states(activity)["Bert"] == "waitlisted"


@pytest.mark.parametrize("desk", ["host", "office"])
def test_both_desks_have_the_button_and_only_in_the_lead_time(client: Client, at: Clock, desk: str) -> None:
    host = make.cluster(slug="optonet")
    clara = make.member(host)
    activity = full(host=host)
    at(STARTS - timedelta(hours=1))
    make.login(client, clara if desk == "host" else make.organiser())
    here = f"/de/host/optonet/{activity.id}/registrations"
    if desk == "office":
        here = f"/de/organiser/{activity.edition.slug}/activities/{activity.id}/registrations"
    button = "Platz an die nächste Person geben"

    assert button not in page(client, here).text  # all places are taken
    give_up(activity, STARTS - timedelta(hours=1))
    shown = page(client, here)
    assert button in shown.text
    assert "1 Platz ist frei." in shown.text
    (form,) = [one for one in shown.all("form") if one.get("action") == f"{here}/next"]

    after = post(client, form.get("action"), mode="in_person")

    assert "Bert hat jetzt den Platz und wird per E-Mail benachrichtigt." in after.html
    assert button not in after.text
    assert [to for to, subject in mailbox() if "Sie haben einen Platz" in subject] == ["bert@example.org"]
    assert "Zurzeit ist kein Platz frei." in post(client, f"{here}/next", 409, mode="in_person").text
    at(STARTS - timedelta(hours=4))
    assert button not in page(client, here).text


def test_those_who_wait_and_those_who_leave_are_told(client: Client, at: Clock) -> None:
    activity = full()
    told = "Ab 3 Stunden vor Beginn rückt niemand mehr von selbst nach"
    bert, ada = named(activity, "Bert"), named(activity, "Ada")

    assert told in page(client, link(bert)).text
    assert told in page(client, address(activity)).text
    assert "geht sofort an die nächste Person" in page(client, link(ada, "/give-up")).text

    at(STARTS - timedelta(hours=1))
    assert "entscheidet der Veranstalter, ob Ihr Platz" in page(client, link(ada, "/give-up")).text
    assert "Der Veranstalter kann ihn an die nächste Person" in page(client, link(ada)).text
    give_up(activity, STARTS - timedelta(hours=1))
    form = page(client, address(activity))
    received = post(client, address(activity), **form.fields | ADA)
    assert "Alle Plätze sind vergeben" in form.text
    assert received.h1 == "Sehen Sie in Ihr Postfach"


def test_a_known_address_reads_the_same_in_the_lead_time(client: Client, at: Clock) -> None:
    activity = full()
    at(STARTS - timedelta(hours=1))
    give_up(activity, STARTS - timedelta(hours=1))

    pages = [
        post(client, address(activity), **ADA | {"email": email}).text.replace(email, "…")
        for email in ("neu@example.org", "bert@example.org")
    ]

    assert pages[0] == pages[1]


def said(client: Client, activity: Activity) -> dict[str, bool]:
    """Where a newcomer reads that there is a place."""
    week = f"/de/{activity.edition.slug}"
    table = client.get(f"/feeds/{activity.edition.slug}.csv").text
    return {
        "sign-up": "Alle Plätze sind vergeben" not in page(client, address(activity)).text,
        "page": "Auf die Warteliste" not in page(client, f"{week}/{address_part(activity)}").text,
        "programme": "Warteliste" not in page(client, f"{week}/").text,
        "home": "Warteliste" not in page(client, "/de/").text,
        "filter": address_part(activity) in page(client, f"{week}/?seats=1").html,
        "feed": [row["seats_free"] for row in csv.DictReader(table.splitlines(), delimiter=";")] == ["1"],
        "table": [one["seats_free"] for one in client.get(f"{week}/programme.json").json["items"]] == [1],
    }


@pytest.mark.parametrize("mode", ["in_person", "online"])
def test_every_page_list_and_feed_offers_a_place_or_none_does(client: Client, at: Clock, mode: str) -> None:
    activity = full(mode)
    begins = STARTS - LEAD[mode]
    activity.edition.starts_on = STARTS.date()
    for name in ("Bert", "Cleo"):
        named(activity, name).confirmed_at = None  # nobody moves up yet
    at(begins - SECOND)
    give_up(activity, begins - SECOND)
    assert set(said(client, activity).values()) == {True}

    named(activity, "Cleo").confirmed_at = begins
    at(begins)
    assert said(client, activity) == dict.fromkeys(said(client, activity), False)

    at(begins - SECOND)
    assert set(said(client, activity).values()) == {True}  # it is about to go to Cleo, as for everybody before


@pytest.mark.parametrize(
    ("length", "words"), [(180, "3 Stunden"), (60, "1 Stunde"), (90, "90 Minuten"), (1, "1 Minute"), (30, "30 Minuten")]
)
def test_the_length_is_said_in_words(monkeypatch: pytest.MonkeyPatch, length: int, words: str) -> None:
    monkeypatch.setitem(current_app.config, "PROMOTION_LEAD_ONLINE", length)
    activity = make.activity(mode="online")

    with current_app.test_request_context("/de/"):
        assert f"Ab {words} vor Beginn" in lead_time.sentences(activity, "online")


def test_without_a_lead_time_people_move_up_until_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "PROMOTION_LEAD_IN_PERSON", 0)
    activity = full()

    give_up(activity, STARTS - SECOND)

    assert states(activity)["Bert"] == "confirmed"
    with current_app.test_request_context("/de/"):
        assert "vor Beginn" not in lead_time.sentences(activity, "in_person")


@pytest.mark.parametrize("mode", ["in_person", "online", "hybrid"])
def test_who_waits_is_told_one_thing_at_a_time(client: Client, at: Clock, mode: str) -> None:
    ways = ("in_person", "online") if mode == "hybrid" else (mode,)
    activity = make.activity(mode=mode, capacity=1, capacity_online=1 if mode == "hybrid" else None)
    for number, way in enumerate(ways):
        opened(activity, f"Ada {way}", mode=way, ticket=2 * number + 1)
        opened(activity, f"Bert {way}", "waitlisted", mode=way, ticket=2 * number + 2)
    begins = STARTS - min(LEAD[way] for way in ways)  # for all ways of attending

    for moment, is_lead in ((begins - SECOND, False), (begins, True)):
        at(moment)
        in_line = link(named(activity, f"Bert {ways[-1]}"))
        pages = [page(client, in_line).text, page(client, address(activity)).text]
        for text in pages:
            assert ("geht er an die nächste Person" in text) is not is_lead
            assert ("So kurz vor Beginn rückt niemand" in text) is is_lead


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    settings = {"DATABASE_URL": postgres_url("lead")} if request.param == "postgresql" else {}
    with build_app(tmp_path, **settings).app_context():
        yield


@pytest.mark.slow
def test_both_databases_keep_the_place_and_give_it_once(both: None) -> None:
    now = STARTS - timedelta(hours=1)
    with unit_of_work():
        activity, clara = full(), make.person("Clara")
    with unit_of_work():
        give_up(activity, now)
    with unit_of_work():
        make.signed_up(activity.id, signing_up.Attendee("Eva", "eva@example.org"), now=now)
    assert states(activity)["Bert"] == states(activity)["Eva"] == "waitlisted"
    for moment, is_offered in ((now - timedelta(hours=3), True), (now, False)):
        found = db.session.scalars(select(Activity.id).where(newcomers.has_free_places(moment))).all()
        assert (activity.id in found) is is_offered
        assert (newcomers.places([activity], now=moment)[activity.id].free != 0) is is_offered

    with unit_of_work():
        actions.give_to_next(activity.id, "in_person", by=clara, now=now)
    with pytest.raises(Refusal, match="kein Platz frei"), unit_of_work():
        actions.give_to_next(activity.id, "in_person", by=clara, now=now)

    assert states(activity)["Bert"] == "confirmed"
    assert states(activity)["Cleo"] == "waitlisted"
