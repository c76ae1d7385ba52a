"""Trying letters again and taking them back."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from clusterweek.db.session import db
from clusterweek.outbox import post, second_thoughts
from clusterweek.outbox.models import Letter
from tests.conftest import NOW


def letter(key: str, **values: Any) -> Letter:
    post.queue("login_link", key=key, language="de", now=NOW - timedelta(days=1), link_id=1)
    if values.get("state") == "sent":
        values["sent_at"] = NOW
    found = db.session.scalars(select(Letter).where(Letter.key == key)).one()
    for name, value in values.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def states() -> dict[str, str]:
    return dict(db.session.execute(select(Letter.key, Letter.state)).all())


def test_a_failed_letter_is_tried_again_with_the_same_message_id() -> None:
    failed = letter("a", state="failed", attempts=6, error="the server said no")
    other = letter("b", state="failed")
    before = failed.message_id

    assert second_thoughts.try_again(failed.id, now=NOW) == 1

    db.session.refresh(failed)
    assert (failed.state, failed.attempts, failed.error, failed.due_at) == ("queued", 0, None, NOW)
    assert failed.message_id == before
    assert other.state == "failed"


def test_all_failed_letters_are_tried_again_but_those_that_were_forgotten() -> None:
    letter("a", state="failed")
    letter("b", state="failed", ids={})
    letter("c", state="sent")
    letter("d", state="withdrawn")

    assert second_thoughts.try_again(now=NOW) == 1
    assert states() == {"a": "queued", "b": "failed", "c": "sent", "d": "withdrawn"}


def test_a_letter_that_waits_or_failed_is_taken_back_a_sent_one_is_not() -> None:
    found = [letter("a"), letter("b", state="failed"), letter("c", state="sent")]

    assert [second_thoughts.take_back(one.id) for one in found] == [True, True, False]
    assert states() == {"a": "taken_back", "b": "taken_back", "c": "sent"}


def test_what_was_taken_back_is_not_posted_again_by_itself_what_was_not_wanted_once_is() -> None:
    second_thoughts.take_back(letter("a").id)
    letter("b", state="withdrawn")

    for key in ("a", "b"):
        post.queue("login_link", key=key, language="de", now=NOW, link_id=1)

    assert states() == {"a": "taken_back", "b": "queued"}
