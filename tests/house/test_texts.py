"""Every sentence exists in both languages."""

import re
from collections import Counter

import pytest

from tests.house import texts

SAID = texts.said()
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")


@pytest.mark.parametrize("room", sorted(SAID))
def test_every_sentence_has_its_german(room: str) -> None:
    german = texts.translated(room)
    missing = []
    for message in SAID[room]:
        if message.id:
            there = german.get(message.id, message.context)
            if there is None or there.fuzzy or not all(texts._strings(there.string)):
                missing.append(message.id)

    assert missing == [], f"run: python -m tests.house.texts {room}"


@pytest.mark.parametrize("room", sorted(SAID))
def test_no_german_is_left_over(room: str) -> None:
    said = {(message.id, message.context) for message in SAID[room]}

    assert [m.id for m in texts.translated(room) if m.id and (m.id, m.context) not in said] == []


@pytest.mark.parametrize("room", sorted(SAID))
def test_placeholders_are_the_same_in_both_languages(room: str) -> None:
    wrong = []
    for message in texts.translated(room):
        if not message.id:
            continue
        english = texts._strings(message.id)[-1]
        for german in texts._strings(message.string):
            # A plural's "one" may say the number in words.
            if not Counter(PLACEHOLDER.findall(german)) <= Counter(PLACEHOLDER.findall(english)):
                wrong.append(english)
            if not isinstance(message.id, tuple) and set(PLACEHOLDER.findall(german)) != set(
                PLACEHOLDER.findall(english)
            ):
                wrong.append(english)

    assert wrong == []


def test_a_sentence_that_two_rooms_say_has_one_german() -> None:
    germans: dict[object, set[object]] = {}
    for room in SAID:
        for message in texts.translated(room):
            if message.id:
                key = message.id if isinstance(message.id, str) else message.id[0]
                germans.setdefault(key, set()).add(str(message.string))

    assert {key: german for key, german in germans.items() if len(german) > 1} == {}
