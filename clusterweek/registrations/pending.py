"""What a browser knows about the sign-up it has just sent: kept in its own session cookie, for the page that follows.

It holds only what the person has typed and what every address would be told, never whether the address was known.
`reference` is what the registration is recognised by when the address has to be corrected; it opens nothing.
"""

import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from flask import session

from clusterweek.registrations.letters import BETWEEN_LETTERS, MOST_RESENDS

NAME = "sign_ups"
KEPT = 3  # a cookie holds 4 KB; more sign-ups than these are rarely open at the same time
REFERENCE = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Pending:
    """One sign-up that waits for its confirmation."""

    email: str
    name: str
    organisation: str | None
    mode: str | None
    reference: str
    until: int  # seconds since 1970, as all moments in a cookie
    asked: int
    is_waiting: bool  # all places were taken: it is about a place in line
    resends: int = 0
    is_unheld: bool = False  # no place is held: it is given when the address is confirmed

    @property
    def until_at(self) -> datetime:
        return datetime.fromtimestamp(self.until, UTC)

    def may_resend(self, now: datetime) -> bool:
        return self.resends < MOST_RESENDS and self.resend_at <= now

    @property
    def resend_at(self) -> datetime:
        return datetime.fromtimestamp(self.asked, UTC) + BETWEEN_LETTERS

    @property
    def is_exhausted(self) -> bool:
        return self.resends >= MOST_RESENDS

    def asked_again(self, now: datetime, email: str | None = None) -> "Pending":
        return replace(self, email=email or self.email, asked=int(now.timestamp()), resends=self.resends + 1)


def new_reference(given: str | None = None) -> str:
    """The reference that a form brought along, so that two clicks are one sign-up; else a new one."""
    return given if given and REFERENCE.fullmatch(given) else secrets.token_urlsafe(16)


def remember(activity_id: int, pending: Pending) -> None:
    others = {key: value for key, value in session.get(NAME, {}).items() if key != str(activity_id)}
    kept = dict(list(others.items())[-(KEPT - 1) :])
    session[NAME] = kept | {str(activity_id): asdict(pending)}


def of_activity(activity_id: int) -> Pending | None:
    kept = session.get(NAME, {}).get(str(activity_id))
    return Pending(**kept) if kept else None
