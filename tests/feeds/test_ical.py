"""What stands in the calendars, and what a change does to it."""

from datetime import datetime
from typing import Any

import icalendar
import pytest

from clusterweek import clock
from clusterweek.activities import actions, moderation
from clusterweek.activities.models import Activity
from clusterweek.calendar import files as calendar
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from tests import make
from tests.conftest import Client, Clock
from tests.statements import Statements


def entries(client: Client, address: str) -> list[Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return icalendar.Calendar.from_ical(answer.data).walk("VEVENT")


def titles(client: Client, address: str) -> list[str]:
    return [str(entry["SUMMARY"]) for entry in entries(client, address)]


def feed(activity: Activity) -> str:
    return f"/feeds/{activity.edition.slug}.ics"


def test_a_feed_has_every_public_date_once_in_order(client: Client) -> None:
    edition = make.edition()
    course = make.activity(edition=edition, title_de="Kurs", starts="2027-04-09 09:00", ends="2027-04-09 10:00")
    make.occurrence(course, "2027-04-07 09:00", "2027-04-07 10:00")
    make.activity(edition=edition, title_de="Acht Uhr", starts="2027-04-08 08:00", ends="2027-04-08 10:00")
    make.activity(edition=edition, title_de="Ohne Termin", starts=None)
    make.activity(edition=edition, review_status="submitted", published_at=None)
    make.activity()

    found = entries(client, f"/feeds/{edition.slug}.ics")

    assert [(str(e["SUMMARY"]), e.start.day) for e in found] == [("Kurs", 7), ("Acht Uhr", 8), ("Kurs", 9)]
    assert len({str(e["UID"]) for e in found}) == 3


def test_all_feeds_together_and_one_activity_alone_tell_the_same_entries(client: Client) -> None:
    here, there = make.activity(title_de="Hier"), make.activity(title_de="Dort", edition=make.edition(state="archived"))
    make.activity(edition=make.edition(state="draft"))

    everything = client.get("/feeds/all.ics").data
    alone = client.get(f"/feeds/activity/{there.id}.ics").data

    assert [str(e["SUMMARY"]) for e in icalendar.Calendar.from_ical(everything).walk("VEVENT")] == ["Hier", "Dort"]
    event = alone[alone.index(b"BEGIN:VEVENT") : alone.index(b"END:VEVENT")]
    assert event in everything
    assert titles(client, f"/feeds/activity/{here.id}.ics") == ["Hier"]


def test_the_name_of_a_calendar_follows_its_filter_and_language(client: Client) -> None:
    slug = make.activity().edition.slug

    german = icalendar.Calendar.from_ical(client.get(f"/feeds/{slug}.ics?mode=in_person&land=DE-TH").data)
    english = icalendar.Calendar.from_ical(client.get(f"/feeds/{slug}.ics?lang=en").data)

    assert str(german["X-WR-CALNAME"]) == str(german["NAME"])
    assert str(german["NAME"]) == "Clusterwoche Deutschland 2027: Thüringen · vor Ort"
    assert str(german["SOURCE"]) == f"http://127.0.0.1:8000/feeds/{slug}.ics?lang=de&land=DE-TH&mode=in_person"
    assert str(german["URL"]) == f"http://127.0.0.1:8000/de/{slug}/?land=DE-TH&mode=in_person"
    assert str(english["NAME"]) == "Cluster Week Germany 2027"
    assert str(english.walk("VEVENT")[0]["SUMMARY"]) == "Workshop: Light as a tool"
    assert str(english["DESCRIPTION"]) == str(english["X-WR-CALDESC"]) != ""


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Kurs", "Messe", "Kurs"]),
        ("?land=DE-BW", ["Kurs"]),
        ("?day=2027-04-09", ["Messe", "Kurs"]),
        ("?format=exhibition", ["Messe"]),
        ("?q=messe", ["Messe"]),
        ("?country=FR&country=NL", ["Kurs", "Kurs"]),
        ("?seats=1", ["Kurs", "Kurs"]),
        ("?status=confirmed", ["Kurs", "Messe", "Kurs"]),
        ("?status=cancelled", []),
    ],
)
def test_filters_choose_dates(client: Client, query: str, expected: list[str]) -> None:
    edition = make.edition()
    course = make.activity(
        edition=edition, title_de="Kurs", countries=("NL",), starts="2027-04-07 09:00", ends="2027-04-07 10:00"
    )
    make.occurrence(course, "2027-04-09 09:00", "2027-04-09 10:00", venue_land="DE-BW")
    make.activity(
        edition=edition,
        title_de="Messe",
        format="exhibition",
        capacity=0,
        search_text="messe",
        starts="2027-04-08 00:00",
        ends="2027-04-10 00:00",
        place={"is_all_day": True},
    )

    assert titles(client, f"/feeds/{edition.slug}.ics{query}") == expected


# Changes ------------------------------------------------------------------------------------------------------------


def moved(activity: Activity, starts: str) -> None:
    """Through the door that everybody takes."""
    local = datetime.fromisoformat(starts)
    ends = local.replace(hour=local.hour + 1)
    row = {"id": activity.occurrences[0].id, "starts_local": local.isoformat(), "ends_local": ends.isoformat()}
    actions.update(activity, {"occurrences": [row]}, by=None, now=clock.now())
    db.session.commit()


def test_a_move_is_the_same_entry_counted_up_with_a_new_stamp(client: Client, at: Clock) -> None:
    activity = make.activity()
    (before,) = entries(client, feed(activity))
    now = at("2027-04-01 12:00")

    moved(activity, "2027-04-09 14:00")

    (after,) = entries(client, feed(activity))
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (0, 1)
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt == now
    assert before["CREATED"].dt == after["CREATED"].dt
    assert (after.start.day, after.start.hour) == (9, 14)


def test_a_new_text_is_a_new_stamp_only(client: Client, at: Clock) -> None:
    activity = make.activity()
    at("2027-04-01 12:00")

    actions.update(activity, {"title_de": "Neuer Titel"}, by=None, now=clock.now())

    (after,) = entries(client, feed(activity))
    assert (str(after["SUMMARY"]), after["SEQUENCE"]) == ("Neuer Titel", 0)
    assert after["DTSTAMP"].dt == clock.now()


def test_a_renamed_cluster_restamps_its_entries(client: Client, at: Clock) -> None:
    activity = make.activity(host=make.cluster("OptoNet"))
    other = make.activity(
        edition=activity.edition, host=make.cluster("FaserKreis"), starts="2027-04-09 09:00", ends="2027-04-09 10:00"
    )
    at("2027-04-01 12:00")

    host = db.session.get(Cluster, activity.host_cluster_id)
    host.name = "OptoNet Jena"
    actions.cluster_changed(host, now=clock.now())

    first, second = entries(client, feed(other))
    assert str(first["CONTACT"]) == "OptoNet Jena"
    assert first["DTSTAMP"].dt == clock.now()
    assert second["DTSTAMP"].dt == make.THEN


def test_what_was_cancelled_stays_as_a_tombstone_until_30_days_after_its_end(client: Client, at: Clock) -> None:
    activity = make.activity()
    address = feed(activity)
    before = entries(client, address)[0]

    actions.cancel(activity, "Die Referentin ist krank.", by=None, now=at("2027-04-01 12:00"))

    (after,) = entries(client, address)
    assert str(after["SUMMARY"]) == "ABGESAGT: Workshop: Licht als Werkzeug"
    assert (after["STATUS"], after["TRANSP"], after["SEQUENCE"]) == ("CANCELLED", "TRANSPARENT", 1)
    assert after["UID"] == before["UID"]
    assert str(after["DESCRIPTION"]).startswith("Die Referentin ist krank.")
    assert str(client.get(f"{address}?lang=en").text).count("SUMMARY:CANCELLED: Workshop: Light as a tool") == 1
    at("2027-05-08 23:00")
    assert len(entries(client, address)) == 1
    at("2027-05-09 00:30")
    assert entries(client, address) == []


def test_a_postponed_date_and_the_new_one_are_two_entries(client: Client, at: Clock) -> None:
    activity = make.activity()
    old = entries(client, feed(activity))[0]
    actions.postpone(activity, by=None, now=at("2027-04-01 12:00"))
    assert titles(client, feed(activity)) == ["VERSCHOBEN: Workshop: Licht als Werkzeug"]

    new_date = {"starts_local": "2027-04-14T09:00", "ends_local": "2027-04-14T12:00"}
    new_date |= {"city": "Jena", "venue_land": "DE-TH"}
    actions.update(activity, {"occurrences": [new_date]}, by=None, now=at("2027-04-02 12:00"))

    first, second = entries(client, feed(activity))
    assert (first["UID"], first["STATUS"], first["SEQUENCE"]) == (old["UID"], "CANCELLED", 1)
    assert (second["STATUS"], second["SEQUENCE"], second.start.day) == ("CONFIRMED", 0, 14)
    assert second["UID"] != old["UID"]


def test_what_was_postponed_and_then_cancelled_no_longer_says_that_a_date_follows(client: Client, at: Clock) -> None:
    activity = make.activity()
    actions.postpone(activity, by=None, now=at("2027-04-01 12:00"))
    before = client.get(feed(activity)).headers["ETag"]

    actions.cancel(activity, "Der Saal bleibt gesperrt.", by=None, now=at("2027-04-02 12:00"))

    (entry,) = entries(client, feed(activity))
    assert (str(entry["SUMMARY"]), entry["STATUS"]) == ("ABGESAGT: Workshop: Licht als Werkzeug", "CANCELLED")
    assert client.get(feed(activity)).headers["ETag"] != before
    assert entries(client, f"{feed(activity)}?status=postponed") == []
    assert titles(client, f"{feed(activity)}?status=cancelled") == ["ABGESAGT: Workshop: Licht als Werkzeug"]


def test_a_date_that_was_taken_out_stays_as_a_tombstone(client: Client, at: Clock) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 10:00")
    at("2027-04-01 12:00")

    rows = [{"id": activity.occurrences[0].id}]
    actions.update(activity, {"occurrences": rows}, by=None, now=clock.now())

    assert titles(client, feed(activity)) == [
        "Workshop: Licht als Werkzeug",
        "ABGESAGT: Workshop: Licht als Werkzeug",
    ]
    assert titles(client, f"{feed(activity)}?status=confirmed") == ["Workshop: Licht als Werkzeug"]
    assert titles(client, f"{feed(activity)}?status=cancelled") == ["ABGESAGT: Workshop: Licht als Werkzeug"]
    assert titles(client, f"{feed(activity)}?seats=1") == ["Workshop: Licht als Werkzeug"]


def test_what_is_no_longer_public_is_a_tombstone_without_its_texts(client: Client, at: Clock) -> None:
    activity = make.activity(review_status="changes_requested", published_at=make.THEN)

    (found,) = entries(client, feed(activity))

    assert found["STATUS"] == "CANCELLED"
    assert "DESCRIPTION" not in found
    assert titles(client, f"/feeds/activity/{activity.id}.ics") == ["ABGESAGT: Workshop: Licht als Werkzeug"]
    at("2027-06-01 12:00")
    assert client.get(f"/feeds/activity/{activity.id}.ics").status_code == 404


def test_what_was_never_public_is_never_told(client: Client) -> None:
    activity = make.activity(review_status="submitted", published_at=None)

    assert entries(client, feed(activity)) == []
    assert client.get(f"/feeds/activity/{activity.id}.ics").status_code == 404

    moderation.publish(activity, by=make.organiser(), now=clock.now())

    assert len(entries(client, feed(activity))) == 1


def test_before_the_programme_appears_the_feed_can_be_subscribed_to_and_is_empty(client: Client, at: Clock) -> None:
    edition = make.edition(programme_from=at("2027-03-25 10:00"))
    at("2027-03-25 09:59")
    activity = make.activity(edition=edition)

    early = client.get(feed(activity))
    assert entries(client, feed(activity)) == []
    assert client.get("/feeds/all.ics").text.count("VEVENT") == 0
    assert client.get(f"/feeds/activity/{activity.id}.ics").status_code == 404
    assert client.get(f"/feeds/{edition.slug}.csv").text.count("\r\n") == 1
    at("2027-03-25 10:00")

    assert len(entries(client, feed(activity))) == 1
    assert client.get(feed(activity), headers={"If-None-Match": early.headers["ETag"]}).status_code == 200
    assert client.get(feed(activity), headers={"If-Modified-Since": early.headers["Last-Modified"]}).status_code == 200


# Cost ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 3])
def test_a_feed_costs_the_same_number_of_queries(client: Client, size: int) -> None:
    edition = make.edition()
    for _n in range(size):
        make.activity(edition=edition, countries=("FR",), co_hosts=(make.cluster(),), partners=(("X", "NL"),))

    with Statements() as said:
        assert len(entries(client, f"/feeds/{edition.slug}.ics")) == size

    # The version, the edition, what stands in it, seven for the activities, one for the dates.
    assert len([s for s in said.all if s.startswith("SELECT")]) == 11


def test_one_change_renders_one_entry(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    edition = make.edition()
    activities = [make.activity(edition=edition) for _n in range(5)]
    address = f"/feeds/{edition.slug}.ics"
    client.get(address)
    rendered, original = [], calendar.rendered
    monkeypatch.setattr(calendar, "rendered", lambda o, lang: (rendered.append(o.id), original(o, lang))[1])

    actions.update(activities[2], {"title_de": "Neu"}, by=None, now=clock.now())

    assert sorted(titles(client, address)) == ["Neu", *["Workshop: Licht als Werkzeug"] * 4]
    assert rendered == [activities[2].occurrences[0].id]
