"""Tokens: one for each purpose, number and generation, and no two alike."""

import re

import pytest
from flask import Flask

from clusterweek.web import links

LINK = ("registration", 7, 12)
OTHERS = [
    ("account:login", 7, 12),
    ("registration", 8, 12),
    ("registration", 7, 13),
    ("registration", 71, 2),  # the parts do not run into each other
]


@pytest.mark.parametrize("other", OTHERS)
def test_another_purpose_number_or_generation_is_another_token(other: tuple[str, int, int]) -> None:
    assert links.token(*LINK) == links.token(*LINK)
    assert links.token(*LINK) != links.token(*other)


def test_another_key_makes_other_tokens_and_other_hashes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    token, hashed = links.token(*LINK), links.keyed_hash("ada@example.org")

    monkeypatch.setitem(app.config, "LINK_KEY", "another key of some length")

    assert links.token(*LINK) != token
    assert links.keyed_hash("ada@example.org") != hashed


def test_a_token_needs_no_quoting_and_its_fingerprint_does_not_hold_it() -> None:
    token = links.token(*LINK)

    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert re.fullmatch(r"[0-9a-f]{64}", links.fingerprint(token))


def test_the_first_generation_is_a_matter_of_chance_and_leaves_room_for_more() -> None:
    made = {links.new_generation() for _ in range(50)}

    assert len(made) == 50
    assert 1 <= min(made) <= max(made) <= links.MOST_GENERATIONS


@pytest.mark.parametrize(
    ("token_hash", "is_void"), [("void:7", True), (links.fingerprint("void:7"), False), ("", False), (None, False)]
)
def test_a_link_that_was_made_void_is_told_from_one_that_is_out(token_hash: str | None, is_void: bool) -> None:
    assert links.is_void(token_hash) is is_void
