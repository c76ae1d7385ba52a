"""What stands in a cell, or why that cannot be read: such a cell is an error of its row, never an empty one.

Only a cell that is truly empty clears what is stored.
"""

import re
from datetime import date, datetime, time
from typing import Any, NamedTuple

from openpyxl.utils.escape import unescape

from clusterweek.i18n import gettext as _
from clusterweek.web.downloads import plain_cell
from clusterweek.web.forms import many_lines

# What spreadsheets show where they could not reckon: English, German, LibreOffice's, Google's.
ERRORS = frozenset(
    (
        *("#n/a", "#nv", "#n/v", "#ref!", "#bezug!", "#value!", "#wert!", "#name?", "#num!", "#zahl!", "#null!"),
        *("#div/0!", "#spill!", "#überlauf!", "#calc!", "#kalk!", "#field!", "#feld!", "#blocked!", "#blockiert!"),
        *("#connect!", "#verbinden!", "#verbindung!", "#busy!", "#beschäftigt!", "#unknown!", "#unbekannt!"),
        *("#external!", "#extern!", "#python!", "#timeout!", "#error!", "#fehler!", "#getting_data"),
        *("loading...", "loading…", "wird geladen...", "wird geladen…", "#loading!"),  # what Google shows meanwhile
        *("#daten_abrufen", "#datenabruf", "#valeur!", "#nom?", "#nombre!"),
    )
)
ERROR = re.compile(r"(?:err|fehler|error):\d{3}|#{3,}", re.IGNORECASE)  # "###": the column was too narrow
LOST = re.compile("[\ufffd\udc80-\udcff]")  # where bytes were no text, here or in the program before
QUOTED = re.compile(r'="((?:[^"]|"")*)"')  # how spreadsheets are made to take a number for a text


class Unread(NamedTuple):
    """Why a cell cannot be read, and what it shows. A cell that is joined with another says nothing about its row."""

    kind: str
    shown: str

    def __bool__(self) -> bool:
        return self.kind != "joined"

    @property
    def sentence(self) -> str:
        """For people; row and column stand beside it."""
        return {
            "error": _("The cell shows %(value)s. Write the value itself, or leave the cell empty.", value=self.shown),
            "formula": _(
                "The cell holds a formula without its result. Open the file in your spreadsheet and save it once."
            ),
            "joined": _(
                "The cell is merged with %(cell)s. Unmerge the cells and write the value into each of them.",
                cell=self.shown,
            ),
            "bytes": _(
                "“%(value)s” holds characters that cannot be read. Save the table as XLSX or “CSV UTF-8”.",
                value=self.shown,
            ),
            "signs": _("The cell is not empty, but holds only invisible characters. Empty it or write the value."),
            "yes or no": _("The cell holds %(value)s, which no column here takes.", value=self.shown),
            "duration": _("The cell holds a duration (%(value)s), which no column here takes.", value=self.shown),
        }[self.kind]


Cell = str | Unread


def from_csv(cell: str) -> Cell:
    """A cell of a CSV file. One that begins with = is a formula, or a text in `="…"`; written on purpose it has a '."""
    if match := QUOTED.fullmatch(cell.strip()):
        return of_text(match[1].replace('""', '"'))
    return Unread("formula", "") if cell.lstrip().startswith("=") else of_text(cell)


def from_sheet(cell: Any) -> Cell:
    """A cell of a workbook, as `marks.rows` gives it, also by way of JSON."""
    if cell is None:
        return ""
    if isinstance(cell, tuple | list):
        return Unread(*cell)
    if isinstance(cell, bool):
        return Unread("yes or no", "TRUE" if cell else "FALSE")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    return of_text(unescape(str(cell)))  # _x000D_ is how a workbook writes a carriage return


def of_text(text: str) -> Cell:
    """Text as a form would take it (no control characters, no spaces at the ends), without the ' of formula
    protection."""
    if LOST.search(text):
        return Unread("bytes", LOST.sub("\ufffd", text).strip()[:60])
    clean = str(many_lines(plain_cell(text.strip())))
    if not clean and text.strip():
        return Unread("signs", "")
    return Unread("error", clean) if is_error(clean) else clean


def is_error(text: str) -> bool:
    """Whether a spreadsheet shows this where it could not reckon: #N/A, #NV, #BEZUG!, Err:502."""
    return text.casefold() in ERRORS or bool(ERROR.fullmatch(text))
