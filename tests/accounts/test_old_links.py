"""Old links, on both databases: used once they are dead for ever, whatever becomes of their number."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from clusterweek import clock, jobs
from clusterweek.accounts import actions as accounts, queries
from clusterweek.accounts.models import OneTimeLink
from clusterweek.clusters import actions as clusters, queries as invitations
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions as registrations, queries as found_registrations
from clusterweek.registrations.models import Registration
from tests import make, tables
from tests.conftest import NOW, build_app
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path: Path, database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(clock, "now", lambda: TODAY[0])
    TODAY[0] = NOW
    app = build_app(tmp_path, **database())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


TODAY = [NOW]


def later(days: int) -> Any:
    TODAY[0] += timedelta(days=days)
    return TODAY[0]


def one_time(purpose: str) -> Callable[[str], tuple[Any, str, Callable[[str], Any]]]:
    def made(name: str) -> tuple[Any, str, Callable[[str], Any]]:
        person = queries.by_email(f"{name}@example.org") or make.person(name)
        link, token = accounts.new_link(person, purpose, now=clock.now(), minutes=60)
        return link, token, lambda given: queries.usable_link(given, purpose, now=clock.now())

    return made


def invited(name: str) -> tuple[Any, str, Callable[[str], Any]]:
    made = clusters.invite(make.cluster(), f"{name}@example.org", by=None, now=clock.now())
    return made, clusters.token_of(made), lambda given: invitations.usable_invitation(given, now=clock.now())


def signed_up(name: str) -> tuple[Any, str, Callable[[str], Any]]:
    attendee = registrations.Attendee(name=name, email=f"{name.lower()}@example.org")
    made = make.signed_up(make.activity().id, attendee, now=clock.now())
    return made, registrations.token_of(made), lambda given: found_registrations.by_token(given, now=clock.now())


EVERY_LINK = pytest.mark.parametrize(
    ("model", "make_one"),
    [
        pytest.param(OneTimeLink, one_time("set_password"), id="password"),
        pytest.param(OneTimeLink, one_time("login"), id="login"),
        pytest.param(Invitation, invited, id="invitation"),
        pytest.param(Registration, signed_up, id="registration"),
    ],
)


@on_both_databases("old_links")
@EVERY_LINK
def test_no_old_link_opens_what_has_its_number_now(app: Flask, model: Any, make_one: Any) -> None:
    """Also where the counting went back to where it was, as after a restore."""
    table = model.__tablename__
    old: list[tuple[int, str]] = []
    for round, name in enumerate(("Ada", "Ben", "Clara", "Dora")):
        with unit_of_work():
            row, token, opens = make_one(name)
            number = row.id
        assert opens(token).id == number
        assert [opens(one) for _number, one in old] == [None] * len(old)
        assert token not in [one for _number, one in old]
        if round >= 2:
            assert number == old[0][0]
        else:
            assert number not in [one for one, _token in old]
        old.append((number, token))
        with unit_of_work():
            db.session.execute(delete(Letter))
            db.session.execute(delete(model))
        if round:
            tables.count_from(table, old[0][0])


@on_both_databases("forty_days")
def test_a_used_password_link_is_dead_for_ever_also_after_forty_quiet_days_and_the_clearing_up(app: Flask) -> None:
    with unit_of_work():
        viewer = make.viewer()
        olaf = make.organiser(password_hash="x")
        accounts.send_link(viewer.email, "set_password", is_loopback=True, now=clock.now())
    first = db.session.scalars(select(OneTimeLink)).one()
    number, token = first.id, accounts.token_of(first)
    with unit_of_work():
        person = accounts.use_link(token, "set_password", is_loopback=True, now=clock.now())
        accounts.set_password(person, "Licht im Mai 2027", clock.now())
    later(40)
    jobs.clear_up()
    assert db.session.scalars(select(OneTimeLink)).all() == []

    with unit_of_work():
        accounts.send_link(olaf.email, "set_password", is_loopback=True, now=clock.now())

    second = db.session.scalars(select(OneTimeLink)).one()
    assert second.id > number
    assert queries.usable_link(token, "set_password", now=clock.now()) is None
    waiting = select(Letter.kind).where(Letter.state == "queued", Letter.kind == "set_password")
    assert (
        len(db.session.scalars(waiting).all()) == 2
    )  # the first was never fetched, the second was written all the same


@on_both_databases("keys")
@pytest.mark.parametrize("purpose", ["set_password", "login"])
def test_every_letter_with_a_link_is_written_also_where_the_number_was_used_before(
    app: Flask, purpose: str, caplog: pytest.LogCaptureFixture
) -> None:
    with unit_of_work():
        olaf = make.organiser()
    for n in range(1, 6):
        with unit_of_work():
            accounts.send_link(olaf.email, purpose, is_loopback=True, now=clock.now())
        assert len(db.session.scalars(select(Letter)).all()) == n
        with unit_of_work():
            db.session.execute(delete(OneTimeLink))
        tables.count_from("one_time_links", 1)
    assert "is there already" not in caplog.text


@on_both_databases("sign_up_keys")
def test_every_letter_that_asks_to_confirm_is_written_also_where_the_number_was_used_before(app: Flask) -> None:
    for n in range(1, 4):
        with unit_of_work():
            signed_up("Ada")
        asked = select(Letter).where(Letter.kind == "confirm_request")
        assert len(db.session.scalars(asked).all()) == n
        with unit_of_work():
            db.session.execute(delete(Registration))
        tables.count_from("registrations", 1)
        later(1)
