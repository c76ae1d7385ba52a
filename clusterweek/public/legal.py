"""Imprint, privacy notice, accessibility statement.

An installation's own text lies in `instance/legal/<page>.<lang>.md`; where there is none, the shipped text stands in,
with its gaps [in square brackets]. The office is warned as long as one gap is left: see `placeholders`.
"""

import re
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from clusterweek.i18n import LANGUAGES
from clusterweek.i18n import gettext as _
from clusterweek.public import prose

PAGES = ("imprint", "privacy", "accessibility")
SHIPPED = Path(__file__).parent / "legal_texts"
ANCHOR = re.compile(r"<(h[234])>([^<]*?) \{#([a-z]+)\}</\1>")
GAP = re.compile(r"\[[^\[\]\n]{2,300}\](?!\()")  # square brackets that are no link


def title(page: str) -> str:
    return {
        "imprint": _("Imprint"),
        "privacy": _("Privacy"),
        "accessibility": _("Accessibility statement"),
    }[page]


def html(page: str, lang: str) -> Markup:
    """The text below the title, its gaps marked; a heading that ends in {#feedback} becomes that anchor."""
    made = prose.html(text(page, lang), lower=False, mark=GAP)
    return Markup(ANCHOR.sub(r'<\1 id="\3">\2</\1>', str(made)))


def text(page: str, lang: str) -> str:
    """Markdown: the installation's own if it has one, else the shipped one."""
    name = f"{page}.{lang}.md"
    own = Path(current_app.instance_path) / "legal" / name
    return (own if own.is_file() else SHIPPED / name).read_text("utf-8")


def placeholders() -> list[str]:
    """Every gap that is still to be filled, as "page.lang: [gap]"; empty when the pages are complete."""
    return [
        f"{page}.{lang}: {gap}"
        for page in PAGES
        for lang in LANGUAGES
        for gap in dict.fromkeys(GAP.findall(text(page, lang)))
    ]
