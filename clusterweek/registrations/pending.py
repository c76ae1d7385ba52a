"""What a browser knows about the sign-up it has just sent, for the page that follows: a row, a number in its cookie.

It holds only what the person has typed and what every address would be told, never whether the address was known; and
it is written alike in both cases. Kept until the hold of the place ends, at most 48 hours, then forgotten in the night.
`reference` is what the registration is recognised by when the address has to be corrected; it opens nothing.
"""

import re
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta

from clusterweek import clock
from clusterweek.db.session import unit_of_work
from clusterweek.keeping import actions as keeping
from clusterweek.registrations.posting import BETWEEN_LETTERS, MOST_RESENDS

KIND = "sign_up"
LONGEST = timedelta(hours=48)
REFERENCE = re.compile(r"[A-Za-z0-9_-]{22}")


@dataclass(frozen=True)
class Pending:
    """One sign-up that waits for its confirmation."""

    email: str
    name: str
    organisation: str | None
    mode: str | None
    reference: str
    until: int  # seconds since 1970, as all moments in JSON
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
    """Keep what the next page says. Opens a unit of work of its own."""
    now = clock.now()
    until = min(pending.until_at, now + LONGEST)
    with unit_of_work():
        keeping.keep(KIND, str(activity_id), asdict(pending), now=now, until=until)


def of_activity(activity_id: int) -> Pending | None:
    """What this browser has sent for an activity; None when it has not, or long ago."""
    place = str(activity_id)
    row = next((row for row in reversed(keeping.of_browser(KIND)) if row.place == place), None)
    return Pending(**row.data) if row else None
