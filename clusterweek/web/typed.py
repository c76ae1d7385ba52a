"""What somebody has typed into a form that could not be taken: to be shown again, never lost, never sent by itself."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import wtforms
from flask import current_app, g, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from clusterweek.web import lines

WAITING = "clusterweek.waiting"  # where the room that keeps forms hangs in what it has for this page
NEVER = re.compile(r"csrf_token|.*password.*", re.IGNORECASE)


class Typed(NamedTuple):
    """A form as it was sent: where to, its (name, value) pairs, whether a file or a password must be given again."""

    address: str
    pairs: list[tuple[str, str]]
    had_file: bool = False
    had_password: bool = False

    @property
    def lines(self) -> list[lines.Line]:
        """What people have typed or chosen, to be read."""
        return lines.of(self.pairs)


def of_request() -> Typed | None:
    """What the POST in hand has brought, maybe a mere button; None when another site sent it or it cannot be read."""
    if request.method != "POST" or request.url_rule is None or is_from_elsewhere():
        return None
    try:
        form, files = request.form, request.files
    except HTTPException:  # too large, or broken: there is nothing to give back
        return None
    had_file = any(file.filename for file in files.values())
    had_password = any(lines.is_secret(name) and value for name, value in form.items(multi=True))
    return Typed(request.full_path.rstrip("?"), pairs(form), had_file, had_password)


def pairs(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """(name, value) of a form in its order, without tokens and passwords; no database takes a NUL."""
    return [
        (name.replace("\0", ""), value.replace("\0", ""))
        for name, value in form.items(multi=True)
        if not NEVER.fullmatch(name) and not lines.is_secret(name)
    ]


def is_from_elsewhere() -> bool:
    """Whether another site's page has sent this request, as far as the browser says so."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    ours = {request.host, urlsplit(current_app.config["BASE_URL"]).netloc}
    # "null": our own pages name themselves to nobody (Referrer-Policy), and old browsers then say this.
    named = [given for name in ("Origin", "Referer") if (given := request.headers.get(name)) and given != "null"]
    return any(_host(given) not in ours for given in named)


def stands_on(endpoint: str) -> Callable[[Any], Any]:
    """Decorator of a view that takes a form: which page of its room (".entry") shows the form at another path."""

    def decorate(view: Any) -> Any:
        view.stands_on = endpoint
        return view

    return decorate


def waiting(form: wtforms.Form) -> MultiDict[str, str] | None:
    """What is kept for the page in hand, if `form` has a field for any of it."""
    found = _waiting()
    return found if found is not None and is_of(form, found) else None


def is_of(form: wtforms.Form, sent: MultiDict[str, Any]) -> bool:
    """Whether the form has a field for anything that was sent; the page in hand then shows it."""
    names = {name.split("-", 1)[0] for name in sent} & {field.name for field in form if field.type != "CSRFTokenField"}
    if names:
        g.typed_is_shown = True
    return bool(names)


def waiting_value(name: str) -> str | None:
    """One value of what is kept for the page in hand."""
    found = _waiting()
    return found.get(name) if found else None


def _waiting() -> MultiDict[str, str] | None:
    if request.method not in ("GET", "HEAD"):
        return None
    if "typed_waiting" not in g:
        ask: Callable[[], MultiDict[str, str] | None] | None = current_app.extensions.get(WAITING)
        g.typed_waiting = ask() if ask else None
    found: MultiDict[str, str] | None = g.typed_waiting
    return found


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
