"""Posting letters: once per occasion, inside the transaction of what happened."""

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import String, literal, select, update

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from clusterweek.vocabulary.models import Land


def queue(key: str = "greeting:1", **given: object) -> None:
    with unit_of_work():
        post.queue("greeting", key=key, language="de", now=clock.now(), **given)  # type: ignore[arg-type]


def stored() -> list[tuple[str, str]]:
    db.session.expire_all()
    return [(letter.key, letter.state) for letter in db.session.scalars(select(Letter).order_by(Letter.id))]


def set_state(key: str, state: str) -> None:
    with unit_of_work():
        letter = db.session.scalars(select(Letter).where(Letter.key == key)).one()
        letter.state, letter.sent_at = state, clock.now() if state == "sent" else None


def test_the_same_occasion_makes_one_letter() -> None:
    queue()
    queue()

    assert stored() == [("greeting:1", "queued")]


def test_a_transaction_that_fails_posts_nothing() -> None:
    with contextlib.suppress(ZeroDivisionError), unit_of_work():
        post.queue("greeting", key="greeting:1", language="de", now=clock.now())
        raise ZeroDivisionError

    assert stored() == []


def test_a_withdrawn_letter_is_posted_again_with_what_is_said_now() -> None:
    later = clock.now() + timedelta(days=1)
    queue(person_id=1)
    set_state("greeting:1", "withdrawn")

    queue(person_id=2, due_at=later, priority=post.REMINDER)

    letter = db.session.scalars(select(Letter)).one()
    assert (letter.state, letter.ids, letter.due_at, letter.priority) == ("queued", {"person_id": 2}, later, 9)


def test_a_withdrawn_letter_that_is_posted_again_has_all_its_tries() -> None:
    queue()
    set_state("greeting:1", "withdrawn")
    with unit_of_work():
        db.session.execute(
            update(Letter).values(attempts=7, error="451 try later", leased_by="x", leased_until=clock.now())
        )

    queue()

    db.session.expire_all()
    letter = db.session.scalars(select(Letter)).one()
    assert (letter.attempts, letter.error, letter.leased_by, letter.leased_until) == (0, None, None, None)


@pytest.mark.parametrize("state", ["sent", "failed"])
def test_a_letter_that_has_left_or_failed_stays_as_it_is(state: str) -> None:
    queue()
    set_state("greeting:1", state)

    queue()

    assert stored() == [("greeting:1", state)]


def test_withdrawing_takes_back_a_key_and_everything_below_it() -> None:
    for key in ("reminder:1", "reminder:1:7", "reminder:1:8:9", "reminder:12", "reminder:12:7", "reminder"):
        queue(key)
    set_state("reminder:1:8:9", "sent")

    with unit_of_work():
        post.withdraw("reminder:1")

    assert [key for key, state in stored() if state == "withdrawn"] == ["reminder:1", "reminder:1:7"]


def test_a_prefix_withdraws_only_what_is_below_it() -> None:
    for key in ("hold:1", "hold:1:a", "hold_1:a", "hold%:a"):
        queue(key)

    with unit_of_work():
        post.withdraw("hold:1:")

    assert [key for key, state in stored() if state == "withdrawn"] == ["hold:1:a"]


def test_withdrawing_by_name_takes_back_exactly_these_and_none_that_has_left() -> None:
    for key in ("nudge:1:0", "nudge:1:1", "nudge:1:2", "nudge:1:10"):
        queue(key)
    set_state("nudge:1:0", "sent")
    set_state("nudge:1:2", "failed")

    with unit_of_work():
        post.withdraw_these(["nudge:1:0", "nudge:1:1", "nudge:1:2"])

    assert stored() == [
        ("nudge:1:0", "sent"),
        ("nudge:1:1", "withdrawn"),
        ("nudge:1:2", "failed"),
        ("nudge:1:10", "queued"),
    ]


def test_many_letters_are_posted_in_few_statements_each_once() -> None:
    orders = [post.Order("greeting", f"greeting:{n % 1100}", "en", {"person_id": n}) for n in range(1200)]

    with unit_of_work():
        post.queue_all(orders, now=clock.now())
        post.queue_all(orders, now=clock.now())

    assert len(stored()) == 1100


def test_every_letter_has_a_message_id_of_its_own_at_the_sender() -> None:
    queue("greeting:1")
    queue("greeting:2")

    ids = set(db.session.scalars(select(Letter.message_id)))
    assert len(ids) == 2
    assert all(i.startswith("<") and i.endswith("@localhost.localdomain>") for i in ids)


def test_letters_chosen_by_the_database_are_counted_and_posted_once() -> None:
    def post_chosen() -> int:
        key = literal("greeting:", String) + Land.code
        chosen = select(key.label("key"), literal("de").label("language"), literal('{"a": 1}').label("ids"))
        with unit_of_work():
            return post.queue_chosen("greeting", chosen, now=clock.now())

    assert (post_chosen(), post_chosen()) == (16, 0)
    with unit_of_work():
        post.withdraw("greeting:DE-BY")
    assert post_chosen() == 1
    assert {letter.ids["a"] for letter in db.session.scalars(select(Letter))} == {1}


def test_an_urgent_letter_that_meets_an_old_key_is_not_lost_in_silence(caplog: pytest.LogCaptureFixture) -> None:
    """A number that was given again used to meet the key of the letter that its first owner had got."""

    def ask(key: str, priority: int) -> bool:
        with unit_of_work():
            return post.queue("greeting", key=key, language="de", now=clock.now(), priority=priority)

    assert ask("greeting:1", post.NOW)
    for state in ("queued", "sent", "failed", "taken_back"):
        set_state("greeting:1", state)
        caplog.clear()
        assert not ask("greeting:1", post.NOW)
        assert "its key greeting:1 is there already" in caplog.text
    set_state("greeting:1", "withdrawn")
    caplog.clear()
    assert ask("greeting:1", post.NOW)
    assert ask("greeting:2", post.NEWS)
    assert not ask("greeting:2", post.NEWS)  # news asked for twice is nothing to speak of
    assert caplog.text == ""


def test_many_letters_tell_which_were_not_written() -> None:
    queue("greeting:1")

    with unit_of_work():
        met = post.queue_all([post.Order("greeting", f"greeting:{n}", "de") for n in range(3)], now=clock.now())

    assert met == {"greeting:1"}


def test_no_message_id_is_ever_used_for_another_letter() -> None:
    """After a restore the same key may be another letter: mail servers would throw it away as the one they know."""
    seen = set()
    for _round in range(3):
        key = literal("greeting:", String) + Land.code
        chosen = select(key.label("key"), literal("de").label("language"), literal('{"a": 1}').label("ids"))
        with unit_of_work():
            post.queue_chosen("greeting", chosen, now=clock.now())
            post.queue("greeting", key="greeting:one", language="de", now=clock.now())
        found = list(db.session.scalars(select(Letter.message_id)))
        assert len(found) == 17
        assert not seen & set(found)
        seen |= set(found)
        with unit_of_work():
            db.session.execute(db.text("DELETE FROM letters"))


def test_a_letter_that_is_posted_again_is_another_message() -> None:
    queue()
    first = db.session.scalar(select(Letter.message_id))
    set_state("greeting:1", "withdrawn")
    queue(person_id=2)
    db.session.expire_all()

    assert db.session.scalar(select(Letter.message_id)) != first
