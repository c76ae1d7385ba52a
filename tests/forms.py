"""The forms of a page, filled in as a person with much to say would, and sent as a browser does."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

from tests.browse import FILLED_IN, Page, _value

TYPED = ("text", "email", "search", "url", "tel", None)


@dataclass
class Form:
    """One form: where a button sends it, and (name, value) of everything in it, in order."""

    action: str
    pairs: list[tuple[str, str]]
    has_file: bool = False

    def sent(self) -> dict[str, list[str]]:
        """As a test client takes it."""
        data: dict[str, list[str]] = {}
        for name, value in self.pairs:
            data.setdefault(name, []).append(value)
        return data

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What must never be lost: all but the token, and what is empty."""
        return [(name, value) for name, value in self.pairs if value and name not in ("csrf_token", "once")]


def of(page: Page, *, filled: bool = False) -> Iterator[Form]:
    """Every form of the page's main part that changes something; with `filled`, each field says something."""
    for form in page.all("main")[0].iter("form"):
        if form.get("method") != "post":
            continue
        fields = [f for f in form.iter() if f.tag in FILLED_IN and f.get("name")]
        pairs = [pair for n, f in enumerate(fields) for pair in (_filled(f, n) if filled else _as_it_stands(f))]
        if filled:  # of several radio buttons a browser sends one: here the last
            radios = {f.get("name") for f in fields if f.get("type") == "radio"}
            last = {name: value for name, value in pairs if name in radios}
            pairs = [(name, value) for name, value in pairs if name not in radios or last[name] == value]
        has_file = any(f.get("type") == "file" for f in fields)
        for action in dict.fromkeys([form.get("action"), *(b.get("formaction") for b in form.iter("button"))]):
            if action:
                yield Form(action, pairs, has_file)


def values(page: Page) -> set[tuple[str, str]]:
    """(name, value) of everything that any form of the page would send."""
    return {pair for form in of(page) for pair in form.pairs}


def _as_it_stands(field: Element) -> Iterator[tuple[str, str]]:
    if field.tag == "select" and field.get("multiple") is not None:
        return
    value = _value(field)
    if value is not None:
        yield str(field.get("name")), value


def _filled(field: Element, number: int) -> Iterator[tuple[str, str]]:
    name, kind = str(field.get("name")), field.get("type")
    if field.tag == "textarea":
        yield name, f"Satz {number}: „Größe“ <b>& Zahl</b>\r\nund eine zweite Zeile"
    elif field.tag == "select":
        codes = [code for option in field.iter("option") if (code := option.get("value", ""))]
        yield name, codes[-1] if codes else ""
    elif kind in ("checkbox", "radio"):
        yield name, str(field.get("value", "on"))
    elif kind == "password":
        yield name, "streng-geheimes-Passwort"
    elif kind == "file":
        return
    elif field.get("tabindex") == "-1":  # a trap for programs: people never get there
        yield name, ""
    elif kind in TYPED:
        yield name, f'Wort {number} ‚Straße‘ & "mehr"'
    else:
        yield from _as_it_stands(field)


def lines(value: Any) -> str:
    """A text with its line breaks as browsers compare them."""
    return str(value).replace("\r\n", "\n").strip()
