"""The row of links below the header of a desk. Rooms hand their tabs in; `create_app` puts them together."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for


@dataclass(frozen=True)
class Tab:
    """One link, before anybody looks at it. `desk` is "office" or "cluster"; `guard` and `count` are asked with that
    desk in hand (`office.Desk`, `cluster.Desk`); `also` names endpoints that show the same page.

    The address is filled with the edition or cluster that is worked on; without one, its tab is left out.
    """

    label: Any  # lazy: said in the language of the page
    endpoint: str
    order: int
    desk: str = "office"
    guard: Callable[[Any], bool] = lambda desk: True
    count: Callable[[Any], int] | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    """One link of the row."""

    label: str
    url: str
    is_current: bool


def init_app(app: Flask, tabs: Iterable[Tab]) -> None:
    """Keep the tabs of all rooms, in their order."""
    app.extensions["tabs"] = tuple(sorted(tabs, key=lambda tab: tab.order))


def row(name: str, desk: Any, given: Mapping[str, str]) -> list[Link]:
    """The links that this person finds at this desk. The one whose address lies nearest above the page is current."""
    addresses, values = current_app.url_map, dict[str, Any](given)
    found = []
    for tab in current_app.extensions["tabs"]:
        needed = {part for part in ("edition", "cluster") if addresses.is_endpoint_expecting(tab.endpoint, part)}
        if tab.desk == name and needed <= given.keys() and tab.guard(desk):
            found.append((tab, url_for(tab.endpoint, **{part: values[part] for part in needed})))
    near = [url for _tab, url in found if request.path == url or request.path.startswith(url.rstrip("/") + "/")]
    here = max(near, key=len, default=None)
    return [
        Link(
            str(tab.label) + (f" ({tab.count(desk)})" if tab.count else ""),
            url,
            request.endpoint in tab.also or url == here,
        )
        for tab, url in found
    ]
