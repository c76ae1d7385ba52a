"""Nobody can tell from outside whether an address has an account: the same answers, the same questions to the database
(`tests/bench/apart.py` shows: and as long)."""

import re
from pathlib import Path
from typing import Any

import pytest

from clusterweek.accounts import passwords
from clusterweek.db.session import db, unit_of_work
from tests import make
from tests.apart import ACCOUNT_DOORS, ask_account
from tests.browse import checked
from tests.conftest import build_app
from tests.postgres import postgres_url
from tests.statements import Statements

# Each request of a test runs inside one of these; their names differ.
SAVEPOINT = re.compile(r"(RELEASE |ROLLBACK TO )?SAVEPOINT")


def expect_the_same_for_every_address(client: Any, door: str) -> None:
    """Known in every way, or not at all: the same statements, the same page."""
    said, told = [], []
    ask_account(client, door, "warm@amt.example", 99)  # what a process does once is done

    for number, name in enumerate(("olaf", "clara", "nora", "sven", "dora", "nobody", "keiner")):
        email = f"{name}@amt.example"
        with Statements() as statements:
            answer = ask_account(client, door, email, number)
        said.append([one for one in statements.all if not SAVEPOINT.match(one)])
        text = checked(answer, status=422 if door == "login" else 200).text
        told.append((answer.status_code, text.replace(email, ""), sorted(answer.headers.keys())))

    assert said == [said[0]] * len(said)
    assert told == [told[0]] * len(told)
    assert len(said[0]) > 4


def people() -> None:
    kept = passwords.hashed("Licht im Mai 2027")
    make.organiser("Olaf", email="olaf@amt.example", password_hash=kept)
    make.member(make.cluster(), "Clara", email="clara@amt.example", password_hash=kept, language="en")
    make.person("Nora", email="nora@amt.example")  # has no password, logs in by links
    make.person("Sven", email="sven@amt.example", password_hash=kept, is_active=False)
    make.person("Dora", email="dora@amt.example", password_hash=kept, is_demo=True)


@pytest.mark.parametrize("door", ACCOUNT_DOORS)
def test_the_same_is_asked_and_written_for_every_address(client: Any, door: str) -> None:
    people()

    expect_the_same_for_every_address(client, door)


@pytest.mark.slow
@pytest.mark.postgres
def test_on_postgresql_the_same_is_asked_and_written_for_every_address(tmp_path: Path) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("doors"))
    with app.app_context():
        with unit_of_work():
            people()
        db.session.remove()
        for door in ACCOUNT_DOORS:
            expect_the_same_for_every_address(app.test_client(), door)
        db.session.remove()
        db.engine.dispose()
