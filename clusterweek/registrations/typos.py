"""Addresses that look mistyped: "ana@gmial.com" is asked about before anything is sent, and never refused.

Only large providers are known, and only slips of the fingers: letters swapped, left out, doubled, or hit beside the
right key. What somebody's own domain may be is left alone, above all where names are short.
"""

from functools import lru_cache

PROVIDERS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.de", "outlook.com", "outlook.de", "live.com", "live.de"),
    *("yahoo.com", "yahoo.de", "icloud.com", "aol.com", "protonmail.com", "proton.me", "gmx.de", "gmx.net", "gmx.at"),
    *("gmx.ch", "gmx.com", "web.de", "t-online.de", "freenet.de", "posteo.de", "mailbox.org", "arcor.de"),
    *("vodafone.de", "bluewin.ch", "orange.fr", "wanadoo.fr", "laposte.net", "libero.it", "seznam.cz", "ziggo.nl"),
)
# One slip away from a provider, and mailboxes all the same.
RIGHT = {*PROVIDERS, "mail.de", "gmail.de", "email.de", "ymail.com", "mail.com", "email.com", "fastmail.com", "hey.com"}
RIGHT |= {"me.com", "mac.com", "msn.com", "aol.de", "pm.me", "proton.ch", "rocketmail.com", "hushmail.com", "inbox.com"}
RIGHT |= {f"{name}.{end}" for name in ("yahoo", "hotmail", "outlook", "live") for end in ("fr", "it", "es", "nl", "at")}
OWN_ENDS = {"ne", "et"}  # of countries, one letter short of "net"
SHORT = 4  # a name of so many letters, with another one in it, is somebody's own
LONG = 9  # a domain of so many letters can still be made out with two slips
ROWS = ("qwertzuiop", "asdfghjkl", "yxcvbnm", "qwertyuiop", "zxcvbnm")
BESIDE = {frozenset(row[n : n + 2]) for row in ROWS for n in range(len(row) - 1)} | {frozenset("o0"), frozenset("l1")}
TOO_MANY = 9


def meant(address: str) -> str | None:
    """The address that was probably meant; None when this one may well be right."""
    local, _at, domain = address.strip().rpartition("@")
    provider = _provider(domain.lower()) if local and "@" not in local else ""
    return f"{local}@{provider}" if provider else None


@lru_cache(maxsize=1024)
def _provider(domain: str) -> str:
    """The one whose domain this was to be; empty when it may well be right. The first letter is hit or left out, hardly
    ever another one: there are mailboxes at tmail.com."""
    if "." not in domain or domain in RIGHT:
        return ""
    near = [one for one in PROVIDERS if domain[0] in one[:2]]
    slips, provider = min(((_slips_to(domain, one), one) for one in near), default=(TOO_MANY, ""))
    return provider if slips <= (2 if len(provider) >= LONG else 1) else ""


def _slips_to(typed: str, right: str) -> int:
    (name, _dot, end), (right_name, _dot, right_end) = typed.partition("."), right.partition(".")
    if end in OWN_ENDS:
        return TOO_MANY
    if len(right_end) == 2 and end != right_end and len(end) == 2 and sorted(end) != sorted(right_end):
        return TOO_MANY  # another country
    if len(right_name) > SHORT:
        return slips(typed, right)
    return slips(name, right_name, swaps_only=True) + slips(end, right_end)


def slips(typed: str, right: str, *, swaps_only: bool = False) -> int:
    """How many slips make `typed` of `right`; more than a few are not counted. `swaps_only`: only letters that were
    swapped or doubled."""
    if abs(len(typed) - len(right)) > 2:
        return TOO_MANY
    counted = [[0] * (len(right) + 1) for _row in range(len(typed) + 1)]
    for i in range(len(typed) + 1):
        for j in range(len(right) + 1):
            if i or j:
                counted[i][j] = min(_ways(counted, typed, right, i, j, swaps_only), default=TOO_MANY)
    return counted[-1][-1]


def _ways(counted: list[list[int]], typed: str, right: str, i: int, j: int, swaps_only: bool) -> list[int]:
    """The counts of every way to have typed the first `i` letters for the first `j` of the right ones."""
    found = []
    if i and j and typed[i - 1] == right[j - 1]:
        found.append(counted[i - 1][j - 1])
    if i > 1 and j > 1 and typed[i - 2 : i] == right[j - 1] + right[j - 2]:
        found.append(counted[i - 2][j - 2] + 1)
    if i > 1 and typed[i - 1] == typed[i - 2]:
        found.append(counted[i - 1][j] + 1)
    if not swaps_only:
        if j:
            found.append(counted[i][j - 1] + 1)
        if i and j and frozenset((typed[i - 1], right[j - 1])) in BESIDE:
            found.append(counted[i - 1][j - 1] + 1)
    return found
