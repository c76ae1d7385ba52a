"""Nobody can tell from outside whether an address has an account: the same answers, the same questions to the database,
and as long."""

import re
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from clusterweek.accounts import passwords
from clusterweek.db.session import db, unit_of_work
from tests import apart, make
from tests.browse import checked
from tests.conftest import build_app
from tests.statements import Statements

DOORS = {"login": "/en/login", "login link": "/en/login/link", "forgotten": "/en/login/forgotten"}
# Each request of a test runs inside one of these; their names differ.
SAVEPOINT = re.compile(r"(RELEASE |ROLLBACK TO )?SAVEPOINT")


def ask(client: Any, door: str, email: str, number: int = 0) -> Any:
    """At one of the doors, each time from another network."""
    sent = {"email": email, "password": "a wrong password"}
    network = f"10.{number // 60_000}.{number // 240 % 250}.{number % 240}"
    return client.post(DOORS[door], data=sent, environ_overrides={"REMOTE_ADDR": network})


@pytest.mark.parametrize("door", DOORS)
def test_the_same_is_asked_and_written_for_every_address(client: Any, door: str) -> None:
    kept = passwords.hashed("Licht im Mai 2027")
    make.organiser("Olaf", email="olaf@amt.example", password_hash=kept)
    make.member(make.cluster(), "Clara", email="clara@amt.example", password_hash=kept, language="en")
    make.person("Nora", email="nora@amt.example")  # has no password, logs in by links
    make.person("Sven", email="sven@amt.example", password_hash=kept, is_active=False)
    make.person("Dora", email="dora@amt.example", password_hash=kept, is_demo=True)
    said, told = [], []
    ask(client, door, "warm@amt.example", 99)  # what a process does once is done

    for number, name in enumerate(("olaf", "clara", "nora", "sven", "dora", "nobody", "keiner")):
        email = f"{name}@amt.example"
        with Statements() as statements:
            answer = ask(client, door, email, number)
        said.append([one for one in statements.all if not SAVEPOINT.match(one)])
        text = checked(answer, status=422 if door == "login" else 200).text
        told.append((answer.status_code, text.replace(email, ""), sorted(answer.headers.keys())))

    assert said == [said[0]] * len(said)
    assert told == [told[0]] * len(told)
    assert len(said[0]) > 4


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_no_door_takes_longer_for_an_address_that_is_known(
    tmp_path: Path, door: str, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """200 interleaved pairs. Even of two alike a measurement fails by chance, one in twenty; three in a row do not.
    A password is checked a thousand times faster here, so that what else differs is not lost beside it."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    request.addfinalizer(passwords._nobodys.cache_clear)
    app = build_app(tmp_path)
    with app.app_context():
        with unit_of_work():
            kept = passwords.hashed("Licht im Mai 2027")
            for number in range(apart.PAIRS):
                make.person(f"P{number}", email=f"known{number}@amt.example", password_hash=kept)
        db.session.remove()
    client = app.test_client()
    turn = count()

    def asks(email: str) -> Callable[[], Any]:
        return lambda: ask(client, door, email, next(turn))

    for number in range(5):  # what a process does once is done
        asks(f"warm{number}@amt.example")()
    found = []
    for _ in range(3):
        pairs = [(asks(f"known{n}@amt.example"), asks(f"other{n}@amt.example")) for n in range(apart.PAIRS)]
        difference, chance = apart.difference(*apart.timed(pairs))
        found.append(f"{difference * 1e3:.3f} ms, by chance {chance * 1e3:.3f} ms")
        print(door, found[-1])
        if difference <= chance:
            break
    else:
        pytest.fail("; ".join(found))
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
