"""How many letters a mailbox gets that nobody answers. Strangers must not fill it; whoever plans a week may go on.

Counted are wishes for a letter, for known and unknown addresses alike: otherwise the count would tell them apart.
Confirming a registration is the answer; it begins the count anew.
"""

from datetime import datetime, timedelta

from clusterweek.config import Rate
from clusterweek.limits import counters
from clusterweek.web.forms import normalise_email

LETTER, MORE, ANSWERED = "letter to a mailbox", "more letters to a mailbox", "letter answered"
ANSWER_HOLDS = timedelta(days=1)
# Beyond the limit for a mailbox from which an answer came today: enough for a class trip, and still no flood for
# somebody whose address is used by others on the day on which it was used honestly.
MORE_A_DAY = Rate(30, 86400)
GMAIL = ("gmail.com", "googlemail.com")  # one provider that says of itself that dots make no difference


def mailbox(email: str) -> str:
    """The mailbox that an address leads to, as far as that is sure: without `+tag`, with Gmail also without dots."""
    local, _at, domain = normalise_email(email).rpartition("@")
    base = local.partition("+")[0] or local
    if domain in GMAIL:
        base, domain = base.replace(".", ""), GMAIL[0]
    return f"{base}@{domain}"


def may_write(email: str, rate: Rate | None, *, now: datetime) -> bool:
    """Count a wish for a letter; False when the mailbox has had as many as `rate` says, and nobody has answered.
    `None`: no limit. Opens a unit of work of its own."""
    who = mailbox(email)
    if counters.allow(LETTER, who, rate, now=now):
        return True
    is_known = counters.has_done(ANSWERED, who, since=now - ANSWER_HOLDS)
    return is_known and counters.allow(MORE, who, MORE_A_DAY, now=now)


def answer(email: str, *, now: datetime) -> None:
    """Somebody who reads this mailbox has confirmed a registration, in the running transaction."""
    who = mailbox(email)
    counters.forgive(LETTER, who)
    counters.forgive(MORE, who)
    counters.note(ANSWERED, who, now=now)
