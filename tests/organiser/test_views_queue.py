"""The review list and its decisions, by role, in both languages, without scripts."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clusterweek.activities import actions, queries
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.history.models import Note
from tests import make
from tests.browse import checked, page, text_of
from tests.conftest import NOW
from tests.mailbox import mailbox
from tests.statements import Statements


def moment(day: int, month: int = 3) -> datetime:
    return datetime(2027, month, day, 9, tzinfo=UTC)


@pytest.fixture
def week() -> Edition:
    return make.edition(slug="woche")


@pytest.fixture
def olaf(client: Any) -> Any:
    """Olaf's browser."""
    make.login(client, make.organiser())
    return client


def post(client: Any, activity: Activity, step: str, *, query: str = "", **data: Any) -> Any:
    return client.post(f"/de/organiser/woche/queue/{activity.id}/{step}{query}", data=data)


def titles(found: Any) -> list[str]:
    return [text_of(item) for item in found.all("strong") if item.get("lang") is None]


def test_the_oldest_stand_first_and_the_late_ones_are_marked(olaf: Any, week: Edition) -> None:
    make.submitted(edition=week, title_de="Jung", submitted_at=moment(22))
    make.submitted(edition=week, title_de="Alt", submitted_at=moment(1))
    make.submitted(edition=week, title_de="Mittel", submitted_at=moment(10))
    make.activity(edition=week, title_de="Längst öffentlich")

    found = page(olaf, "/de/organiser/woche/queue")

    items = [text_of(link) for link in found.all("nav", aria_label="Eingereichte Veranstaltungen")[0].iter("a")]
    assert items == [
        "AltOptoNet, Jena14 Arbeitstage2 Hinweise",
        "MittelOptoNet, Jena8 Arbeitstage2 Hinweise",
        "JungOptoNet, Jenaheute2 Hinweise",
    ]
    assert "3 eingereicht, 1 länger als 10 Arbeitstage" in found.text
    assert [text_of(h2) for h2 in found.all("h2")] == ["Alt"]


def test_the_list_speaks_english(olaf: Any, week: Edition) -> None:
    make.submitted(edition=week)

    found = page(olaf, "/en/organiser/woche/queue")

    assert (found.h1, "1 submitted. The oldest come first." in found.text) == ("Review list", True)


def test_only_one_lands_clusters_are_shown_when_asked(olaf: Any, week: Edition) -> None:
    make.submitted(edition=week, title_de="Aus Jena")
    make.submitted(edition=week, title_de="Aus Kiel", host=make.cluster("FördeStrom", land="DE-SH"))

    found = page(olaf, "/de/organiser/woche/queue?host_land=DE-SH")

    assert "Aus Kiel" in found.text
    assert "Aus Jena" not in found.text
    assert "Alle Bundesländer (2)" in found.links
    nothing = page(olaf, "/de/organiser/woche/queue?host_land=DE-BY")
    assert nothing.text.count("Aus Bayern ist nichts eingereicht.") == 1
    for query in ("land=XX", "host_land=XX", "review=draft", "page=2"):
        assert olaf.get(f"/de/organiser/woche/queue?{query}").status_code == 400


def test_the_review_list_knows_every_filter_and_says_which_land_is_meant(olaf: Any, week: Edition) -> None:
    make.submitted(edition=week, title_de="Aus Jena", place={"venue_land": "DE-SH"})
    make.submitted(edition=week, title_de="Aus Kiel", host=make.cluster("FördeStrom", land="DE-SH"))

    there = page(olaf, "/en/organiser/woche/queue?land=DE-SH&day=2027-04-08")
    nothing = page(olaf, "/en/organiser/woche/queue?land=DE-BY")

    assert ("Aus Jena" in there.text, "Aus Kiel" in there.text) == (True, False)
    assert "Thu, 8 April 2027, Venue in Schleswig-Holstein" in there.text
    assert there.links["Thuringia (1)"] == "/en/organiser/woche/queue?day=2027-04-08&land=DE-SH&host_land=DE-TH"
    assert "Nothing that has been submitted matches." in nothing.text
    assert nothing.links["Show all"] == "/en/organiser/woche/queue"


@pytest.mark.parametrize("where", ["queue", "activities"])
def test_a_description_is_shown_as_the_public_will_read_it(olaf: Any, week: Edition, where: str) -> None:
    activity = make.submitted(edition=week, description_de="# Inhalt\n\n**Ablauf**\n\n- Begrüßung\n- <b>Rundgang</b>")

    found = page(olaf, f"/de/organiser/woche/{where}/{activity.id}")

    (said,) = [one for one in found.all("div") if "of-prose" in one.get("class", "")]
    assert [text_of(one) for one in said.iter() if one.tag in ("h3", "strong", "li")] == [
        "Inhalt",
        "Ablauf",
        "Begrüßung",
        "<b>Rundgang</b>",
    ]


def test_nothing_to_decide_says_so(olaf: Any, week: Edition) -> None:
    found = page(olaf, "/de/organiser/woche/queue")

    assert "Nichts wartet auf eine Entscheidung." in found.text


def test_a_long_list_costs_no_more_queries(olaf: Any, week: Edition) -> None:
    def another() -> Activity:
        host, co_host = make.cluster("FördeStrom"), make.cluster("Elbe")
        return make.submitted(edition=week, host=host, countries=("FR",), co_hosts=(co_host,), partners=(("X", "FR"),))

    first = another()
    olaf.get("/de/")  # what is remembered for all later pages
    with Statements() as one:
        olaf.get(f"/de/organiser/woche/queue/{first.id}")
    for _n in range(4):
        another()
    with Statements() as five:
        olaf.get(f"/de/organiser/woche/queue/{first.id}")

    assert len(five.all) == len(one.all)


def test_publishing_opens_the_next_and_tells_the_cluster(olaf: Any, week: Edition) -> None:
    host = make.cluster()
    make.member(host)
    first = make.submitted(edition=week, host=host, submitted_at=moment(10))
    second = make.submitted(edition=week, submitted_at=moment(15))
    third = make.submitted(edition=week, submitted_at=moment(16))

    answer = post(olaf, second, "publish", version=second.version)

    assert (answer.status_code, answer.location) == (303, f"/de/organiser/woche/queue/{third.id}")
    answer = post(olaf, third, "publish", version=third.version)
    assert answer.location == f"/de/organiser/woche/queue/{first.id}"
    answer = post(olaf, first, "publish", version=first.version)
    assert answer.location == "/de/organiser/woche/queue"
    assert {a.review_status for a in (first, second, third)} == {"published"}
    assert mailbox() == [("clara@example.org", f"Veröffentlicht: {first.title_de}")]
    assert "Veröffentlicht: „Workshop: Licht als Werkzeug“" in page(olaf, answer.location).text


def test_the_filter_stays_on_the_way_to_the_next(olaf: Any, week: Edition) -> None:
    kiel = make.cluster("FördeStrom", land="DE-SH")
    first = make.submitted(edition=week, host=kiel, submitted_at=moment(10))
    make.submitted(edition=week, submitted_at=moment(11))
    second = make.submitted(edition=week, host=kiel, submitted_at=moment(12))

    answer = post(olaf, first, "publish", query="?host_land=DE-SH", version=first.version)

    assert answer.location == f"/de/organiser/woche/queue/{second.id}?host_land=DE-SH"


def test_remarks_go_back_with_the_field_they_are_about(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)

    answer = post(
        olaf,
        activity,
        "request-changes",
        version=activity.version,
        remark_summary_de="Bitte den Betrag nach „Kosten“.",
        remark_general=" \r\n ",
    )

    assert answer.status_code == 303
    assert activity.review_status == "changes_requested"
    assert [(r.field, r.text) for r in queries.remarks(activity)] == [("summary_de", "Bitte den Betrag nach „Kosten“.")]
    assert "Zurückgegeben mit 1 Anmerkung" in page(olaf, "/de/organiser/woche/queue").text


def test_without_a_remark_nothing_is_sent_back(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)

    found = checked(post(olaf, activity, "request-changes", version=activity.version), status=422)

    assert "Schreiben Sie mindestens eine Anmerkung" in found.text
    assert activity.review_status == "submitted"


def test_remarks_are_not_lost_by_publishing(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)

    answer = post(olaf, activity, "publish", version=activity.version, remark_venue="Welche Straße?")

    found = checked(answer, status=422)
    assert found.fields["remark_venue"] == "Welche Straße?"
    assert "löschen Sie sie, um zu veröffentlichen" in found.text
    assert activity.review_status == "submitted"


def test_a_remark_that_is_too_long_is_kept_and_named(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)

    answer = post(olaf, activity, "request-changes", version=activity.version, remark_venue="x" * 1001)

    found = checked(answer, status=422)
    assert found.links["Höchstens 1000 Zeichen; es sind 1001."] == "#remark_venue"
    assert found.fields["remark_venue"] == "x" * 1001


def test_a_decision_on_an_older_state_is_refused(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)
    seen = activity.version
    actions.update(activity, {"title_de": "Ein anderer Titel"}, by=None, now=NOW)

    found = checked(post(olaf, activity, "publish", version=seen), status=422)

    assert "Das war nicht möglich" in found.text
    assert "Diese Veranstaltung hat sich geändert, seit Sie sie geöffnet haben" in found.text
    assert activity.review_status == "submitted"
    assert post(olaf, activity, "publish", version=found.fields["version"]).status_code == 303


def test_the_second_of_two_decisions_is_told_of_the_first(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)
    post(olaf, activity, "publish", version=activity.version)

    answer = post(olaf, activity, "reject", version=activity.version, reason="Passt nicht.")

    assert "Darüber hat schon jemand anderes entschieden" in checked(answer, status=422).text
    assert activity.review_status == "published"


def test_rejecting_asks_for_the_reason_and_sends_it(olaf: Any, week: Edition) -> None:
    host = make.cluster()
    make.member(host)
    activity = make.submitted(edition=week, host=host)
    asked = page(olaf, f"/de/organiser/woche/queue/{activity.id}/reject")

    empty = checked(post(olaf, activity, "reject", version=asked.fields["version"]), status=422)
    answer = post(olaf, activity, "reject", version=asked.fields["version"], reason="Eine Werbeveranstaltung.")

    assert "Nennen Sie einen Grund: Das Cluster liest ihn." in empty.links
    assert answer.status_code == 303
    assert (activity.review_status, activity.rejection_reason) == ("rejected", "Eine Werbeveranstaltung.")
    assert mailbox() == [("clara@example.org", f"Nicht aufgenommen: {activity.title_de}")]


def test_what_cannot_be_published_says_why(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week, starts="2027-05-01 10:00", ends="2027-05-01 12:00")

    found = checked(post(olaf, activity, "publish", version=activity.version), status=422)

    assert "Die Woche läuft von Dienstag, 6. April bis Donnerstag, 15. April" in found.text
    hint = "Nicht im Zeitraum der Woche: nur mit einer Ausnahme"
    assert found.links[hint] == f"/de/organiser/woche/activities/{activity.id}"
    assert activity.review_status == "submitted"


def test_a_decision_stands_in_the_history_with_its_author(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week)

    post(olaf, activity, "publish", version=activity.version)

    entry = db.session.query(Note).filter_by(subject_type="activity", subject_id=activity.id).one()
    assert (entry.action, entry.actor_kind, entry.details) == ("published", "person", {})
    assert entry.actor_id is not None


def test_a_land_coordinator_reads_the_own_land_and_decides_nothing(client: Any, week: Edition) -> None:
    make.login(client, make.coordinator(land="DE-SH"))
    own = make.submitted(edition=week, title_de="Aus Kiel", host=make.cluster("FördeStrom", land="DE-SH"))
    other = make.submitted(edition=week, title_de="Aus Jena")

    found = page(client, "/de/organiser/woche/queue")

    assert "Aus Kiel" in found.text
    assert "Aus Jena" not in found.text
    assert [form.get("action") for form in found.all("main")[0].iter("form") if list(form.iter("button"))] == []
    assert client.get(f"/de/organiser/woche/queue/{other.id}").status_code == 404
    assert post(client, own, "publish", version=own.version).status_code == 403
    assert own.review_status == "submitted"


def test_what_was_decided_meanwhile_opens_as_an_activity(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week)

    answer = olaf.get(f"/de/organiser/woche/queue/{activity.id}")

    assert answer.location == f"/de/organiser/woche/activities/{activity.id}"


def test_an_activity_of_another_edition_is_unknown(olaf: Any, week: Edition) -> None:
    assert olaf.get(f"/de/organiser/woche/queue/{make.submitted().id}").status_code == 404
    assert olaf.get("/de/organiser/keine-woche/queue").status_code == 404


def test_several_are_looked_at_together_and_published_at_once(olaf: Any, week: Edition) -> None:
    activities = [make.submitted(edition=week, title_de=f"Titel {n}") for n in (1, 2, 3)]

    choice = page(olaf, "/de/organiser/woche/queue/several")
    ticked = {"activity": [activities[0].id, activities[2].id]}
    check = checked(olaf.post("/de/organiser/woche/queue/several", data=ticked))
    assert {a.review_status for a in activities} == {"submitted"}
    answer = olaf.post("/de/organiser/woche/queue/several/publish", data={"activity": check.fields["activity"]})

    assert "Titel 2" in choice.text
    assert (check.h1, "Titel 2" in check.text) == ("2 Veranstaltungen veröffentlichen?", False)
    assert answer.location == "/de/organiser/woche/queue"
    assert [a.review_status for a in activities] == ["published", "submitted", "published"]


def test_of_several_the_changed_one_stays_and_is_named(olaf: Any, week: Edition) -> None:
    first, second = make.submitted(edition=week, title_de="Eins"), make.submitted(edition=week, title_de="Zwei")
    ticked = [f"{first.id}:{first.version}", f"{second.id}:{second.version}"]
    actions.update(second, {"title_de": "Zwei, geändert"}, by=None, now=NOW)

    answer = olaf.post("/de/organiser/woche/queue/several/publish", data={"activity": ticked})

    assert (first.review_status, second.review_status) == ("published", "submitted")
    shown = page(olaf, answer.location).text
    assert "Nicht veröffentlicht: „Zwei, geändert“" in shown
    assert "1 Veranstaltung ist veröffentlicht." in shown


def test_nothing_ticked_leads_back(olaf: Any, week: Edition) -> None:
    make.submitted(edition=week)

    answer = olaf.post("/de/organiser/woche/queue/several")

    assert answer.location == "/de/organiser/woche/queue/several"
    assert olaf.post("/de/organiser/woche/queue/several/publish", data={"activity": ["x", "9:1"]}).status_code == 303


def test_what_a_cluster_typed_is_never_run(olaf: Any, week: Edition) -> None:
    nasty = "<script>alert(1)</script>"
    make.submitted(edition=week, title_de=nasty, summary_de=nasty, contact_name=nasty)

    found = page(olaf, "/de/organiser/woche/queue")

    assert nasty in found.text
    assert "<script>alert" not in found.html
