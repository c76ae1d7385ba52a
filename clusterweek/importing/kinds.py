"""What a file is, by its content: many programs write web pages and CSV under the ending .xls."""

import re

WORKBOOKS = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
# Before 1993 a workbook was a row of records without a file system around it.
OLDEST = (b"\t\x00", b"\t\x02", b"\t\x04", b"\t\x08")
# Web pages, the XML of Excel 2003, a spreadsheet as one XML file, web archives, and printed pages.
MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\b|<!--|<\?xml\b|<(?:html|head|body|table|meta|style|div)\b|mime-version:|%pdf-)",
    re.IGNORECASE,
)


def of(data: bytes) -> str:
    """`workbook` (XLSX, ODS, XLS), `oldest`, `markup` for web pages and the like, else `text`."""
    if data.startswith(WORKBOOKS):
        return "workbook"
    if data.startswith(OLDEST):
        return "oldest"
    begin = data[:1024]
    if begin.startswith((b"\xff\xfe", b"\xfe\xff")):
        begin = begin.replace(b"\0", b"").strip(b"\xff\xfe")
    return "markup" if MARKUP.match(begin) else "text"
