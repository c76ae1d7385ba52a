"""Spreadsheets as LibreOffice writes them (ODS)."""

import io
import zipfile
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import escape, quoteattr

NAMES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
KIND = "application/vnd.oasis.opendocument.spreadsheet"
EMPTY_BELOW = (
    '<table:table-row table:style-name="ro1" table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
)


def ods(*sheets: dict[str, Any], parts: dict[str, str] | None = None) -> bytes:
    """Sheets as {"name", "rows", "is_hidden", "below" (XML behind the rows), "before"}. A cell is a text, a number, a
    day, a moment, True or False, None, (value, what is shown), or XML that begins with <."""
    tables, styles = [], []
    for number, one in enumerate(sheets, start=1):
        styles.append(
            f'<style:style style:name="ta{number}" style:family="table"><style:table-properties '
            f'table:display="{str(not one.get("is_hidden")).lower()}"/></style:style>'
        )
        rows = "".join(_row(row) for row in one["rows"])
        name = quoteattr(one.get("name", f"Tabelle{number}"))
        tables.append(
            f'<table:table table:name={name} table:style-name="ta{number}">{one.get("before", "")}'
            f'<table:table-column table:number-columns-repeated="16384"/>{rows}{one.get("below", EMPTY_BELOW)}'
            "</table:table>"
        )
    spaces = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document-content {spaces} office:version="1.3">'
        f"<office:automatic-styles>{''.join(styles)}</office:automatic-styles><office:body><office:spreadsheet>"
        f"<table:calculation-settings/>{''.join(tables)}<table:named-expressions/></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", KIND, zipfile.ZIP_STORED)
        made.writestr("Basic/script-lc.xml", '<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD"><x/>')
        made.writestr("META-INF/manifest.xml", "<manifest/>")
        for name, text in ({"content.xml": content} | (parts or {})).items():
            made.writestr(name, text)
    return file.getvalue()


def _row(row: list[Any] | str) -> str:
    if isinstance(row, str):
        return row
    return f'<table:table-row table:style-name="ro1">{"".join(map(cell, row))}</table:table-row>'


def cell(given: Any) -> str:
    """A cell as LibreOffice shows and writes it in German."""
    if isinstance(given, str) and given.startswith("<table:"):
        return given
    value, shown = given if isinstance(given, tuple) else (given, None)
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        kind, shown = f'boolean" office:boolean-value="{str(value).lower()}', shown or ("WAHR" if value else "FALSCH")
    elif isinstance(value, int | float):
        kind, shown = f'float" office:value="{value!r}', shown or str(value).replace(".", ",")
    elif isinstance(value, datetime):
        # A moment at midnight is written like a day.
        said = value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%dT%H:%M:%S")
        kind, shown = f'date" office:date-value="{said}', shown or f"{value:%d.%m.%Y %H:%M}"
    elif isinstance(value, date):
        kind, shown = f'date" office:date-value="{value}', shown or f"{value:%d.%m.%y}"
    elif isinstance(value, time):
        kind, shown = f'time" office:time-value="PT{value:%HH%MM%SS}', shown or f"{value:%H:%M}"
    else:
        kind, shown = 'string" calcext:value-type="string', value
    return f'<table:table-cell office:value-type="{kind}">{paragraphs(str(shown))}</table:table-cell>'


def paragraphs(text: str) -> str:
    """Each line a paragraph; runs of spaces and tabs are signs of their own."""
    lines = []
    for line in text.split("\n"):
        out = escape(line).replace("\t", "<text:tab/>")
        while "  " in out:
            out = out.replace("  ", ' <text:s text:c="1"/>', 1)
        lines.append(f"<text:p>{out}</text:p>")
    return "".join(lines)
