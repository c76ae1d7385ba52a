"""Backups of a running installation, and what restoring refuses to do."""

import gzip
import io
import os
import sqlite3
import tarfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import clock
from clusterweek.accounts import actions as accounts
from clusterweek.accounts.models import LoginSession, OneTimeLink, Person
from clusterweek.clusters import actions as clusters, queries as found_clusters
from clusterweek.clusters.models import Invitation
from clusterweek.db.session import db, unit_of_work
from clusterweek.operating import backup
from clusterweek.operating.models import Heartbeat
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions as registrations, queries as found_registrations
from clusterweek.registrations.models import Registration
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.processes import Installation

pytestmark = pytest.mark.slow
NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[Flask]:
    """An installation with an activity and three registrations."""
    app = build_app(tmp_path / "house")
    with app.app_context():
        with unit_of_work():
            activity = make.activity()
            for name in ("Ada", "Berta", "Clara"):
                make.registration(activity, name)
        (app.config["INSTANCE_PATH"] / "legal").mkdir()
        (app.config["INSTANCE_PATH"] / "legal" / "imprint.de.md").write_text("Wir sind es.")
        (app.config["INSTANCE_PATH"] / "mail").mkdir()
        (app.config["INSTANCE_PATH"] / "mail" / "a.eml").write_text("private")
        yield app


def rows(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    connection = sqlite3.connect(path)
    try:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr) for name in tables}
    finally:
        connection.close()


def database(app: Flask) -> Path:
    return app.config["INSTANCE_PATH"] / "clusterweek.db"


def restore(source: Path, app: Flask, now: datetime = NOW) -> backup.Contents:
    return backup.restore(source, app.config, upgrade=lambda: None, now=now)


def test_a_restored_backup_is_the_same_row_by_row(house: Flask, tmp_path: Path) -> None:
    before = rows(database(house))
    made = backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    with unit_of_work():
        make.person("Sven")

    restored = restore(tmp_path / "a.tar.gz", house)

    assert rows(database(house)) == before
    assert restored == made
    assert made.rows["registrations"] == 3
    assert not list(database(house).parent.glob("*-wal")) + list(database(house).parent.glob("*-shm"))
    assert any("Sven" in row for row in rows(database(house).with_name("clusterweek.db.before-restore"))["people"])


def test_the_file_holds_keys_of_links_and_legal_texts_but_no_mail_and_no_key_of_sessions(
    house: Flask, tmp_path: Path
) -> None:
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)

    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        names = set(archive.getnames())
    assert names == {"contents.json", "clusterweek.db", "link.key", "legal", "legal/imprint.de.md"}
    assert (tmp_path / "a.tar.gz").stat().st_mode & 0o777 == 0o600


def test_links_that_are_in_mailboxes_work_after_moving_to_a_new_machine(house: Flask, tmp_path: Path) -> None:
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    key = (house.config["INSTANCE_PATH"] / "link.key").read_text()
    elsewhere = Installation(tmp_path / "elsewhere")

    told = elsewhere.run("backup", "restore", str(tmp_path / "a.tar.gz"))

    assert "Restored the state of 2027-03-22T08:30:00+00:00" in told
    assert "before-restore" not in told  # there was none
    again = elsewhere.run("backup", "restore", str(tmp_path / "a.tar.gz"))
    assert "The database from before stays beside it as clusterweek.db.before-restore." in again
    assert (tmp_path / "elsewhere" / "link.key").read_text() == key
    assert (tmp_path / "elsewhere" / "legal" / "imprint.de.md").read_text() == "Wir sind es."
    of_its_own = {"security_events", "sqlite_sequence"}  # that it was restored is noted there
    there, here = rows(tmp_path / "elsewhere" / "clusterweek.db"), rows(database(house))
    assert {n: one for n, one in there.items() if n not in of_its_own} == {
        n: one for n, one in here.items() if n not in of_its_own
    }


def test_only_the_owner_may_read_the_database(tmp_path: Path) -> None:
    Installation(tmp_path / "new").run("db", "upgrade")

    assert (tmp_path / "new" / "clusterweek.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_while_others_write_is_consistent(house: Flask, tmp_path: Path) -> None:
    """Two people always come together; a copy with one of them would be torn."""
    stopping = threading.Event()

    def write() -> None:
        connection = sqlite3.connect(database(house), timeout=20, isolation_level=None)
        number = 0
        while not stopping.is_set():
            number += 1
            connection.execute("BEGIN IMMEDIATE")
            for name in ("left", "right"):
                connection.execute(
                    "INSERT INTO people (email, email_normalised, name, language, is_active, is_demo, created_at)"
                    " VALUES (?, ?, ?, 'de', 1, 0, '2027-01-01 00:00:00')",
                    (f"{name}{number}@example.org", f"{name}{number}@example.org", name),
                )
            connection.execute("COMMIT")
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = []
        for n in range(5):
            time.sleep(0.05)
            counts.append(backup.create(tmp_path / f"{n}.tar.gz", house.config, now=NOW).rows["people"])
    finally:
        stopping.set()
        writer.join()

    assert counts == sorted(set(counts))
    assert all(count % 2 == 0 for count in counts)


def test_a_backup_that_fails_leaves_nothing_behind(
    house: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "backups"
    target.mkdir()
    monkeypatch.setattr(tarfile, "open", lambda *_, **__: (_ for _ in ()).throw(OSError("disk full")))

    with pytest.raises(OSError, match="disk full"):
        backup.create(target / "a.tar.gz", house.config, now=NOW)

    assert list(target.iterdir()) == []


def test_an_older_backup_is_not_overwritten(house: Flask, tmp_path: Path) -> None:
    (tmp_path / "a.tar.gz").write_text("the one of yesterday")

    with pytest.raises(Refusal, match="is there already"):
        backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)

    assert (tmp_path / "a.tar.gz").read_text() == "the one of yesterday"


def test_nothing_is_restored_while_a_worker_lives(house: Flask, tmp_path: Path) -> None:
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    with unit_of_work():
        db.session.add(Heartbeat(name="w", started_at=NOW, beat_at=NOW))
    before = rows(database(house))

    with pytest.raises(Refusal, match="worker is running"):
        restore(tmp_path / "a.tar.gz", house)

    assert rows(database(house)) == before


def test_nothing_is_restored_while_somebody_has_the_database_open(house: Flask, tmp_path: Path) -> None:
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    somebody = sqlite3.connect(database(house))
    somebody.execute("SELECT count(*) FROM people").fetchone()

    with pytest.raises(Refusal, match="has the database open"):
        restore(tmp_path / "a.tar.gz", house)

    somebody.close()
    restore(tmp_path / "a.tar.gz", house)


def _changed(source: Path, name: str, body: bytes) -> None:
    """The archive with another member `name`."""
    with tarfile.open(source) as archive:
        members = {m.name: archive.extractfile(m).read() for m in archive if m.isfile()}  # type: ignore[union-attr]
    members[name] = body
    with tarfile.open(source, "w:gz") as archive:
        for member, content in members.items():
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: path.write_bytes(b"no archive"), "not a backup"),
        (lambda path: path.write_bytes(path.read_bytes()[:2000]), "not a backup"),
        (lambda path: path.write_bytes(gzip.compress(b"no tar")), "not a backup"),
        (lambda path: _changed(path, "contents.json", b"[]"), "not a backup"),
        (lambda path: _changed(path, "../outside", b"x"), "not a backup"),
        (lambda path: _changed(path, "clusterweek.db", b"SQLite format 3\0 but not really"), "cannot be read"),
        (
            lambda path: _changed(
                path, "contents.json", b'{"created_at": "", "revision": "0001", "rows": {"people": 9}}'
            ),
            "damaged",
        ),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(house: Flask, tmp_path: Path, spoil, told: str) -> None:  # type: ignore[no-untyped-def]
    source = tmp_path / "a.tar.gz"
    backup.create(source, house.config, now=NOW)
    spoil(source)
    before = rows(database(house))

    with pytest.raises(Refusal, match=told):
        restore(source, house)

    assert rows(database(house)) == before
    assert not (tmp_path / "outside").exists()


def test_a_backup_from_a_newer_version_is_refused(house: Flask, tmp_path: Path) -> None:
    with unit_of_work():
        db.session.execute(db.text("UPDATE alembic_version SET version_num = '9999'"))
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)

    with pytest.raises(Refusal, match="newer version"):
        restore(tmp_path / "a.tar.gz", house)


def test_a_damaged_database_can_be_replaced(house: Flask, tmp_path: Path) -> None:
    before = rows(database(house))
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    db.session.remove()
    db.engine.dispose()
    database(house).write_bytes(b"rubbish" * 1000)

    restore(tmp_path / "a.tar.gz", house)

    assert rows(database(house)) == before


def test_with_postgresql_one_sentence_names_the_right_tool() -> None:
    with pytest.raises(Refusal, match="pg_dump"):
        backup.create(Path("a.tar.gz"), {"DATABASE_URL": "postgresql+psycopg://db/x", "INSTANCE_PATH": Path()}, now=NOW)


def test_people_are_the_same_for_the_program(house: Flask, tmp_path: Path) -> None:
    with unit_of_work():
        make.person("Ada", email="ada@post.test")
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)

    restore(tmp_path / "a.tar.gz", house)

    assert [person.name for person in db.session.scalars(db.select(Person))] == ["Ada"]


def _link_to(person: Person, purpose: str) -> str:
    return accounts.new_link(person, purpose, now=clock.now(), minutes=600)[1]


def _sign_up(name: str) -> Registration:
    someone = registrations.Attendee(name=name, email=f"{name.lower()}@example.org")
    activity = make.activity(starts="2090-04-08 09:00", ends="2090-04-08 12:00")
    return make.signed_up(activity.id, someone, now=clock.now())


def test_a_restore_makes_links_to_accounts_void_and_keeps_those_to_registrations(house: Flask, tmp_path: Path) -> None:
    with unit_of_work():
        olaf = make.organiser()
        before = {purpose: _link_to(olaf, purpose) for purpose in ("login", "set_password")}
        invited = clusters.invite(make.cluster(), "eva@example.org", by=None, now=clock.now())
        invitation, number = clusters.token_of(invited), invited.id
        kept = registrations.token_of(_sign_up("Kea"))
        make.person("Gone")
        db.session.add(
            LoginSession(
                secret_hash="s", person_id=olaf.id, created_at=clock.now(), seen_at=clock.now(),
                ends_at=clock.now() + timedelta(hours=9),
            )
        )  # fmt: skip
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    with unit_of_work():
        after = {purpose: _link_to(olaf, purpose) for purpose in ("login", "set_password")}
        later_invitation = clusters.token_of(
            clusters.invite(make.cluster(), "ida@example.org", by=None, now=clock.now())
        )
        lost = _sign_up("Lea")
        lost_number, lost_token = lost.id, registrations.token_of(lost)
        numbered = (Person, OneTimeLink, Invitation)
        highest = {model: db.session.scalar(select(db.func.max(model.id))) for model in numbered}
    db.session.remove()
    db.engine.dispose()

    told = Installation(house.config["INSTANCE_PATH"]).run("backup", "restore", str(tmp_path / "a.tar.gz"))

    assert "Everybody is logged out" in told
    now = clock.now()
    client = house.test_client()
    for tokens in (before, after):
        assert client.get(f"/de/login/link/{tokens['login']}").status_code == 404
        assert client.get(f"/de/login/password/{tokens['set_password']}").status_code == 404
        for purpose, token in tokens.items():
            with pytest.raises(Refusal), unit_of_work():
                accounts.use_link(token, purpose, is_loopback=True, now=now)
    for token in (invitation, later_invitation):
        assert found_clusters.usable_invitation(token, now=now) is None
        assert client.get(f"/de/invitation/{token}").status_code == 404
    assert client.get(f"/de/registration/{kept}").status_code == 200
    assert client.get(f"/de/registration/{lost_token}").status_code == 404
    assert db.session.scalars(select(LoginSession.ended_at)).all() != [None]

    # What was given since the backup is not given again, and if it were, the link would be another.
    with unit_of_work():
        new = _sign_up("Mia")
        assert new.id > lost_number
        assert make.person("Neu").id > highest[Person]
        assert accounts.new_link(make.person("Neu2"), "login", now=now, minutes=9)[0].id > highest[OneTimeLink]
        again = clusters.invite(make.cluster(), "ida@example.org", by=None, now=now)
        assert again.id > highest[Invitation]
        # The void one is sent again, and then it works.
        void = db.session.get_one(Invitation, number)
        clusters.send_again(void, by=None, now=now)
        assert found_clusters.usable_invitation(clusters.token_of(void), now=now) is void
    assert found_registrations.by_token(lost_token, now=clock.now()) is None


def test_a_second_restore_loses_nothing_that_the_first_one_has_put_aside(house: Flask, tmp_path: Path) -> None:
    instance: Path = house.config["INSTANCE_PATH"]
    backup.create(tmp_path / "a.tar.gz", house.config, now=NOW)
    key = (instance / "link.key").read_text()
    for n in ("one", "two"):
        with unit_of_work():
            make.person(n)
        (instance / "link.key").write_text(n)
        (instance / "legal" / "imprint.de.md").write_text(n)
        restore(tmp_path / "a.tar.gz", house)

    aside = sorted(path.name for path in instance.glob("*.before-restore*"))
    assert aside == sorted(
        f"{name}.before-restore{number}" for name in ("clusterweek.db", "legal", "link.key") for number in ("", ".2")
    )
    assert (instance / "link.key").read_text() == key
    assert (instance / "link.key.before-restore").read_text() == "one"
    assert (instance / "legal.before-restore.2" / "imprint.de.md").read_text() == "two"
    assert any("two" in row for row in rows(instance / "clusterweek.db.before-restore.2")["people"])


def test_what_was_put_aside_goes_after_thirty_days_and_backups_that_somebody_made_stay(
    house: Flask, tmp_path: Path
) -> None:
    instance: Path = house.config["INSTANCE_PATH"]
    made = backup.create_before("downgrade", house.config, now=NOW)
    kept = instance / "backups" / "mine.tar.gz"
    backup.create(kept, house.config, now=NOW)
    with unit_of_work():
        make.person("Sven")
    (instance / "legal" / "imprint.de.md").write_text("anders")
    os.utime(database(house), (0, 0))  # an old file is kept from the day on which it was put aside
    restore(kept, house)
    for path in (made, kept):
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    there = sorted(instance.glob("*.before-restore"))
    assert len(there) == 2

    backup.forget_old(instance, database(house), now=NOW + timedelta(days=29))
    assert sorted(instance.glob("*.before-restore")) == there
    assert made.exists()
    backup.forget_old(instance, database(house), now=NOW + timedelta(days=31))

    assert list(instance.glob("*.before-restore")) == []
    assert [path.name for path in (instance / "backups").iterdir()] == ["mine.tar.gz"]
    assert database(house).exists()


@pytest.mark.postgres
def test_after_pg_restore_a_command_does_the_same(tmp_path: Path) -> None:
    app = build_app(tmp_path / "house", DATABASE_URL=postgres_url("restored"))
    with app.app_context():
        with unit_of_work():
            olaf = make.organiser()
            login = _link_to(olaf, "login")
            invitation = clusters.token_of(clusters.invite(make.cluster(), "e@example.org", by=None, now=clock.now()))
            kept = _sign_up("Kea")
            number, token = kept.id, registrations.token_of(kept)
        house = Installation(tmp_path / "house", DATABASE_URL=str(app.config["DATABASE_URL"]))

        assert "Everybody is logged out" in house.run("backup", "restored")

        client = app.test_client()
        assert client.get(f"/de/login/link/{login}").status_code == 404
        assert client.get(f"/de/invitation/{invitation}").status_code == 404
        assert client.get(f"/de/registration/{token}").status_code == 200
        with unit_of_work():
            assert _sign_up("Lea").id > number + 500
