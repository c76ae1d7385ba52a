"""500 people and 50 double clicks for 50 places, on both databases: nothing is given twice, nobody is lost."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask
from sqlalchemy import func, select

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, queries
from clusterweek.registrations.models import Registration
from clusterweek.web import links
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.registrations import crowd

pytestmark = [pytest.mark.alone]
PLACES, PEOPLE, DOUBLES = 50, 500, 50


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Path, dict[str, str]]]:
    """An application of its own: (app, its instance, its settings)."""
    settings = {"DATABASE_URL": postgres_url("crowd")} if request.param == "postgresql" else {}
    app = build_app(tmp_path, **settings)
    with app.app_context():
        yield app, tmp_path, settings
        db.session.remove()
        db.engine.dispose()


def offered() -> tuple[Activity, str]:
    """An activity with 50 places in the far future, and the address of its form."""
    with unit_of_work():
        activity = make.activity(capacity=PLACES, starts="2099-04-08 09:00", ends="2099-04-08 12:00")
        address = f"/de/{activity.edition.slug}/{activity_rules.address_part(activity)}/sign-up"
    return activity, address


def wish(address: str, number: int) -> crowd.Wish:
    return address, {"name": f"P {number}", "email": f"p{number}@example.org"}


def test_500_people_and_50_double_clicks(place: tuple[Flask, Path, dict[str, str]]) -> None:
    _app, instance, settings = place
    activity, address = offered()
    wishes = [wish(address, number) for number in range(PEOPLE)]
    for number in range(DOUBLES):  # a double click reaches another process in the same moment
        wishes.insert(number * 11, wishes[number * 11])

    statuses = crowd.send(wishes, instance, settings)

    everybody = queries.of_activity(activity)
    assert Counter(statuses) == {303: PEOPLE + DOUBLES}
    assert Counter(one.status for one in everybody) == {"unconfirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    assert [one.ticket for one in everybody] == list(range(1, PEOPLE + 1))
    assert {one.status for one in everybody[:PLACES]} == {"unconfirmed"}  # the first to ask got them
    requests = select(func.count()).select_from(Letter).where(Letter.kind == "confirm_request")
    assert db.session.scalar(requests) == PEOPLE


def test_it_is_always_full_while_somebody_waits(place: tuple[Flask, Path, dict[str, str]]) -> None:
    app, instance, settings = place
    activity, address = offered()
    with unit_of_work():
        for number in range(200):
            placed = number < PLACES
            one = make.registration(activity, f"A{number}", "confirmed" if placed else "waitlisted", ticket=number + 1)
            one.token_hash = crowd_hash(one)
        given_up = [
            (f"/de/registration/{actions.token_of(one)}/give-up", {}) for one in queries.of_activity(activity)[:100]
        ]
    newcomers = [wish(address, number) for number in range(100)]
    wishes = [one for pair in zip(given_up, newcomers, strict=True) for one in pair]
    over, gaps = Event(), list[tuple[int, int]]()
    watcher = Thread(target=watch, args=(app, activity.id, over, gaps))
    watcher.start()

    statuses = crowd.send(wishes, instance, settings)
    over.set()
    watcher.join()

    db.session.rollback()
    everybody = queries.of_activity(activity)
    assert Counter(statuses) == {303: 200}
    assert gaps == []
    assert sum(one.status in queries.PLACED for one in everybody) == PLACES
    assert len({one.ticket for one in everybody}) == len(everybody) == 300
    # Who holds a place now was in line before anybody who still waits.
    placed = [one.ticket for one in everybody if one.status == "confirmed"]
    waiting = [one.ticket for one in everybody if one.status == "waitlisted" and one.confirmed_at]
    assert max(placed) < min(waiting)
    promoted = select(func.count()).select_from(Letter).where(Letter.kind == "promoted")
    assert db.session.scalar(promoted) == sum(one.ticket > PLACES and one.placed_at is not None for one in everybody)


def crowd_hash(registration: Registration) -> str:
    return links.fingerprint(actions.token_of(registration))


def watch(app: Flask, activity_id: int, over: Event, gaps: list[tuple[int, int]]) -> None:
    """Look again and again, from outside, whether a place is free while somebody who has confirmed waits."""
    of_activity = Registration.activity_id == activity_id
    taken = func.count().filter(Registration.status.in_(queries.PLACED))
    waiting = func.count().filter(Registration.status == "waitlisted", Registration.confirmed_at.is_not(None))
    with app.app_context():
        while not over.is_set():
            now_taken, now_waiting = db.session.execute(select(taken, waiting).where(of_activity)).one()
            if now_taken > PLACES or (now_taken < PLACES and now_waiting):
                gaps.append((now_taken, now_waiting))
            db.session.rollback()
            over.wait(0.02)
        db.session.remove()
