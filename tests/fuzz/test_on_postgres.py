"""The same on PostgreSQL, which refuses what SQLite takes: NUL, texts over a column's length, numbers out of range."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import given, strategies as st

from tests.fuzz import answers, world
from tests.fuzz.bodies import bodies
from tests.fuzz.examples import EXAMPLES, examples
from tests.fuzz.test_forms import TARGETS
from tests.fuzz.test_looking import KNOWN, NOT_READY, looks
from tests.fuzz.world import LOOK, World

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def app(world_on_postgres: World) -> Flask:
    return world_on_postgres.app


def test_every_form_takes_whatever_is_sent(world_on_postgres: World) -> None:
    """In one test: the installation is made once."""

    @examples(max(EXAMPLES // 10, 1))
    @given(st.data())
    def send(data: st.DataObject) -> None:
        sent = data.draw(st.sampled_from(forms), label="form")
        body = data.draw(bodies(sent.form), label="body")
        with world_on_postgres.for_once():
            assert answers.problems(world_on_postgres, sent, body) == []

    for endpoint in TARGETS:
        forms = world_on_postgres.forms[endpoint]
        send()


def test_every_address_answers_whatever_is_asked(world_on_postgres: World) -> None:
    for rule in world.rules_with(world_on_postgres.app, "GET"):
        audience = getattr(world_on_postgres.app.view_functions[rule.endpoint], "audience", "")
        who, name = LOOK.get(audience, ("nobody",))[0], rule.endpoint

        @examples(max(EXAMPLES // 10, 1))
        @given(st.just(who), st.just(name), looks(world_on_postgres.paths(rule), [rule.rule]))
        def ask(who: str, name: str, look: dict[str, Any]) -> None:
            with world_on_postgres.for_once():
                status = world_on_postgres.browser(who).open(environ_overrides=look).status_code
                assert status in KNOWN or (status == 503 and name in NOT_READY)

        ask()
