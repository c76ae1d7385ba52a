"""Texts that people write, as safe HTML: Markdown without HTML of one's own, links that say where they lead."""

import re

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

# A text stands below the page's h1 and, on an activity's page, below an h2: its own headings never outrank those.
LOWER = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4"}
TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "a", "h2", "h3", "h4", "blockquote", "code", "pre", "hr"}
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


def parsed(text: str) -> list[Token]:
    """Markdown as the parts that markdown-it found, for whoever writes something else than HTML."""
    return _markdown.parse(text)


def html(text: str, *, lower: bool = True, mark: re.Pattern[str] | None = None) -> Markup:
    """Markdown as HTML with the tags above and nothing else; what `mark` finds is set off as <mark>."""
    tokens = parsed(text)
    for token in tokens:
        token.tag = LOWER.get(token.tag, token.tag) if lower else token.tag
    cleaned = nh3.clean(
        _markdown.renderer.render(tokens, _markdown.options, {}),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    if mark:
        cleaned = mark.sub(lambda found: f"<mark>{found[0]}</mark>", cleaned)
    return Markup(cleaned)
