"""Texts that people write, as blocks for a template: Markdown without HTML, pictures and fences of its own.

`texts.typ` sets them. A block is {"kind": "p", "h" or "item", "number": of a numbered item, else None, "runs": [...]},
a run {"text", "bold", "italic", "href": an address to open or None}; "\\n" in a text is a new line.
"""

from collections.abc import Iterable
from typing import Any

from markdown_it.token import Token

from clusterweek.web import prose

OPENABLE = ("http://", "https://", "mailto:")
STYLES = {"strong": "bold", "em": "italic"}


def blocks(text: str) -> list[dict[str, Any]]:
    """The blocks of a text in their order; lists inside lists and quotations lie flat."""
    found: list[dict[str, Any]] = []
    lists: list[int | None] = []  # of each list around: its next number, None for one with bullets
    kind, number = "p", None
    for token in prose.parsed(text):
        match token.type:
            case "bullet_list_open":
                lists.append(None)
            case "ordered_list_open":
                lists.append(int(token.attrs.get("start", 1)))
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                kind, number = "item", lists[-1]
                if number is not None:
                    lists[-1] = number + 1
            case "list_item_close" | "heading_close":
                kind, number = "p", None
            case "heading_open":
                kind = "h"
            case "inline":
                found.append({"kind": kind, "number": number, "runs": _runs(token.children or [])})
                kind, number = ("p", None) if kind == "item" else (kind, number)
            case "fence" | "code_block":
                found.append({"kind": "p", "number": None, "runs": [_run(token.content.rstrip())]})
    return [block for block in found if block["runs"]]


def _runs(tokens: Iterable[Token]) -> list[dict[str, Any]]:
    runs: list[dict[str, Any]] = []
    style: dict[str, Any] = {}
    for token in tokens:
        name, _, end = token.type.rpartition("_")
        if name in STYLES:
            style = {**style, STYLES[name]: end == "open"}
        elif name == "link":
            target = str(token.attrs.get("href", ""))
            style = {**style, "href": target if target.startswith(OPENABLE) else None}
        elif token.type in ("softbreak", "hardbreak"):
            runs.append(_run("\n"))
        elif token.content:
            runs.append(_run(token.content, **style))
    return runs


def _run(text: str, *, bold: bool = False, italic: bool = False, href: str | None = None) -> dict[str, Any]:
    return {"text": text, "bold": bold, "italic": italic, "href": href}
