"""CSV files as programs and people write them: encodings, separators, quotation marks."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from clusterweek.i18n import force_language
from clusterweek.importing import clusters, csv_text, reading, tables
from clusterweek.refusal import Refusal
from tests import make
from tests.browse import checked

TABLE = "name;land;city\nGünther Größe Übung;DE-BY;Köln\nŠkoda Bär;DE-SN;Grüß’ Gott\nMüller-Öl – „Ä“;DE-BW;Fürth\n"
PLAIN = "name;land;city\nGroße Kläranlage;DE-BY;Köln\nÄrzte für Öl;DE-SN;Grüß Gott\nGRÖSSE ÜBER ALLEM;DE-BW;Fürth\n"


def cells(data: bytes, column_of: Callable[[str], str | None] = clusters.column_of) -> list[list[str]]:
    return [list(row.cells.values()) for row in tables.read("t.csv", data, column_of).rows]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((TABLE, name) for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")),
        *((PLAIN, name) for name in ("utf-8", "utf-16-le", "cp1252", "mac_roman", "cp850", "iso-8859-1", "cp437")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_umlauts_are_right_whatever_wrote_them(text: str, encoding: str, end: str) -> None:
    written = text.replace("\n", end).encode(encoding)

    read = tables.read("t.csv", written, clusters.column_of)

    assert [list(row.cells.values()) for row in read.rows] == [line.split(";") for line in text.splitlines()[1:]]
    assert bool(read.remarks) == (encoding in ("mac_roman", "cp850", "cp437"))


def test_a_mark_at_the_beginning_of_utf_16_decides() -> None:
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert cells(mark + "name;city\nÖl;Köln\n".encode(encoding)) == [["Öl", "Köln"]]


@pytest.mark.parametrize("word", ["Köln", "Größe", "Fürth", "Bär", "Mühlbach", "schön", "Gemäß", "GRÖSSE"])
@pytest.mark.parametrize("encoding", ["mac_roman", "cp850"])
def test_a_single_word_is_enough(word: str, encoding: str) -> None:
    assert csv_text.decoded(f"name\n{word}\n".encode(encoding)) == (f"name\n{word}\n", encoding)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Škoda",
            "Tomáš Beneš",
            "Vršovice",
            "Mošnov",
            "Žilina",
            "Français",
            "Señor",
            "50 € je Person",
            "„Zitat“ – so",
        ),
        *("§ 5 Abs. 2", "…und mehr", "Don’t", "l’Air", "A·B", "5 °C", "m²", "Photonik®", "Œuvre", "Ålesund", "†1987"),
    ],
)
def test_what_windows_writes_stays_what_it_is(text: str) -> None:
    assert csv_text.decoded(f"name\n{text}\n".encode("cp1252")) == (f"name\n{text}\n", None)


def test_who_guessed_says_so() -> None:
    for lang, said in (("de", "Umlaute"), ("en", "umlauts")):
        with force_language(lang):
            (remark,) = tables.read("t.csv", "name\nKöln\n".encode("mac_roman")).remarks

        assert said in remark


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize(
    "title",
    ["", "Clusterliste, Stand 1. März, vorläufig\n", "a;b,c\td\n", "Liste; intern; bitte, nicht, weitergeben, danke\n"],
)
def test_the_separator_is_the_one_with_which_headings_are_known(mark: str, title: str) -> None:
    quoted = '"A, B; C\tD"'
    text = f"{title}name{mark}Bundesland{mark}Ort\n{quoted}{mark}DE-BY{mark}Bad Tölz\n"

    assert cells(text.encode()) == [["A, B; C D", "DE-BY", "Bad Tölz"]]


def test_a_line_that_says_the_separator_is_believed() -> None:
    assert cells(b"sep=|\nname|land\nA;B,C|DE-BY\n") == [["A;B,C", "DE-BY"]]
    assert cells(b"sep=;\r\nname;land\r\nA,B;DE-BY\r\n") == [["A,B", "DE-BY"]]


def test_headings_of_activities_decide_as_well() -> None:
    text = "Programm, Stand heute, ohne Gewähr\nid\ttitle_de\tcity\nnew-1\tA, B, C\tJena\n"

    assert cells(text.encode(), reading.column_of) == [["new-1", "A, B, C", "Jena"]]


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ('"Optik" Netz Süd;DE-BY', ["Optik Netz Süd", "DE-BY"]),
        ('Netz "Optik";DE-BY', ['Netz "Optik"', "DE-BY"]),
        ('"Netz ""Optik""";DE-BY', ['Netz "Optik"', "DE-BY"]),
        ('"Optik" "Netz";DE-BY', ['Optik "Netz"', "DE-BY"]),
        ('"A\nB;C";DE-BY', ["A\nB;C", "DE-BY"]),
    ],
)
def test_a_quotation_mark_that_is_out_of_place_costs_no_other_row(line: str, read: list[str]) -> None:
    text = f"name;land\nErste;DE-TH\n{line}\nLetzte;DE-SN\n"

    assert cells(text.encode()) == [["Erste", "DE-TH"], read, ["Letzte", "DE-SN"]]


def test_a_mark_that_swallows_a_whole_file_is_named_with_its_row() -> None:
    text = "name;land\nErste;DE-TH\n" + '"Optik;DE-BY\n' + "Netz;DE-BY\n" * 20_000

    with force_language("en"), pytest.raises(Refusal, match="In row 3 a quotation mark opens"):
        tables.read("t.csv", text.encode(), clusters.column_of)


def test_each_line_is_read_once_or_twice_however_many_marks_are_out_of_place(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def counted(lines: Iterable[str]) -> Iterator[str]:
        for line in lines:
            read.append(line)
            yield line

    def reader(lines: Iterable[str], **how: Any) -> Any:
        return real(counted(lines), **how)

    real = csv.reader
    monkeypatch.setattr(csv_text.csv, "reader", reader)
    text = "name;land\n" + '"Optik" Netz;DE-BY\nN"etz;"DE-BY\n' * 2_000

    found = list(csv_text.rows(text, lambda _heading: False))

    assert len(found) == 4_001
    assert len(read) < 3 * 4_001


def test_however_much_is_foreign_only_a_part_is_looked_at_sign_by_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = []
    monkeypatch.setattr(csv_text, "_oddities", lambda text: looked_at.append(len(text)) or 1)

    for data in (b"\x8a" * 1_000_000, b"K\x9aln Gr\x9a\xa7e\n" * 100_000, b"\xfc \xe4" * 100_000):
        csv_text.decoded(data)

    assert looked_at
    assert max(looked_at) < 60_000


def test_the_page_says_what_was_guessed(client: Any) -> None:
    make.login(client, make.organiser("Olaf"))
    sent = {"file": (io.BytesIO("name;land\nKöln-Netz;DE-NW\n".encode("mac_roman")), "t.csv")}

    got = checked(client.post("/de/organiser/clusters/table", data=sent))

    assert "Köln-Netz" in got.text
    assert "Umlaute" in got.text


def test_the_command_says_what_it_would_do_and_what_was_guessed(app: Any, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name;land\nKöln-Netz;DE-NW\n".encode("mac_roman"))

    done: Result = app.test_cli_runner().invoke(args=["import", "clusters", str(path), "--dry-run"])

    assert done.exit_code == 0
    assert "row 2: new  Köln-Netz" in done.output
    assert "umlauts" in done.output
    assert clusters.preview(tables.read("t.csv", path.read_bytes()))[0].outcome == "new"  # nothing was written
