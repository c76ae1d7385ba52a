"""What the office decides, and the letters that follow."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek import clock
from clusterweek.activities import actions, moderation, queries
from clusterweek.activities.models import Activity
from clusterweek.activities.values import Wrong
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.history.models import Note
from clusterweek.refusal import Refusal
from tests import make
from tests.mailbox import letters, mailbox


@pytest.fixture
def host() -> Cluster:
    cluster = make.cluster()
    make.member(cluster)
    return cluster


def submitted(host: Cluster, **given: Any) -> Activity:
    return make.activity(host=host, review_status="submitted", published_at=None, **given)


def publish(activity: Activity) -> None:
    with unit_of_work():
        moderation.publish(activity, by=None, now=clock.now())


def request_changes(activity: Activity, **remarks: str) -> None:
    with unit_of_work():
        moderation.request_changes(activity, remarks, by=None, now=clock.now())


def test_publishing_puts_it_into_the_programme_and_tells_the_cluster(host: Cluster) -> None:
    activity = submitted(host)
    before = activity.edition.programme_version

    publish(activity)

    assert (activity.review_status, activity.published_at, activity.decided_at) == (
        "published",
        clock.now(),
        clock.now(),
    )
    assert activity.updated_at == clock.now()  # what caches and readers of feeds ask for
    assert activity.edition.programme_version == before + 1
    assert mailbox() == [("clara@example.org", "Veröffentlicht: Workshop: Licht als Werkzeug")]
    assert f"/de/{activity.edition.slug}/workshop-licht-als-werkzeug-{activity.id}" in letters()[0].text
    registrations = f"/de/host/{host.slug}/{activity.id}/registrations"
    assert registrations in letters()[0].text
    assert registrations in letters()[0].page


def test_before_the_programme_appears_the_letter_says_when_and_has_no_link_that_opens_nothing(host: Cluster) -> None:
    week = make.edition(programme_from=datetime(2027, 4, 1, 7, tzinfo=UTC))

    publish(submitted(host, edition=week))

    assert mailbox() == [("clara@example.org", "Angenommen: Workshop: Licht als Werkzeug")]
    (letter,) = letters()
    for body in (letter.text, letter.page):
        assert "Sie wird mit dem Programm veröffentlicht, am Donnerstag, 1. April 2027, 09:00 Uhr." in body
        assert "Ab dann kann man sich auch anmelden." in body
        assert f"/de/{week.slug}/" not in body


def test_what_lacks_something_is_not_published(host: Cluster) -> None:
    activity = submitted(host, summary_de=None)

    with pytest.raises(Wrong) as wrong:
        publish(activity)

    assert list(wrong.value.fields) == ["summary_de"]
    assert activity.review_status == "submitted"
    assert mailbox() == []


def test_what_was_typed_and_could_not_be_stored_keeps_it_from_being_published(host: Cluster) -> None:
    typed = {"names": ["capacity"], "fields": {"capacity": "viele"}, "dates": []}
    activity = submitted(host, unread=typed)

    with pytest.raises(Wrong) as wrong:
        publish(activity)

    assert list(wrong.value.fields) == ["capacity"]
    assert (activity.review_status, activity.unread) == ("submitted", typed)


def test_requested_changes_reach_the_cluster_with_a_link_to_each_field(host: Cluster) -> None:
    activity = submitted(host)

    request_changes(activity, summary_de="Bitte kürzer.", cost_note="  ", general="Sonst sehr gut!")

    assert activity.review_status == "changes_requested"
    assert [(r.field, r.text) for r in queries.remarks(activity)] == [
        ("summary_de", "Bitte kürzer."),
        ("general", "Sonst sehr gut!"),
    ]
    assert mailbox() == [("clara@example.org", "Überarbeitung erbeten: Workshop: Licht als Werkzeug")]
    letter = letters()[0]
    assert "Kurztext: Bitte kürzer." in letter.text
    assert f"/de/host/{host.slug}/{activity.id}?field=summary_de" in letter.text
    assert f"/de/host/{host.slug}/{activity.id}?field=summary_de" in letter.page
    assert "Sonst sehr gut!" in letter.page


def test_somebody_must_say_what_to_change(host: Cluster) -> None:
    with pytest.raises(Refusal):
        request_changes(submitted(host), summary_de=" ")


def test_each_round_of_remarks_replaces_the_last_and_has_its_own_letter(host: Cluster, at: Any) -> None:
    activity = submitted(host)
    request_changes(activity, title_de="Kürzer")
    assert len(mailbox()) == 1
    at("2027-03-23 10:00")
    with unit_of_work():
        actions.submit(activity, by=None, now=clock.now())
    assert mailbox() == [("clara@example.org", "Eingereicht: Workshop: Licht als Werkzeug")]
    at("2027-03-24 10:00")

    request_changes(activity, title_de="Noch kürzer")

    assert [r.text for r in queries.remarks(activity)] == ["Noch kürzer"]
    assert mailbox() == [("clara@example.org", "Überarbeitung erbeten: Workshop: Licht als Werkzeug")]


def test_a_rejection_gives_its_reason(host: Cluster) -> None:
    activity = submitted(host)

    with unit_of_work():
        moderation.reject(activity, "Werbung für ein Produkt <b>", by=None, now=clock.now())

    assert (activity.review_status, activity.rejection_reason) == ("rejected", "Werbung für ein Produkt <b>")
    assert mailbox() == [("clara@example.org", "Nicht aufgenommen: Workshop: Licht als Werkzeug")]
    assert "Werbung für ein Produkt <b>" in letters()[0].text
    assert "Produkt &lt;b&gt;" in letters()[0].page


def test_a_rejection_needs_a_reason(host: Cluster) -> None:
    with pytest.raises(Refusal):
        moderation.reject(submitted(host), "  ", by=None, now=clock.now())


@pytest.mark.parametrize("status", ["draft", "published", "withdrawn"])
def test_only_what_was_submitted_is_decided(host: Cluster, status: str) -> None:
    activity = make.activity(host=host, review_status=status)

    with pytest.raises(Refusal):
        moderation.publish(activity, by=None, now=clock.now())
    with pytest.raises(Refusal):
        moderation.reject(activity, "Nein", by=None, now=clock.now())


def test_everybody_of_the_cluster_is_told_in_the_own_language(host: Cluster) -> None:
    make.member(host, "Carl", language="en")
    make.member(host, "Gone", is_active=False)
    make.member(make.cluster("FördeStrom"), "Sven")

    publish(submitted(host))

    assert mailbox() == [
        ("carl@example.org", "Published: Workshop: Light as a tool"),
        ("clara@example.org", "Veröffentlicht: Workshop: Licht als Werkzeug"),
    ]


def test_a_letter_that_time_has_overtaken_is_not_sent(host: Cluster, at: Any) -> None:
    activity = submitted(host)
    request_changes(activity, title_de="Kürzer")
    at("2027-03-22 09:31")

    publish(activity)

    assert mailbox() == [("clara@example.org", "Veröffentlicht: Workshop: Licht als Werkzeug")]


def test_a_letter_to_invented_people_never_leaves_by_smtp(host: Cluster) -> None:
    make.member(host, "Demo", is_demo=True)

    publish(submitted(host))

    assert [(mail.to, mail.is_demo) for mail in letters()] == [("clara@example.org", False), ("demo@example.org", True)]


def test_a_cluster_without_people_is_told_nothing() -> None:
    publish(submitted(make.cluster()))

    assert mailbox() == []


def test_the_history_knows_who_decided_and_names_no_text(host: Cluster) -> None:
    olaf, activity = make.organiser(), submitted(host)

    with unit_of_work():
        moderation.request_changes(activity, {"title_de": "Kürzer"}, by=olaf, now=clock.now())

    entry = db.session.scalars(select(Note)).one()
    assert (entry.action, entry.actor_id, entry.details) == ("changes_requested", olaf.id, {"fields": ["title_de"]})
