"""Putting a letter into words: three templates to a letter, subject, text and page."""

import re
import secrets
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import current_app
from markupsafe import escape

Written = tuple[str, str, str]  # subject, text, page
# Letters and digits only: it stays what it is in a text, a page and an address, and nobody can know it beforehand.
_GAP = f"x{secrets.token_hex(12)}x%sx"
_GAPS = re.compile(_GAP % r"(\w+?)")
_series: ContextVar[dict[Hashable, Written] | None] = ContextVar("series", default=None)


@contextmanager
def series() -> Iterator[None]:
    """Inside, nothing that letters speak of changes: `write_alike` renders what is the same once."""
    token = _series.set({})
    try:
        yield
    finally:
        _series.reset(token)


def write_alike(
    folder: str, same: Hashable, personal: Mapping[str, str], context: Callable[[Mapping[str, str]], dict[str, Any]]
) -> Written:
    """`write`, for letters that differ in nothing but words that are `personal`, and in what makes `same` another.

    `context` makes what the templates know from the personal words; they may stand in it as they are or as a part of
    addresses, and the templates must decide nothing by them.
    """
    shared = _series.get()
    if shared is None:
        return write(folder, **context(personal))
    key = (folder, same)
    if key not in shared:
        shared[key] = write(folder, **context({name: _GAP % name for name in personal}))
    subject, text, page = shared[key]

    def in_page(gap: re.Match[str]) -> str:
        return str(escape(personal[gap[1]]))

    def as_it_is(gap: re.Match[str]) -> str:
        return personal[gap[1]]

    return " ".join(_GAPS.sub(as_it_is, subject).split()), _GAPS.sub(as_it_is, text), _GAPS.sub(in_page, page)


def write(folder: str, **context: Any) -> Written:
    """(subject, text, page) from `subject.txt`, `text.txt` and `page.html` in `templates/<folder>/`.

    `folder` is `<room>/mails/<kind>`. The templates know `context`, the filters for dates and numbers, and nothing
    of a request: there is none in the worker. The subject becomes one line, the text loses runs of blank lines.
    """
    subject, text, page = (
        current_app.jinja_env.get_template(f"{folder}/{name}").render(context)
        for name in ("subject.txt", "text.txt", "page.html")
    )
    return (
        " ".join(subject.split()),
        re.sub(r"[ \t]*\n(?:[ \t]*\n){2,}", "\n\n", text).strip() + "\n",
        page.strip() + "\n",
    )
