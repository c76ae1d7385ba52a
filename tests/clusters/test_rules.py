"""Decisions about clusters."""

from datetime import UTC, date, datetime

import pytest

from clusterweek.accounts.models import Grant, Person
from clusterweek.clusters import rules
from clusterweek.clusters.models import Cluster, Invitation, Membership

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)
LATER = datetime(2027, 3, 22, 8, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("label", "valid_until", "shown"),
    [
        ("gold", date(2027, 3, 22), True),
        ("gold", date(2027, 3, 21), False),
        ("gold", None, True),
        (None, date(2028, 1, 1), False),
    ],
)
def test_a_label_is_shown_until_its_last_day(label: str | None, valid_until: date | None, shown: bool) -> None:
    cluster = Cluster(ecei_label=label, label_valid_until=valid_until)

    assert rules.has_label(cluster, on=date(2027, 3, 22)) is shown


def test_owners_and_the_office_may_invite_and_remove() -> None:
    team = [Membership(id=1, person_id=1, is_owner=True), Membership(id=2, person_id=2, is_owner=False)]
    olaf = Person(id=9, grants=[Grant(role="organiser")])

    assert [rules.may_manage_team(Person(id=n), team) for n in (1, 2, 3)] == [True, False, False]
    assert rules.may_manage_team(olaf, team)


def test_the_last_owner_is_the_one_after_whom_nobody_could_invite() -> None:
    one, other, member = (
        Membership(id=1, is_owner=True),
        Membership(id=2, is_owner=True),
        Membership(id=3, is_owner=False),
    )

    assert rules.is_last_owner(one, [one, member])
    assert not rules.is_last_owner(one, [one, other, member])
    assert not rules.is_last_owner(member, [one, member])


@pytest.mark.parametrize(
    ("invitation", "state"),
    [
        (Invitation(expires_at=LATER), "open"),
        (Invitation(expires_at=NOW), "expired"),
        (Invitation(expires_at=LATER, accepted_at=NOW), "accepted"),
        (Invitation(expires_at=LATER, withdrawn_at=NOW), "withdrawn"),
    ],
)
def test_the_state_of_an_invitation(invitation: Invitation, state: str) -> None:
    assert rules.state_of(invitation, now=NOW) == state
