"""What a cluster types, as values for the actions and back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from clusterweek.activities import actions, date_form, values
from clusterweek.activities.forms import ActivityForm, data_of
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from tests import make
from tests.conftest import NOW

DATE = {
    "occurrences-0-starts_on": "8.4.2027",
    "occurrences-0-starts_time": "9",
    "occurrences-0-ends_time": "12:30 Uhr",
    "occurrences-0-timezone": "Europe/Berlin",
    "occurrences-0-city": "Jena",
    "occurrences-0-venue_land": "DE-TH",
}


def typed(
    app: Flask,
    entries: dict[str, Any],
    *,
    clusters: list[Cluster] | None = None,
    land: str | None = None,
    data: dict[str, Any] | None = None,
    **given: Any,
) -> ActivityForm:
    with app.test_request_context():
        form = ActivityForm(
            MultiDict(entries) if entries else None,
            data=data,
            edition=make.edition(**given),
            clusters=clusters or [],
            land=land,
        )
        form.validate()
    return form


def dates(app: Flask, **entries: str) -> list[dict[str, Any]]:
    with app.test_request_context():
        return typed(app, DATE | {f"occurrences-0-{name}": text for name, text in entries.items()}).values()[
            "occurrences"
        ]


@pytest.mark.parametrize(
    ("entries", "starts", "ends"),
    [
        ({}, "2027-04-08 09:00", "2027-04-08 12:30"),
        ({"starts_time": "18:00", "ends_time": "00:30"}, "2027-04-08 18:00", "2027-04-09 00:30"),  # next morning
        ({"starts_time": "18:00", "ends_time": "24:00"}, "2027-04-08 18:00", "2027-04-09 00:00"),
        (
            {"starts_time": "16:00", "ends_time": "12:00"},
            "2027-04-08 16:00",
            "2027-04-08 12:00",
        ),  # a slip: refused later
        ({"ends_on": "10.4.2027"}, "2027-04-08 09:00", "2027-04-10 12:30"),
        ({"is_all_day": "y"}, "2027-04-08 00:00", "2027-04-09 00:00"),
        ({"is_all_day": "y", "ends_on": "11.4.2027"}, "2027-04-08 00:00", "2027-04-12 00:00"),
    ],
)
def test_a_day_and_two_times_become_a_date(app: Flask, entries: dict[str, str], starts: str, ends: str) -> None:
    (one,) = dates(app, **entries)

    wall_clocks = [datetime.fromisoformat(text).isoformat() for text in (starts, ends)]
    assert [one["starts_local"], one["ends_local"]] == wall_clocks


def test_a_row_that_nobody_filled_is_no_date(app: Flask) -> None:
    assert dates(app, starts_on="", starts_time="", ends_time="", city="") == []


def test_a_place_without_a_day_is_not_lost_but_asked_about(app: Flask) -> None:
    form = typed(app, {"occurrences-0-city": "Jena"})
    form.take(values.problems(form.values()))
    assert form.error_list() == []
    assert form.values()["unfinished_dates"] == [{"timezone": "Europe/Berlin", "city": "Jena"}]

    with app.test_request_context():
        form.ask_for_the_rest()

    assert [id for id, _sentence in form.error_list()] == ["occurrences-0-starts_on"]


@pytest.mark.parametrize(
    ("left_out", "asked_for"),
    [("starts_on", "starts_on"), ("starts_time", "starts_time"), ("ends_time", "ends_time")],
)
def test_a_date_that_lacks_something_comes_back_as_it_was_typed(app: Flask, left_out: str, asked_for: str) -> None:
    entries = {name: text for name, text in DATE.items() if not name.endswith(left_out)}
    form = typed(app, entries)
    (kept,) = form.values()["unfinished_dates"]
    again = typed(app, {}, data={"occurrences": [date_form.unfinished(kept)]})

    again_kept = again.values()["unfinished_dates"]
    with app.test_request_context():
        again.ask_for_the_rest()

    assert (form.values()["occurrences"], again_kept) == ([], [kept])
    assert [id for id, _sentence in again.error_list()] == [f"occurrences-0-{asked_for}"]


def test_an_empty_row_is_in_the_land_of_the_cluster_unless_all_is_online(app: Flask) -> None:
    on_site, online = typed(app, {}, land="DE-BY"), typed(app, {"mode": "online"}, land="DE-BY")

    assert [form.occurrences[0].form.venue_land.data for form in (on_site, online)] == ["DE-BY", ""]


def test_the_land_of_the_cluster_is_no_place_of_an_online_activity(app: Flask) -> None:
    at_home = {f"occurrences-0-{name}": "" for name in ("city", "venue_name")}

    (online,) = typed(app, DATE | at_home | {"mode": "online"}).values()["occurrences"]
    (with_studio,) = typed(app, DATE | {"mode": "online"}).values()["occurrences"]

    assert (online["venue_land"], with_studio["venue_land"]) == (None, "DE-TH")


def test_a_copied_place_alone_is_no_date(app: Flask) -> None:
    form = typed(app, DATE | {"occurrences-1-city": "Jena", "occurrences-1-venue_land": "DE-TH"})

    assert len(form.values()["occurrences"]) == 1


def test_one_more_date_keeps_the_place(app: Flask) -> None:
    form = typed(app, DATE)

    form.add_date()

    assert (form.occurrences[1].form.city.data, form.occurrences[1].form.starts_on.data) == ("Jena", None)


def test_a_removed_date_is_left_out(app: Flask) -> None:
    assert dates(app, is_removed="y") == []


@pytest.mark.parametrize(
    ("entries", "fields"),
    [
        ({"capacity": "viele"}, ["capacity"]),
        ({"capacity": "-3"}, ["capacity"]),
        ({"registration_deadline": "bald"}, ["registration_deadline"]),
        (
            {"registration_deadline": "1.4.2027", "registration_deadline_time": "mittags"},
            ["registration_deadline_time"],
        ),
        ({"title_de": "x" * 121}, ["title_de"]),
        ({"registration_url": "javascript:alert(1)"}, ["registration_url"]),
        (DATE | {"occurrences-0-starts_on": "31.4.2027"}, ["occurrences-0-starts_on"]),
        (DATE | {"occurrences-0-ends_time": "8:00"}, ["occurrences-0-ends_time"]),
        (
            DATE | {"occurrences-0-starts_on": "28.3.2027", "occurrences-0-starts_time": "2:30"},
            ["occurrences-0-starts_time"],
        ),
        (DATE | {"occurrences-0-online_url": "zoom"}, ["occurrences-0-online_url"]),
        (DATE | {"occurrences-0-venue_land": "DE-XX"}, ["occurrences-0-venue_land"]),
        ({"format": "party"}, ["format"]),
        ({"co_hosts-0": "unbekannt"}, ["co_hosts-0"]),
        ({"external_partners-0-name": "x" * 161}, ["external_partners"]),
    ],
)
def test_every_mistake_stands_at_its_field(app: Flask, entries: dict[str, str], fields: list[str]) -> None:
    with app.test_request_context():
        form = typed(app, entries)
        form.take(values.problems(form.values()))

        assert [id for id, _sentence in form.error_list()] == fields


def test_what_is_wrong_is_not_saved_with_the_rest(app: Flask) -> None:
    form = typed(
        app, DATE | {"occurrences-0-starts_time": "früh", "registration_deadline_time": "spät", "title_de": "A"}
    )

    assert form.names_with_errors == {"occurrences", "registration_deadline"}
    assert form.sound_values().keys() == form.values().keys() - {"registration_deadline"}
    assert (form.sound_values()["occurrences"], form.sound_values()["unfinished_dates"]) == ([], [])


def test_partners_and_countries_stand_in_one_list(app: Flask) -> None:
    form = typed(
        app,
        {
            "external_partners-0-name": "Svařovací centrum",
            "external_partners-0-country": "CZ",
            "external_partners-1-country": "FR",
            "external_partners-2-name": "Verein",
            "external_partners-3-name": "Berliner Institut",
            "external_partners-3-country": "DE",
        },
    )

    assert form.values()["external_partners"] == [
        {"name": "Svařovací centrum", "country": "CZ"},
        {"name": "Verein", "country": None},
        {"name": "Berliner Institut", "country": "DE"},
    ]
    assert form.values()["partner_countries"] == ["CZ", "FR"]  # partners from Germany are not international


def test_a_deadline_without_a_time_is_the_end_of_the_day(app: Flask) -> None:
    form = typed(app, {"registration_deadline": "1.4.2027"})

    assert form.values()["registration_deadline"] == "2027-04-01T21:59:00+00:00"


def rich_activity() -> Activity:
    other = make.cluster("FördeStrom")
    activity = make.activity(
        starts="2027-04-08 18:00",
        ends="2027-04-09 00:30",
        countries=("FR", "CZ"),
        partners=(("Svařovací centrum", "CZ"),),
        co_hosts=(other,),
        languages=("de", "en"),
        registration_deadline=datetime(2027, 4, 1, 16, tzinfo=UTC),
        place={"timezone": "Europe/Lisbon", "online_url": "https://example.org/room"},
    )
    make.occurrence(activity, "2027-04-09 00:00", "2027-04-12 00:00", is_all_day=True)
    return activity


def test_what_is_shown_and_sent_back_changes_nothing(app: Flask) -> None:
    activity = rich_activity()
    with app.test_request_context():
        shown = ActivityForm(None, data=data_of(activity), edition=activity.edition, clusters=activity.co_hosts)
        sent = MultiDict[str, Any]()
        for field in shown:
            if field.name in ("occurrences", "external_partners"):
                for entry in field:
                    for part in entry.form:
                        if part.type != "BooleanField" or part.data:
                            sent.add(part.name, part._value() if hasattr(part, "_value") else part.data or "")
            elif field.name == "co_hosts":
                for entry in field:
                    sent.add(entry.name, entry.data or "")
            elif isinstance(field.data, list):
                sent.setlist(field.name, field.data)
            elif field.data not in (None, False):
                sent.add(field.name, field._value() if hasattr(field, "_value") else field.data)
        form = ActivityForm(sent, edition=activity.edition, clusters=activity.co_hosts)
        form.validate()
        found = form.values()

        travelled = json.loads(json.dumps(found))

    assert form.error_list() == []
    assert travelled == found  # what travels from here to the actions is plain
    assert sorted(found["partner_countries"]) == ["CZ", "FR"]
    change = actions.update(activity, travelled, by=None, now=NOW)
    assert change.fields <= {"partner_countries"}  # of which the form shows those of partners first
