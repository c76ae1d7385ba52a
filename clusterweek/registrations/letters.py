"""Which letter is posted when something happens to a registration, and under which key."""

from datetime import datetime, timedelta

from clusterweek.outbox import post
from clusterweek.registrations.models import Registration

NUDGE_AFTER = timedelta(hours=24)
BETWEEN_LETTERS = timedelta(minutes=1)  # a double click, or impatience, does not send a second letter
MOST_RESENDS = 3


def ask_to_confirm(registration: Registration, *, now: datetime) -> None:
    """The letter with the button "confirm", and for later a single nudge, if there is still time for one."""
    number = registration.resent_count
    registration.asked_at = now
    if number:
        stop_asking(registration)
    # The number makes the earlier letters unwanted, should they still lie in the outbox.
    occasion = f"{number}:{int(now.timestamp())}"
    orders = [_order("confirm_request", registration, occasion, {"number": number}, priority=post.NOW)]
    nudge_at = now + NUDGE_AFTER
    if registration.hold_until and nudge_at < registration.hold_until:
        # Taken back by its key, so nothing may be in it that is not known then; the numbers are never given twice.
        orders.append(_order("confirm_nudge", registration, f"{number}", {"number": number}, due_at=nudge_at))
    post.queue_all(orders, now=now)


def stop_asking(registration: Registration) -> None:
    """Take back the nudges that wait for their time: they would leave nowhere, but the office counts them."""
    numbers = range(registration.resent_count + 1)
    post.withdraw_these([f"confirm_nudge:{registration.id}:{number}" for number in numbers])


def write_again(registration: Registration, *, now: datetime) -> bool:
    """Send the link once more: the one to confirm, or, when that is done, the one to manage. Only after a minute, and
    at most three times while the address is unconfirmed: it may be a stranger's. False when nothing was posted."""
    if registration.asked_at and now - registration.asked_at < BETWEEN_LETTERS:
        return False
    if registration.confirmed_at is None:
        if registration.resent_count >= MOST_RESENDS:
            return False
        registration.resent_count += 1
        ask_to_confirm(registration, now=now)
    else:
        registration.asked_at = now
        _post("manage_link", registration, str(int(now.timestamp())), now=now, priority=post.NOW)
    return True


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
