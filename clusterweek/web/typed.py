"""What somebody has typed into a form that could not be taken: to be shown again, never lost, never sent by itself."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import wtforms
from flask import current_app, g, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException
from wtforms import FieldList, FormField, HiddenField, PasswordField

from clusterweek.i18n import gettext as _
from clusterweek.i18n import lazy_gettext as _l

WAITING = "clusterweek.waiting"  # where the room that keeps forms hangs in what it has for this page
NEVER = re.compile(r"csrf_token|.*password.*", re.IGNORECASE)
# Ticks on pages without a form class: many, and each a decision. People read how many there are.
TICKS = {"activity": _l("Activities"), "cluster": _l("Clusters"), "invitation": _l("Invitations")}
SHOWN = 2000  # characters of a text that are shown beside the button; all of it is sent


class Line(NamedTuple):
    """One thing that was typed, for people to read."""

    label: str
    text: str


class Typed(NamedTuple):
    """A form as it was sent: where to, its (name, value) pairs, whether a file or a password must be given again."""

    address: str
    pairs: list[tuple[str, str]]
    had_file: bool = False
    had_password: bool = False

    @property
    def lines(self) -> list[Line]:
        """What people have typed or chosen; hidden fields and empty ones are left out."""
        ticks = Counter(name for name, _value in self.pairs if name in TICKS)
        return [Line(str(TICKS[name]), str(count)) for name, count in ticks.items()] + [
            Line(label_of(name), value[:SHOWN] + ("…" if len(value) > SHOWN else ""))
            for name, value in self.pairs
            if value.strip() and not is_hidden(name)
        ]


def of_request() -> Typed | None:
    """What the POST in hand has brought, maybe a mere button; None when another site sent it or it cannot be read."""
    if request.method != "POST" or request.url_rule is None or is_from_elsewhere():
        return None
    try:
        form, files = request.form, request.files
    except HTTPException:  # too large, or broken: there is nothing to give back
        return None
    had_file = any(file.filename for file in files.values())
    had_password = any(_is_secret(name) and value for name, value in form.items(multi=True))
    return Typed(request.full_path.rstrip("?"), pairs(form), had_file, had_password)


def pairs(form: MultiDict[str, str]) -> list[tuple[str, str]]:
    """(name, value) of a form in its order, without tokens and passwords; no database takes a NUL."""
    return [
        (name.replace("\0", ""), value.replace("\0", ""))
        for name, value in form.items(multi=True)
        if not NEVER.fullmatch(name) and not _is_secret(name)
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


def label_of(name: str) -> str:
    """How the form calls a field: "Date 2, Start"; the name itself when no form of ours has it."""
    first, *rest = name.split("-")
    said = _label(_fields().get(first)) or first
    if len(rest) == 2:  # a row of a list: occurrences-1-starts_time
        part = _label(_fields(is_row=True).get(rest[1])) or rest[1]
        row = _("Date %(n)s", n=int(rest[0]) + 1) if first == "occurrences" and rest[0].isdigit() else said
        return f"{row}, {part}"
    return said


def is_hidden(name: str) -> bool:
    """Whether people never saw the field: a version, a reference, a key; or what is no field of ours, like a button."""
    first, *rest = name.split("-")
    field = _fields(is_row=True).get(rest[-1]) if len(rest) == 2 else _fields().get(first)
    return field is None or issubclass(field.field_class, HiddenField)


def _is_secret(name: str) -> bool:
    field = _fields().get(name)
    return field is not None and issubclass(field.field_class, PasswordField)


@cache
def _fields(*, is_row: bool = False) -> dict[str, Any]:
    """Every field of every form of ours by its name, or of the rows inside them; of two a password's counts."""
    found: dict[str, Any] = {}
    for form in _forms(wtforms.Form):
        if issubclass(form, FlaskForm) is is_row:
            continue
        for name in dir(form):
            field = getattr(form, name, None)
            is_field = hasattr(field, "field_class") and hasattr(field, "args")
            if is_field and not (name in found and issubclass(found[name].field_class, PasswordField)):
                found[name] = field
    return found


def _forms(above: type[Any]) -> Iterator[type[Any]]:
    for form in above.__subclasses__():
        yield form
        yield from _forms(form)


def _label(field: Any) -> str:
    if field is None:
        return ""
    place = 1 if issubclass(field.field_class, FieldList | FormField) else 0
    given = field.kwargs.get("label") or (field.args[place] if len(field.args) > place else "")
    return str(given)


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""
