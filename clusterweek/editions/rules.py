"""Decisions about editions, without a database."""

import re
from datetime import datetime

from clusterweek.editions.models import Edition

# Words that addresses use in the place of an edition or a cluster; a slug must not be one of them.
RESERVED_SLUGS = frozenset(
    (
        *("de", "en", "static", "robots", "feeds", "api", "healthz", "readyz", "metrics"),
        *(
            "account",
            "activities",
            "all",
            "archive",
            "clusters",
            "legal",
            "map",
            "partner-countries",
            "programme",
            "week",
        ),
        *("host", "invitation", "kept", "login", "logout", "lost-link", "personal", "registration", "sign-up"),
        *("editions", "letters", "new", "organiser", "people", "send-again", "table"),
    )
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Lower-case letters, digits and single hyphens, 3 to 80 characters, no word that the addresses use."""
    return 3 <= len(text) <= 80 and bool(SLUG.fullmatch(text)) and text not in RESERVED_SLUGS


def accepts_submissions(edition: Edition, *, now: datetime) -> bool:
    """Whether clusters may enter and submit activities."""
    return edition.state == "open" and (edition.submissions_until is None or now <= edition.submissions_until)


def shows_programme(edition: Edition, *, now: datetime) -> bool:
    """Whether the public sees the activities already; before that the page says when they appear."""
    return edition.is_public and (edition.programme_from is None or now >= edition.programme_from)


def may_become(old: str, new: str) -> bool:
    """draft → open ↔ closed → archived; what was public never becomes a draft again, the archive may be reopened."""
    return new in {"draft": {"open"}, "open": {"closed"}, "closed": {"open", "archived"}, "archived": {"closed"}}[old]
