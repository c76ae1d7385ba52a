"""Every form is sent whatever can be typed and whatever cannot: no crash, and nothing that was typed is lost."""

import pytest
from hypothesis import given, strategies as st

from tests.fuzz import answers, world
from tests.fuzz.bodies import bodies
from tests.fuzz.examples import EXAMPLES, examples
from tests.fuzz.world import World

TARGETS = sorted({rule.endpoint for rule in world.rules_with(world.bare_app(), "POST")})


def test_every_address_that_takes_a_form_is_reached_from_a_page(filled_world: World) -> None:
    """A new form is sent bodies without anybody thinking of it; if no page shows it here, `world.py` lacks the case."""
    taking = {rule.endpoint for rule in world.rules_with(filled_world.app, "POST")}

    assert sorted(taking - filled_world.forms.keys()) == []
    assert sorted(taking) == TARGETS


@pytest.mark.parametrize("endpoint", TARGETS)
def test_a_form_takes_whatever_is_sent(filled_world: World, endpoint: str) -> None:
    forms = filled_world.forms[endpoint]
    tried = 0

    @examples(EXAMPLES)
    @given(st.data())
    def send(data: st.DataObject) -> None:
        nonlocal tried
        tried += 1
        sent = data.draw(st.sampled_from(forms), label="form")
        body = data.draw(bodies(sent.form), label="body")
        with filled_world.for_once():
            assert answers.problems(filled_world, sent, body) == []

    send()
    assert tried >= EXAMPLES or not any(one.form.fields for one in forms)
