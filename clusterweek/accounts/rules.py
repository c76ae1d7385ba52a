"""Decisions about people, passwords and log-ins, without database or clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from clusterweek.accounts import common
from clusterweek.accounts.models import LinkRequest, LoginSession, OneTimeLink, Person
from clusterweek.config import Rate
from clusterweek.i18n import gettext as _
from clusterweek.limits.waits import Pace

SESSION_IDLE = timedelta(minutes=60)
SESSION_ABSOLUTE = timedelta(
    hours=12
)  # a working day: nobody is thrown out in the middle of it, nobody stays overnight
SEEN_EVERY = timedelta(minutes=1)  # so a page costs a write once a minute, not each time

LOGIN_LINK_MINUTES = 10  # ASVS 5.0, 6.5.5
PASSWORD_LINK_MINUTES = 48 * 60

# Guessing is slowed, nobody is locked out (limits/waits.py). Counted are failures
# - of one address from one network: after four mistakes 5 seconds, then 10, 20 … five minutes. What a stranger does
#   elsewhere holds up nobody here; 12 guesses an hour are 105,000 a year, nothing against twelve characters;
# - of one network, whatever the address: an office of twenty behind one address gets in after lunch, and whoever tries
#   a list of addresses waits up to a minute each time.
LOGIN_OF_PAIR = Pace(free=4, first=5, most=300, memory=86_400)
LOGIN_OF_NETWORK = Pace(free=100, first=1, most=60, memory=900)
# Many networks against one address (a botnet, a rented /32): beyond this the password alone does not do any more for
# that day, except from a network from which this person has logged in before. The link by mail always does.
LOGINS_OF_ADDRESS = Rate(1000, 86_400)

LINKS_FROM_NETWORK = Rate(120, 600)  # each request costs a row; the letters are limited below
# Letters with a link that nobody has used, for one address and purpose. Beyond them the newest one, which lies in the
# mailbox already, works anew: the mailbox is not flooded, and its owner gets in all the same.
LINK_LETTERS_FROM_NETWORK, LINK_LETTERS_AN_HOUR, LINK_LETTERS_A_DAY = 3, 6, 15

PASSWORD_LENGTH = 12
PASSWORD_LIMIT = 200  # argon2 reads all of it: without a limit a long one is a way to keep the server busy
DEMO_PASSWORD = "clusterwoche-2027-demo"


def is_living(row: LoginSession, *, now: datetime) -> bool:
    """Whether a login still opens pages."""
    return row.ended_at is None and now < row.ends_at and now - row.seen_at < SESSION_IDLE


def may_log_in(person: Person, *, is_loopback: bool) -> bool:
    """Whether the account is open. Demo accounts, whose password everybody knows, only on the machine itself."""
    return person.is_active and (is_loopback or not person.is_demo)


def desk(person: Person) -> str:
    """The endpoint of the desk where a person works; the ministry and the Länder read at the office's."""
    return "organiser.desk" if person.grants else "host.desk"


def minutes_of(purpose: str) -> timedelta:
    """How long a link of this purpose works."""
    return timedelta(minutes=LOGIN_LINK_MINUTES if purpose == "login" else PASSWORD_LINK_MINUTES)


def may_write_link(request: LinkRequest, earlier: Sequence[LinkRequest], *, now: datetime) -> bool:
    """Whether one more letter goes to this address. `earlier`: requests of the last day that were answered by a letter
    whose link nobody has used."""
    lately = [one for one in earlier if one.asked_at > now - timedelta(hours=1)]
    from_here = [one for one in lately if one.origin == request.origin]
    return (
        len(from_here) < LINK_LETTERS_FROM_NETWORK
        and len(lately) < LINK_LETTERS_AN_HOUR
        and len(earlier) < LINK_LETTERS_A_DAY
    )


def is_usable(link: OneTimeLink, *, now: datetime) -> bool:
    """Whether a one-time link still opens its door."""
    return link.used_at is None and now < link.expires_at


def password_problem(password: str, *, email: str, words: Iterable[str] = ()) -> str | None:
    """The sentence that says why a password will not do; None when it will. `words`: names that are near at hand here,
    of weeks, clusters, the site."""
    if len(password) < PASSWORD_LENGTH:
        return _("Use at least %(count)s characters; several words are easy to remember.", count=PASSWORD_LENGTH)
    if len(password) > PASSWORD_LIMIT:
        return _("Use at most %(count)s characters.", count=PASSWORD_LIMIT)
    name, _at, domain = email.casefold().partition("@")
    folded = password.casefold()
    if any(len(one) >= 4 and one in folded for one in (name, name.replace(".", ""), name.replace(".", " "))):
        return _("The password must not contain the name in your e-mail address.")
    if common.is_common(password, words=[*words, name, domain]):
        return _("This password is among the first that attackers try. Choose another one.")
    return None


def own_path(value: str | None) -> str | None:
    """`value` when it is a path on this site that is safe to go to after logging in; None otherwise.

    Browsers read `//host`, `/\\host` and a slash followed by a tab or line break as an address of another site.
    """
    if not value or len(value) > 2000 or not value.startswith("/") or value.startswith("//"):
        return None
    if "\\" in value or not value.isprintable() or any(c.isspace() for c in value):
        return None
    return value
