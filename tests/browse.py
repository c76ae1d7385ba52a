"""Fetching pages the way a careful visitor reads them: every page is checked for what it owes.

`page(client, "/de/")` or `page(client, "public.activity", edition="…", activity="…")` answers with a Page.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import url_for

FILLED_IN = ("input", "select", "textarea")
INLINE = ("a", "abbr", "b", "code", "em", "i", "mark", "small", "span", "strong", "sub", "sup", "svg", "time")
AS_TYPED = {"cw-lines", "of-line"}  # their white space is shown as it stands there
NEED_NO_LABEL = ("hidden", "submit", "button", "image", "reset")


class Page:
    """What came back, read strictly as HTML."""

    def __init__(self, response: Any) -> None:
        self.response = response
        self.status = response.status_code
        self.headers = response.headers
        self.html = response.get_data(as_text=True)
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        self.root: Element = parser.parse(self.html)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Elements named `tag` ("*": any) with these attributes, written `class_`, `for_`, `aria_current`."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            element
            for element in self.root.iter()
            if isinstance(element.tag, str)
            and tag in ("*", element.tag)
            and all(_has(element, name, value) for name, value in wanted.items())
        ]

    @property
    def text(self) -> str:
        """What people read in the page's main part, white space made single."""
        return text_of(self.all("main")[0])

    @property
    def h1(self) -> str:
        return text_of(self.all("h1")[0])

    @property
    def links(self) -> dict[str, str]:
        """Words of each link -> its address (the first one, where words repeat)."""
        found: dict[str, str] = {}
        for link in self.all("a"):
            found.setdefault(text_of(link), link.get("href", ""))
        return found

    @property
    def fields(self) -> dict[str, Any]:
        """Name -> value of every field of the main part, as a browser would send it; a list where there are several."""
        sent: dict[str, Any] = {}
        for field in self.all("main")[0].iter():
            name = field.get("name")
            if name and field.tag in FILLED_IN and (value := _value(field)) is not None:
                sent[name] = value if name not in sent else [*_listed(sent[name]), value]
        return sent


def page(client: Any, address: str, *, status: int = 200, **values: Any) -> Page:
    """Fetch by path or endpoint, check the status and what every page owes, and return it."""
    if not address.startswith("/"):
        with client.application.test_request_context():
            address = url_for(address, **{"lang": "de", **values})
    return checked(client.get(address), status=status)


def checked(response: Any, *, status: int = 200) -> Page:
    """The same for an answer that is already there, of a form for instance."""
    assert response.status_code == status, (
        f"{response.status_code} {response.headers.get('Location', '')}\n{response.text[:2000]}"
    )
    got = Page(response)
    problems = list(_problems(got))
    assert not problems, "\n".join(problems)
    return got


def text_of(element: Element) -> str:
    """What people read: single spaces, and one where a block, a cell or a list item ends."""
    return " ".join("".join(_words(element)).split())


def _words(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if isinstance(child.tag, str):
            yield from _words(child)
            if child.tag not in INLINE:
                yield " "
        yield child.tail or ""


def _problems(got: Page) -> Any:
    """What a page owes and this one lacks."""
    elements = [element for element in got.root.iter() if isinstance(element.tag, str)]
    ids = [element.get("id") for element in elements if element.get("id")]
    parents = {child: parent for parent in elements for child in parent}
    labelled = {element.get("for") for element in elements if element.tag == "label"}

    if len(got.all("h1")) != 1:
        yield f"{len(got.all('h1'))} h1 instead of one"
    if not text_of(got.all("title")[0]):
        yield "no title"
    if got.all("html")[0].get("lang") not in ("de", "en"):
        yield "the page does not say its language"
    yield from (f"the id {name} stands twice" for name in sorted({i for i in ids if ids.count(i) > 1}))
    for element in elements:
        where = _Where(element)
        names = set(element.keys())
        if element.tag in FILLED_IN and element.get("type") not in NEED_NO_LABEL:
            inside = element
            while inside in parents and inside.tag != "label":
                inside = parents[inside]
            if (
                element.get("id") not in labelled
                and inside.tag != "label"
                and not names & {"aria-label", "aria-labelledby"}
            ):
                yield f"no label: {where}"
        if element.tag == "label" and element.get("for") not in ids:
            yield f"label of nothing: {where}"
        if element.tag == "form" and not element.get("action"):
            yield f"no action: {where}"
        if element.tag == "img" and "alt" not in names:
            yield f"no alt: {where}"
        if element.tag in ("button", "a", "h1", "h2", "h3", "th", "legend", "summary") and not text_of(element):
            yield f"no words: {where}"
        if AS_TYPED & set((element.get("class") or "").split()):
            shown = "".join(element.itertext())
            if re.search(r"\A\n {4}|\n {4,}\Z", shown):  # as a template is indented; people may begin with a line
                yield f"an empty line is shown: {where}"
        if element.tag == "style" or (element.tag == "script" and not element.get("src")):
            yield f"inline: {where}"
        if "style" in names or any(name.startswith("on") for name in names):
            yield f"inline: {where}"
        if (element.get("href") or element.get("action") or "").strip().lower().startswith(("javascript:", "data:")):
            yield f"code in an address: {where}"
        if (target := element.get("href", "")).startswith("#") and target[1:] not in ids:
            yield f"link into nothing: {where}"
        for name in ("aria-describedby", "aria-labelledby", "aria-controls"):
            yield from (f"{name} names nothing: {where}" for i in element.get(name, "").split() if i not in ids)


class _Where:
    """An element as it stands in the page, written out only where there is something to say of it."""

    def __init__(self, element: Element) -> None:
        self.element = element

    def __str__(self) -> str:
        return f"<{self.element.tag} {' '.join(f'{k}={v!r}' for k, v in self.element.items())}>"


def _has(element: Element, name: str, value: str) -> bool:
    given = element.get(name)
    return given is not None and (value in given.split() if name == "class" else value == given)


def _value(field: Element) -> str | None:
    if field.tag == "textarea":
        return (field.text or "").removeprefix("\n")
    if field.tag == "select":
        options = list(field.iter("option"))
        chosen = next((o for o in options if o.get("selected") is not None), options[0] if options else None)
        return None if chosen is None else chosen.get("value", text_of(chosen))
    kind = field.get("type")
    if kind in ("submit", "button", "image", "file") or (
        kind in ("checkbox", "radio") and field.get("checked") is None
    ):
        return None
    return field.get("value", "on" if kind in ("checkbox", "radio") else "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
