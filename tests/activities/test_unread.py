"""What remains of what could not be stored when other values come, from a table for example."""

from typing import Any

import pytest

from clusterweek.activities import unread

NEW = {"id": None, "position": 1, "typed": {"starts_on": "9.4x."}}
MOVED = {"id": 7, "position": 0, "typed": {"starts_time": "neun"}}
TYPED: dict[str, Any] = {
    "names": ["capacity", "registration_deadline", "external_partners", "occurrences"],
    "fields": {
        "capacity": "viele",
        "registration_deadline_time": "mittags",
        "external_partners-0-name": "A|B",
        "external_partners-1-name": "C|D",
    },
    "dates": [MOVED, NEW],
}


def field(name: str) -> dict[str, str]:
    return {typed: value for typed, value in TYPED["fields"].items() if typed.startswith(name)}


@pytest.mark.parametrize(
    ("names", "moved", "left"),
    [
        ([], [], TYPED),
        (["title_de"], [99], TYPED),
        (["capacity"], [], TYPED | {"names": TYPED["names"][1:], "fields": field("reg") | field("ext")}),
        (
            ["registration_deadline"],
            [],
            TYPED | {"names": ["capacity", *TYPED["names"][2:]], "fields": field("cap") | field("ext")},
        ),
        (
            ["external_partners"],
            [],
            TYPED | {"names": [*TYPED["names"][:2], "occurrences"], "fields": field("cap") | field("reg")},
        ),
        ([], [7], TYPED | {"dates": [NEW]}),
        (["capacity", "registration_deadline", "external_partners"], [7], {
            "names": ["occurrences"], "fields": {}, "dates": [NEW],
        }),
    ],
)  # fmt: skip
def test_what_came_anew_is_settled_and_everything_else_waits_on(
    names: list[str], moved: list[int], left: dict[str, Any]
) -> None:
    assert unread.without(TYPED, names, moved) == left


def test_nothing_is_left_when_all_is_settled() -> None:
    one = {"names": ["occurrences"], "fields": {}, "dates": [MOVED]}

    assert unread.without(one, [], [7]) == {}
