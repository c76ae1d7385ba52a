"""What is noted, by whom, and that it stops nobody."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import select

from clusterweek import clock
from clusterweek.accounts import actions as accounts, passwords
from clusterweek.clusters import actions as clusters
from clusterweek.db.session import db, unit_of_work
from clusterweek.traces import events, log
from clusterweek.traces.models import Event
from tests import make
from tests.browse import page
from tests.conftest import build_app
from tests.mailbox import letters
from tests.processes import on_both_databases

PASSWORD = "Licht im Mai 2027"


def noted(*, since: int = 0) -> list[tuple[str, int | None, int | None, str | None, int | None]]:
    """(event, who, whom, kind of thing, its number) in the order in which they happened."""
    rows = db.session.scalars(select(Event).where(Event.id > since).order_by(Event.id))
    return [(one.name, one.person_id, one.whom_id, one.subject_type, one.subject_id) for one in rows]


@pytest.fixture(autouse=True)
def _a_quiet_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process have refused forms in the same frozen minute."""
    monkeypatch.setattr(log, "_made_up", {})


@pytest.fixture
def clara(db: Any) -> Any:
    return make.member(make.cluster(slug="optonet"), password_hash=passwords.hashed(PASSWORD))


@pytest.fixture
def olaf(client: Any) -> Any:
    who = make.organiser()
    make.login(client, who)
    db.session.query(Event).delete()
    db.session.commit()
    return who


def test_a_login_and_what_goes_wrong_before_it(client: Any, clara: Any) -> None:
    sent = {"email": clara.email, "password": "a wrong password"}
    client.post("/en/login", data=sent)
    client.post("/en/login", data=sent | {"email": "nobody@example.org"})
    client.post("/en/login", data=sent | {"password": PASSWORD})
    client.post("/en/logout")
    client.post("/en/logout")

    assert noted() == [
        ("login_failed", None, clara.id, None, None),
        ("login_failed", None, None, None, None),
        ("login", clara.id, None, None, None),
        ("logout", clara.id, None, None, None),
    ]


def test_links_that_are_asked_for_used_used_again_and_made_up(client: Any, clara: Any) -> None:
    client.post("/en/login/link", data={"email": clara.email})
    client.post("/en/login/forgotten", data={"email": "nobody@example.org"})
    link = next(w for w in letters()[-1].text.split() if w.startswith("http")).replace("http://127.0.0.1:8000", "")
    client.get(link)
    client.post(link)
    client.post(link)
    client.get("/en/login/password/" + "x" * 43)
    client.get("/en/invitation/" + "x" * 43)

    assert [(name, who, whom) for name, who, whom, _type, _id in noted()] == [
        ("link_asked", None, clara.id),
        ("link_asked", None, None),
        ("link_used", clara.id, None),
        ("login", clara.id, None),
        ("link_refused", None, None),
        ("link_refused", None, None),
        ("link_refused", None, None),
    ]


def test_too_many_wrong_passwords(client: Any, clara: Any) -> None:
    for _ in range(6):
        client.post("/en/login", data={"email": clara.email, "password": "a wrong password"})

    assert noted()[-1] == ("login_slowed", None, clara.id, None, None)


def test_passwords_and_accounts(client: Any, clara: Any, olaf: Any) -> None:
    with unit_of_work():
        lena = accounts.add_person("lena@example.org", "Lena", now=clock.now())
    client.post(f"/de/organiser/people/{clara.id}/off")
    client.post(f"/de/organiser/people/{clara.id}/on")
    with unit_of_work():
        accounts.grant(lena, "viewer", by=olaf, now=clock.now())
        accounts.set_password(lena, PASSWORD, clock.now())
        accounts.set_password(lena, PASSWORD, clock.now())

    assert [(name, who, whom) for name, who, whom, _type, _id in noted()] == [
        ("account_closed", olaf.id, clara.id),
        ("account_opened", olaf.id, clara.id),
        ("role_given", olaf.id, lena.id),
        ("password_set", lena.id, None),
        ("password_changed", lena.id, None),
    ]


def test_who_joins_and_leaves_a_team(client: Any, clara: Any) -> None:
    make.login(client, clara)
    [cluster] = clusters.queries.of_person(clara)
    ben = make.person("Ben")
    db.session.query(Event).delete()
    with unit_of_work():
        clusters.add_member(cluster, ben, by=clara, now=clock.now())
    client.post(f"/de/host/optonet/team/{ben.id}/owner")
    client.post(f"/de/host/optonet/team/{ben.id}/remove")

    about = ("cluster", cluster.id)
    assert noted() == [
        ("membership_given", clara.id, ben.id, *about),
        ("owner_made", clara.id, ben.id, *about),
        ("membership_taken", clara.id, ben.id, *about),
    ]


@pytest.mark.parametrize("who", ["host", "office"])
def test_a_list_of_attendees_that_is_read_or_taken_out(client: Any, clara: Any, who: str) -> None:
    [cluster] = clusters.queries.of_person(clara)
    activity = make.activity(host=cluster)
    make.registration(activity)
    person = clara if who == "host" else make.organiser()
    make.login(client, person)
    before = db.session.scalar(select(Event.id).order_by(Event.id.desc())) or 0
    base = {
        "host": f"/de/host/optonet/{activity.id}/registrations",
        "office": f"/de/organiser/{activity.edition.slug}/activities/{activity.id}/registrations",
    }[who]

    for ending in ("", ".csv", ".xlsx"):
        assert client.get(base + ending).status_code == 200
    client.head(base)

    read, taken = (
        ("attendees_read", person.id, None, "activity", activity.id),
        ("attendees_exported", person.id, None, "activity", activity.id),
    )
    assert noted(since=before) == [read, taken, taken, read]


def test_exports_of_the_programme_with_private_columns_and_the_outbox(client: Any, olaf: Any) -> None:
    edition = make.edition()
    for profile in ("public", "office"):
        base = f"/de/organiser/{edition.slug}/export/file?format=csv&profile={profile}"
        assert client.get(base).status_code == 200
    client.get("/de/organiser/letters/")

    assert noted() == [
        ("programme_exported", olaf.id, None, "edition", edition.id),
        ("letters_read", olaf.id, None, None, None),
    ]


def test_who_knocks_at_somebody_elses_door(client: Any, clara: Any) -> None:
    other = make.cluster("FördeStrom", slug="foerdestrom", land="DE-SH")
    activity = make.activity(host=other)
    make.login(client, clara)
    before = db.session.scalar(select(Event.id).order_by(Event.id.desc())) or 0

    assert client.get(f"/de/host/foerdestrom/{activity.id}/registrations").status_code == 404
    assert client.post("/de/host/foerdestrom/team", data={"email": "x@example.org"}).status_code == 404
    assert client.get("/de/organiser/people/").status_code == 403
    assert client.post(f"/de/organiser/people/{clara.id}/off").status_code == 403
    assert client.get("/de/nowhere/at-all").status_code == 404  # a public page: nobody's door

    refused = ("page_refused", clara.id, None)
    assert noted(since=before) == [
        (*refused, "activity", activity.id),
        (*refused, None, None),
        (*refused, None, None),
        (*refused, "person", clara.id),
    ]


def test_a_form_without_its_token(client: Any, clara: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(client.application.config, "WTF_CSRF_ENABLED", True)

    assert client.post("/en/login", data={"email": clara.email, "csrf_token": "made up"}).status_code == 400

    assert noted() == [("form_refused", None, None, None, None)]


def test_what_everybody_can_cause_fills_no_table(client: Any, caplog: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MOST_A_MINUTE", 3)

    for n in range(5):
        client.get("/en/login/link/" + f"{n}" * 43)

    assert [name for name, *_rest in noted()] == ["link_refused"] * 3
    assert caplog.text.count("link_refused (more than 3 a minute)") == 2


def test_no_name_address_or_typed_word_gets_into_the_log(client: Any, clara: Any) -> None:
    client.post("/en/login", data={"email": clara.email, "password": "a wrong password"})

    kinds = {column.name: column.type.python_type for column in Event.__table__.columns}
    assert [name for name, kind in kinds.items() if kind is str] == ["name", "actor_kind", "subject_type"]
    with pytest.raises(ValueError, match="is no event"):
        log.note("Clara", now=clock.now())
    assert all(len(name) <= 40 for name in events.EVENTS)


def test_commands_leave_a_trace(app: Flask, clara: Any, tmp_path: Path) -> None:
    activity = make.activity()
    db.session.commit()
    run = CliRunner().invoke
    for arguments in (
        ["user", "add", "olaf@example.org", "--name", "Olaf", "--role", "organiser"],
        ["user", "login-link", "olaf@example.org"],
        ["export", "registrations", "--activity", str(activity.id), "--format", "csv", "-o", str(tmp_path / "a.csv")],
        [
            *("export", "programme", "--edition", activity.edition.slug),
            *("--format", "csv", "-o", str(tmp_path / "p.csv")),
        ],
    ):
        done = run(app.cli, arguments, obj=None, catch_exceptions=False)
        assert done.exit_code == 0, done.output

    said = [line.split("  ") for line in run(app.cli, ["security", "log"]).output.splitlines()]
    assert [(parts[1], parts[2]) for parts in said] == [
        ("role_given", "command"),
        *[("link_printed", "command")] * 2,
        ("attendees_exported", "command"),
        ("programme_exported", "command"),
    ]
    assert said[0][0] == "2027-03-22T08:30:00Z"
    assert said[3][3] == f"activity {activity.id}"
    assert run(app.cli, ["security", "log", "--since", "2027-03-22T09:31"]).output == ""
    assert "must be a time" in run(app.cli, ["security", "log", "--since", "yesterday"]).output


def test_after_180_days_it_is_forgotten(db: Any, at: Any) -> None:
    with unit_of_work():
        log.note("login", now=clock.now() - timedelta(days=181))
        log.note("logout", now=clock.now() - timedelta(days=179))
    with unit_of_work():
        log.forget_old(now=clock.now())

    assert [name for name, *_rest in noted()] == ["logout"]


def test_what_is_refused_is_noted_although_its_transaction_is_taken_back(client: Any, clara: Any, at: Any) -> None:
    make.login(client, clara)
    for n in range(21):
        client.post("/de/host/optonet/team", data={"email": f"p{n}@example.org", "language": "de"})

    assert [name for name, *_rest in noted()][-2:] == ["invited", "invitation_refused"]


# The page


def test_the_office_reads_it_by_day_with_names_that_the_log_does_not_hold(client: Any, clara: Any, at: Any) -> None:
    client.post("/en/login", data={"email": clara.email, "password": "a wrong password"})
    at("2027-03-23 08:00")
    olaf = make.organiser()
    make.login(client, olaf)

    got = page(client, "/en/organiser/security/")

    assert got.h1 == "Security log"
    assert [h.text for h in got.all("h2")] == ["Tuesday, 23 March 2027", "Monday, 22 March 2027"]
    assert f"08:00 Logged in Who: Olaf, person {olaf.id} About: –" in got.text
    assert f"09:30 Wrong password Who: not logged in About: Clara, person {clara.id}" in got.text
    assert page(client, "/de/organiser/security/").h1 == "Sicherheitsprotokoll"


def test_it_is_narrowed_to_an_event_or_a_person_and_has_pages(client: Any, clara: Any, olaf: Any) -> None:
    with unit_of_work():
        for _ in range(205):
            log.note("login", by=clara, now=clock.now())
        log.note("account_closed", by=olaf, whom=clara, now=clock.now())

    assert "206 events" in page(client, "/en/organiser/security/").text
    assert "Page 3 of 3" in page(client, "/en/organiser/security/?page=3").text
    assert "1 event ·" in page(client, "/en/organiser/security/?event=account_closed").text
    assert "206 events ·" in page(client, f"/en/organiser/security/?person={clara.id}").text
    assert "1 event ·" in page(client, f"/en/organiser/security/?person={olaf.id}").text
    assert (
        page(client, f"/en/organiser/security/?person={clara.id}&page=2").links["Next"].endswith(f"&person={clara.id}")
    )
    assert "Nothing of the kind has happened." in page(client, "/en/organiser/security/?event=logout").text


@pytest.mark.parametrize("query", ["event=Clara", "event=%3Cb%3E", "person=Clara", "person=-1", "person=٣", "page=0"])
def test_what_it_does_not_know_it_says(client: Any, olaf: Any, query: str) -> None:
    assert page(client, f"/en/organiser/security/?{query}", status=400).h1 == "That is not possible"


def test_an_empty_log_says_so(client: Any, olaf: Any) -> None:
    assert "Nothing has been noted yet." in page(client, "/en/organiser/security/").text


# A busy database


@pytest.mark.slow
@on_both_databases("traces")
def test_a_database_that_takes_no_note_stops_no_page(tmp_path: Path, database: Any, caplog: Any) -> None:
    app = build_app(tmp_path, **database())
    with app.app_context():
        with unit_of_work():
            cluster = make.cluster(slug="optonet")
            clara, activity = make.member(cluster), make.activity(host=cluster)
            path, number = f"/de/host/optonet/{activity.id}/registrations", activity.id
            person = clara.id
        browser = app.test_client()
        make.login(browser, clara)
        is_sqlite = db.engine.dialect.name == "sqlite"
        db.session.commit()
        if is_sqlite:
            with closing(sqlite3.connect(db.engine.url.database or "")) as other:
                other.execute("BEGIN IMMEDIATE")
                answer = browser.get(path)
        else:
            with db.engine.connect() as other:
                other.exec_driver_sql("LOCK TABLE security_events IN ACCESS EXCLUSIVE MODE")
                answer = browser.get(path)
                other.rollback()
        db.session.remove()
        db.engine.dispose()

    assert answer.status_code == 200
    assert (
        f"name=attendees_read actor_kind=person person_id={person} subject_type=activity subject_id={number}"
        in caplog.text
    )
