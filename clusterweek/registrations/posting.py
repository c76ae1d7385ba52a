"""Which letter is posted when something happens to a registration, and under which key."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete

from clusterweek.db.session import db
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from clusterweek.registrations.models import Registration

NUDGE_AFTER = timedelta(hours=24)
BETWEEN_LETTERS = timedelta(minutes=1)  # a double click, or impatience, does not send a second letter
MOST_RESENDS = 3


def answer(
    to: int,
    *,
    language: str,
    resent_count: int,
    asked_at: datetime | None,
    is_confirmed: bool,
    until: datetime | None,
    is_first: bool = False,
    now: datetime,
) -> tuple[int, datetime | None]:
    """Answer a try to sign up or to get a link: the letter with the button "confirm" (and for later a single nudge, if
    there is still time for one), or, when that is done, the link to manage. Only after a minute, and at most three
    times after the first while the address is unconfirmed: it may be a stranger's.

    `to` is the number of a registration; of nobody (0) the same is written, about a letter that is not wanted, so that
    it takes as long. Returns how often a letter was sent again, and when the last one was.
    """
    is_early = asked_at is not None and now - asked_at < BETWEEN_LETTERS
    is_exhausted = not is_confirmed and not is_first and resent_count >= MOST_RESENDS
    is_sent = bool(to) and (is_first or not (is_early or is_exhausted))
    number = resent_count + (is_sent and not is_confirmed and not is_first)
    # The number makes the earlier letters unwanted, should they still lie in the outbox.
    withdraw_nudges(to if is_sent else 0)
    ids = {"registration_id": to, "number": number}
    orders = [_nothing(language), _nothing(language)]
    if is_sent and is_confirmed:
        key = f"manage_link:{to}:{int(now.timestamp())}"
        orders[0] = post.Order("manage_link", key, language, {"registration_id": to}, post.NOW)
    elif is_sent:
        orders[0] = post.Order(
            "confirm_request", f"confirm_request:{to}:{number}:{int(now.timestamp())}", language, ids, post.NOW
        )
        # Taken back by its key, so nothing may be in it that is not known then; the numbers are never given twice.
        nudge_at = now + NUDGE_AFTER
        if until and nudge_at < until:
            orders[1] = post.Order("confirm_nudge", f"confirm_nudge:{to}:{number}", language, ids, due_at=nudge_at)
    post.queue_all(orders, now=now)
    return number, now if is_sent else asked_at


def _nothing(language: str) -> post.Order:
    """A letter that nobody gets: the worker finds it unwanted."""
    return post.Order("no_letter", f"no_letter:{secrets.token_hex(12)}", language, {}, post.NOW)


def stop_asking(registration: Registration) -> None:
    """Nobody is asked to confirm it any more."""
    withdraw_nudges(registration.id)


def withdraw_nudges(registration_id: int) -> None:
    """Take back the nudges that wait for their time: they would leave nowhere, but the office counts them."""
    post.withdraw_these([f"confirm_nudge:{registration_id}:{number}" for number in range(MOST_RESENDS + 1)])


def forget_nothing() -> None:
    """Delete the letters that nobody gets, once the worker has seen that: they tell nothing."""
    db.session.execute(
        delete(Letter)
        .where(Letter.kind == "no_letter", Letter.state != "queued")
        .execution_options(synchronize_session=False)
    )


def placed(registration: Registration, *, now: datetime) -> None:
    """The place is theirs: with everything one needs to come, and the calendar entry."""
    _post("place_confirmed", registration, str(int(now.timestamp())), now=now, priority=post.NOW)


def waitlisted(registration: Registration, *, now: datetime) -> None:
    _post("waitlisted", registration, str(int(now.timestamp())), now=now, priority=post.NOW)


def promoted(registrations: list[Registration], *, now: datetime) -> None:
    post.queue_all([_order("promoted", one, str(int(now.timestamp()))) for one in registrations], now=now)


def given_up(registration: Registration, *, now: datetime) -> None:
    _post("given_up", registration, str(int(now.timestamp())), now=now)


def activity_changed(
    kind: str, registrations: list[Registration], *, occasion: str, now: datetime, **ids: int | str
) -> None:
    """One letter to each about what became of the activity."""
    post.queue_all([_order(kind, one, occasion, ids) for one in registrations], now=now)


def _post(kind: str, registration: Registration, occasion: str, *, now: datetime, priority: int = post.NEWS) -> None:
    post.queue_all([_order(kind, registration, occasion, priority=priority)], now=now)


def _order(
    kind: str,
    registration: Registration,
    occasion: str,
    ids: dict[str, int | str] | None = None,
    *,
    priority: int = post.NEWS,
    due_at: datetime | None = None,
) -> post.Order:
    key = f"{kind}:{registration.id}:{occasion}"
    return post.Order(
        kind, key, registration.language, {"registration_id": registration.id, **(ids or {})}, priority, due_at
    )
