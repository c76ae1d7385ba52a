"""A cluster saves while a table or a new name goes over its activities, on the database that lets both begin."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from clusterweek.activities import actions as activities
from clusterweek.activities.models import Activity
from clusterweek.clusters import actions as clusters
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.editions.models import Edition
from clusterweek.importing import activities as importing
from clusterweek.registrations import actions as registrations, activity_changes
from tests import make
from tests.conftest import NOW, build_app
from tests.importing.test_activities import table
from tests.postgres import postgres_url

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("saving"))
    yield app
    with app.app_context():
        db.engine.dispose()


def while_somebody_saves(app: Flask, activity_id: int, office: Callable[[], object]) -> list[str]:
    """Run `office` while somebody holds the activity, who goes on once the office reaches for it. What failed."""
    held, reached, failed = threading.Event(), threading.Event(), []

    def look(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        is_writing = statement.startswith("UPDATE activities") or "FOR UPDATE" in statement
        if threading.current_thread() is people[1] and is_writing and activity_id in (parameters or {}).values():
            reached.set()

    def save() -> None:
        with unit_of_work():
            registrations.locked(activity_id)
            held.set()
            assert reached.wait(timeout=30)
            activity_changes.update(activity_id, {"title_de": "Neuer Titel"}, by=None, now=NOW)

    def go_over() -> None:
        assert held.wait(timeout=30)
        office()

    def run(what: Callable[[], object]) -> None:
        with app.app_context():
            try:
                what()
            except Exception as problem:
                failed.append(f"{what.__name__}: {type(problem).__name__}")
            db.session.remove()

    people = [threading.Thread(target=run, args=(what,)) for what in (save, go_over)]
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", look)
    for person in people:
        person.start()
    for person in people:
        person.join()
    return failed


def test_a_table_and_a_cluster_that_saves_do_not_wait_for_each_other(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        edition, host = make.edition(), make.cluster()
        first, second = (make.activity(edition=edition, host=host).id for _ in range(2))
        edition_id = edition.id
    rows = [{"id": str(number), "cost_note": "kostenfrei"} for number in (first, second)]

    def import_both() -> None:
        importing.take_over(table(*rows), edition=db.session.get_one(Edition, edition_id), by=None, now=NOW)

    assert while_somebody_saves(app, second, import_both) == []
    with app.app_context():
        found = [db.session.get_one(Activity, number) for number in (first, second)]
        assert [activity.cost_note for activity in found] == ["kostenfrei"] * 2
        assert found[1].title_de == "Neuer Titel"


def test_a_cluster_may_be_renamed_while_somebody_saves_its_activity(app: Flask) -> None:
    with app.app_context(), unit_of_work():
        host = make.cluster()
        activity_id, cluster_id = make.activity(host=host).id, host.id

    def rename() -> None:
        cluster = db.session.get_one(Cluster, cluster_id)
        with unit_of_work():
            clusters.update(cluster, {"name": "Photonik Jena"}, by=None, now=NOW)
            activities.cluster_changed(cluster, now=NOW)

    assert while_somebody_saves(app, activity_id, rename) == []
    with app.app_context():
        assert "photonik jena" in db.session.get_one(Activity, activity_id).search_text
