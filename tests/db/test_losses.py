"""Nothing is destroyed without a question, on both databases."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from clusterweek import clock
from clusterweek.cli import schema
from clusterweek.db.session import db, unit_of_work
from clusterweek.demo import actions as demo
from clusterweek.operating import backup
from tests import make
from tests.db.test_upgrades import content, house, steps
from tests.processes import on_both_databases

pytestmark = pytest.mark.slow
Settings = Callable[[], dict[str, str]]


def run(app, *arguments: str):  # type: ignore[no-untyped-def]
    return app.test_cli_runner().invoke(args=list(arguments))


@on_both_databases("downgrade")
def test_going_back_below_the_first_step_is_refused_while_there_are_rows(tmp_path: Path, database: Settings) -> None:
    with house(tmp_path, database()) as app:
        schema.bring_up_to_date()
        with unit_of_work():
            make.registration(make.activity())
        before = content()

        for way in ("base", f"-{len(steps())}"):
            no = run(app, "db", "downgrade", way)
            assert no.exit_code == 1
            assert "registrations (1 rows)" in str(no.exception)
            assert "--yes-delete-everything" in str(no.exception)
            assert content() == before

        done = run(app, "db", "downgrade", "base", "--yes-delete-everything")

        assert done.exit_code == 0, done.output
        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        made = list((tmp_path / "backups").glob("before-downgrade-*.tar.gz")) if (tmp_path / "backups").exists() else []
        assert len(made) == (db.engine.dialect.name == "sqlite")  # a refusal leaves none
        if db.engine.dialect.name == "postgresql":
            assert "pg_dump" in done.output
        else:
            assert str(made[0]) in done.output
            db.session.remove()
            db.engine.dispose()
            backup.restore(made[0], app.config, upgrade=lambda: None, now=clock.now())
            assert content() == before


@on_both_databases("downgrade_empty")
def test_going_back_is_free_where_nobody_has_entered_anything(tmp_path: Path, database: Settings) -> None:
    with house(tmp_path, database()) as app:
        schema.bring_up_to_date()
        for _ in steps():
            assert run(app, "db", "downgrade").exit_code == 0

        assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
        assert run(app, "db", "downgrade").exit_code == 1  # there is nothing below


@on_both_databases("columns")
@pytest.mark.parametrize(("typed", "is_lost"), [("[]", False), ('[{"starts": "9.4x."}]', True)])
def test_a_step_back_that_takes_a_column_is_refused_only_where_something_stands_in_it(
    tmp_path: Path, database: Settings, typed: str, is_lost: bool
) -> None:
    with house(tmp_path, database()) as app:
        schema.bring_up_to_date()
        with unit_of_work():
            make.activity()
            db.session.execute(text("UPDATE activities SET unfinished_dates = :typed"), {"typed": typed})
        before = content()

        answer = run(app, "db", "downgrade", "0002")

        assert answer.exit_code == int(is_lost)
        if is_lost:
            assert "activities.unfinished_dates (in 1 rows)" in str(answer.exception)
            assert content() == before
            assert run(app, "db", "downgrade", "0002", "--yes-delete-everything").exit_code == 0
        columns = {column["name"] for column in inspect(db.engine).get_columns("activities")}
        assert "unfinished_dates" not in columns


def test_the_demo_is_not_removed_with_what_real_people_did(tmp_path: Path) -> None:
    with house(tmp_path, {}) as app:
        schema.bring_up_to_date()
        with unit_of_work():
            demo.load(count=20, now=demo.TODAY)
            activity = db.session.scalar(text("SELECT min(id) FROM activities WHERE review_status = 'published'"))
            cluster = db.session.scalar(text("SELECT min(id) FROM clusters"))
            week = db.session.scalar(text("SELECT min(id) FROM editions WHERE is_demo"))
        made = "SELECT count(*) FROM activities"
        hosts = f"UPDATE activities SET host_cluster_id = :c, edition_id = {week} WHERE id = {activity}"
        joins = (
            "INSERT INTO memberships (cluster_id, person_id, is_owner, created_at)"
            f" VALUES ({cluster}, :p, 0, '2027-01-01 00:00:00.000000')"
        )
        signs_up = (
            "UPDATE registrations SET email_normalised = 'ada@post.de' WHERE id = (SELECT min(id) FROM registrations)"
        )
        for real, told in (
            (signs_up, "1 registrations"),
            (joins, "1 members of clusters"),
            (hosts, "1 activities of real clusters"),
        ):
            with unit_of_work():
                values = {"p": make.person(told).id, "c": make.cluster().id}
                db.session.execute(text(real), {k: v for k, v in values.items() if f":{k}" in real})
            no = run(app, "demo", "purge")
            assert no.exit_code == 1
            assert told in str(no.exception)
            assert db.session.scalar(text(made)) > 20
            db.session.rollback()

        done = run(app, "demo", "purge", "--yes-delete-everything")

        assert done.exit_code == 0, done.exception
        assert len(list((tmp_path / "backups").glob("before-purge-*.tar.gz"))) == 1
        assert db.session.scalar(text(made)) == 0
