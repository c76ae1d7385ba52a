"""What somebody has typed, line by line, in the words of the form that they filled in: to be read, not to be sent."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import wtforms
from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, HiddenField, PasswordField

from clusterweek.i18n import gettext as _, lazy_gettext as _l

# Ticks on pages without a form class: many, and each a decision. People read how many there are.
TICKS = {"activity": _l("Activities"), "cluster": _l("Clusters"), "invitation": _l("Invitations")}
SHOWN = 2000  # characters of a text that are shown beside the button; all of it is sent


class Line(NamedTuple):
    """One thing that was typed or chosen."""

    label: str
    text: str


def of(pairs: list[tuple[str, str]]) -> list[Line]:
    """The lines of a form's (name, value) pairs: a name that comes several times is one line.

    Left out is what is empty and what people never saw: a version, a reference, a key, a button.
    """
    form: Any = _form_of({name.split("-", 1)[0] for name, _value in pairs})
    ticks, said = dict[str, int](), dict[str, list[str]]()
    for name, value in pairs:
        field = _field(form, name)
        if name in TICKS:
            ticks[name] = ticks.get(name, 0) + 1
        elif value.strip() and field is not None and not issubclass(field.field_class, HiddenField):
            said.setdefault(name, []).append(_in_words(field, value))
    return [Line(str(TICKS[name]), str(count)) for name, count in ticks.items()] + [
        Line(_label(form, name), _shortened(", ".join(texts))) for name, texts in said.items()
    ]


def is_secret(name: str) -> bool:
    """Whether any form of ours asks for a password under this name."""
    return any(issubclass(field.field_class, PasswordField) for form in _forms() if (field := _fields(form).get(name)))


def _form_of(names: set[str]) -> Any:
    """The form of ours that has most of these fields; of several the one that has the fewest others."""
    return max(_forms(), key=lambda form: (len(names & _fields(form).keys()), -len(_fields(form))), default=None)


def _field(form: Any, name: str) -> Any:
    """The field as its class describes it, also inside a row (occurrences-1-starts_time); None for no field."""
    first, *rest = name.split("-")
    field = _fields(form).get(first)
    if field is None or not issubclass(field.field_class, FieldList) or not rest:
        return field
    row = field.args[0]
    return _fields(row.args[0]).get(rest[-1]) if issubclass(row.field_class, FormField) else row


def _label(form: Any, name: str) -> str:
    """How the form calls a field: "Date 2, Start"."""
    first, *rest = name.split("-")
    label = _own_label(_fields(form)[first]) or first
    if len(rest) < 2:
        return label
    row = _("Date %(n)s", n=int(rest[0]) + 1) if first == "occurrences" and rest[0].isdigit() else label
    return f"{row}, {_own_label(_field(form, name)) or rest[1]}"


def _own_label(field: Any) -> str:
    place = 1 if issubclass(field.field_class, FieldList | FormField) else 0
    given = field.kwargs.get("label") or (field.args[place] if len(field.args) > place else "")
    return str(given)


def _in_words(field: Any, value: str) -> str:
    """What people have seen where they chose a code; what they typed otherwise."""
    if issubclass(field.field_class, BooleanField):
        return _("yes")
    choices = field.kwargs.get("choices") or []
    # Each is a pair or a SelectChoice, which unpacks to four.
    offered = (tuple(choice) for choice in (choices() if callable(choices) else choices))
    return next((str(name) for code, name, *_rest in offered if code == value), value)


def _shortened(text: str) -> str:
    return text[:SHOWN] + ("…" if len(text) > SHOWN else "")


@cache
def _fields(form: Any) -> dict[str, Any]:
    """The fields of a class of forms by the names under which they are sent."""
    found: dict[str, Any] = {name: getattr(form, name, None) for name in dir(form)} if form else {}
    return {
        field.kwargs.get("name") or name: field
        for name, field in found.items()
        if hasattr(field, "field_class") and hasattr(field, "args")
    }


def _forms(above: Any = wtforms.Form) -> Iterator[Any]:
    """Every form of ours that a page shows; those of rows are found inside them."""
    for form in above.__subclasses__():
        if issubclass(form, FlaskForm):
            yield form
        yield from _forms(form)
