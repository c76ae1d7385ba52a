"""What a letter is when it leaves: the mail itself, and what a room tells about each kind of letter it writes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clusterweek.outbox.models import Letter


@dataclass(frozen=True)
class Mail:
    """A mail to one person, in words: made when the letter leaves, never stored.

    `text` and `page` (HTML) say the same. `calendar` is an iCalendar object as bytes: with a `calendar_method`
    (REQUEST, CANCEL) it is an invitation that mail programs answer to (RFC 6047); without, a file that is attached.
    `stop_link` is an address where one POST ends letters of this sort (RFC 8058). Letters with the same `thread`, a
    word without spaces, are shown together by mail programs.
    """

    to: str
    subject: str
    text: str
    page: str
    reply_to: str | None = None
    calendar: bytes | None = None
    calendar_method: str | None = None
    calendar_name: str = "termin.ics"
    stop_link: str | None = None
    thread: str | None = None
    is_demo: bool = False  # the addressee is invented: the mail never leaves by SMTP


@dataclass(frozen=True)
class About:
    """What a letter speaks of, as the office reads it: a name, never a person's, and its page, if it has one."""

    name: str
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


def _nothing(_letters: Sequence[Letter]) -> dict[int, About]:
    return {}


@dataclass(frozen=True)
class Kind:
    """How to make one kind of letter. Called outside any transaction, in the letter's language.

    `is_wanted` is asked just before: a reminder of a place that was given up is not. Both are told the moment at which
    the letter leaves, however late: "tomorrow" is reckoned from it. `render` may read the
    database; what it raises makes this one letter fail, and no other. `load` may read what many letters need in few
    queries; until they are made, the session keeps all that was read.
    The office reads `label`, and what `about` tells of letters, by their ids: of many in few queries.
    """

    label: Any  # a sentence of `lazy_gettext`
    is_wanted: Callable[[Letter, datetime], bool]
    render: Callable[[Letter, datetime], Mail]
    about: Callable[[Sequence[Letter]], Mapping[int, About]] = _nothing
    load: Callable[[Sequence[Letter]], object] | None = None
