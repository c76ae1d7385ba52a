"""`export programme`: every format, filtered, in either language; what cannot be is one sentence."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import Result
from flask import Flask
from icalendar import Calendar
from pypdf import PdfReader

from clusterweek.db.session import db, unit_of_work
from clusterweek.programme import files
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import build_app
from tests.processes import Installation

TITLES = {"de": {"Workshop: Licht", "Seminar: Kleben"}, "en": {"Workshop: Light", "Seminar: Bonding"}}


def week() -> None:
    edition, host = make.edition(slug="woche"), make.cluster()
    make.activity(edition=edition, host=host, title_de="Workshop: Licht", title_en="Workshop: Light")
    bonding: dict[str, Any] = {"title_de": "Seminar: Kleben", "title_en": "Seminar: Bonding", "format": "seminar"}
    make.activity(edition=edition, host=host, place={"online_url": "https://raum.example"}, **bonding)
    make.activity(edition=edition, host=host, title_de="Entwurf", review_status="draft", published_at=None)


def words(format: str, body: bytes) -> str:
    """What people can read in the file."""
    if format == "pdf":
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(body)).pages).split())
    if format == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(body)).active
        assert sheet is not None
        return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    if format == "ics":
        return "\n".join(str(event["SUMMARY"]) for event in Calendar.from_ical(body).walk("VEVENT"))
    return body.decode("utf-8-sig")


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Callable[..., tuple[Result, Path]]:
    """Export the edition `woche`; the result and the path of the file."""
    week()
    db.session.commit()

    def command(format: str, *options: str, edition: str = "woche") -> tuple[Result, Path]:
        target = tmp_path / f"programme.{format}"
        given = ["export", "programme", "--edition", edition, "--format", format, "-o", str(target), *options]
        return app.test_cli_runner().invoke(args=given), target

    return command


Run = Callable[..., tuple[Result, Path]]


@pytest.mark.parametrize("format", files.FORMATS)
def test_every_format_is_written_whole(run: Run, format: str) -> None:
    done, target = run(format)

    assert (done.exit_code, done.output) == (0, "")
    said = words(format, target.read_bytes())
    assert all(title in said for title in TITLES["de"])
    assert "Entwurf" not in said
    assert list(target.parent.iterdir()) == [target]  # nothing half written beside it


@pytest.mark.parametrize("format", files.FORMATS)
def test_every_format_follows_the_filter_and_the_language(run: Run, format: str) -> None:
    done, target = run(format, "--filter", "format=seminar&land=DE-TH", "--lang", "en")

    assert done.exit_code == 0, done.output
    said = words(format, target.read_bytes())
    assert "Seminar: Bonding" in said
    assert "Workshop: L" not in said
    if format in ("pdf", "ics"):  # the tables have columns for both languages
        assert "Seminar: Kleben" not in said


def test_the_address_of_an_activity_is_in_the_language(run: Run) -> None:
    for lang in ("de", "en"):
        _done, target = run("json", "--lang", lang)

        assert all(f"/{lang}/woche/" in item["url"] for item in json.loads(target.read_bytes())["items"])


def test_the_office_gets_what_the_public_does_not(run: Run) -> None:
    _done, target = run("csv")

    rows = list(csv.DictReader(io.StringIO(words("csv", target.read_bytes())), delimiter=";"))
    assert {row["contact_email"] for row in rows} == {"clara@optonet.example"}
    assert [row["online_url"] for row in rows if row["format"] == "seminar"] == ["https://raum.example"]


@pytest.mark.parametrize(
    ("query", "named"),
    [("colour=red", "colour"), ("land=DE-XX", "DE-XX"), ("day=2027-13-40", "2027-13-40")],
)
def test_an_unknown_filter_is_named_and_nothing_written(run: Run, query: str, named: str) -> None:
    done, target = run("csv", "--filter", query)

    assert isinstance(done.exception, Refusal)
    assert named in str(done.exception)
    assert len(str(done.exception).splitlines()) == 1
    assert not target.exists()


def test_an_unknown_edition_is_named_and_what_stood_there_stays(run: Run) -> None:
    _done, target = run("csv")
    before = target.read_bytes()

    done, target = run("csv", edition="nirgends")

    assert isinstance(done.exception, Refusal)
    assert str(done.exception) == "There is no edition nirgends."
    assert target.read_bytes() == before


def test_a_folder_that_does_not_exist_is_one_sentence(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "nirgends" / "x.csv"

    done, _target = run("csv", "-o", str(target))

    assert isinstance(done.exception, Refusal)
    assert str(done.exception) == f"{target} cannot be written: No such file or directory."


@pytest.mark.slow
def test_a_script_gets_a_file_or_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    house = tmp_path / "house"
    with build_app(house).app_context(), unit_of_work():
        week()
    target = tmp_path / "programme.json"
    command = ("export", "programme", "--format", "json", "-o", str(target), "--edition")

    nowhere = Installation(house).run(*command, "nirgends", code=1)
    unknown = Installation(house).run(*command, "woche", "--filter", "colour=red", code=1)
    is_written = target.exists()
    told = Installation(house).run(*command, "woche", "--filter", "format=seminar")

    assert nowhere == "clusterweek: There is no edition nirgends.\n"
    assert unknown.startswith("clusterweek: ")
    assert "colour" in unknown
    assert len(unknown.splitlines()) == 1
    assert not is_written
    assert told == ""
    assert len(json.loads(target.read_bytes())["items"]) == 1
