"""Withdrawing, cancelling, postponing; the preview and the list of attendees."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from tests import make
from tests.browse import checked, page, text_of
from tests.mailbox import mailbox


@pytest.fixture
def optonet() -> Cluster:
    return make.cluster(slug="optonet")


@pytest.fixture
def desk(client: Any, optonet: Cluster) -> Any:
    make.login(client, make.member(optonet))
    return client


@pytest.fixture
def week() -> Edition:
    return make.edition()


@pytest.fixture
def public(week: Edition, optonet: Cluster) -> Activity:
    return make.activity(edition=week, host=optonet)


def stored() -> Activity:
    return db.session.scalars(select(Activity)).one()


def address(activity: Activity, step: str) -> str:
    return f"/en/host/optonet/{activity.id}/{step}"


def test_a_submission_is_withdrawn_and_taken_up_again(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, review_status="submitted")

    answer = desk.post(address(activity, "withdraw"))
    assert "Withdrawn: “Workshop: Light as a tool”. It can be taken up again" in page(desk, answer.location).text
    assert stored().review_status == "withdrawn"
    assert "Take up again as a draft" in page(desk, address(activity, "preview")).html

    answer = desk.post(address(activity, "take-up"))
    assert "“Workshop: Light as a tool” is a draft again." in page(desk, answer.location).text
    assert stored().review_status == "draft"


def test_what_is_public_cannot_be_withdrawn(desk: Any, public: Activity) -> None:
    refused = checked(desk.post(address(public, "withdraw")), status=422)

    assert "This activity is public. Cancel it instead" in refused.text


def test_cancelling_asks_first_and_says_who_is_told(desk: Any, public: Activity) -> None:
    make.registration(public)
    make.registration(public, "Sven", "unconfirmed")

    answer = page(desk, address(public, "cancel"))

    assert answer.h1 == "Cancel the activity?"
    assert "1 registered person is told by mail." in answer.text  # an unconfirmed address is never written to
    assert stored().happening == "confirmed"


def test_a_cancelled_activity_stays_and_attendees_are_told(desk: Any, public: Activity) -> None:
    make.registration(public)

    answer = desk.post(address(public, "cancel"), data={"reason": "Die Referentin ist krank."})

    text = page(desk, answer.location).text
    assert "Cancelled: “Workshop: Light as a tool”" in text
    assert "1 registered person is told by mail." in text
    assert (stored().happening, stored().cancellation_reason) == ("cancelled", "Die Referentin ist krank.")
    assert [to for to, _subject in mailbox()] == ["ada@example.org"]
    assert desk.post(address(public, "cancel"), data={"reason": "Noch einmal"}).status_code == 422


def test_the_form_of_a_cancelled_activity_says_so_and_promises_nothing(desk: Any, public: Activity) -> None:
    desk.post(address(public, "cancel"), data={"reason": "Die Referentin ist krank."})

    text = page(desk, f"/en/host/optonet/{public.id}").text

    assert "Cancelled on Monday, 22 March 2027 Reason: Die Referentin ist krank." in text
    assert "What you save shows at once" not in text
    assert "Published · saved" not in text


def test_a_postponed_activity_takes_place_again_with_a_new_date(desk: Any, public: Activity) -> None:
    make.registration(public)
    assert "keeps the place" in page(desk, address(public, "postpone")).text

    desk.post(address(public, "postpone"), data={"reason": ""})

    assert (stored().happening, stored().occurrences) == ("postponed", [])
    shown = page(desk, f"/en/host/optonet/{public.id}")
    assert "As soon as you save a new date, it takes place again" in shown.text
    entries = shown.fields
    new = {"occurrences-0-starts_on": "9.4.2027", "occurrences-0-starts_time": "9", "occurrences-0-ends_time": "12"}
    desk.post(f"/en/host/optonet/{public.id}", data={**entries, **new, "occurrences-0-city": "Jena", "save": "1"})
    assert (stored().happening, stored().occurrences[0].starts_on.day) == ("confirmed", 9)


def test_a_postponed_activity_is_cancelled_when_no_date_is_found(desk: Any, week: Edition, optonet: Cluster) -> None:
    waiting = make.activity(edition=week, host=optonet, happening="postponed", starts=None)
    make.registration(waiting)

    entries = page(desk, f"/en/host/optonet/{waiting.id}")
    assert "Postpone …" not in entries.links
    answer = desk.post(entries.links["Cancel …"], data={"reason": "Der Saal bleibt gesperrt."})

    assert "1 registered person is told by mail." in page(desk, answer.location).text
    assert stored().happening == "cancelled"
    shown = page(desk, f"/en/{week.slug}/{rules.address_part(waiting)}")
    assert "Der Saal bleibt gesperrt." in shown.text
    assert "still open" not in shown.text


def test_the_preview_shows_what_is_stored_in_both_languages(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(
        edition=week,
        host=optonet,
        review_status="submitted",
        countries=("FR",),
        partners=(("Svařovací centrum", "CZ"),),
        summary_en=None,
        capacity=20,
    )

    answer = page(desk, address(activity, "preview"))

    assert "With the programme office; answer by Friday, 4 December 2026" in answer.text
    for piece in ("Wir zeigen, was Licht", "No English text", "Svařovací centrum (Czechia)", "France", "20 places"):
        assert piece in answer.text, piece


def test_the_preview_shows_a_description_with_headings_below_its_own(
    desk: Any, week: Edition, optonet: Cluster
) -> None:
    activity = make.activity(edition=week, host=optonet, description_de="# Ablauf\n\n- Begrüßung")

    answer = page(desk, address(activity, "preview"))

    levels = [one.tag for one in answer.all("main")[0].iter() if one.tag in ("h1", "h2", "h3", "h4")]
    assert levels == ["h1", "h2", "h3"]


def test_a_rejected_activity_shows_the_reason(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, review_status="rejected", rejection_reason="Reine Werbung")

    answer = page(desk, address(activity, "preview"))

    assert "Reine Werbung" in answer.text
    assert "Change entries" not in answer.links


@pytest.fixture
def full(week: Edition, optonet: Cluster) -> Activity:
    activity = make.activity(edition=week, host=optonet, capacity=1)
    make.registration(activity, organisation='=HYPERLINK("x")', access_need="Rollstuhl <b>")
    make.registration(activity, "Sven", "waitlisted")
    make.registration(activity, "Wanda", "waitlisted", confirmed_at=None)
    make.registration(activity, "Wilma", "withdrawn", withdrawn_at=make.THEN)
    make.registration(activity, "Egon", "expired")
    return activity


def test_the_list_of_attendees(desk: Any, full: Activity) -> None:
    answer = page(desk, address(full, "registrations"))

    tables = {text_of(table.find("caption")): table for table in answer.all("table")}
    assert list(tables) == ["With a place (1)", "Waiting list (2)"]
    first = text_of(tables["With a place (1)"].find("tbody"))
    assert first.startswith("Ada")
    assert "Needs support: Rollstuhl <b>" in first
    waiting = text_of(tables["Waiting list (2)"].find("tbody"))
    assert "number 1 in line" in waiting
    assert "number 2 in line" in waiting
    assert "not confirmed yet" in waiting
    assert "2 registrations were given up or have lapsed; the names are no longer shown." in answer.text


def test_more_people_than_places_are_explained(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, mode="hybrid", capacity=0, capacity_online=9)
    make.registration(activity)
    sentence = "1 over capacity – everyone keeps their place."

    assert sentence in page(desk, address(activity, "registrations")).text
    assert sentence in page(desk, f"/en/host/optonet/?edition={week.slug}").text

    activity.capacity = 1
    assert sentence not in page(desk, address(activity, "registrations")).text


def test_the_office_sees_attendees_but_not_what_support_they_need(client: Any, full: Activity) -> None:
    make.login(client, make.organiser())

    text = page(client, address(full, "registrations")).text

    assert "ada@example.org" in text
    assert "Rollstuhl" not in text


def test_places_on_site_and_online_are_counted_apart(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, mode="hybrid", capacity=2, capacity_online=None)
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.occurrence(activity, "2027-04-10 09:00", "2027-04-10 12:00")
    for name, status, mode in (
        ("Ada", "confirmed", "in_person"),
        ("Ben", "confirmed", "in_person"),
        ("Cem", "waitlisted", "in_person"),
        ("Dana", "confirmed", "online"),
    ):
        make.registration(activity, name, status, mode=mode)

    found = page(desk, address(activity, "registrations"))

    assert "3 places given: on site 2 of 2 · online 1, no limit" in found.text
    assert "8 April 2027, 09:00–12:30 and 2 more dates" in found.text
    assert (
        "3 registrations on site 2 of 2 · online 1, no limit 1 on the waiting list"
        in page(desk, "/en/host/optonet/").text
    )
    make.login(desk, make.organiser())
    office = page(desk, f"/en/organiser/{week.slug}/activities/{activity.id}")
    assert "on site 2 of 2 · online 1, no limit 1 waiting" in office.text


def test_a_hybrid_activity_has_two_lines(desk: Any, week: Edition, optonet: Cluster) -> None:
    activity = make.activity(edition=week, host=optonet, mode="hybrid", capacity=0, capacity_online=0)
    make.registration(activity, "Sven", "waitlisted")
    make.registration(activity, "Wanda", "waitlisted", mode="online")

    text = page(desk, address(activity, "registrations")).text

    assert text.count("number 1 in line") == 2


def test_nobody_yet(desk: Any, public: Activity) -> None:
    assert "Nobody has registered yet." in page(desk, address(public, "registrations")).text


def test_the_list_is_kept_as_a_table(desk: Any, full: Activity) -> None:
    answer = desk.get(address(full, "registrations.csv"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="registrations-{full.id}.csv"'
    assert answer.headers["Cache-Control"] == "no-store"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert len(lines) == 4  # who has given up is in it no more
    assert "'=HYPERLINK" in lines[1]

    answer = desk.get(address(full, "registrations.xlsx"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert sheet is not None
    assert sheet.max_row == 4
    assert desk.get(address(full, "registrations.pdf")).status_code == 404


def test_a_person_without_a_cluster_sees_no_attendees(client: Any, full: Activity) -> None:
    make.login(client, make.person("Vera"))

    assert client.get(address(full, "registrations.csv")).status_code == 404
