"""Only the office's desk looks with a sight: wherever everybody may look, the filter is asked without one."""

import ast

from tests.house.test_arrows import files, room_of

# The filter itself, who may see what, and the office's pages. A room that shows something to everybody is never here.
WITH_SIGHT = {"activities", "desk", "listing", "organiser"}


def test_no_room_but_the_desks_speaks_of_a_sight() -> None:
    found = {
        room_of(path)
        for path in files()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.keyword) and node.arg in ("sight", "kinds"))
        or (
            isinstance(node, ast.Name | ast.arg) and getattr(node, "id", getattr(node, "arg", "")) in ("sight", "Sight")
        )
        or (isinstance(node, ast.Attribute) and node.attr in ("sight", "Sight"))
    }

    assert "organiser" in found
    assert found - WITH_SIGHT == set()
