"""Twice is twice: what is here already comes again only when the person says so, however it is brought."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.registrations import activity_changes
from tests import make
from tests.conftest import NOW, build_app
from tests.importing.test_activities import NEW, take_over
from tests.importing.test_cli import GOOD, HEADINGS
from tests.processes import Installation, on_both_databases


def count() -> Any:
    return db.session.scalar(select(func.count()).select_from(Activity))


@pytest.mark.parametrize("ids", [("new-1", "new-1"), ("", ""), ("new-1", ""), ("", "new-7")])
@pytest.mark.parametrize("status", ["draft", "submitted", "published"])
def test_the_same_table_again_brings_nothing_new(ids: tuple[str, str], status: str) -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug, "status": status}
    take_over(row | {"id": ids[0]}, edition=edition)
    number = db.session.scalars(select(Activity.id)).one()

    (line,) = take_over(row | {"id": ids[1]}, edition=edition)

    assert line.startswith("row 2: error  ")
    assert f"Das gibt es hier schon als {number}" in line
    assert count() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"title_de": " SEMINAR:  kleben "},
        {"title_de": "Seminar:\u00a0Kleben"},
        {"summary_de": "Ein anderer Text."},
        {"ends_at": "2027-04-07 18:00"},
        {"city": "Weimar"},
    ],
    ids=str,
)
def test_host_title_and_start_say_that_it_is_the_same(other: dict[str, str]) -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug}
    take_over(row, edition=edition)

    (line,) = take_over(row | other | {"host_cluster": host.name.upper()}, edition=edition)

    assert line.startswith("row 2: error  ")


def test_another_host_title_or_start_is_another_activity() -> None:
    edition, host, other = make.edition(), make.cluster(), make.cluster("FördeStrom")
    row = NEW | {"host_cluster": host.slug}
    later = {"starts_at": "2027-04-08 09:00", "ends_at": "2027-04-08 16:00"}
    take_over(row, edition=edition)

    lines = take_over(
        row | {"id": "new-1", "host_cluster": other.slug},
        row | {"id": "new-2", "title_de": "Seminar: Löten"},
        row | {"id": "new-3", **later},
        edition=edition,
    )

    assert [line.split("  ")[0] for line in lines] == ["row 2: new", "row 3: new", "row 4: new"]
    assert [line.split("  ")[0] for line in take_over(row, edition=make.edition())] == ["row 2: new"]  # another week


def test_with_the_persons_word_it_comes_again() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug}

    for _time in range(3):
        assert take_over(row, row | {"id": ""}, edition=edition, is_again=True)[0] == "row 2: new  new-1"
    assert count() == 6


def test_twice_in_one_table_is_named_by_its_row() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug}

    lines = take_over(row, row | {"id": "new-2"}, row | {"id": ""}, edition=edition)

    assert [line.split("  ")[0] for line in lines] == ["row 2: new", "row 3: error", "row 4: error"]
    assert "id: Zeile 2 ist dieselbe Veranstaltung" in lines[1]
    assert count() == 0


def test_with_partial_what_is_here_is_left_and_the_rest_comes() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug}
    take_over(row, edition=edition)

    lines = take_over(row, row | {"id": "new-2", "title_de": "Seminar: Löten"}, edition=edition, is_partial=True)

    assert [line.split("  ")[0] for line in lines] == ["row 2: error", "row 3: new"]
    assert count() == 2


def test_what_was_postponed_or_cancelled_is_here_all_the_same() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug, "status": "published"}
    for stop in (activity_changes.postpone, activity_changes.cancel):
        take_over(row | {"title_de": stop.__name__}, edition=edition)
        activity_id = db.session.scalars(select(Activity.id).where(Activity.title_de == stop.__name__)).one()
        with unit_of_work():
            stop(activity_id, None, by=None, now=NOW)

        (line,) = take_over(row | {"title_de": stop.__name__}, edition=edition)

        assert line.startswith("row 2: error  ")


def test_activities_without_a_date_are_the_same_by_host_and_title() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug, "starts_at": "", "ends_at": "", "city": "", "land": ""}

    assert take_over(row, edition=edition) == ["row 2: new  new-1"]
    assert take_over(row, edition=edition)[0].startswith("row 2: error  ")


@pytest.mark.slow
@on_both_databases("twice")
def test_two_imports_at_once_bring_everything_once(tmp_path: Path, database: Callable[[], dict[str, str]]) -> None:
    """Real processes, begun together; the second waits for the first and finds what it has brought."""
    settings = database()
    app = build_app(tmp_path / "house", **settings)
    with app.app_context(), unit_of_work():
        make.edition(slug="woche")
        make.cluster("OptoNet", slug="optonet")
    here = Installation(tmp_path / "house", **settings)
    programme, clusters = tmp_path / "programme.csv", tmp_path / "clusters.csv"
    titles = [GOOD.replace("new-1", f"new-{n}").replace("Kleben", f"Kleben {n}") for n in range(40)]
    programme.write_text("\n".join((HEADINGS, *titles)) + "\n")
    clusters.write_text("name;land\n" + "".join(f"Neues Netz {n};TH\n" for n in range(40)))
    words = (
        *(("import", "activities", str(programme), "--edition", "woche", "--cluster", "optonet") for _ in range(2)),
        *(("import", "clusters", str(clusters)) for _ in range(2)),
    )

    running = [here.start(*one) for one in words]
    codes = [process.wait(timeout=300) for process in running]

    assert sorted(codes[:2]) == [0, 1]
    assert codes[2:] == [0, 0]
    with app.app_context():
        assert count() == 40
        assert db.session.scalar(select(func.count()).select_from(Cluster)) == 41
        db.session.remove()
        db.engine.dispose()


@pytest.mark.slow
def test_the_command_takes_the_word(tmp_path: Path) -> None:
    with build_app(tmp_path / "house").app_context(), unit_of_work():
        make.edition(slug="woche")
        make.cluster("OptoNet", slug="optonet")
    here = Installation(tmp_path / "house")
    file = tmp_path / "programme.csv"
    file.write_text("\n".join((HEADINGS, GOOD)) + "\n")
    words = ("import", "activities", str(file), "--edition", "woche", "--cluster", "optonet")

    assert here.run(*words) == "row 2: new  new-1\n"
    assert "This is here already as 1" in here.run(*words, code=1)
    assert here.run(*words, "--again") == "row 2: new  new-1\n"
