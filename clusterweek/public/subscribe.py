"""Addresses under which a calendar can follow the programme, or a filtered part of it."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import url_for

from clusterweek.i18n import language
from clusterweek.web import links


@dataclass(frozen=True)
class Subscription:
    """`url` to copy; `webcal` opens the calendar of the device; `outlook` the one on the web."""

    url: str
    webcal: str
    outlook: str


def subscription(edition_slug: str, query: list[tuple[str, str]], *, name: str) -> Subscription:
    """The feed of an edition with these filters, in the language of the page."""
    path = url_for("feeds.edition_ics", edition=edition_slug)
    url = links.external_url(f"{path}?{urlencode([*query, ('lang', language())])}")
    return Subscription(
        url,
        "webcal://" + url.partition("://")[2],
        f"https://outlook.office.com/calendar/0/addfromweb?url={quote(url, safe='')}&name={quote(name, safe='')}",
    )
