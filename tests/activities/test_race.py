"""Two people of the office decide at the same moment, on the database that lets both begin."""

import threading
from pathlib import Path

import pytest

from clusterweek.activities import moderation
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import build_app
from tests.postgres import postgres_url


@pytest.mark.slow
@pytest.mark.postgres
def test_the_second_decision_is_refused_with_a_sentence(tmp_path: Path) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("decisions"))
    with app.app_context(), unit_of_work():
        activity_id = make.activity(review_status="submitted", published_at=None).id
    at_once, said = threading.Barrier(2), []

    def decide() -> None:
        with app.app_context():
            activity = db.session.get_one(Activity, activity_id)
            assert activity.review_status == "submitted"
            at_once.wait(timeout=30)
            try:
                with unit_of_work():
                    moderation.publish(activity, by=None, now=make.THEN)
                said.append("published")
            except Refusal as refusal:
                said.append(str(refusal))
            db.session.remove()

    people = [threading.Thread(target=decide) for _ in range(2)]
    for person in people:
        person.start()
    for person in people:
        person.join()

    assert (len(said), said.count("published")) == (2, 1)
    with app.app_context():
        db.engine.dispose()
