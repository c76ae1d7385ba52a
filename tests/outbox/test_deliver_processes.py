"""Real deliverers, a real SMTP server, both databases: nothing is lost, whatever is killed."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select, update

from clusterweek.accounts.models import Person
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox import post
from clusterweek.outbox.deliver import NOTED_AT_ONCE
from clusterweek.outbox.models import Letter
from tests.conftest import build_app
from tests.processes import Installation, on_both_databases
from tests.smtp import Inbox, smtp_server

pytestmark = pytest.mark.slow
KILLS = 3
Settings = Callable[[], dict[str, str]]


class House:
    """An installation with people who are each to get one letter, and the processes that deliver them."""

    def __init__(self, folder: Path, settings: dict[str, str], mail_url: str) -> None:
        self.app = build_app(folder, **settings)
        self.installation = Installation(folder, MAIL_URL=mail_url, MAIL_FROM="woche@post.test", **settings)

    def post(self, addresses: list[str]) -> None:
        now = datetime.now(UTC)
        with self.app.app_context(), unit_of_work():
            people = [
                Person(email=a, email_normalised=a, name=f"Person {n}", created_at=now) for n, a in enumerate(addresses)
            ]
            db.session.add_all(people)
            db.session.flush()
            post.queue_all(
                [post.Order("password_changed", f"news:{p.id}", "de", {"person_id": p.id}) for p in people],
                now=now - timedelta(seconds=1),
            )

    def let_leases_run_out(self) -> None:
        """As if two minutes had passed."""
        with self.app.app_context(), unit_of_work():
            db.session.execute(update(Letter).values(leased_until=datetime.now(UTC) - timedelta(seconds=1)))

    def letters(self) -> list[Letter]:
        with self.app.app_context():
            return list(db.session.scalars(select(Letter).order_by(Letter.id)))

    def states(self) -> Counter[str]:
        return Counter(letter.state for letter in self.letters())


def wait_for(inbox: Inbox, count: int) -> None:
    deadline = time.monotonic() + 60  # starting a process takes long on a machine that does other things
    while len(inbox.raw) < count:
        assert time.monotonic() < deadline, f"only {len(inbox.raw)} of {count} mails came"
        time.sleep(0.002)


@on_both_databases("killed")
def test_killed_in_the_middle_nothing_is_lost_and_what_comes_twice_can_be_told(
    tmp_path: Path, database: Settings
) -> None:
    addresses = [f"ada{n}@post.test" for n in range(300)]
    with smtp_server() as (inbox, url):
        house = House(tmp_path, database(), url)
        house.post(addresses)
        for kill in range(1, KILLS + 1):
            deliverer = house.installation.start("outbox", "deliver")
            wait_for(inbox, len(inbox.raw) + 47 + 13 * kill)
            deliverer.send_signal(signal.SIGKILL)
            deliverer.wait()
            house.let_leases_run_out()
        house.installation.run("outbox", "deliver")

    assert set(inbox.addressees) == set(addresses)
    assert house.states() == {"sent": 300}
    assert len(inbox.raw) - 300 <= KILLS * NOTED_AT_ONCE
    ids = {(address, message_from_bytes(raw)["Message-ID"]) for address, raw in inbox.raw}
    assert len(ids) == 300


@on_both_databases("several")
def test_several_deliverers_at_once_send_each_letter_once(tmp_path: Path, database: Settings) -> None:
    addresses = [f"ada{n}@post.test" for n in range(400)]
    with smtp_server() as (inbox, url):
        house = House(tmp_path, database(), url)
        house.post(addresses)
        deliverers = [house.installation.start("outbox", "deliver") for _ in range(3)]
        assert [deliverer.wait(60) for deliverer in deliverers] == [0, 0, 0]

    assert sorted(inbox.addressees) == sorted(addresses)
    assert house.states() == {"sent": 400}
    assert inbox.connections >= 2


@on_both_databases("faults")
def test_a_difficult_server_costs_retries_and_only_the_impossible_fails(tmp_path: Path, database: Settings) -> None:
    fine = [f"ada{n}@post.test" for n in range(60)]
    difficult = [*(f"busy2.{n}@post.test" for n in range(8)), *(f"cut.{n}@post.test" for n in range(4))]
    impossible = [f"gone.{n}@post.test" for n in range(5)]
    with smtp_server() as (inbox, url):
        house = House(tmp_path, database(), url)
        house.post(fine + difficult + impossible)
        first = house.installation.run("outbox", "deliver")
        for minutes in (2, 5):
            house.installation.run(
                "outbox", "deliver", "--now", (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()
            )

    assert first.splitlines()[-1] == "60 sent, 12 put off, 5 failed, 0 not wanted"
    assert Counter(inbox.addressees) == Counter(fine + difficult) + Counter(a for a in difficult if a.startswith("cut"))
    assert house.states() == {"sent": 72, "failed": 5}
    assert {letter.error for letter in house.letters() if letter.state == "failed"} == {
        "RCPT: 550 5.1.1 (address): no such mailbox"
    }


@pytest.mark.parametrize("command", [("worker",), ("outbox", "deliver")])
@on_both_databases("stopped")
def test_told_to_stop_it_gives_back_what_it_has_not_sent(
    tmp_path: Path, database: Settings, command: tuple[str, ...]
) -> None:
    with smtp_server() as (inbox, url):
        house = House(tmp_path, database(), url)
        house.post([f"ada{n}@post.test" for n in range(300)])
        worker = house.installation.start(*command)
        wait_for(inbox, 30)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(10) == 0
        arrived = len(inbox.raw)

    assert house.states() == {"sent": arrived, "queued": 300 - arrived}
    assert not [letter for letter in house.letters() if letter.leased_by]


def test_without_a_server_nothing_fails_and_the_operator_is_told(tmp_path: Path) -> None:
    with smtp_server() as (_inbox, url):
        pass
    house = House(tmp_path, {}, url)
    house.post(["ada@post.test"])

    told = house.installation.run("outbox", "deliver", code=1)

    assert "No mail can leave at the moment" in told
    assert house.states() == {"queued": 1}
    assert house.letters()[0].attempts == 0
