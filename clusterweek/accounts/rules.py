"""Decisions about people, passwords and log-ins, without database or clock."""

from datetime import datetime, timedelta
from pathlib import Path

from clusterweek.accounts.models import LoginSession, OneTimeLink, Person
from clusterweek.config import Rate
from clusterweek.i18n import gettext as _

SESSION_IDLE = timedelta(minutes=60)
SESSION_ABSOLUTE = timedelta(
    hours=12
)  # a working day: nobody is thrown out in the middle of it, nobody stays overnight
SEEN_EVERY = timedelta(minutes=1)  # so a page costs a write once a minute, not each time

LOGIN_LINK_MINUTES = 10  # ASVS 5.0, 6.5.5
PASSWORD_LINK_MINUTES = 48 * 60

# Attempts that are counted (limits/counters.py). An office of twenty behind one address must get in after lunch;
# ten guesses a quarter of an hour are 350,000 a year, nothing against twelve characters.
LOGINS_FROM_NETWORK = Rate(100, 900)
LOGINS_OF_ADDRESS = Rate(10, 900)
LINKS_FROM_NETWORK = Rate(30, 3600)
LINKS_OF_ADDRESS = Rate(5, 3600)  # each one is a letter to somebody who may not have asked for it

PASSWORD_LENGTH = 12
PASSWORD_LIMIT = 200  # argon2 reads all of it: without a limit a long one is a way to keep the server busy
DEMO_PASSWORD = "clusterwoche-2027-demo"

# Long enough and still the first that is tried.
COMMON_PASSWORDS = frozenset((Path(__file__).parent / "data" / "common_passwords.txt").read_text("utf-8").split())


def is_living(row: LoginSession, *, now: datetime) -> bool:
    """Whether a login still opens pages."""
    return row.ended_at is None and now < row.ends_at and now - row.seen_at < SESSION_IDLE


def may_log_in(person: Person, *, is_loopback: bool) -> bool:
    """Whether the account is open. Demo accounts, whose password everybody knows, only on the machine itself."""
    return person.is_active and (is_loopback or not person.is_demo)


def desk(person: Person) -> str:
    """The endpoint of the desk where a person works; the ministry and the Länder read at the office's."""
    return "organiser.desk" if person.grants else "host.desk"


def is_usable(link: OneTimeLink, *, now: datetime) -> bool:
    """Whether a one-time link still opens its door."""
    return link.used_at is None and now < link.expires_at


def password_problem(password: str, *, email: str) -> str | None:
    """The sentence that says why a password will not do; None when it will."""
    folded = password.casefold()
    if len(password) < PASSWORD_LENGTH:
        return _("Use at least %(count)s characters; several words are easy to remember.", count=PASSWORD_LENGTH)
    if len(password) > PASSWORD_LIMIT:
        return _("Use at most %(count)s characters.", count=PASSWORD_LIMIT)
    if folded in COMMON_PASSWORDS or len(set(folded)) < 5:
        return _("This password is among the first that attackers try. Choose another one.")
    name = email.partition("@")[0].casefold()
    if len(name) >= 4 and name in folded:
        return _("The password must not contain the name in your e-mail address.")
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
