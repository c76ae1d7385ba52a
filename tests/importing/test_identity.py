"""Whose row is this: numbers however spreadsheets write them, names however they are spelt."""

from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.importing import clusters, identity, tables
from tests import make
from tests.conftest import NOW
from tests.importing.test_activities import NEW, take_over

SAME = [
    *("12", " 12 ", "12.0", "12,0", "12.00", "12,00", "12.", "12,", "012", "#12", "# 12", "Nr. 12", "Nr.12", "nr 12"),
    *("No. 12", "ID 12", "id: 12", "Nummer 12", "№ 12", "'12", "１２", "＃１２", "12\u00a0", "1,2E+01", "1.2E+01"),
    *("1,20E+01", "1.20e1", "1,2E1", "12.0000", "\u200912"),
]
OTHERS = {"12.000": 2, "1.067": 2, "1,067": 2, "1.000": 2, "1,07E+03": 1, "1E+02": 1, "1,2E+05": 1}
NONE = [
    *(
        "12.5",
        "12,5",
        "-12",
        "12-13",
        "12, 13",
        "12/13",
        "²",
        "٣",
        "①",
        "½",
        "zwölf",
        "new",
        "neu-1",
        "x12",
        "12x",
        "0",
    ),
    *(
        "0.0",
        "99999999999",
        "9" * 400,
        "1E+99",
        "1.2.3",
        "12:00",
        "#",
        "Nr.",
        "newest",
        "licht-als-werkzeug-12",
        "12|13",
    ),
    *("12.01", "1,21E+01", "TRUE"),
]


@pytest.mark.parametrize("cell", SAME)
def test_what_looks_like_a_number_is_one(cell: str) -> None:
    assert identity.number_of(cell) == 12


@pytest.mark.parametrize(("cell", "number"), [("1 067", 1067), ("1\u202f067", 1067), ("1'067", 1067), ("1,00E+00", 1)])
def test_thousands_and_powers_are_read_where_they_mean_one_number(cell: str, number: int) -> None:
    assert identity.number_of(cell) == number


@pytest.mark.parametrize("cell", ["", "  ", "new-1", "NEW-1", "New - 2", "new–3", "new-kleben", "ｎｅｗ－１"])
def test_only_new_or_an_empty_cell_is_a_new_one(cell: str) -> None:
    assert identity.number_of(cell) is None


@pytest.mark.parametrize("cell", [*NONE, *OTHERS])
def test_anything_else_is_an_error_that_names_it(cell: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        identity.number_of(cell)

    assert cell[:5] in str(refused.value)


def count() -> Any:
    return db.session.scalar(select(func.count()).select_from(Activity))


def test_a_number_however_written_changes_that_activity_and_makes_none() -> None:
    activity = make.activity()
    n = activity.id

    for given in (f"{n}.0", f"{n},0", f"Nr. {n}", f"#{n}", f"{n}.", f" {n} "):
        (line,) = take_over({"id": given, "cost_note": given}, edition=activity.edition)
        assert line.startswith(f"row 2: changed  {n}")
    assert count() == 1


@pytest.mark.parametrize("cell", ["99999", "99999,0", "x", "1.067", "neu-1", "²", "1,07E+03"])
def test_an_unknown_one_is_an_error_and_makes_none(cell: str) -> None:
    edition, host = make.edition(), make.cluster()

    (line,) = take_over(NEW | {"id": cell, "host_cluster": host.slug}, edition=edition)

    assert line.startswith("row 2: error  ")
    assert "  id: " in line
    assert count() == 0


def test_one_activity_may_be_written_in_two_ways_in_one_table() -> None:
    activity = make.activity()
    n = activity.id
    times = {"starts_at": "2027-04-08 09:00", "ends_at": "2027-04-08 12:30"}
    later = {"starts_at": "2027-04-09 09:00", "ends_at": "2027-04-09 12:30", "city": "Weimar", "land": "DE-TH"}

    lines = take_over(
        {"id": f"{n}", **times, "city": "Jena", "land": "DE-TH"}, {"id": f"{n},0", **later}, edition=activity.edition
    )

    assert lines == [f"row 2: changed  {n}", f"row 3: changed  {n}"]
    assert [o.starts_on.day for o in activity.occurrences] == [8, 9]


def test_rows_without_an_id_are_activities_of_their_own_and_need_a_title() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"id": "", "host_cluster": host.slug}

    lines = take_over(row, row | {"title_de": "Seminar: Löten"}, edition=edition)
    below = take_over(row | {"title_de": ""}, edition=edition)

    assert [line.split("  ")[0] for line in (*lines, *below)] == ["row 2: new", "row 3: new", "row 2: error"]
    assert count() == 2


@pytest.mark.parametrize(
    "name",
    ["OPTONET  Jena-Süd", " optonet jena-süd", "OptoNet\u00a0Jena-Süd", "OptoNet Jena–Süd", "Opto\u00adNet Jena-Süd"],
)
def test_a_cluster_is_known_however_its_name_is_spelt(name: str) -> None:
    cluster = make.cluster("OptoNet Jena-Süd", slug="optonet-jena", city="Jena")
    activity = make.activity(host=cluster)

    (result,) = clusters.take_over(tables.read("t.csv", f"name;city\n{name};Weimar\n".encode()), by=None, now=NOW)
    (line,) = take_over({"id": str(activity.id), "host_cluster": name}, edition=activity.edition)

    assert (result.outcome, cluster.city, line.split("  ")[0]) == ("changed", "Weimar", "row 2: unchanged")
    assert db.session.scalar(select(func.count()).select_from(Cluster)) == 1


def test_a_cluster_named_by_its_address_keeps_its_name() -> None:
    cluster = make.cluster("OptoNet Jena", slug="optonet-jena", city="Jena")

    (result,) = clusters.take_over(tables.read("t.csv", b"name;city\nOptoNet-Jena;Weimar\n"), by=None, now=NOW)

    assert (result.outcome, cluster.name, cluster.city) == ("changed", "OptoNet Jena", "Weimar")


def test_of_two_clusters_with_one_name_neither_is_guessed() -> None:
    cities = [make.cluster(name, slug=slug, city="Jena") for name, slug in (("Netz  A", "eins"), ("netz a", "zwei"))]

    (result,) = clusters.take_over(tables.read("t.csv", b"name;city\nNETZ A;Weimar\n"), by=None, now=NOW)
    (exact,) = clusters.preview(tables.read("t.csv", b"name;city\nnetz a;Weimar\n"))

    assert (result.outcome, exact.outcome) == ("error", "changed")
    assert "eins, zwei" in result.line()
    assert [cluster.city for cluster in cities] == ["Jena", "Jena"]


def test_a_cluster_stands_in_a_table_once_by_name_or_address() -> None:
    make.cluster("OptoNet Jena", slug="optonet-jena")

    results = clusters.preview(tables.read("t.csv", b"name;land\nOptoNet Jena;TH\noptonet-jena;TH\n"))

    assert [result.outcome for result in results] == ["unchanged", "error"]
