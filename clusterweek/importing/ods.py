"""The rows of the first visible sheet of an ODS file (LibreOffice), each cell as what it shows.

Nothing here knows the program, so that a process of its own may run it, which `packed.refuse` has let through.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree.ElementTree import Element, iterparse
from xml.parsers import expat

from clusterweek.importing import marks, shown as given_by
from clusterweek.importing.packed import DEEPEST_ROW, MOST_CELLS, MOST_COLUMNS, No

MOST_SPACES = 1_000  # one sign of a cell may stand for any number of them
SPACE = re.compile("[ \t\r\n]+")  # means one space in this format, wherever it stands
ERROR = re.compile(r"(?:err|fehler|error|erreur) ?: ?\d{3}|#[^\W\d_/0]+(?:/0)?[!?]|#n/?[av]|#div/0!", re.IGNORECASE)
CLOCK = re.compile(r"\d{1,2}:\d{2}")
LASTS = re.compile(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S")
PASSED_OVER = frozenset(("annotation", "annotation-end", "note", "ruby-text", "frame", "table", "forms", "detective"))
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
ROW, SHEET = f"{{{TABLE}}}table-row", f"{{{TABLE}}}table"
CELL, COVERED = f"{{{TABLE}}}table-cell", f"{{{TABLE}}}covered-table-cell"
BOOK = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}spreadsheet"
LETTERS = ("p", "h")  # what a cell shows stands in paragraphs


def rows(data: bytes) -> Iterator[list[Any] | dict[str, Any]]:
    """Each cell as `marks.rows` gives it; missing rows come as empty ones. Before them, of several visible sheets,
    `{"sheet": title}`."""
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if is_locked(parts):
            raise No("password")
        with parts.open("content.xml") as content:
            place, name, has_others = _first_visible(content)
        if has_others:
            yield {"sheet": name}
        with parts.open("content.xml") as content:
            yield from _rows(content, place)


def is_locked(parts: zipfile.ZipFile) -> bool:
    names = parts.namelist()
    if "encrypted-package" in names:
        return True
    manifest = "META-INF/manifest.xml"
    return manifest in names and b"encryption-data" in parts.read(manifest)


def _first_visible(content: Any) -> tuple[int, str, bool]:
    """Which of the tables is read (from 0), how it is called, and whether others can be seen, too. What is hidden is a
    list of choices, or last year's; where all are, the first one is meant."""
    hidden_styles, tables, path = set[str](), list[tuple[str, str]](), list[str]()
    style = ""

    def start(tag: str, given: dict[str, str]) -> None:
        nonlocal style
        name = tag.rpartition(":")[2]
        if name == "style":
            style = _given(given, "name")
        elif name == "table-properties" and _given(given, "display") == "false":
            hidden_styles.add(style)
        elif name == "table" and path[-1:] == ["spreadsheet"]:
            tables.append((_given(given, "name"), _given(given, "style-name")))
        path.append(name)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: path.pop()
    try:
        parser.ParseFile(content)
    except expat.ExpatError:
        raise No("unreadable") from None
    if not tables:
        raise No("unreadable")
    seen = [place for place, (_name, style) in enumerate(tables) if style not in hidden_styles] or [0]
    return seen[0], tables[seen[0]][0], len(seen) > 1


def _given(attributes: dict[str, str], name: str) -> str:
    """An attribute by its name alone: programs choose their own prefixes."""
    return next((value for key, value in attributes.items() if re.split("[:}]", key)[-1] == name), "")


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _rows(content: Any, place: int) -> Iterator[list[Any]]:
    """The rows of the table at that place of those of the document itself: drawings and changes have tables, too."""
    made, path = _Made(), list[Element]()
    at, open_rows = -1, 0
    for event, element in iterparse(content, events=("start", "end")):
        tag = element.tag
        if event == "start":
            if tag == ROW:
                open_rows += 1
            if not open_rows:
                at += tag == SHEET and path[-1].tag == BOOK
                path.append(element)
            continue
        if tag == ROW:
            open_rows -= 1
        elif not open_rows:
            path.pop()
        if open_rows or not path:
            continue
        tags = [one.tag for one in path]
        is_ours = at == place and SHEET in tags and tags[tags.index(SHEET) - 1] == BOOK
        if tag == ROW and is_ours and tags.count(SHEET) == 1:
            yield from made.rows(element)
        elif tag == SHEET and at == place and tags[-1] == BOOK:
            return
        path[-1].remove(element)


class _Made:
    """The rows of one sheet; empty ones are held back until something stands below them."""

    def __init__(self) -> None:
        self.number = self.empty = self.cells = 0
        self.joined = marks.Joined(MOST_COLUMNS + 1)

    def rows(self, element: Element) -> Iterator[list[Any]]:
        times = _count(element, "number-rows-repeated")
        row, boxes = _cells(element)
        if not any(cell is not None for cell in row):
            self.empty += times
            return
        self.cells += times * len(row)
        if self.number + self.empty + times > DEEPEST_ROW:
            raise No("deep")
        if self.cells > MOST_CELLS:
            raise No("cells")
        for _ in range(self.empty):
            yield self._filled([])
        self.empty = 0
        for time_of_row in range(times):
            for first, width, height in boxes if time_of_row == 0 else ():
                begin = self.number + 1
                self.joined.add((first, begin, first + width - 1, begin + height - 1))
            yield self._filled(list(row))

    def _filled(self, row: list[Any]) -> list[Any]:
        self.number += 1
        self.joined.fill(self.number, row)
        return row


def _count(element: Element, name: str) -> int:
    given = element.get(f"{{{TABLE}}}{name}", "1")
    return max(1, int(given)) if len(given) < 10 else 10**9


def _cells(element: Element) -> tuple[list[Any], list[tuple[int, int, int]]]:
    """The cells of a row, and (column, width, height) of those that are joined with others."""
    row: list[Any] = []
    boxes = []
    for cell in element:
        if not cell.attrib and not len(cell):
            row.append(None)
            if len(row) > MOST_COLUMNS:
                break
            continue
        if cell.tag not in (CELL, COVERED):
            continue
        times = _count(cell, "number-columns-repeated")
        width, height = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if (width, height) != (1, 1):
            boxes.append((len(row) + 1, width, height))
        value = None if cell.tag == COVERED else _value(cell)
        row += [value] * min(times, MOST_COLUMNS + 1 - len(row))
        if len(row) > MOST_COLUMNS:
            break
    while row and row[-1] is None:
        row.pop()
    return row, boxes


def _value(cell: Element) -> Any:
    given = {re.split("[:}]", key)[-1]: value for key, value in cell.attrib.items()}
    types = [value for key, value in cell.attrib.items() if key.endswith("}value-type")]
    text = "\n".join(_shown(part) for part in cell if _name(part) in LETTERS)
    if "error" in types or (given.get("formula") and ERROR.fullmatch(text.strip())):
        return ("error", text.strip() or "#")
    kind = next((kind for kind in types if kind != "error"), "")
    if kind == "boolean":
        return ("yes or no", text or given.get("boolean-value", ""))
    if kind in ("float", "percentage", "currency") and "value" in given:
        return _number(given["value"], text.strip())
    if kind == "date" and given.get("date-value"):
        return _moment(given["date-value"], text.strip())
    if kind == "time" and (lasts := LASTS.fullmatch(given.get("time-value", ""))):
        hours, minutes, seconds = map(int, lasts.groups())
        return time(hours, minutes, seconds) if hours < 24 and "[" not in text else ("duration", text)
    if not text and kind == "string":
        return given.get("string-value") or None
    if not text and given.get("formula") and not kind:
        return ("formula", "")
    return text or None


def _number(value: str, shown: str) -> Any:
    """The number, or what is shown where that says more: zeros in front, or letters before the digits."""
    number = float(value)
    if number.is_integer() and abs(number) < 1e15:
        whole = str(abs(int(number)))
        match = re.fullmatch(r"([^\d,.'+−-][^\d]*)?(\d+)", shown)
        if match and match[1] and match[2].lstrip("0") == whole.lstrip("0"):
            return shown
        digits = re.sub(r"\D", "", shown)
        if digits.startswith("0") and len(digits) > 1 and digits.lstrip("0") == whole.lstrip("0"):
            return shown
        return int(number)
    return number


def _moment(value: str, shown: str) -> Any:
    """A day, or a moment where a time is shown or there is one; 2026-12 where no day is shown."""
    moment = datetime.fromisoformat(value[:19])
    if moment.time() != time() or CLOCK.search(shown):
        return given_by.moment(moment, "hh:mm")
    parts = re.findall(r"\d+|[^\W\d_]+", shown)
    if parts and parts[-1] in (f"{moment:%Y}", f"{moment:%y}"):
        if len(parts) == 2 and (not parts[0].isdigit() or int(parts[0]) == moment.month):
            return f"{moment:%Y-%m}"
        if len(parts) == 1 and len(parts[0]) == 4:
            return parts[0]
    return date(moment.year, moment.month, moment.day)


def _shown(element: Element) -> str:
    """What a paragraph shows: notes and drawings beside the cell are no part of it."""
    out = [SPACE.sub(" ", element.text or "")]
    for part in element:
        name = _name(part)
        if name == "s":
            out.append(" " * min(int(_given(dict(part.attrib), "c") or 1), MOST_SPACES))
        elif name == "tab":
            out.append("\t")
        elif name == "line-break":
            out.append("\n")
        elif name not in PASSED_OVER:
            out.append(_shown(part))
        out.append(SPACE.sub(" ", part.tail or ""))
    return "".join(out)
