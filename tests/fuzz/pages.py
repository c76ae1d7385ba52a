"""The forms of a page, as a browser sees them: where they go, what can be typed, what stands there already.

Quicker than the strict reader of tests/browse.py, since thousands of pages are read.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = ("text", "email", "url", "search", "tel", "number", "date", "datetime-local", "time", "textarea")


@dataclass
class Field:
    """One control. `kind` is the type of an input, or textarea, select, selects (many at once)."""

    name: str
    kind: str
    value: str = ""  # what stands there; of a tick, what is sent when it is ticked
    chosen: list[str] = field(default_factory=list)  # of a select
    options: list[str] = field(default_factory=list)
    is_on: bool = False  # of a tick
    is_required: bool = False

    @property
    def is_typed(self) -> bool:
        return self.kind in TYPED

    @property
    def is_tick(self) -> bool:
        return self.kind in ("checkbox", "radio")

    @property
    def sent(self) -> list[str]:
        """What a browser sends of it when nobody touches it."""
        if self.kind in ("select", "selects"):
            return self.chosen
        if self.is_tick:
            return [self.value] if self.is_on else []
        return [] if self.kind == "file" else [self.value]


@dataclass
class Form:
    """One form of a page, sent by the button that leads to `action`."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # (name, value, its own address)
    is_multipart: bool = False

    def by_name(self) -> dict[str, list[Field]]:
        found: dict[str, list[Field]] = {}
        for one in self.fields:
            found.setdefault(one.name, []).append(one)
        return found

    @property
    def shown(self) -> dict[str, list[str]]:
        """Name -> values that stand in it, as a browser would send them back."""
        return {
            name: [value for one in fields for value in one.sent] for name, fields in self.by_name().items() if name
        }


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.area: Field | None = None
        self.select: Field | None = None
        self.option: str | None = None  # the text of an option without a value
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.form.is_multipart = given.get("enctype") == "multipart/form-data"
            self.forms.append(self.form)
        elif tag not in ("input", "textarea", "select", "option", "button"):
            self.text.append(" ")
        elif self.form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self.form is not None
        name, is_required = given.get("name", ""), "required" in given
        if tag == "input":
            kind = given.get("type", "text")
            if kind in ("submit", "image"):
                self.form.buttons.append((name, given.get("value", ""), given.get("formaction", "")))
            elif kind not in ("button", "reset"):
                value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
                self.form.fields.append(Field(name, kind, value, is_on="checked" in given, is_required=is_required))
        elif tag == "textarea":
            self.area = Field(name, "textarea", is_required=is_required)
            self.form.fields.append(self.area)
        elif tag == "select":
            self.select = Field(name, "selects" if "multiple" in given else "select", is_required=is_required)
            self.form.fields.append(self.select)
        elif tag == "option" and self.select is not None:
            value = given.get("value", "")
            self.select.options.append(value)
            if "selected" in given:
                self.select.chosen.append(value)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self.form.buttons.append((name, given.get("value", ""), given.get("formaction", "")))

    def handle_data(self, data: str) -> None:
        if self.area is not None:
            self.area.value += data
        self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea" and self.area is not None:
            # A browser leaves out the line break with which a text begins.
            self.area.value = self.area.value.removeprefix("\r").removeprefix("\n")
            self.area = None
        elif tag == "select" and self.select is not None:
            if self.select.kind == "select" and not self.select.chosen:
                self.select.chosen = self.select.options[:1]
            self.select = None


def read(html: str) -> tuple[list[Form], str]:
    """All forms of a page, and its words, single spaces between them."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.forms, " ".join("".join(reader.text).split())


def sendable(forms: list[Form]) -> Iterator[Form]:
    """One form for each address that a button leads to, with only the buttons that lead there."""
    for form in forms:
        for target in dict.fromkeys(own or form.action for _name, _value, own in form.buttons):
            buttons = [(name, value, own) for name, value, own in form.buttons if (own or form.action) == target]
            yield Form(target, form.method, form.fields, buttons, form.is_multipart)
