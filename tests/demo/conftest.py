"""The demo of 200, loaded once for the tests that only look at it."""

from collections.abc import Iterator

import pytest
from flask import Flask

from clusterweek.db.session import db as database, unit_of_work
from clusterweek.demo import actions
from tests.conftest import build_app


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An application with nothing in its database but the demo."""
    app = build_app(tmp_path_factory.mktemp("demo"))
    with app.app_context():
        with unit_of_work():
            actions.load(now=actions.TODAY)
        database.session.remove()
    return app


@pytest.fixture
def week(loaded: Flask, db: object) -> Iterator[Flask]:
    """Inside that application; `db.session` reads its database."""
    with loaded.app_context():
        yield loaded
        database.session.remove()
