"""What the first start of an installation loads."""

import pytest
from sqlalchemy import select

from clusterweek.cli import operating
from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.refusal import Refusal
from tests import make


def test_a_first_run_that_does_not_get_to_its_end_leaves_nothing_so_that_the_next_begins_anew() -> None:
    make.cluster()  # a real one: the demo refuses to be loaded beside it
    db.session.commit()

    with pytest.raises(Refusal):
        operating._prepare(with_demo=True)

    assert db.session.scalars(select(Edition)).all() == []
