"""The same form from two processes in the same moment, on both databases: one thing is made, all are led to it."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.keeping import inputs
from clusterweek.keeping.models import Kept
from clusterweek.limits import waits
from clusterweek.outbox.models import Letter
from tests import make
from tests.browse import page
from tests.conftest import build_app
from tests.host.test_entry import COMPLETE
from tests.postgres import postgres_url
from tests.registrations import crowd

pytestmark = [pytest.mark.slow]
PROCESSES, THREADS, KEY = 2, 4, "k" * 22
Answer = tuple[int, str | None]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Path, dict[str, str]]]:
    settings = {"DATABASE_URL": postgres_url("once")} if request.param == "postgresql" else {}
    app = build_app(tmp_path, **settings)
    with app.app_context():
        yield app, tmp_path, settings
        db.session.remove()
        db.engine.dispose()


def logged_in(app: Flask) -> str:
    """The cookie of a browser that belongs to the office."""
    with unit_of_work():
        make.edition(slug="woche", starts_on=date(2099, 4, 6), ends_on=date(2099, 4, 15))
        make.cluster("OptoNet", slug="optonet", email="info@optonet.example")
        olaf = make.organiser()
    client = app.test_client()
    make.login(client, olaf)
    cookie = client.get_cookie("session")
    assert cookie
    return cookie.value


def all_at_once(path: str, form: dict[str, str], cookie: str, place: Any) -> list[Answer]:
    _app, instance, settings = place
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(_share, path, form, cookie, instance, settings) for _ in range(PROCESSES)]
        return [answer for share in shares for answer in share.result()]


def _share(path: str, form: dict[str, str], cookie: str, instance: Path, settings: dict[str, str]) -> list[Answer]:
    app = crowd.application(instance, settings)

    def click(_number: int) -> Answer:
        browser = app.test_client()
        browser.set_cookie("session", cookie)
        answer = browser.post(path, data=form)
        return answer.status_code, answer.location

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(click, range(THREADS)))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_whatever_a_form_makes_is_made_once(place: tuple[Flask, Path, dict[str, str]]) -> None:
    cookie = logged_in(place[0])
    browser = place[0].test_client()
    browser.set_cookie("session", cookie)
    cases: tuple[tuple[str, Any, dict[str, str]], ...] = (
        (
            "/de/host/optonet/new?edition=woche",
            Activity,
            COMPLETE | {"occurrences-0-starts_on": "8.4.2099", "submit": "1"},
        ),
        ("/de/organiser/clusters/new", Cluster, {"name": "FördeStrom", "kind": "cluster"}),
        (
            "/de/organiser/editions/new",
            Edition,
            {"title_de": "Woche", "slug": "w-28", "starts_on": "4.4.2028", "ends_on": "8.4.2028"},
        ),
    )
    for path, model, form in cases:
        before = count(model)
        shown = page(browser, path).fields
        db.session.commit()

        answers = all_at_once(path, shown | form, cookie, place)

        db.session.expire_all()
        assert count(model) == before + 1, path
        assert [status for status, _location in answers] == [303] * PROCESSES * THREADS, (path, answers)
        db.session.commit()
    activity = db.session.scalars(select(Activity)).one()
    assert activity.review_status == "submitted"
    assert count(Occurrence) == 1
    assert count(Letter) == 0  # OptoNet has no members yet; with one there is one, see test_once.py


def test_an_invitation_is_sent_again_once(place: tuple[Flask, Path, dict[str, str]]) -> None:
    cookie = logged_in(place[0])
    path = "/de/organiser/clusters/optonet/invitations"
    all_at_once(path, {"email": "clara@example.org", "language": "de"}, cookie, place)
    invitation = db.session.scalars(select(Invitation)).one()
    generation = invitation.generation
    assert count(Letter) == 1
    waits.forget_claims("invitation", db.session.connection())  # a day later
    db.session.commit()

    answers = all_at_once(f"{path}/{invitation.id}/again", {"once": KEY}, cookie, place)

    db.session.expire_all()
    assert set(answers) == {(303, "/de/organiser/clusters/optonet")}
    assert db.session.get_one(Invitation, invitation.id).generation != generation
    assert count(Letter) == 2


def test_what_is_typed_after_the_end_is_kept_within_its_limits(place: tuple[Flask, Path, dict[str, str]]) -> None:
    """Eight clicks of a browser whose login has ended, each with the cookie as it was: none fails, little is kept."""
    cookie = logged_in(place[0])
    with unit_of_work():
        db.session.execute(make.ended_logins())

    answers = all_at_once("/de/host/optonet/profile", {"summary_de": "Zwei Stunden"}, cookie, place)

    assert set(answers) == {(401, None)}
    assert 1 <= count(Kept) <= inputs.MOST_PER_PERSON
