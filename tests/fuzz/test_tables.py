"""Tables that are loaded up and imported: any bytes, any cells, any headings; a sentence, and never a crash."""

import csv
import io
from pathlib import Path
from typing import Any

from hypothesis import given, strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from clusterweek.activities.entries import COLUMNS
from clusterweek.importing import clusters
from clusterweek.refusal import Refusal
from tests.fuzz import answers, pages, typed
from tests.fuzz.bodies import Upload, encoded
from tests.fuzz.examples import EXAMPLES, examples
from tests.fuzz.world import World

GOOD = {
    "name": "Photonik Nord",
    "id": "new-1",
    "title_de": "Führung",
    "summary_de": "Wir zeigen alles.",
    "format": "seminar",
    "starts_at": "2027-04-07 09:00",
    "ends_at": "2027-04-07 16:00",
    "city": "Jena",
    "land": "DE-TH",
    "technology_fields": "plastics-technologies",
    "languages": "de",
    "contact_email": "clara@optonet.example",
    "capacity": "20",
    "host_cluster": "optonet",
}
FILES = st.sampled_from(
    ("a.csv", "a.csv", "A.XLSX", "a.xlsx", "a.ods", "a", "", "../a.csv", "a\x00.csv", "ä" * 300 + ".csv")
)
BEGINNINGS = (
    b"",
    b"PK\x03\x04",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xfe\xff",
    b"sep=;\n",
    b"name;land\n",
    b"name\tland\r",
    b'"',
    b"\x00",
)
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "mac-roman", "utf-16-be")


def some_cells(columns: list[str]) -> st.SearchStrategy[list[list[str]]]:
    """A row of headings and some rows: good ones with some cells that are anything."""
    known = st.lists(st.sampled_from(columns), min_size=1, max_size=12, unique=True)
    names = st.tuples(known, st.lists(typed.texts(), max_size=2)).map(lambda both: both[0] + both[1])
    return names.flatmap(
        lambda row: st.lists(st.tuples(*(_cell(name) for name in row)).map(list), max_size=4).map(
            lambda more: [row, *more]
        )
    )


def _cell(name: str) -> st.SearchStrategy[str]:
    good = st.just(GOOD.get(name, ""))
    odd = st.sampled_from(
        (*typed.DAYS, *typed.NUMBERS, "|", "a|a", "NL|NL", "Name [NL]", "[", "x [XX]", "1", "#12", "12.0")
    )
    return st.one_of(good, good, good, odd, typed.texts())


@st.composite
def tables(draw: st.DrawFn, columns: list[str]) -> tuple[str, bytes]:
    """A file: its name, and what is in it."""
    name = draw(FILES)
    how = draw(st.sampled_from(("csv", "csv", "csv", "xlsx", "bytes")))
    if how == "bytes":
        return name, draw(st.sampled_from(BEGINNINGS)) + draw(st.binary(max_size=300))
    rows = draw(some_cells(columns))
    if how == "xlsx":
        return draw(st.sampled_from((name, "a.xlsx", "a.xlsx"))), _workbook(draw, rows)
    written = io.StringIO()
    dialect: Any = {"delimiter": draw(st.sampled_from((";", ",", "\t", "|"))), "escapechar": "\\"}
    csv.writer(written, quoting=draw(st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_NONE))), **dialect).writerows(rows)
    text = written.getvalue().encode(draw(st.sampled_from(ENCODINGS)), "replace")
    cut = draw(st.sampled_from((0, 0, 0, 1, 7)))
    return draw(st.sampled_from((name, "a.csv", "a.csv"))), text[:-cut] if cut else text


def _workbook(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    others = st.sampled_from(
        (None, True, 46387, 46387.5, -1, 1e300, 0.1, "=1+1", "=NOW()", "#REF!", "_x000D_", "_x0000_")
    )
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            value: Any = draw(others) if number > 1 and draw(st.integers(0, 4)) == 0 else text[:32_000]
            try:
                sheet.cell(number, column, value)
            except (IllegalCharacterError, UnicodeError):  # this writer cannot; others can, as bytes
                sheet.cell(number, column, "x")
    if draw(st.integers(0, 5)) == 0:
        sheet.merge_cells("A1:C3")
    made = io.BytesIO()
    try:
        book.save(made)
    except UnicodeEncodeError:
        return b"PK"
    whole = made.getvalue()
    return whole[: -draw(st.sampled_from((1, 100, 3000)))] if draw(st.integers(0, 5)) == 0 else whole


def test_a_table_of_clusters_is_looked_at_and_taken_over_or_refused(filled_world: World) -> None:
    sent = filled_world.forms["organiser.preview_clusters"][0]
    (name,) = (one.name for one in sent.form.fields if one.kind == "file")

    @examples(2 * EXAMPLES)
    @given(tables(sorted(clusters.HEADINGS)), st.booleans())
    def send(table: tuple[str, bytes], is_inviting: bool) -> None:
        with filled_world.for_once():
            browser = filled_world.browser(sent.who)
            data, kind = encoded([(name, Upload(*table))])
            looked = browser.post(sent.form.action, data=data, content_type=kind)
            assert looked.status_code in answers.KNOWN
            if looked.status_code != 200:
                return
            for form in pages.sendable(pages.read(looked.text)[0]):
                if form.method == "post":
                    pairs: list[tuple[str, Any]] = [(n, value) for n, values in form.shown.items() for value in values]
                    data, kind = encoded(pairs + [("invite", "y")] * is_inviting)
                    assert browser.post(form.action, data=data, content_type=kind).status_code in answers.KNOWN

    send()


def test_a_table_of_activities_is_imported_or_refused(filled_world: World, tmp_path: Path) -> None:
    columns = sorted({name for entry in COLUMNS for name in (entry.key, entry.german)})

    @examples(2 * EXAMPLES)
    @given(tables(columns), st.sampled_from(([], ["--dry-run"], ["--partial"], ["--cluster", "optonet"])))
    def load(table: tuple[str, bytes], options: list[str]) -> None:
        path = tmp_path / ("a.xlsx" if table[0].lower().endswith("xlsx") else "a.csv")
        path.write_bytes(table[1])
        with filled_world.for_once():
            words = ["import", "activities", str(path), "--edition", "clusterwoche-2027", *options]
            done = filled_world.app.test_cli_runner().invoke(args=words)
            if done.exception and not isinstance(done.exception, SystemExit | Refusal):  # main() says it in a sentence
                raise done.exception
            assert done.exit_code in (0, 1)

    load()
