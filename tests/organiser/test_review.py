"""A submission as the office reads it."""

from datetime import UTC, datetime

import pytest

from clusterweek.activities import labels
from clusterweek.organiser import review
from tests import make
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("submitted_at", "days"),
    [
        (datetime(2027, 3, 22, 6, tzinfo=UTC), 0),
        (datetime(2027, 3, 18, 9, tzinfo=UTC), 2),
        (datetime(2027, 3, 18, 23, 30, tzinfo=UTC), 1),  # in Berlin it was Friday already
        (datetime(2027, 3, 5, 9, tzinfo=UTC), 10),  # 8 March is a public holiday in Berlin
        (datetime(2027, 3, 4, 9, tzinfo=UTC), 11),
    ],
)
def test_waiting_is_counted_in_working_days_on_the_clock_of_the_edition(submitted_at: datetime, days: int) -> None:
    (entry,) = review.entries([make.submitted(submitted_at=submitted_at)], now=NOW)

    assert (entry.days, entry.is_late) == (days, days > 10)


def test_every_answer_can_be_remarked_on_and_every_field_belongs_to_one() -> None:
    activity = make.submitted()

    assert [answer.name for answer in review.answers(activity)] == list(review.REMARKABLE)
    assert set(review.REMARKABLE) <= set(labels.FIELDS)
    assert sorted(name for names in review.TOGETHER.values() for name in names) == sorted(labels.FIELDS)


def test_everything_that_was_said_is_shown() -> None:
    activity = make.submitted(
        mode="hybrid",
        capacity=20,
        capacity_online=100,
        registration_deadline=datetime(2027, 4, 1, 10, tzinfo=UTC),
        cost_note="40 Euro",
        is_accessible=True,
        countries=("CZ", "FR"),
        partners=(("Svařovací centrum", "CZ"), ("Ohne Land", None)),
        co_hosts=(make.cluster("FördeStrom"),),
        place={"street": "Carl-Zeiss-Platz 1", "postcode": "07743", "online_url": "https://example.org/raum"},
    )

    said = {answer.name: [line.text for line in answer.lines] for answer in review.answers(activity)}

    assert said == {
        "title_de": ["Workshop: Licht als Werkzeug", "Workshop: Light as a tool"],
        "format": ["Workshop · hybrid · mit Anmeldung"],
        "occurrences": ["Do, 08.04.2027, 09:00–12:30 Uhr"],
        "venue": ["Technologiezentrum, Carl-Zeiss-Platz 1, 07743 Jena, Thüringen, https://example.org/raum"],
        "summary_de": ["Wir zeigen, was Licht in der Fertigung kann.", "We show what light can do in production."],
        "description_de": [],
        "fields": ["Optische Technologien und Photonik"],
        "languages": ["Deutsch"],
        "registration_mode": [
            "hier, auf diesen Seiten",
            "20 Plätze",
            "100 Plätze online",
            "Anmeldeschluss 01.04.2027, 12:00 Uhr",
        ],
        "cost_note": ["40 Euro"],
        "accessibility": ["stufenlos, mit barrierefreier Toilette"],
        "external_partners": [
            "Mitveranstalter: FördeStrom",
            "Svařovací centrum (Tschechien)",
            "Ohne Land",
            "Frankreich",
        ],
        "contact_email": ["Clara", "clara@optonet.example"],
        "general": [],
    }


def test_a_town_that_is_a_land_is_said_once() -> None:
    activity = make.submitted(place={"city": "Berlin", "venue_land": "DE-BE"})

    assert review.place(activity.occurrences[0]) == "Technologiezentrum, Berlin"
