"""What the program notices about a submission."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clusterweek.organiser import hints
from tests import make
from tests.conftest import NOW

LONG = "Wir zeigen, was Licht in der Fertigung kann, mit Beispielen aus drei Betrieben der Region Jena."
FINE: dict[str, Any] = {"summary_de": LONG, "accessibility": "Stufenloser Zugang"}


def fields(**given: Any) -> list[str]:
    """The fields of the hints that are not fine."""
    activity = make.submitted(**FINE | given)
    return [hint.field for hint in hints.to_look_at(hints.of([activity], now=NOW)[activity.id])]


def test_a_careful_submission_has_no_hints() -> None:
    assert fields() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"starts": "2027-04-05 17:00", "ends": "2027-04-05 19:00"}, "occurrences"),
        ({"summary_de": "Licht."}, "summary_de"),
        ({"accessibility": None}, "accessibility"),
        ({"summary_de": LONG + " Teilnahme 40 Euro inklusive Material."}, "cost_note"),
        ({"description_de": "Teilnahmegebühr: auf Anfrage"}, "cost_note"),
        ({"registration_deadline": datetime(2027, 4, 9, 10, tzinfo=UTC)}, "registration_deadline"),
        ({"registration_deadline": datetime(2027, 3, 20, 10, tzinfo=UTC)}, "registration_deadline"),
        ({"mode": "hybrid"}, "venue"),
        ({"countries": ("FR",), "title_en": None}, "title_en"),
    ],
)
def test_what_people_forget_is_named(given: dict[str, Any], field: str) -> None:
    assert fields(**given) == [field]


@pytest.mark.parametrize(
    "given",
    [
        {"starts": "2027-04-05 17:00", "ends": "2027-04-05 19:00", "outside_window_allowed": True},
        {"summary_de": LONG + " Die Teilnahme ist gebührenfrei."},
        {"summary_de": LONG + " 40 Euro.", "cost_note": "40 Euro"},
        {"description_de": "So lassen sich Kosten sparen; keine Gebühr."},
        {"mode": "online", "accessibility": None, "place": {"online_url": "https://example.org/raum"}},
        {"countries": ("FR",)},
    ],
)
def test_what_is_said_is_not_asked_again(given: dict[str, Any]) -> None:
    assert fields(**given) == []


def test_a_double_is_named_and_linked() -> None:
    edition, host = make.edition(), make.cluster()
    first = make.activity(edition=edition, host=host, title_de="Licht als Werkzeug")
    second = make.submitted(edition=edition, host=host, title_de="Werkzeug: Licht als", **FINE)

    (hint,) = hints.to_look_at(hints.of([second], now=NOW)[second.id])

    assert (hint.field, hint.other) == ("title_de", first)
