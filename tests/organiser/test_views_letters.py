"""What waits, what failed and why; trying again and taking back."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from clusterweek import jobs
from clusterweek.clusters import actions as clusters
from clusterweek.db.session import db
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from clusterweek.reminders.models import ReminderRule, SkippedReminder
from tests import make
from tests.browse import page, text_of
from tests.conftest import NOW
from tests.statements import Statements

LIST = "/de/organiser/letters/"


@pytest.fixture
def olaf(client: Any) -> Any:
    make.login(client, make.organiser())
    return client


def posted(kind: str = "login_link", state: str = "queued", error: str | None = None, **ids: int) -> int:
    key = f"{kind}:{ids}"
    post.queue(kind, key=key, language="de", now=NOW, **ids)
    db.session.execute(update(Letter).where(Letter.key == key).values(state=state, error=error))
    return db.session.scalars(select(Letter.id).where(Letter.key == key)).one()


def rows(found: Any) -> list[str]:
    return [text_of(row) for row in found.all("tr")[1:]]


def test_every_kind_of_letter_has_a_name() -> None:
    assert [name for name, kind in jobs.KINDS.items() if not str(kind.label)] == []


def test_each_room_tells_what_its_letters_are_about(olaf: Any) -> None:
    activity = make.activity()
    clusters.invite(make.cluster("FaserKreis"), "clara@example.org", by=None, now=NOW)
    posted("place_confirmed", registration_id=make.registration(activity).id)
    posted("activity_published", activity_id=activity.id)
    posted("password_changed", person_id=1)
    posted("given_up", registration_id=4711)
    posted("no_letter")
    posted("of_another_version", activity_id=activity.id)
    db.session.commit()

    told = [text_of(cell) for cell in page(olaf, LIST).all("td")][::3]

    assert told == ["FaserKreis", activity.title_de, activity.title_de, "ein Konto", "–", "–", "–"]


def test_a_kind_of_another_version_is_called_by_its_name(olaf: Any) -> None:
    posted("of_another_version", activity_id=make.activity().id)

    assert "of_another_version" in rows(page(olaf, LIST))[0]


def test_what_failed_comes_first_with_its_reason_and_no_address(olaf: Any) -> None:
    activity = make.activity()
    registration = make.registration(activity)
    posted("place_confirmed", "failed", "550 no such user", registration_id=registration.id)
    posted("activity_published", activity_id=activity.id)

    found = page(olaf, LIST)

    assert len(rows(found)) == 1
    assert "Place confirmed" in page(olaf, LIST.replace("/de/", "/en/")).text
    assert "Platz bestätigt" in rows(found)[0]
    assert "Workshop: Licht als Werkzeug" in rows(found)[0]
    assert "550 no such user" in rows(found)[0]
    assert "ada@example.org" not in found.html
    assert "Ada" not in found.text


def test_each_state_has_its_list(olaf: Any) -> None:
    cluster = make.cluster()
    invitation = clusters.invite(cluster, "clara@example.org", by=None, now=NOW)
    db.session.commit()

    waiting = page(olaf, LIST)
    assert "Einladung eines Clusters" in waiting.text
    assert waiting.links["OptoNet"] == f"/de/organiser/clusters/{cluster.slug}"
    assert invitation.email not in waiting.html
    assert "Noch keine Nachricht ist hinausgegangen." in page(olaf, LIST + "?state=sent").text
    assert "Keine Nachricht ist gescheitert." in page(olaf, LIST + "?state=failed").text
    assert "Im Filter „state“ gibt es „lost“ nicht." in page(olaf, LIST + "?state=lost", status=400).text


def test_failed_ones_are_tried_again_one_by_one_or_all(olaf: Any) -> None:
    first, second, third = (posted("login_link", "failed", link_id=n) for n in (1, 2, 3))

    olaf.post(f"{LIST}{first}/again")
    assert state_of(first, second, third) == ["queued", "failed", "failed"]
    answer = olaf.post(f"{LIST}again")
    assert state_of(first, second, third) == ["queued", "queued", "queued"]
    assert "2 Nachrichten gehen mit dem nächsten Versand hinaus." in page(olaf, answer.location).text
    assert "Keine Nachricht ist gescheitert." in page(olaf, olaf.post(f"{LIST}again").location).text


def state_of(*ids: int) -> list[str]:
    return [db.session.scalars(select(Letter.state).where(Letter.id == one)).one() for one in ids]


def test_a_letter_is_taken_back_after_asking(olaf: Any) -> None:
    letter = posted("login_link", link_id=1)

    assert page(olaf, f"{LIST}{letter}/withdraw").h1 == "Nachricht zurücknehmen?"
    olaf.post(f"{LIST}{letter}/withdraw")

    assert state_of(letter) == ["taken_back"]
    assert len(rows(page(olaf, f"{LIST}?state=taken_back"))) == 1
    assert olaf.get(f"{LIST}{letter}/withdraw").status_code == 404
    assert "Die Nachricht ist schon hinausgegangen." in page(olaf, olaf.post(f"{LIST}{letter}/withdraw").location).text


def test_skipped_reminders_are_named(olaf: Any) -> None:
    activity = make.activity()
    rule = ReminderRule(name="probe", minutes_before=60)
    db.session.add(rule)
    db.session.flush()
    occurrence = activity.occurrences[0]
    moment = occurrence.starts_at - timedelta(hours=1)
    db.session.add(
        SkippedReminder(
            rule_id=rule.id,
            occurrence_id=occurrence.id,
            starts_at=occurrence.starts_at,
            moment=moment,
            noted_at=NOW,
            people_count=12,
        )
    )

    found = page(olaf, LIST)

    assert rows(found) == ["Workshop: Licht als Werkzeug Wäre hinausgegangen: 08.04.2027, 08:00 Uhr Personen: 12"]


def test_a_long_list_has_pages_and_costs_no_more_queries(olaf: Any) -> None:
    def another() -> None:
        registration = make.registration(make.activity())
        posted("place_confirmed", registration_id=registration.id)

    another()
    olaf.get("/de/")
    with Statements() as one:
        olaf.get(LIST)
    for _n in range(51):
        another()
    with Statements() as many:
        olaf.get(LIST)

    assert len(many.all) == len(one.all)
    assert len(rows(page(olaf, LIST + "?state=queued&page=2"))) == 2


def test_letters_are_for_the_office_only(client: Any) -> None:
    make.login(client, make.viewer())

    assert client.get(LIST).status_code == 403
    assert client.post(f"{LIST}again").status_code == 403
