"""What the database itself refuses, whoever writes."""

import pytest
from sqlalchemy.exc import IntegrityError

from clusterweek.db.session import db
from tests import make


@pytest.mark.parametrize(
    "wrong", [{"format": "tanz"}, {"mode": "maybe"}, {"access": "secret"}, {"capacity": -1}, {"happening": "perhaps"}]
)
def test_an_activity_with_a_code_that_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    edition, host = make.edition(), make.cluster()

    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.activity(edition=edition, host=host, **wrong)
