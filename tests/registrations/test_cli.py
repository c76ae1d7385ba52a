"""`export registrations`: the list of an activity as a file."""

import csv
import io
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from openpyxl import load_workbook

from clusterweek.refusal import Refusal
from tests import make


def export(app: Flask, number: int, format: str, target: Path) -> Result:
    words = ["export", "registrations", "--activity", str(number), "--format", format, "-o", str(target)]
    return app.test_cli_runner().invoke(args=words)


def read(format: str, body: bytes) -> list[list[str]]:
    if format == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=";"))
    sheet = load_workbook(io.BytesIO(body)).active
    assert sheet is not None
    return [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_the_list_of_an_activity_is_written_to_a_file(app: Flask, tmp_path: Path, format: str) -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    make.registration(make.activity(), "Olaf")
    target = tmp_path / f"list.{format}"

    done = export(app, activity.id, format, target)

    assert (done.exit_code, done.output) == (0, "")
    assert list(tmp_path.iterdir()) == [target]
    head, *people = read(format, target.read_bytes())
    assert [dict(zip(head, row, strict=True))["status"] for row in people] == ["confirmed", "waitlisted"]
    assert [row[2:4] for row in people] == [["Ada", "ada@example.org"], ["Sven", "sven@example.org"]]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_list_of_nothing_is_refused(app: Flask, tmp_path: Path, format: str) -> None:
    done = export(app, 4711, format, tmp_path / f"list.{format}")

    assert isinstance(done.exception, Refusal)
    assert str(done.exception) == "There is no activity 4711."
    assert list(tmp_path.iterdir()) == []


def test_a_format_that_does_not_exist_is_refused(app: Flask, tmp_path: Path) -> None:
    done = export(app, make.activity().id, "pdf", tmp_path / "list.pdf")

    assert done.exit_code == 2
    assert "'pdf' is not one of 'csv', 'xlsx'" in done.output
    assert list(tmp_path.iterdir()) == []
