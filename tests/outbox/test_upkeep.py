"""What the outbox forgets in the night, and what it never does."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox import post, upkeep
from clusterweek.outbox.models import Letter
from tests.conftest import NOW

OLD = NOW - timedelta(days=31)


def letter(key: str, state: str, **given: object) -> None:
    with unit_of_work():
        post.queue("greeting", key=key, language="de", now=OLD, person_id=1)
        sent_at = OLD if state == "sent" else None
        values = {"state": state, "sent_at": sent_at, "error": "said why", **given}
        db.session.execute(update(Letter).where(Letter.key == key).values(**values))


def what_is_left() -> dict[str, tuple[dict[str, int], str | None]]:
    with unit_of_work():
        upkeep.forget_old(now=NOW)
    db.session.expire_all()
    return {one.key: (one.ids, one.error) for one in db.session.scalars(select(Letter))}


@pytest.mark.parametrize("state", ["sent", "failed", "withdrawn", "taken_back"])
def test_what_a_letter_was_about_is_forgotten_after_a_month_and_that_it_was_there_is_not(state: str) -> None:
    letter("greeting:1", state)

    assert what_is_left() == {"greeting:1": ({}, None)}


def test_a_letter_that_still_waits_keeps_what_it_is_to_say() -> None:
    """After weeks without a mail server: emptied, it could not be written any more."""
    letter("greeting:1", "queued")

    assert what_is_left() == {"greeting:1": ({"person_id": 1}, "said why")}


def test_a_month_is_counted_from_when_it_left() -> None:
    letter("greeting:1", "sent", sent_at=NOW - timedelta(days=29))

    assert what_is_left() == {"greeting:1": ({"person_id": 1}, "said why")}


@pytest.mark.parametrize(("state", "is_gone"), [("withdrawn", True), ("sent", False), ("queued", False)])
def test_of_letters_that_anybody_can_order_only_unwanted_ones_go_altogether(state: str, is_gone: bool) -> None:
    letter("login_link:asked:0123", state)

    assert (what_is_left() == {}) is is_gone
