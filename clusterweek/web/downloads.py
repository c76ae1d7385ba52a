"""Answers that are files, and cells that no spreadsheet mistakes for a formula."""

from flask import Response

# A cell that begins with one of these is run by Excel, LibreOffice or Google Sheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0")


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
    return value.lstrip("'").startswith(FORMULA_STARTS)
