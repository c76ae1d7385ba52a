"""Searching: every way of typing a German word finds it."""

import pytest

from clusterweek.activities import texts
from tests import make


@pytest.mark.parametrize("typed", ["Führung", "FUEHRUNG", "fuhrung", "führung", "Fu\u0308hrung"])
def test_all_ways_of_typing_fold_to_one_form(typed: str) -> None:
    assert texts.fold(typed) == "fuhrung"


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("Größe", "grösse"),
        ("Straßenbahnwerkstatt", "werkstatt"),
        ("Ausfuhr nach Skåne", "skane"),
        ("Łódź", "lodz"),
        ("Ærø", "aero"),
        ("Tel Aviv תל אביב", "תל"),
        ("  viel \t  Platz ", "viel platz"),
        ("İstanbul", "istanbul"),
    ],
)
def test_what_is_typed_is_found_in_what_is_written(text: str, typed: str) -> None:
    assert texts.fold(typed) in texts.fold(text)


def test_the_search_text_names_all_that_people_look_for() -> None:
    activity = make.activity(
        title_de="Stammtisch: Grüner Wasserstoff",
        title_en="Meet-up: green hydrogen",
        fields=("energy-technologies",),
        countries=("NL",),
        format="regulars_meetup",
        partners=(("Universität Twente", "NL"),),
        co_hosts=(make.cluster("FaserKreis Süd"),),
        place={"city": "München", "venue_land": "DE-BY"},
    )

    found = texts.search_text_of(activity)

    for typed in (
        *("gruener wasserstoff", "hydrogen", "OptoNet", "FaserKreis", "Muenchen", "Bayern", "Bavaria"),
        *("Energietechnik", "Energy", "Stammtisch", "Niederlande", "Netherlands", "Twente", "lichtes"),
    ):
        assert (texts.fold(typed) in found) == (typed != "lichtes"), typed


@pytest.mark.parametrize("typed", ["entwicklung", "neuentwicklung", "element", "energie", "quelle", "elle"])
def test_vowels_that_are_no_umlaut_do_not_hide_a_part_of_a_word(typed: str) -> None:
    activity = make.activity(title_de="Neuentwicklung, Thermoelement, Bauenergie, Quelle")

    assert texts.fold(typed) in texts.search_text_of(activity)
