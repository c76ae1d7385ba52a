"""Answers that are files, and cells that no spreadsheet mistakes for a formula."""

import unicodedata

from flask import Response

# A cell that begins with one of these is run by Excel, LibreOffice or Google Sheets.
SIGNS = ("=", "+", "-", "@")
PASSED_OVER = ("Cc", "Cf", "Zl", "Zp", "Zs")
MINUS = "\N{MINUS SIGN}"  # the only look-alike that Unicode does not call a form of its sign


def attachment(body: bytes, *, filename: str, mimetype: str) -> Response:
    """`body` to be saved as `filename` (ASCII letters, digits, dot, hyphen only). Texts are UTF-8."""
    is_bare_text = mimetype.startswith("text/") and "charset" not in mimetype
    response = Response(body, content_type=f"{mimetype}; charset=utf-8" if is_bare_text else mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def safe_cell(value: str) -> str:
    """`value` with one ' in front when a spreadsheet would run it; importing takes it off again."""
    return f"'{value}" if _is_formula(value) else value


def plain_cell(value: str) -> str:
    """The opposite of `safe_cell`."""
    return value[1:] if value.startswith("'") and _is_formula(value) else value


def _is_formula(value: str) -> bool:
    # Whoever has written '=1+1 keeps the apostrophe: it gets a second one, and only that is taken off.
    value = value.lstrip("'")
    if value[:1] in ("\t", "\r", "\n", "\0"):
        return True
    # Spaces, a mark of byte order, marks without width are passed over by some programs. Excel for Chinese and Japanese
    # reads wide signs (U+FF1D) like ours; their other forms (small, raised) become ours on the way through Unicode.
    first = next((c for c in value if not (c.isspace() or unicodedata.category(c) in PASSED_OVER)), "")
    return unicodedata.normalize("NFKC", first).startswith((*SIGNS, MINUS))
