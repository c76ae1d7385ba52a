"""Markdown as blocks for paper."""

from typing import Any

import pytest

from clusterweek.printing import texts


def said(text: str) -> list[tuple[str, str]]:
    return [(block["kind"], "".join(run["text"] for run in block["runs"])) for block in texts.blocks(text)]


@pytest.mark.parametrize(
    ("text", "blocks"),
    [
        ("", []),
        ("One.\n\nTwo\nlines.", [("p", "One."), ("p", "Two\nlines.")]),
        ("## Provider\nOffice", [("h", "Provider"), ("p", "Office")]),
        ("# High\n###### Low", [("h", "High"), ("h", "Low")]),
        ("- one\n- two", [("item", "one"), ("item", "two")]),
        ("- one\n\n  more of it\n- two", [("item", "one"), ("p", "more of it"), ("item", "two")]),
        ("- one\n  - inside\n- two", [("item", "one"), ("item", "inside"), ("item", "two")]),
        ("> quoted", [("p", "quoted")]),
        ("    code\n", [("p", "code")]),
        ("<b>not HTML</b>", [("p", "<b>not HTML</b>")]),
        ("![picture](https://x.example/a.png)", [("p", "!picture")]),
        ("a\n\n---\n\nb", [("p", "a"), ("p", "b")]),
    ],
)
def test_a_text_becomes_blocks(text: str, blocks: list[tuple[str, str]]) -> None:
    assert said(text) == blocks


def test_numbers_go_on_from_the_first() -> None:
    assert [block["number"] for block in texts.blocks("7. a\n8. b\n\nText\n\n- c")] == [7, 8, None, None]


def test_words_may_be_bold_and_italic_and_lead_somewhere() -> None:
    runs: list[dict[str, Any]] = texts.blocks("a **b *c*** [d](https://x.example/) e")[0]["runs"]

    assert [(run["text"], run["bold"], run["italic"], run["href"]) for run in runs] == [
        ("a ", False, False, None),
        ("b ", True, False, None),
        ("c", True, True, None),
        (" ", False, False, None),
        ("d", False, False, "https://x.example/"),
        (" e", False, False, None),
    ]


@pytest.mark.parametrize("target", ["javascript:alert(1)", "/de/", "ftp://x.example", "file:///etc/passwd", "data:x"])
def test_paper_leads_only_where_paper_can(target: str) -> None:
    assert {run["href"] for run in texts.blocks(f"[here]({target})")[0]["runs"]} == {None}
