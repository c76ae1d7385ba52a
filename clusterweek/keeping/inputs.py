"""Forms that came when the login had ended: kept for the person who was logged in, to be looked at and sent by them."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask import Flask, Response, current_app, g, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from clusterweek import clock
from clusterweek.db.session import stand_in_line, unit_of_work
from clusterweek.keeping import actions, browser
from clusterweek.keeping.models import Kept
from clusterweek.web import typed
from clusterweek.web.typed import Typed

KEPT = timedelta(hours=24)
LARGEST = 512 * 1024  # the longest form of ours, full, has 40 KB; what is larger the answer alone gives back
MOST_PER_PERSON = 5
LONGEST_PLACE = 300


class Note(NamedTuple):
    """What a page says of a kept form: it stands filled on this page, or on the page of everything that is kept."""

    id: int
    at: datetime
    is_here: bool
    had_file: bool


def init_app(app: Flask) -> None:
    app.extensions[typed.WAITING] = _for_page
    app.after_request(_forget_sent)


def keep(sent: Typed, *, person_id: int, now: datetime) -> Kept | None:
    """Keep the form in hand, in the running transaction. None when nothing was typed or it is too much.

    Only addresses that need a login come here: in theirs no secret stands.
    """
    place = place_of_request()
    size = sum(len(name.encode()) + len(value.encode()) for name, value in sent.pairs)
    if not sent.lines or len(place) > LONGEST_PLACE or size > LARGEST:
        return None
    page = page_of_form()
    data = {"address": sent.address, "page": page, "pairs": sent.pairs, "had_file": sent.had_file}
    stand_in_line("kept forms", person_id)  # several at once would each find room for one more
    row = actions.keep("form", place, data, person_id=person_id, now=now, until=now + KEPT)
    actions.keep_newest("form", person_id, MOST_PER_PERSON)
    return row


def way_back(row: Kept) -> str:
    """Where the person finds the form again after logging in."""
    page: str | None = row.data["page"]
    return page or url_for("keeping.kept")


def of_person(person: Any, *, now: datetime) -> list[Kept]:
    """What this browser keeps for the person who is logged in; nobody else sees it."""
    return [row for row in actions.of_browser("form") if row.person_id == person.id and now <= row.kept_until]


def as_typed(row: Kept) -> Typed:
    pairs = [(name, value) for name, value in row.data["pairs"]]
    return Typed(row.data["address"], pairs, row.data["had_file"])


def notes() -> list[Note]:
    """What the page in hand says of kept forms: to be asked when all its forms are made."""
    if request.method not in ("GET", "HEAD") or not browser.hashes("form"):
        return []
    here = g.get("kept_here") if g.get("typed_is_shown") else None
    return [
        Note(row.id, row.created_at, row.id == here, row.data["had_file"])
        for row in of_person(current_user, now=clock.now())
    ]


def place_of_request() -> str:
    """The page on which the form in hand stands, without its language; its own address where that is none."""
    return _without_language(page_of_form() or request.path)


def page_of_form() -> str | None:
    """The address of the page that shows the form in hand; None when it stands somewhere inside another one."""
    found = _shown_by()
    if found is None:
        return None
    endpoint, values = found
    return url_for(endpoint, **values | request.args.to_dict())


def view_of_page() -> tuple[Any, dict[str, Any]] | None:
    """The view that shows the form in hand, and what it is called with."""
    found = _shown_by()
    return (current_app.view_functions[found[0]], found[1]) if found else None


def _shown_by() -> tuple[str, dict[str, Any]] | None:
    """(endpoint, arguments) of the page named by `typed.stands_on`, else of the one at the same path."""
    view = current_app.view_functions[request.endpoint or ""]
    if named := getattr(view, "stands_on", None):
        return f"{request.blueprint}{named}", dict(request.view_args or {})
    try:
        adapter = current_app.create_url_adapter(request)
        endpoint, values = adapter.match(method="GET")  # type: ignore[union-attr]
    except HTTPException:
        return None
    return endpoint, {name: value for name, value in values.items() if name != "lang"}


def _for_page() -> MultiDict[str, str] | None:
    """What is kept for the page in hand, which shows its form filled with it."""
    if not _needs_login() or not browser.hashes("form"):
        return None
    here = _without_language(request.path)
    for row in reversed(of_person(current_user, now=clock.now())):
        if row.place == here and _is_same_query(row):
            g.kept_here = row.id
            return MultiDict(as_typed(row).pairs)
    return None


def _is_same_query(row: Kept) -> bool:
    """A form for a new activity of one edition is not filled into that of another."""
    kept = dict(pair.partition("=")[::2] for pair in row.data["address"].partition("?")[2].split("&"))
    edition = request.args.get("edition")
    return edition is None or kept.get("edition", edition) == edition


def _forget_sent(response: Response) -> Response:
    """What was kept has been used once the form has been taken."""
    if request.method == "POST" and response.status_code < 400 and _needs_login() and browser.hashes("form"):
        place = place_of_request()
        if used := [row for row in of_person(current_user, now=clock.now()) if row.place == place]:
            with unit_of_work():
                actions.forget(*used)
    return response


def _needs_login() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "audience", "public") not in ("public", "by_link") and current_user.is_authenticated


def _without_language(path: str) -> str:
    return "/" + path.partition("?")[0].lstrip("/").partition("/")[2]
