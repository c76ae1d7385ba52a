"""One list of verbs, in one tense: whoever looks for one finds all that was done."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import pytest

import clusterweek
from clusterweek.history import record
from clusterweek.history.verbs import INVITATIONS, VERBS

NAMED_BY_STATE = {"published", "changes_requested", "rejected", "cancelled", "postponed"}
NAMED_BY_CONSTANT = {"demo_loaded", "demo_extended"}


def noted() -> set[str]:
    """The verbs that the code notes by name."""
    return {
        node.args[0].value
        for path in Path(clusterweek.__file__).parent.rglob("*.py")
        if "static" not in path.parts
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "record.note"
        and isinstance(node.args[0], ast.Constant)
    }


def test_the_list_holds_what_is_noted_and_nothing_else() -> None:
    assert noted() | NAMED_BY_STATE | NAMED_BY_CONSTANT == VERBS.keys()
    assert set(INVITATIONS) <= VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_tells_what_has_been_done(verb: str) -> None:
    assert any(word.endswith(("ed", "en", "wn", "set", "made")) for word in verb.split("_"))


def test_what_is_no_verb_cannot_be_noted() -> None:
    with pytest.raises(ValueError, match="no verb 'create'"):
        record.note("create", "cluster", 1, now=datetime(2027, 4, 8, tzinfo=UTC), by=None)
