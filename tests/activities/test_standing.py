"""Whether an activity takes place: asked of an object and of the database, in the same words."""

import pytest
from sqlalchemy import select

from clusterweek.activities import standing
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.vocabulary import lists
from tests import make
from tests.conftest import NOW

# question -> the happenings to which the answer is yes
YES = {
    "takes_place": {"tentative", "confirmed"},
    "is_cancelled": {"cancelled"},
    "is_postponed": {"postponed"},
    "is_off": {"cancelled", "postponed"},
}


@pytest.mark.parametrize("question", YES)
def test_an_object_and_the_database_answer_alike(question: str) -> None:
    made = {happening: make.activity(happening=happening, starts=None) for happening in lists.HAPPENINGS}

    found = set(db.session.scalars(select(Activity.happening).where(getattr(Activity, question))))
    others = set(db.session.scalars(select(Activity.happening).where(~getattr(Activity, question))))

    assert {happening for happening, one in made.items() if getattr(one, question)} == YES[question]
    assert found == YES[question]
    assert others == set(lists.HAPPENINGS) - YES[question]


def test_a_date_that_was_postponed_is_known_as_such() -> None:
    activity = make.activity(starts=None)
    dates = {
        because: make.occurrence(activity, removed_at=because and NOW, removed_because=because)
        for because in (None, "removed", "postponed")
    }

    found = db.session.scalars(select(Occurrence).where(Occurrence.was_postponed)).all()

    assert [because for because, one in dates.items() if one.was_postponed] == ["postponed"]
    assert found == [dates["postponed"]]


@pytest.mark.parametrize(
    ("happening", "lang", "said"),
    [
        ("cancelled", "de", ("Abgesagt", "danger")),
        ("cancelled", "en", ("Cancelled", "danger")),
        ("postponed", "de", ("Verschoben", "warning")),
        ("postponed", "en", ("Postponed", "warning")),
        ("tentative", "de", ("Vorläufig", "info")),
        ("tentative", "en", ("Tentative", "info")),
        ("confirmed", "de", None),
        ("held", "en", None),
    ],
)
def test_only_what_does_not_simply_take_place_has_a_badge(happening: str, lang: str, said: object) -> None:
    with force_language(lang):
        badge = standing.badge(happening)

    assert (badge and (badge.label, badge.kind)) == said
