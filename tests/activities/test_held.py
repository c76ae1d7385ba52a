"""What has taken place is marked as held."""

from typing import Any

from clusterweek import jobs
from clusterweek.activities import actions, held
from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.registrations import activity_changes
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client, Clock
from tests.mailbox import mailbox


def note(at: Clock, moment: str) -> int:
    with unit_of_work():
        return held.note_held(now=at(moment))


def update(activity: Activity, at: Clock, **values: Any) -> activity_changes.Change:
    with unit_of_work():
        return activity_changes.update(activity.id, values, by=None, now=at.now)


def test_what_was_confirmed_is_held_once_its_last_date_is_over(at: Clock) -> None:
    week = make.edition()
    course = make.activity(edition=week)
    make.occurrence(course, "2027-04-09 09:00", "2027-04-09 12:00")
    others = [
        make.activity(edition=week, happening="cancelled"),
        make.activity(edition=week, happening="tentative"),
        make.activity(edition=week, review_status="submitted", published_at=None),
        make.activity(edition=week, starts=None),
    ]
    before = week.programme_version, course.version, course.updated_at, [one.sequence for one in course.occurrences]
    make.registration(course)

    assert note(at, "2027-04-09 11:59") == 0
    assert note(at, "2027-04-09 12:00") == 1
    assert note(at, "2027-04-10 04:10") == 0

    assert course.happening == "held"
    assert [one.happening for one in others] == ["cancelled", "tentative", "confirmed", "confirmed"]
    after = week.programme_version, course.version, course.updated_at, [one.sequence for one in course.occurrences]
    assert after == (before[0] + 1, *before[1:])
    assert mailbox() == []


def test_the_nightly_job_marks_and_the_filter_finds(client: Client, at: Clock) -> None:
    week = make.edition(slug="woche")
    make.activity(edition=week, title_de="Vorbei", starts="2027-04-06 09:00", ends="2027-04-06 12:00")
    make.activity(edition=week, title_de="Kommt noch")
    feeds = {name: client.get(f"/feeds/woche.ics{name}") for name in ("", "?status=confirmed", "?status=held")}
    assert "Vorbei" not in feeds["?status=held"].text

    at("2027-04-07 04:10")
    jobs.clear_up()

    shown = page(client, "/de/woche/?status=held")
    assert "Vorbei" in shown.text
    assert "Kommt noch" not in shown.text
    assert "Kommt noch" in page(client, "/de/woche/?status=confirmed").text
    assert "Vorbei" in client.get("/feeds/woche.ics?status=held").text
    for name in ("", "?status=confirmed"):  # nobody's calendar loses what has taken place
        now = client.get(f"/feeds/woche.ics{name}")
        assert now.data == feeds[name].data
        assert now.data.count(b"STATUS:CONFIRMED") == 2


def test_a_new_date_to_come_takes_the_mark_away_and_is_told(at: Clock) -> None:
    activity = make.activity()
    make.registration(activity)
    note(at, "2027-04-09 04:10")

    new = {
        "id": None,
        "starts_local": "2027-04-14T09:00",
        "ends_local": "2027-04-14T12:00",
        "city": "Jena",
        "venue_land": "DE-TH",
    }
    change = update(activity, at, occurrences=[{"id": activity.occurrences[0].id}, new])

    assert activity.happening == "confirmed"
    assert change.told_count == 1


def test_correcting_the_text_of_what_is_over_keeps_the_mark(at: Clock) -> None:
    activity = make.activity()
    note(at, "2027-04-09 04:10")

    update(activity, at, summary_de="Es war schön.")

    assert activity.happening == "held"


def test_a_table_neither_sets_nor_takes_the_mark() -> None:
    ahead, over = make.activity(), make.activity(happening="held", starts="2027-03-01 09:00", ends="2027-03-01 12:00")

    for activity, happening in ((ahead, "held"), (over, "confirmed")):
        with unit_of_work():
            assert actions.update(activity, {"happening": happening}, by=None, now=NOW).fields == set()

    assert (ahead.happening, over.happening) == ("confirmed", "held")
