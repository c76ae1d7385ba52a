"""The programme as CSV: UTF-8 with BOM (Excel needs it for umlauts), semicolons, one row per occurrence."""

import csv
import io
from collections.abc import Iterable, Sequence


def make(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> bytes:
    """The table with one line of headings; cells come ready, formula protection included (listing/columns.py)."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([row[column] for column in columns])
    return b"\xef\xbb\xbf" + out.getvalue().encode()
