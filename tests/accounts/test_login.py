"""Who is logged in, how long, and what ends it."""

from typing import Any

import pytest
from flask_login import current_user
from sqlalchemy import select

from clusterweek.accounts import sessions
from clusterweek.accounts.models import LoginSession
from clusterweek.db.session import db
from tests import make


@pytest.fixture
def who(app: Any) -> Any:
    """Asks, as a page of this browser would, who is logged in."""

    def ask(client: Any) -> str | None:
        db.session.commit()
        cookie = client.get_cookie("session")
        headers = {"Cookie": f"session={cookie.value}"} if cookie else {}
        with app.app_context(), app.test_request_context("/", headers=headers):
            return current_user.name if current_user.is_authenticated else None

    return ask


def test_nobody_is_logged_in_without_a_cookie(client: Any, who: Any) -> None:
    assert who(client) is None


def test_a_login_is_known_until_it_ends(client: Any, who: Any) -> None:
    make.login(client, make.person("Clara"))

    assert who(client) == "Clara"


def test_the_database_holds_no_secret_that_opens_a_session(client: Any) -> None:
    make.login(client, make.person("Clara"))
    with client.session_transaction() as cookie:
        secret = cookie[sessions.COOKIE_KEY]

    row = db.session.scalars(select(LoginSession)).one()

    assert secret not in (row.secret_hash, str(row.id))
    assert len(row.secret_hash) == 64
