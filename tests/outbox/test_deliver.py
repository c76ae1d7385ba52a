"""Delivering: what becomes of letters that leave, cannot be written, are refused or not wanted any more."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import language
from clusterweek.outbox import post
from clusterweek.outbox.deliver import LEASE, Deliverer
from clusterweek.outbox.envelope import UnfitMail
from clusterweek.outbox.letter import Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.outbox.offices import Closed, NotNow, Rejected
from tests.conftest import Clock

SECRET = "ada@example.org"


class Counter:
    """A post office that takes everything but what `troubles` says, by addressee; it notes whom it served."""

    def __init__(self, **troubles: Exception) -> None:
        self.troubles = troubles
        self.taken: list[str] = []
        self.message_ids: list[str] = []
        self.before: Callable[[], None] = lambda: None

    def send(self, mail: Mail, *, message_id: str, due_at: datetime, now: datetime) -> str:
        self.before()
        self.message_ids.append(message_id)
        if trouble := self.troubles.get(mail.to):
            raise trouble
        self.taken.append(mail.to)
        return "counted"

    def check(self) -> str:
        return "counts"

    def close(self) -> None:
        pass


def render(letter: Letter, _now: datetime) -> Mail:
    if letter.ids["to"] == "broken":
        raise KeyError(SECRET)
    return Mail(letter.ids["to"], f"Hello in {language()}", "Text", "<p>Page</p>")


KINDS = {"greeting": Kind("Greeting", lambda letter, now: letter.ids["to"] != "unwanted", render)}


def queue(*names: str, priority: int = post.NEWS, lang: str = "de") -> None:
    with unit_of_work():
        for name in names:
            post.queue("greeting", key=f"greeting:{name}", language=lang, now=clock.now(), priority=priority, to=name)


def deliverer(office: Counter, **given: object) -> Deliverer:
    given.setdefault("steady_clock", lambda: clock.now().timestamp())
    return Deliverer(KINDS, office, wall_clock=lambda: clock.now(), **given)  # type: ignore[arg-type]


def letter(name: str) -> Letter:
    db.session.expire_all()
    return db.session.scalars(select(Letter).where(Letter.key == f"greeting:{name}")).one()


def test_letters_leave_once_those_that_somebody_waits_for_first() -> None:
    office = Counter()
    queue("reminder", priority=post.REMINDER)
    queue("news")
    queue("login", priority=post.NOW)

    first = deliverer(office).deliver(now=clock.now())
    second = deliverer(office).deliver(now=clock.now())

    assert office.taken == ["login", "news", "reminder"]
    assert (dict(first), dict(second)) == ({"sent": 3}, {})
    assert (letter("news").state, letter("news").sent_at, letter("news").attempts) == ("sent", clock.now(), 1)


def test_a_letter_is_written_in_its_own_language(at: Clock) -> None:
    written = []
    spoken = lambda letter, now: written.append(language()) or render(letter, now)  # type: ignore[func-returns-value]  # noqa: E731
    kinds = {"greeting": Kind("Greeting", lambda letter, now: True, spoken)}
    queue("a", lang="en")
    queue("b", lang="de")

    Deliverer(kinds, Counter(), wall_clock=lambda: clock.now()).deliver(now=clock.now())

    assert written == ["en", "de"]


def test_a_letter_leaves_when_it_is_due_and_not_before(at: Clock) -> None:
    office = Counter()
    with unit_of_work():
        post.queue(
            "greeting",
            key="greeting:a",
            language="de",
            now=clock.now(),
            due_at=clock.now() + timedelta(hours=1),
            to="a",
        )

    assert not deliverer(office).deliver(now=clock.now())
    assert deliverer(office).deliver(now=clock.now() + timedelta(hours=1)) == {"sent": 1}


def test_a_letter_that_is_not_wanted_any_more_is_withdrawn() -> None:
    office = Counter()
    queue("unwanted", "wanted")

    deliverer(office).deliver(now=clock.now())

    assert office.taken == ["wanted"]
    assert letter("unwanted").state == "withdrawn"


def test_a_letter_that_cannot_be_written_fails_without_its_secrets_and_the_others_go_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    office = Counter()
    queue("broken", "fine")

    counts = deliverer(office).deliver(now=clock.now())

    assert dict(counts) == {"failed": 1, "sent": 1}
    assert "(greeting) cannot be written: KeyError" in caplog.text
    assert "test_deliver.py" in caplog.text
    assert SECRET not in caplog.text
    assert (letter("broken").state, letter("broken").error) == ("failed", "cannot be written: KeyError")


def test_an_unknown_kind_fails_alone(caplog: pytest.LogCaptureFixture) -> None:
    with unit_of_work():
        post.queue("unheard-of", key="x", language="de", now=clock.now())

    with caplog.at_level(logging.CRITICAL, "clusterweek"):
        assert deliverer(Counter()).deliver(now=clock.now()) == {"failed": 1}


@pytest.mark.parametrize("trouble", [Rejected("550 no such mailbox"), UnfitMail("a line break in Subject")])
def test_a_letter_that_is_refused_for_good_fails_at_once(trouble: Exception) -> None:
    queue("a", "b")

    counts = deliverer(Counter(a=trouble)).deliver(now=clock.now())

    assert dict(counts) == {"failed": 1, "sent": 1}
    assert (letter("a").state, letter("a").error, letter("a").attempts) == ("failed", str(trouble), 1)


def test_a_letter_that_is_put_off_is_tried_eight_times_at_growing_distance(at: Clock) -> None:
    office = Counter(a=NotNow("451 try later"))
    queue("a")
    waits = []

    for _ in range(8):
        deliverer(office).deliver(now=clock.now())
        waits.append((letter("a").due_at - clock.now()).total_seconds() / 60)
        at(letter("a").due_at if letter("a").state == "queued" else clock.now())

    assert [round(w / 2**n) for n, w in enumerate(waits[:7])] == [1] * 7
    assert all(0.8 <= w / 2**n <= 1.2 for n, w in enumerate(waits[:7]))
    assert (letter("a").state, letter("a").attempts, letter("a").error) == ("failed", 8, "451 try later")
    assert len(set(office.message_ids)) == 1


def test_a_closed_office_costs_no_letter_a_try_and_is_asked_again_after_a_pause(
    at: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    office = Counter(b=Closed("connection refused"))
    queue("a", "b", "c")
    one = deliverer(office)

    with caplog.at_level(logging.CRITICAL, "clusterweek"):
        assert dict(one.deliver(now=clock.now())) == {"sent": 1, "paused": 1}
        assert dict(one.deliver(now=clock.now())) == {"paused": 1}
    office.troubles.clear()
    at(clock.now() + timedelta(seconds=30))
    assert dict(one.deliver(now=clock.now())) == {"sent": 2}

    assert office.taken == ["a", "b", "c"]
    assert (letter("b").attempts, letter("b").error) == (1, None)


def test_a_second_deliverer_takes_none_of_what_the_first_has_leased() -> None:
    first, second = Counter(), Counter()
    queue("a", "b")
    first.before = lambda: deliverer(second).deliver(now=clock.now()) and None

    deliverer(first).deliver(now=clock.now())

    assert (first.taken, second.taken) == (["a", "b"], [])


def test_a_lease_that_has_run_out_is_due_again_with_the_same_message_id(at: Clock) -> None:
    office = Counter(a=KeyboardInterrupt())  # type: ignore[arg-type]
    queue("a")
    with unit_of_work():
        letter("a").leased_by, letter("a").leased_until = "somebody who died", clock.now() + LEASE

    assert not deliverer(office).deliver(now=clock.now())
    office.troubles.clear()
    at(clock.now() + LEASE)

    assert deliverer(office).deliver(now=clock.now()) == {"sent": 1}
    assert office.message_ids == [letter("a").message_id]


def test_a_pause_ends_though_the_clock_was_set_back(at: Clock) -> None:
    office, steady = Counter(a=Closed("connection refused")), [1000.0]
    queue("a")
    one = deliverer(office, steady_clock=lambda: steady[0])
    assert one.deliver(now=clock.now()) == {"paused": 1}
    office.troubles.clear()
    at(clock.now() - timedelta(hours=3))
    assert one.deliver(now=clock.now()) == {"paused": 1}
    at(clock.now() + timedelta(hours=3))
    steady[0] += 30

    assert one.deliver(now=clock.now()) == {"sent": 1}


@pytest.mark.parametrize(
    ("back", "is_taken"),
    [(timedelta(0), False), (timedelta(seconds=30), False), (timedelta(hours=1), True), (timedelta(days=400), True)],
)
def test_a_lease_from_the_future_is_nobodys(at: Clock, back: timedelta, is_taken: bool) -> None:
    office = Counter()
    queue("a", priority=post.NOW)
    with unit_of_work():
        letter("a").leased_by, letter("a").leased_until = "somebody who died", clock.now() + LEASE
    at(clock.now() - back)

    assert deliverer(office).deliver(now=clock.now())["sent"] == is_taken


@pytest.mark.parametrize(
    ("priority", "due_in", "is_sent"),
    [
        (post.NOW, timedelta(0), True),
        (post.NOW, timedelta(minutes=5), False),  # meant for later
        (post.NEWS, timedelta(0), False),  # `reminders plan --now` plays time forward: its letters wait for their time
        (post.REMINDER, timedelta(0), False),
    ],
)
def test_a_letter_somebody_waits_for_leaves_though_the_clock_was_set_back(
    at: Clock, priority: int, due_in: timedelta, is_sent: bool
) -> None:
    office, now = Counter(), clock.now()
    with unit_of_work():
        post.queue("greeting", key="greeting:a", language="de", now=now, due_at=now + due_in, priority=priority, to="a")
    at(now - timedelta(hours=2))

    assert deliverer(office).deliver(now=clock.now())["sent"] == is_sent


def test_told_to_stop_it_finishes_the_mail_and_gives_the_rest_back() -> None:
    office = Counter()
    queue("a", "b", "c")

    counts = deliverer(office, is_stopped=lambda: bool(office.taken)).deliver(now=clock.now())

    assert dict(counts) == {"sent": 1}
    assert (letter("a").state, letter("b").state, letter("b").leased_by) == ("sent", "queued", None)


def test_at_most_as_many_as_asked_for() -> None:
    office = Counter()
    queue("a", "b", "c")

    assert deliverer(office).deliver(now=clock.now(), limit=2) == {"sent": 2}
    assert office.taken == ["a", "b"]
