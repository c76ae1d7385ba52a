"""What is over leaves: needs when a registration ends, names from the lists, on both databases."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import clock, jobs
from clusterweek.db.session import db, unit_of_work
from clusterweek.registrations import actions, attendees, table
from clusterweek.registrations.models import Registration
from tests import make
from tests.browse import page
from tests.conftest import NOW, build_app
from tests.processes import on_both_databases

NEED = "Induktionsschleife"


def need(of: Registration) -> str | None:
    db.session.refresh(of)
    return of.access_need


def test_giving_up_forgets_what_somebody_needs() -> None:
    ada = make.registration(make.activity(), access_need=NEED)

    with unit_of_work():
        actions.give_up(ada.id, now=NOW)

    assert (ada.status, need(ada)) == ("withdrawn", None)


@pytest.mark.parametrize("status", ["unconfirmed", "waitlisted"])
def test_a_hold_that_runs_out_forgets_it_too(status: str) -> None:
    ada = make.registration(make.activity(), status=status, access_need=NEED, confirmed_at=None, hold_until=NOW)

    actions.expire_holds(NOW)

    db.session.refresh(ada)
    assert (ada.status, ada.access_need) == ("expired", None)


def test_who_still_comes_keeps_it() -> None:
    activity = make.activity()
    ada = make.registration(activity, access_need=NEED)
    with unit_of_work():
        actions.give_up(make.registration(activity, "Ben", access_need="x").id, now=NOW)
        assert actions.forget_needs(NOW) == 0

    assert need(ada) == NEED


@pytest.mark.parametrize("status", ["withdrawn", "expired"])
def test_what_an_ended_registration_still_holds_is_forgotten_in_the_night(status: str) -> None:
    """Earlier versions left it there."""
    gone = make.registration(make.activity(), status=status, access_need=NEED)

    with unit_of_work():
        assert actions.forget_needs(NOW) == 1

    assert need(gone) is None


def test_ended_registrations_leave_the_page_and_the_tables(client: Any) -> None:
    host = make.cluster(slug="optonet")
    activity = make.activity(host=host, edition=make.edition(slug="woche"))
    for name, status in (("Ada", "confirmed"), ("Berta", "withdrawn"), ("Cora", "expired"), ("Dora", "waitlisted")):
        make.registration(activity, name, status, organisation=f"{name}werk", access_need=f"{name}need")
    clara = make.member(host)
    olaf = make.organiser()

    for who, base in (
        (clara, f"/de/host/optonet/{activity.id}"),
        (olaf, f"/de/organiser/woche/activities/{activity.id}"),
    ):
        make.login(client, who)
        shown = page(client, f"{base}/registrations").text
        saved = client.get(f"{base}/registrations.csv").get_data(as_text=True)
        for text in (shown, saved):
            assert "Ada" in text
            assert "Dora" in text
            assert not [word for word in ("Berta", "berta@", "Cora", "cora@", "Bertaneed") if word in text]
        assert "2 Anmeldungen wurden zurückgegeben oder sind verfallen" in shown
        assert client.get(f"{base}/registrations.xlsx").status_code == 200
    assert attendees.of(activity, now=NOW)["gone_count"] == 2


def test_the_command_still_counts_them_without_whose_they_were(tmp_path: Path, app: Flask) -> None:
    activity = make.activity()
    make.registration(activity, "Ada", organisation="Adawerk")
    for name, status in (("Berta", "withdrawn"), ("Cora", "expired")):
        make.registration(activity, name, status, organisation=f"{name}werk")

    rows = table.make("csv", activity, with_ended=True).decode("utf-8-sig").split("\r\n")[1:-1]

    assert [row.split(";")[2:6] for row in rows] == [
        ["Ada", "ada@example.org", "Adawerk", "confirmed"],
        ["", "", "", "withdrawn"],
        ["", "", "", "expired"],
    ]


@pytest.fixture
def house(tmp_path: Path, database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    app = build_app(tmp_path, **database())
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
@on_both_databases("needs")
def test_the_nightly_job_forgets_needs_of_what_ended_before_the_upgrade_and_of_what_is_over(house: Flask) -> None:
    def dated(days: float, **given: Any) -> Any:
        ends = NOW + timedelta(days=days)
        made = make.activity(starts=None, **given)
        start, end = (f"{moment:%Y-%m-%d %H:%M}" for moment in (ends - timedelta(hours=2), ends))
        make.occurrence(made, start, end, timezone="UTC")
        return made

    with unit_of_work():
        ahead, lately, over = dated(3), dated(-6.9), dated(-7.1)
        course = dated(-20)
        make.occurrence(course, "2027-04-08 09:00", "2027-04-08 12:00")
        cancelled = dated(-8, happening="cancelled")
        wanted = {
            "gone": make.registration(ahead, "Gus", "withdrawn", access_need=NEED),
            "run out": make.registration(ahead, "Rike", "expired", access_need=NEED),
            "over": make.registration(over, access_need=NEED),
            "waited": make.registration(over, "Ben", "waitlisted", access_need=NEED),
            "cancelled": make.registration(cancelled, access_need=NEED),
        }
        kept = {
            "ahead": make.registration(ahead, access_need=NEED),
            "lately": make.registration(lately, access_need=NEED),
            "one more date": make.registration(course, access_need=NEED),
            "no date": make.registration(make.activity(starts=None), access_need=NEED),
        }

    jobs.clear_up()

    db.session.expire_all()
    assert {name: one.access_need for name, one in (wanted | kept).items()} == {
        **dict.fromkeys(wanted, None),
        **dict.fromkeys(kept, NEED),
    }
    assert len(db.session.scalars(select(Registration)).all()) == 9


@pytest.mark.slow
@on_both_databases("files")
def test_files_with_letters_and_what_was_put_aside_go_after_thirty_days(house: Flask) -> None:
    instance: Path = house.config["INSTANCE_PATH"]
    (instance / "mail").mkdir()
    (instance / "backups").mkdir()
    old, new = (NOW - timedelta(days=31)).timestamp(), (NOW - timedelta(days=29)).timestamp()
    files = {
        f"{folder}{age}{name}": at
        for age, at in (("old", old), ("new", new))
        for folder, name in (
            ("mail/", ".eml"), ("mail/.", ".eml.17"), ("mail/", ".txt"), ("", ".db"), ("", ".before-restore"),
            ("", ".before-restore.2"), ("backups/before-", ".tar.gz"), ("backups/", ".tar.gz"),
        )
    }  # fmt: skip
    for name, at in files.items():
        (instance / name).write_text("x")
        os.utime(instance / name, (at, at))

    jobs.clear_up()

    assert {name for name in files if not (instance / name).exists()} == {
        "mail/old.eml", "mail/.old.eml.17", "old.before-restore", "old.before-restore.2", "backups/before-old.tar.gz",
    }  # fmt: skip
