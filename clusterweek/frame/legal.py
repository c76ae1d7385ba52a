"""Imprint, privacy notice, accessibility statement.

An installation's own text lies in `instance/legal/<page>.<lang>.md`; where there is none, the shipped text stands in,
with its gaps [in square brackets]. The office is warned as long as one gap is left: see `placeholders`.
"""

import re
from pathlib import Path

from flask import current_app
from markupsafe import Markup

from clusterweek.i18n import LANGUAGES, gettext as _
from clusterweek.web import prose

PAGES = ("imprint", "privacy", "accessibility")
EXTRA = ("easy-language", "sign-language")  # what public bodies owe (§ 4 BITV 2.0): shown once a text lies there
SHIPPED = Path(__file__).parent / "legal_texts"
ANCHOR = re.compile(r"<(h[234])>([^<]*?) \{#([a-z]+)\}</\1>")
GAP = re.compile(r"\[[^\[\]\n]{2,300}\](?!\()")  # square brackets that are no link


def title(page: str) -> str:
    return {
        "imprint": _("Imprint"),
        "privacy": _("Privacy"),
        "accessibility": _("Accessibility statement"),
        "easy-language": _("Easy language"),
        "sign-language": _("Sign language"),
    }[page]


def is_there(page: str, lang: str) -> bool:
    """Whether the page can be shown: the legal ones always, the extra ones when the installation has a text."""
    return page in PAGES or (page in EXTRA and _own(page, lang).is_file())


def extra(lang: str) -> list[tuple[str, str]]:
    """(page, title) of the extra pages that are there, for the footer."""
    return [(page, title(page)) for page in EXTRA if is_there(page, lang)]


def html(page: str, lang: str) -> Markup:
    """The text below the title, its gaps marked; a heading that ends in {#feedback} becomes that anchor."""
    made = prose.html(text(page, lang), lower=False, mark=GAP)
    return Markup(ANCHOR.sub(r'<\1 id="\3">\2</\1>', str(made)))


def text(page: str, lang: str) -> str:
    """Markdown: the installation's own if it has one, else the shipped one."""
    own = _own(page, lang)
    return (own if own.is_file() else SHIPPED / own.name).read_text("utf-8")


def _own(page: str, lang: str) -> Path:
    return Path(current_app.instance_path) / "legal" / f"{page}.{lang}.md"


def placeholders() -> list[str]:
    """Every gap that is still to be filled, as "page.lang: [gap]"; empty when the pages are complete."""
    return [
        f"{page}.{lang}: {gap}"
        for page in PAGES
        for lang in LANGUAGES
        for gap in dict.fromkeys(GAP.findall(text(page, lang)))
    ]
