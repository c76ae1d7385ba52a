"""The unit of work: all of it or nothing."""

import pytest
from sqlalchemy import func, select

from clusterweek.accounts.models import Person
from clusterweek.db.session import db, unit_of_work
from tests import make


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


def test_what_is_written_inside_is_kept() -> None:
    with unit_of_work():
        make.person("Ada")

    assert people() == 1


def test_a_mistake_inside_undoes_everything() -> None:
    def break_off() -> None:
        with unit_of_work():
            make.person("Ada")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()

    assert people() == 0


def test_changes_made_outside_are_refused() -> None:
    db.session.add(Person(email="a@example.org", email_normalised="a@example.org", name="Ada", created_at=make.THEN))

    with pytest.raises(RuntimeError), unit_of_work():
        pass


def test_one_inside_another_is_refused_because_it_would_keep_half_of_the_outer_one() -> None:
    def nest() -> None:
        with unit_of_work():
            make.person("Ada")
            with unit_of_work():
                pass

    with pytest.raises(RuntimeError):
        nest()

    assert people() == 0
    with unit_of_work():
        make.person("Ada")
    assert people() == 1


def test_tests_do_not_see_each_other() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity)

    assert people() == 0
