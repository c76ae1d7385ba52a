"""The cells of a sheet with what a reader would pass over in silence: each such cell comes as a pair (kind, shown).

Kinds: `error` (#N/A and the like), `formula` (the file holds no result for it), `joined` (with the cell `shown`),
`yes or no`, `duration`. A day has no time unless its format shows one; 01067 is a text. Cells that are joined downwards
all hold the value of the first; what belongs to another column is `joined`. Nothing here knows the program, so that a
process of its own may run it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from xml.etree.ElementTree import iterparse

from openpyxl.cell.read_only import EMPTY_CELL
from openpyxl.styles.numbers import FORMAT_GENERAL
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string, get_column_letter, range_boundaries

from clusterweek.importing import shown

PIECE = 1 << 20
LONGEST_TAG = 512  # bytes kept from one piece to the next, so that nothing is overlooked where they meet
FORMULA = re.compile(rb"<(?:[^\s<>/:=]+:)?f[\s/>]")
JOINED = re.compile(
    rb"""<(?:[^\s<>/:=]+:)?mergeCell\s[^<>]*?\bref\s*=\s*["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']"""
)

Box = tuple[int, int, int, int]  # first column, first row, last column, last row


class Joined:
    """Cells that are joined: those below hold the value of the first, those beside it are `joined`."""

    def __init__(self, max_col: int, boxes: Iterable[Box] = ()) -> None:
        self.max_col = max_col
        self.waiting = sorted(boxes, key=lambda box: box[1], reverse=True)
        self.values: dict[Box, Any] = {}  # of the boxes that this row touches: what their first cell holds

    def add(self, box: Box) -> None:
        """A box that begins in the next row that is filled."""
        self.waiting.append(box)

    def fill(self, number: int, row: list[Any]) -> None:
        """Fill the row in. Raises ValueError for cells that are joined across each other."""
        if not self.waiting and not self.values:
            return
        while self.waiting and self.waiting[-1][1] <= number:
            box = self.waiting.pop()
            self.values[box] = row[box[0] - 1] if box[0] <= len(row) else None
        self.values = {box: value for box, value in self.values.items() if box[3] >= number and box[0] <= self.max_col}
        if len(self.values) > self.max_col:
            raise ValueError("cells are joined across each other")
        says_something = any(value is not None for value in row)
        for box, value in self.values.items():
            self._fill_box(row, number, box, value if says_something else None)

    def _fill_box(self, row: list[Any], number: int, box: Box, value: Any) -> None:
        first_column, first_row, last_column, _last_row = box
        last = min(last_column, self.max_col)
        row += [None] * (last - len(row))
        if number > first_row:
            row[first_column - 1] = value
        for place in range(first_column + 1, last + 1):
            row[place - 1] = ("joined", f"{get_column_letter(first_column)}{first_row}")


def rows(sheet: Any, *, max_col: int) -> Iterator[list[Any]]:
    """The rows of a sheet of a workbook that was opened with `read_only` and `data_only`; missing rows come as empty
    ones. Raises what the library raises, and ValueError for cells that are joined across each other."""
    has_formulas, boxes = _look(sheet)
    without_result = _without_result(sheet) if has_formulas else frozenset()
    joined = Joined(max_col, boxes)
    for number, cells in enumerate(sheet.iter_rows(max_col=max_col), start=1):
        row = [
            None if cell is EMPTY_CELL else _value(cell, bool(without_result) and (number, place) in without_result)
            for place, cell in enumerate(cells, start=1)
        ]
        joined.fill(number, row)
        yield row


def _value(cell: Any, is_without_result: bool) -> Any:
    value = cell.value
    if is_without_result:
        return ("formula", "")
    if cell.data_type == "e" and value is not None:
        return ("error", str(value))
    if isinstance(value, bool):
        return ("yes or no", "TRUE" if value else "FALSE")
    if isinstance(value, timedelta):
        return ("duration", str(value))
    if isinstance(value, str) or value is None:
        return value
    try:
        number_format = cell.number_format or FORMAT_GENERAL
    except IndexError:  # of a style that the file does not hold
        return value
    text = shown.number(value, number_format)
    return shown.moment(value, number_format) if text is None else text


def _open(sheet: Any) -> Any:
    # The library reads neither of the two in this way; where the sheet lies in the file only it knows.
    return sheet.parent._archive.open(sheet._worksheet_path)


def _look(sheet: Any) -> tuple[bool, set[Box]]:
    """Whether there are formulas, and which cells are joined."""
    has_formulas, found = False, set()
    with _open(sheet) as file:
        rest = b""
        while piece := file.read(PIECE):
            text = rest + piece
            has_formulas = has_formulas or FORMULA.search(text) is not None
            found |= {match[1] for match in JOINED.finditer(text)}
            rest = text[-LONGEST_TAG:]
    boxes: list[Any] = [range_boundaries(ref.decode("ascii")) for ref in found]
    return has_formulas, set(boxes)


def last_row(sheet: Any) -> int:
    """The last row in which something stands; formats and borders are nothing."""
    return max((row for row, _column, _parts, says_something in _cells(sheet) if says_something), default=0)


def _without_result(sheet: Any) -> frozenset[tuple[int, int]]:
    """(row, column) of every formula for which the file keeps no result. A kept text of no length is a result."""
    return frozenset((row, column) for row, column, parts, is_kept in _cells(sheet) if "f" in parts and not is_kept)


def _cells(sheet: Any) -> Iterator[tuple[int, int, dict[str, Any], bool]]:
    """(row, column, parts by name, whether the file keeps a value) of each cell that the file names."""
    row = column = 0
    with _open(sheet) as file:
        for event, element in iterparse(file, events=("start", "end")):
            name = element.tag.rpartition("}")[2]
            if name == "row" and event == "start":
                row, column = int(element.get("r") or row + 1), 0
            elif name == "row":
                element.clear()
            elif name == "c" and event == "end":
                reference = element.get("r")
                column = column_index_from_string(coordinate_from_string(reference)[0]) if reference else column + 1
                parts = {part.tag.rpartition("}")[2]: part for part in element}
                kept = parts.get("v")
                is_text = element.get("t") in ("str", "inlineStr")
                yield row, column, parts, "is" in parts or (kept is not None and bool(kept.text or is_text))
                element.clear()
