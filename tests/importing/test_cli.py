"""`import activities`: what is printed, what is written, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask, current_app
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import build_app
from tests.processes import Installation

HEADINGS = (
    "id;title_de;summary_de;format;starts_at;ends_at;city;land;technology_fields;languages;contact_email;capacity"
)
GOOD = (
    "new-1;Seminar: Kleben;Was hält und warum.;seminar;2027-04-07 09:00;2027-04-07 16:00;Jena;DE-TH;"
    "plastics-technologies;de;clara@optonet.example;20"
)
WRONG = GOOD.replace("new-1", "new-2").replace("Kleben", "Löten").removesuffix("20") + "viele"

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, tmp_path: Path) -> Run:
    """Import these lines into the edition `woche`, as the cluster `optonet`."""
    make.edition(slug="woche")
    make.cluster("OptoNet", slug="optonet")
    path = tmp_path / "programme.csv"

    def command(*lines: str, options: tuple[str, ...] = (), edition: str = "woche", host: str = "optonet") -> Result:
        path.write_text("\n".join((HEADINGS, *lines)) + "\n")
        db.session.commit()
        words = ["import", "activities", str(path), "--edition", edition, "--cluster", host, *options]
        done = app.test_cli_runner().invoke(args=words)
        db.session.expire_all()
        return done

    return command


def titles() -> list[str | None]:
    return list(db.session.scalars(select(Activity.title_de).order_by(Activity.id)))


def test_good_rows_are_taken_over_and_told(run: Run) -> None:
    done = run(GOOD, GOOD.replace("new-1", "new-2").replace("Kleben", "Löten"))

    assert (done.exit_code, done.output) == (0, "row 2: new  new-1\nrow 3: new  new-2\n")
    assert titles() == ["Seminar: Kleben", "Seminar: Löten"]


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run) -> None:
    done = run(GOOD, options=("--dry-run",))

    assert (done.exit_code, done.output) == (0, "row 2: new  new-1\n")
    assert titles() == []


@pytest.mark.parametrize("options", [(), ("--dry-run",)], ids=["", "dry-run"])
def test_one_wrong_row_stops_everything_and_is_named_with_its_reason(run: Run, options: tuple[str, ...]) -> None:
    done = run(GOOD, WRONG, options=options)

    assert done.exit_code == 1
    assert [line.split("  ")[0] for line in done.output.splitlines()] == ["row 2: new", "row 3: error"]
    assert done.output.splitlines()[1] == "row 3: error  new-2  capacity: “viele” is not a whole number."
    assert titles() == []


def test_the_good_rows_are_taken_over_when_that_was_asked_for(run: Run) -> None:
    done = run(GOOD, WRONG, options=("--partial",))

    assert done.exit_code == 0
    assert "row 3: error  new-2  capacity: " in done.output
    assert titles() == ["Seminar: Kleben"]


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        ({"edition": "nirgends"}, "There is no edition nirgends."),
        ({"host": "niemand"}, "There is no cluster niemand."),
    ],
)
def test_what_does_not_exist_is_refused(run: Run, where: dict[str, str], sentence: str) -> None:
    done = run(GOOD, **where)

    assert isinstance(done.exception, Refusal)
    assert (str(done.exception), titles()) == (sentence, [])


def test_a_column_that_nobody_knows_is_left_out_and_named(run: Run, tmp_path: Path) -> None:
    done = run(GOOD, options=("--dry-run",))
    path = tmp_path / "programme.csv"
    headings, row = path.read_text().splitlines()
    path.write_text(f"{headings};Bemerkung intern;farbe\n{row};bitte prüfen;rot\n")

    again = current_app.test_cli_runner().invoke(
        args=["import", "activities", str(path), "--edition", "woche", "--cluster", "optonet", "--dry-run"]
    )

    said = "not read, because not known: Bemerkung intern, farbe"
    assert again.output.splitlines() == [said, *done.output.splitlines()]


@pytest.mark.slow
def test_a_script_learns_from_the_exit_code_what_became_of_the_table(tmp_path: Path) -> None:
    house = tmp_path / "house"
    with build_app(house).app_context(), unit_of_work():
        make.edition(slug="woche")
        make.cluster("OptoNet", slug="optonet")
    table = tmp_path / "programme.csv"
    table.write_text("\n".join((HEADINGS, GOOD, WRONG)) + "\n")
    words = ("import", "activities", str(table), "--cluster", "optonet", "--edition")

    stopped = Installation(house).run(*words, "woche", code=1)
    unknown = Installation(house).run(*words, "nirgends", code=1)
    partly = Installation(house).run(*words, "woche", "--partial")

    assert stopped == partly
    assert stopped.splitlines()[1] == "row 3: error  new-2  capacity: “viele” is not a whole number."
    assert unknown == "clusterweek: There is no edition nirgends.\n"
