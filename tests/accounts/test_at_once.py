"""Many at the same moment: what may happen once happens once, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import clock
from clusterweek.accounts import actions as accounts
from clusterweek.accounts.models import Grant, LoginSession
from clusterweek.clusters import actions as clusters, queries
from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.limits import counters
from tests import make
from tests.conftest import build_app
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow
AT_ONCE = 12
NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def app(tmp_path: Path, database: Any) -> Iterator[Flask]:
    """An application of its own, as threads need it."""
    app = build_app(tmp_path, **database())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def together(app: Flask, times: int, do: Any) -> list[Any]:
    """What `do()` answers, called from many threads at once, each with a session of its own."""

    def one(_number: int) -> Any:
        with app.app_context():
            return do()

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(one, range(times)))


@on_both_databases("limits")
def test_a_limit_is_exact(app: Flask) -> None:
    rate = Rate(50, 86400)

    allowed = together(app, 200, lambda: counters.allow("login", "clara@example.org", rate, now=NOW))

    assert sum(allowed) == 50


@on_both_databases("one_time_links")
def test_a_login_link_lets_one_browser_in(app: Flask) -> None:
    with unit_of_work():
        _link, token = accounts.new_link(make.person("Clara"), "login", now=clock.now(), minutes=10)

    answers = together(app, AT_ONCE, lambda: app.test_client().post(f"/de/login/link/{token}").status_code)

    assert sorted(answers) == [303] + [404] * (AT_ONCE - 1)
    assert len(db.session.scalars(select(LoginSession)).all()) == 1


@on_both_databases("people")
def test_whoever_is_added_many_times_at_once_is_one_person_with_one_role(app: Flask) -> None:
    def add() -> int:
        with unit_of_work():
            olaf = accounts.add_person("olaf@example.org", "Olaf", now=NOW)
            return accounts.grant(olaf, "organiser", now=NOW).id

    answers = together(app, AT_ONCE, add)

    assert len(set(answers)) == 1
    assert [(grant.person.name, grant.role) for grant in db.session.scalars(select(Grant))] == [("Olaf", "organiser")]


@on_both_databases("invitations")
def test_an_invitation_makes_one_member(app: Flask) -> None:
    with unit_of_work():
        cluster = make.cluster()
        invitation = clusters.invite(cluster, "clara@optonet.example", by=None, now=clock.now())
        path = f"/de/invitation/{clusters.token_of(invitation)}"
    sent = {"name": "Clara", "language": "de"}

    answers = together(app, AT_ONCE, lambda: app.test_client().post(path, data=sent).status_code)

    assert sorted(answers) == [303] + [404] * (AT_ONCE - 1)
    assert [(member.person.name, member.is_owner) for member in queries.members(cluster)] == [("Clara", True)]


@on_both_databases("owners")
def test_two_owners_who_remove_each_other_do_not_both_go(app: Flask) -> None:
    with unit_of_work():
        cluster = make.cluster()
        team = [make.member(cluster, name) for name in ("Clara", "Ben")]
        slug, ids = cluster.slug, [person.id for person in team]
    browsers = []
    for person in team:
        browser = app.test_client()
        make.login(browser, person)
        browsers.append((browser, ids[1] if person is team[0] else ids[0]))
    turns = iter(browsers)

    def remove() -> int:
        browser, other = next(turns)
        return int(browser.post(f"/de/host/{slug}/team/{other}/remove").status_code)

    together(app, 2, remove)

    assert [member.is_owner for member in queries.members(cluster)] == [True]
