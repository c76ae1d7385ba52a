"""A place in words: one table of places, and every way in which a page, a letter or a file says them."""

from typing import Any

import pytest

from clusterweek.activities import where
from clusterweek.activities.models import Occurrence
from clusterweek.i18n import force_language

FULL = {
    "venue_name": "Optikzentrum",
    "street": "Am Markt 1",
    "postcode": "07745",
    "city": "Jena",
    "venue_land": "DE-TH",
}
HAMBURG = {
    "venue_name": "Speicher",
    "street": "Kai 2",
    "postcode": "20457",
    "city": "Hamburg",
    "venue_land": "DE-HH",
}


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in FULL.items() if name not in names}


# place -> (address, with the Land, line, below the town, town)
PLACES: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "all of it": (
        FULL,
        (
            "Optikzentrum, Am Markt 1, 07745 Jena",
            "Optikzentrum, Am Markt 1, 07745 Jena, Thüringen",
            "Optikzentrum, Jena, Thüringen",
            "Optikzentrum, Thüringen",
            "Jena",
        ),
    ),
    "without a venue": (
        without("venue_name"),
        ("Am Markt 1, 07745 Jena", "Am Markt 1, 07745 Jena, Thüringen", "Jena, Thüringen", "Thüringen", "Jena"),
    ),
    "without a town": (
        without("city", "postcode"),
        (
            "Optikzentrum, Am Markt 1",
            "Optikzentrum, Am Markt 1, Thüringen",
            "Optikzentrum, Thüringen",
            "Thüringen",
            "Optikzentrum",
        ),
    ),
    "the town alone": (
        {"city": "Jena", "venue_land": "DE-TH"},
        ("Jena", "Jena, Thüringen", "Jena, Thüringen", "Thüringen", "Jena"),
    ),
    "a venue called like its town": (
        FULL | {"venue_name": "Jena"},
        (
            "Am Markt 1, 07745 Jena",
            "Am Markt 1, 07745 Jena, Thüringen",
            "Jena, Thüringen",
            "Thüringen",
            "Jena",
        ),
    ),
    "a town that is a Land": (
        HAMBURG,
        (
            "Speicher, Kai 2, 20457 Hamburg",
            "Speicher, Kai 2, 20457 Hamburg",
            "Speicher, Hamburg",
            "Speicher",
            "Hamburg",
        ),
    ),
    "abroad": (
        FULL | {"venue_land": None},
        (
            "Optikzentrum, Am Markt 1, 07745 Jena",
            "Optikzentrum, Am Markt 1, 07745 Jena",
            "Optikzentrum, Jena",
            "Optikzentrum",
            "Jena",
        ),
    ),
    "a Land that nobody knows": (
        FULL | {"venue_land": "DE-XX"},
        (
            "Optikzentrum, Am Markt 1, 07745 Jena",
            "Optikzentrum, Am Markt 1, 07745 Jena",
            "Optikzentrum, Jena",
            "Optikzentrum",
            "Jena",
        ),
    ),
    "nowhere": ({}, ("", "", "", "", "")),
}
LAND = {"Thüringen": "Thuringia"}


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_said_in_the_same_words_everywhere(place: str, lang: str) -> None:
    given, said = PLACES[place]
    date = Occurrence(**given)
    if lang == "en":
        said = tuple(line.replace("Thüringen", LAND["Thüringen"]) for line in said)

    with force_language(lang):
        found = (
            where.address(date),
            where.address_with_land(date),
            where.line(date),
            where.below_town(date),
            where.town(date),
        )

    assert found == said


@pytest.mark.parametrize(("lang", "country"), [("de", "Deutschland"), ("en", "Germany")])
def test_a_calendar_is_told_the_country_of_a_place_in_germany(lang: str, country: str) -> None:
    with force_language(lang):
        assert where.address_with_country(Occurrence(**FULL)) == f"Optikzentrum, Am Markt 1, 07745 Jena, {country}"
        assert where.address_with_country(Occurrence(city="Brno")) == "Brno"
        assert where.address_with_country(Occurrence()) == ""


def test_who_attends_is_told_that_it_is_online() -> None:
    with force_language("en"):
        assert where.address_or_online(Occurrence()) == where.town_or_online(Occurrence()) == "online"
        assert (
            where.address_or_online(Occurrence(city="Jena")) == where.town_or_online(Occurrence(city="Jena")) == "Jena"
        )


def test_a_place_that_is_no_dates_any_more_is_said_like_one_that_is() -> None:
    assert where.address_of(**FULL) == "Optikzentrum, Am Markt 1, 07745 Jena"
