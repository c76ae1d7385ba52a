"""What every address refuses, and what never reaches a log."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from clusterweek.db.session import db
from tests.conftest import build_app
from tests.postgres import postgres_url


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/de/%00/", 404),
        ("/de/clusters/%00", 404),
        ("/de/archive/%00", 404),
        ("/feeds/%00.ics", 404),
        ("/feeds/all.ics?q=%00", 400),
    ],
)
def test_postgresql_is_never_asked_for_a_nul(tmp_path: Path, path: str, status: int) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("nul"))
    with app.app_context():
        db.create_all()
        answer = app.test_client().get(path)
        db.session.remove()
        db.engine.dispose()

    assert answer.status_code == status


def test_a_failed_statement_does_not_say_what_people_have_typed() -> None:
    with pytest.raises(DBAPIError) as failed:
        db.session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Ada Lovelace"})

    assert "nowhere" in str(failed.value)
    assert "Ada" not in str(failed.value)
