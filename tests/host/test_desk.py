"""The desk at a glance, and who may open it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clusterweek import clock
from clusterweek.activities.models import Remark
from clusterweek.clusters.models import Cluster, Membership
from clusterweek.db.session import db
from tests import make
from tests.browse import Page, page, text_of
from tests.statements import Statements


@pytest.fixture
def optonet() -> Cluster:
    return make.cluster(slug="optonet")


@pytest.fixture
def clara(client: Any, optonet: Cluster) -> Any:
    who = make.member(optonet)
    make.login(client, who)
    return who


def rows(desk: Page) -> dict[str, list[str]]:
    """Caption of each table -> its rows, as people read them."""
    return {
        text_of(table.find("caption")): [text_of(row) for row in table.find("tbody").iter("tr")]
        for table in desk.all("table")
    }


PATHS = (
    "/de/host/optonet/",
    "/de/host/optonet/new",
    "/de/host/optonet/{id}",
    "/de/host/optonet/{id}/preview",
    "/de/host/optonet/{id}/cancel",
    "/de/host/optonet/{id}/postpone",
    "/de/host/optonet/{id}/registrations",
    "/de/host/optonet/{id}/registrations.csv",
)
POSTS = (
    "/de/host/optonet/new",
    "/de/host/optonet/{id}",
    "/de/host/optonet/{id}/withdraw",
    "/de/host/optonet/{id}/take-up",
    "/de/host/optonet/{id}/cancel",
    "/de/host/optonet/{id}/postpone",
)


@pytest.mark.parametrize("path", PATHS)
def test_members_and_the_office_open_the_desk_and_nobody_else(client: Any, optonet: Cluster, path: str) -> None:
    address = path.format(id=make.activity(host=optonet).id)

    assert client.get(address).status_code == 303  # nobody is logged in
    make.login(client, make.member(make.cluster("FördeStrom"), "Sven"))
    assert client.get(address).status_code == 404
    make.login(client, make.organiser())
    assert client.get(address).status_code == 200
    make.login(client, make.member(optonet))
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("path", POSTS)
def test_strangers_change_nothing(client: Any, optonet: Cluster, path: str) -> None:
    activity = make.activity(host=optonet)
    address, sent = path.format(id=activity.id), {"title_de": "Gekapert", "reason": "Weg damit"}

    assert client.post(address, data=sent).status_code == 401
    make.login(client, make.member(make.cluster("FördeStrom"), "Sven"))
    assert client.post(address, data=sent).status_code == 404
    db.session.refresh(activity)
    assert (activity.title_de, activity.happening) == ("Workshop: Licht als Werkzeug", "confirmed")


@pytest.mark.parametrize("path", [path for path in (*PATHS, *POSTS) if "{id}" in path])
def test_an_activity_of_another_cluster_is_unknown_at_the_own_desk(client: Any, clara: Any, path: str) -> None:
    address = path.format(id=make.activity(host=make.cluster("FördeStrom")).id)

    assert client.open(address, method="POST" if path in POSTS else "GET").status_code == 404


@pytest.mark.parametrize("path", ["", "profile", "team", "{id}"])
def test_the_office_at_a_clusters_desk_reads_whose_it_is_and_goes_back(
    client: Any, optonet: Cluster, path: str
) -> None:
    address = "/en/host/optonet/" + path.format(id=make.activity(host=optonet).id)
    make.login(client, make.organiser())
    found = client.get(address).text
    assert "You work for OptoNet." in found
    assert '<a href="/en/organiser/">Back to the programme office</a>' in found

    make.login(client, make.member(optonet))

    assert "Back to the programme office" not in client.get(address).text


def test_who_works_for_one_cluster_goes_straight_to_its_desk(client: Any, clara: Any) -> None:
    assert client.get("/de/host/").location == "/de/host/optonet/"


def test_who_works_for_several_chooses(client: Any, clara: Any) -> None:
    other = make.cluster("FördeStrom", slug="foerdestrom")
    db.session.add(Membership(cluster_id=other.id, person_id=clara.id, created_at=make.THEN))

    links = page(client, "/en/host/").links

    assert (links["OptoNet"], links["FördeStrom"]) == ("/en/host/optonet/", "/en/host/foerdestrom/")


def test_who_works_for_none_is_told_what_to_do(client: Any) -> None:
    make.login(client, make.person())
    assert "You do not work for a cluster yet" in page(client, "/en/host/").text
    make.login(client, make.organiser())
    assert "/en/organiser/" in page(client, "/en/host/").links.values()


def test_the_desk_sorts_by_whose_turn_it_is(client: Any, clara: Any, optonet: Cluster, at: Any) -> None:
    week = make.edition(submissions_until=clock.now() + timedelta(days=13))
    given: dict[str, Any] = {"edition": week, "host": optonet}
    sent_back = make.activity(**given, title_en="Sent back", review_status="changes_requested", decided_at=clock.now())
    db.session.add(Remark(activity_id=sent_back.id, field="summary_de", text="Kürzer", created_at=clock.now()))
    make.activity(**given, title_en="Sketch", review_status="draft", summary_de=None, starts=None)
    make.activity(
        **given, title_en="Handed in", review_status="submitted", submitted_at=clock.now() - timedelta(days=4)
    )
    full = make.activity(**given, title_en="Full", capacity=1)
    make.registration(full)
    make.registration(full, "Sven", "waitlisted")
    make.activity(**given, title_en="Open day", access="open", registration_mode="none")
    make.activity(**given, title_en="Not taken", review_status="rejected")
    make.activity(title_en="Somebody else's")

    desk = page(client, "/en/host/optonet/")

    assert rows(desk) == {
        "Your turn (2)": [
            "Sent back Changes requested on Mon, 22 March 2027 · 1 remark Thu, 8 April 2027, 09:00–12:30"
            " Reply by Wed, 7 April 2027 Summary See the remarks: Sent back",
            "Sketch Draft, saved on 22 November 2026, 10:00 still open"
            " 2 required entries: Summary, Dates Continue: Sketch",
        ],
        "With the programme office (1)": [
            "Handed in Submitted on Thu, 18 March 2027 · 2 working days Thu, 8 April 2027, 09:00–12:30"
            " Answer by Mon, 5 April 2027 View: Handed in",
        ],
        "Published (2)": [
            "Full Public since Sun, 22 November 2026 Thu, 8 April 2027, 09:00–12:30"
            " 1 of 1 places 1 on the waiting list Registrations: Full",
            "Open day Public since Sun, 22 November 2026 Thu, 8 April 2027, 09:00–12:30"
            " no registration Change: Open day",
        ],
    }
    assert "13 days until submissions close" in desk.text
    assert "Withdrawn or not accepted (1)" in desk.text
    assert "Somebody else's" not in desk.text


def test_cancelled_and_postponed_say_so(client: Any, clara: Any, optonet: Cluster) -> None:
    week = make.edition()
    make.activity(edition=week, host=optonet, happening="cancelled")
    make.activity(edition=week, host=optonet, happening="postponed", starts=None)

    text = page(client, "/de/host/optonet/").text

    assert "abgesagt · Öffentlich seit" in text
    assert "neuer Termin noch offen" in text


def test_a_postponed_activity_waits_for_its_new_date(client: Any, clara: Any, optonet: Cluster) -> None:
    week = make.edition()
    make.activity(edition=week, host=optonet, title_en="Later", happening="postponed", starts=None)

    desk = page(client, "/en/host/optonet/")

    assert rows(desk)["Your turn (1)"] == [
        "Later postponed · Public since Sun, 22 November 2026 new date still open"
        " The new date Enter the new date: Later"
    ]
    assert rows(desk)["Published (1)"]
    week.state = "archived"
    assert "Enter the new date" not in page(client, "/en/host/optonet/?edition=" + week.slug).text


def test_an_empty_desk_says_how_to_begin(client: Any, clara: Any) -> None:
    assert "No week is open yet" in page(client, "/en/host/optonet/").text
    make.edition()

    desk = page(client, "/en/host/optonet/")

    assert "Save it half-finished if you like and carry on later." in desk.text
    assert "New activity" in desk.links


def test_after_the_deadline_nothing_new_begins_except_by_the_office(client: Any, clara: Any) -> None:
    make.edition(submissions_until=clock.now() - timedelta(seconds=1))

    assert "New activity" not in page(client, "/en/host/optonet/").links
    assert page(client, "/en/host/optonet/new", status=409).h1
    assert client.post("/en/host/optonet/new", data={"title_de": "Zu spät"}).status_code == 409
    make.login(client, make.organiser())
    assert "New activity" in page(client, "/en/host/optonet/").links


def test_every_open_week_is_on_the_desk_with_its_deadline(client: Any, clara: Any, optonet: Cluster) -> None:
    until = datetime(2027, 9, 30, 21, 59, tzinfo=UTC)
    days = {"starts_on": date(2027, 11, 8), "ends_on": date(2027, 11, 12)}
    make.edition()
    make.edition(slug="herbst", title_en="Autumn Week 2027", submissions_until=until, **days)
    make.edition(slug="zu", title_en="Closed Week", state="closed", **days)

    desk = page(client, "/en/host/optonet/")

    assert "You can also submit to Autumn Week 2027. Submissions close on 30 September 2027, 23:59." in desk.text
    assert "Closed Week" not in desk.text
    autumn = page(client, desk.links["Autumn Week 2027"])
    assert "?edition=herbst" in autumn.links["New activity"]


def test_other_weeks_are_one_click_away(client: Any, clara: Any, optonet: Cluster) -> None:
    make.edition()
    past = make.edition(slug="clusterwoche-2019", state="archived", title_en="Cluster Week 2019")
    make.activity(edition=past, host=optonet, title_en="Long ago")
    hidden = make.edition(slug="planned", state="draft")
    make.activity(edition=hidden, host=optonet, review_status="draft")

    links = page(client, "/en/host/optonet/").links

    assert links["Cluster Week 2019"] == "/en/host/optonet/?edition=clusterwoche-2019"
    assert "Long ago" in page(client, links["Cluster Week 2019"]).text
    assert client.get("/en/host/optonet/?edition=planned").status_code == 404
    assert client.get("/en/host/optonet/?edition=nothing").status_code == 404


def test_many_activities_cost_no_more_queries(client: Any, clara: Any, optonet: Cluster) -> None:
    week = make.edition()

    def count() -> int:
        with Statements() as said:
            page(client, "/de/host/optonet/")
        return len(said.all)

    def one_of_each() -> None:
        given: dict[str, Any] = {"edition": week, "host": optonet, "fields": ("logistics",), "languages": ("de", "en")}
        make.activity(**given, review_status="draft")
        sent_back = make.activity(**given, review_status="changes_requested", decided_at=make.THEN)
        db.session.add(Remark(activity_id=sent_back.id, field="title_de", text="Kürzer", created_at=make.THEN))
        make.activity(**given, review_status="submitted")
        make.registration(make.activity(**given))
        db.session.commit()

    one_of_each()
    count()  # the first visit fills what is kept
    few = count()
    for _n in range(2):
        one_of_each()

    assert count() == few
