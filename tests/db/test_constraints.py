"""What the database itself refuses, whoever writes."""

import pytest
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from clusterweek.accounts.models import Grant
from clusterweek.db.session import db
from clusterweek.editions.models import Highlight
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from tests import make


@pytest.mark.parametrize(
    "wrong", [{"format": "tanz"}, {"mode": "maybe"}, {"access": "secret"}, {"capacity": -1}, {"happening": "perhaps"}]
)
def test_an_activity_with_a_code_that_does_not_exist_is_refused(wrong: dict[str, object]) -> None:
    edition, host = make.edition(), make.cluster()

    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.activity(edition=edition, host=host, **wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        {"activity_count": -1},
        {"event_count": -1},
        {"fair_count": -1},
        {"participant_count": -1},
        {"activity_count_qualifier": "umpteen"},
        {"participant_count_qualifier": "umpteen"},
        {"highlights": [Highlight(title_de="Messe", format="tanz")]},
    ],
)
def test_an_edition_with_a_figure_that_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.edition(**wrong)


@pytest.mark.parametrize("wrong", [{"removed_at": make.THEN}, {"removed_because": "postponed"}])
def test_a_date_is_removed_at_a_moment_and_for_a_reason_or_not_at_all(wrong: dict[str, object]) -> None:
    activity = make.activity()

    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.occurrence(activity, **wrong)


def test_a_language_that_nobody_can_choose_is_refused() -> None:
    edition, host = make.edition(), make.cluster()

    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.activity(edition=edition, host=host, languages=("xx",))


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        ("withdrawn", {"withdrawn_at": None}),
        ("expired", {"expired_at": None}),
        ("confirmed", {"generation": 0}),
        ("confirmed", {"resent_count": -1}),
    ],
)
def test_a_registration_that_has_ended_says_when_and_counts_from_nothing_up(
    status: str, wrong: dict[str, object]
) -> None:
    activity = make.activity()

    with pytest.raises(IntegrityError), db.session.begin_nested():
        make.registration(activity, status=status, **wrong)


def test_a_letter_that_was_sent_says_when() -> None:
    post.queue("greeting", key="a", language="de", now=make.THEN)

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(update(Letter).values(state="sent"))


@pytest.mark.parametrize(
    ("role", "limits"),
    [
        ("organiser", {}),
        ("land_coordinator", {"land": "DE-TH"}),
        ("viewer", {"country": "FR"}),
        ("viewer", {"land": "DE-TH", "country": "FR"}),
    ],
)
def test_nobody_has_the_same_role_twice(role: str, limits: dict[str, str]) -> None:
    olaf = make.person("Olaf")
    given = {"person_id": olaf.id, "role": role, "created_at": make.THEN, **limits}
    db.session.execute(insert(Grant).values(**given))

    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.execute(insert(Grant).values(**given))
