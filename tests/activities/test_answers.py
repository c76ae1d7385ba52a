"""What a cluster has said, line by line."""

from datetime import UTC, datetime

import pytest

from clusterweek.activities import answers, entries
from tests import make


def test_every_entry_belongs_to_an_answer_that_has_a_name() -> None:
    assert [answer.name for answer in answers.of(make.submitted())] == list(answers.NAMES)
    assert set(answers.NAMES) <= entries.LABELS.keys()
    assert {entry.answer_name for entry in entries.ENTRIES} == set(answers.NAMES)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("title_en", "title_de"),
        ("online_url", "venue"),
        ("starts_local", "occurrences"),
        ("is_accessible", "accessibility"),
        ("capacity", "registration_mode"),
        ("cost_note", "cost_note"),
        ("happening", "general"),
        ("seats_free", "general"),
        ("nothing of the kind", "general"),
    ],
)
def test_a_remark_on_an_entry_is_written_under_its_answer(name: str, answer: str) -> None:
    assert answers.name_for(name) == answer


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

    said = {answer.name: [line.text for line in answer.lines] for answer in answers.of(activity)}

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


def test_the_link_to_the_room_is_left_out_for_those_who_need_not_have_it() -> None:
    activity = make.submitted(mode="online", place={"online_url": "https://example.org/raum"})

    said = [line.text for answer in answers.of(activity, with_links=False) for line in answer.lines]

    assert "Technologiezentrum, Jena, Thüringen" in said
    assert not [text for text in said if "example.org/raum" in text]


def test_a_town_that_is_a_land_is_said_once() -> None:
    activity = make.submitted(place={"city": "Berlin", "venue_land": "DE-BE"})

    assert answers.place(activity.occurrences[0]) == "Technologiezentrum, Berlin"
