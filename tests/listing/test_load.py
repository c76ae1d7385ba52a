"""Loading activities whole."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.listing import load
from tests import make
from tests.statements import Statements


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def rich(**given: object) -> Activity:
    activity = make.activity(
        countries=("FR", "NL"),
        languages=("de", "en"),
        fields=("logistics", "automotive"),
        co_hosts=(make.cluster("A"), make.cluster("B")),
        partners=(("Universität Twente", "NL"), ("Ohne Land", None)),
        **given,
    )
    make.occurrence(activity, "2027-04-07 09:00", "2027-04-07 10:00")
    make.occurrence(activity, "2027-04-06 09:00", "2027-04-06 10:00", removed_at=make.THEN, removed_because="removed")
    return activity


@pytest.mark.parametrize("size", [1, 3, 700])
def test_one_costs_as_many_queries_as_seven_hundred(size: int) -> None:
    edition, host = make.edition(), make.cluster()
    ids = [rich().id if n < 3 else make.activity(edition=edition, host=host).id for n in range(size)]
    db.session.commit()
    db.session.expunge_all()

    with Statements() as said:
        found = load.whole(reversed(ids))
        for activity in found[-3:]:
            assert activity.edition.slug
            assert activity.host_cluster
            assert [o.starts_local.day for o in activity.occurrences] == [7, 8]
            assert activity.occurrences[0].activity is activity
            assert (activity.fields, activity.partner_countries) == (["logistics", "automotive"], ["FR", "NL"])
            assert activity.languages == ["de", "en"]
            assert [cluster.name for cluster in activity.co_hosts] == ["A", "B"]
            assert [partner.country for partner in activity.external_partners] == ["NL", None]

    assert [activity.id for activity in found] == list(reversed(ids))
    assert len([s for s in said.all if s.startswith("SELECT")]) == 7


def test_nothing_is_nothing_and_the_unknown_is_left_out() -> None:
    activity = make.activity()

    assert load.whole([]) == []
    assert load.whole([activity.id, 987654]) == [activity]


def test_what_was_loaded_before_shows_the_dates_of_now() -> None:
    activity = make.activity()
    assert len(load.whole([activity.id])[0].occurrences) == 1

    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 10:00")

    assert len(load.whole([activity.id])[0].occurrences) == 2
    assert isinstance(db.session(), Session)
    assert not db.session.dirty


def test_dates_stand_in_one_order_wherever_they_are_read() -> None:
    orders = {name: order for name, _model, order in load.LISTS}

    assert [c.key for c in Activity.occurrences.property.order_by] == [c.key for c in orders["occurrences"]]
