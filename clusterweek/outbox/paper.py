"""Putting a letter into words: three templates to a letter, subject, text and page."""

import re
from typing import Any

from flask import current_app


def write(folder: str, **context: Any) -> tuple[str, str, str]:
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
