"""The command `import clusters`: an office loads its clusters from a table and invites them."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.clusters import queries
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from tests.mailbox import mailbox

GOOD = """\ufeffname;kind;Land;fields;label;valid_until;website;contact e-mail
OptoNet;cluster;Thüringen;photonics;gold;2028-12-31;https://optonet.example;clara@optonet.example
Hafenstadt Nord;agency;DE-HH;;;;;
"""


@pytest.fixture
def load(app: Any, tmp_path: Path) -> Any:
    """Run the command on a table; (exit code, lines)."""

    def command(text: str, *options: str) -> tuple[int, list[str]]:
        file = tmp_path / "clusters.csv"
        file.write_text(text, "utf-8")
        db.session.commit()
        result = app.test_cli_runner().invoke(app.cli, ["import", "clusters", str(file), *options])
        db.session.expire_all()
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output.splitlines()

    return command


def table(text: str = GOOD) -> str:
    return text.replace("photonics", "optical-technologies-photonics")


def test_a_table_is_taken_over_and_says_who_would_be_invited(load: Any) -> None:
    assert load(table()) == (
        0,
        [
            "row 2: new  OptoNet",
            "row 3: new  Hafenstadt Nord",
            "would be invited: clara@optonet.example  OptoNet",
        ],
    )

    cluster = queries.by_slug("optonet")
    assert cluster is not None
    assert (cluster.land, cluster.fields, cluster.ecei_label, str(cluster.label_valid_until)) == (
        "DE-TH",
        ["optical-technologies-photonics"],
        "gold",
        "2028-12-31",
    )
    assert mailbox() == []


def test_columns_that_are_not_known_are_named_beside_the_rows(load: Any) -> None:
    assert load("name;land;Farbe\nElbe;HH;rot\n") == (0, ["not read, because not known: Farbe", "row 2: new  Elbe"])


def test_with_invite_the_letters_leave_and_a_second_run_writes_none(load: Any) -> None:
    _code, lines = load(table(), "--invite")
    assert lines[-1] == "invited: clara@optonet.example  OptoNet"
    assert mailbox() == [("clara@optonet.example", "Einladung an OptoNet: Clusterwoche")]

    assert load(table(), "--invite") == (0, ["row 2: unchanged  OptoNet", "row 3: unchanged  Hafenstadt Nord"])
    assert mailbox() == []


def test_with_a_wrong_row_nothing_is_written_and_each_reason_is_named(load: Any) -> None:
    wrong = "Ohne Land;cluster;;;;;;\nFalsch;verein;Mars;;platin;morgen;javascript:alert(1);clara\n"

    code, lines = load(table() + wrong, "--invite")

    assert code == 1
    assert [line.split("  ")[0] for line in lines] == ["row 2: new", "row 3: new", "row 4: error", "row 5: error"]
    for column in ("kind", "Land", "label", "valid_until", "website", "contact e-mail"):
        assert f"  {column}: " in lines[3]
    assert db.session.scalar(select(func.count()).select_from(Cluster)) == 0
    assert mailbox() == []
