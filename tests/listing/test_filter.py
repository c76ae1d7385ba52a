"""Filters as they stand in addresses."""

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from clusterweek.i18n import force_language
from clusterweek.listing import filter as filters
from clusterweek.listing.filter import Chip, Filter, UnknownFilter
from tests import make
from tests.conftest import NOW, Client


def parse(*pairs: tuple[str, str]) -> Filter:
    return filters.parse(MultiDict(pairs), now=NOW)


def test_equal_filters_have_equal_keys_whatever_their_order() -> None:
    one = parse(
        ("land", "DE-BY"), ("day", "2027-04-08"), ("land", "DE-BW"), ("land", "DE-BY"), ("q", "  Licht   im Raum ")
    )
    other = parse(("q", "Licht im Raum"), ("land", "DE-BW"), ("land", "DE-BY"), ("day", "2027-04-08"))

    assert one == other
    assert one.key == "q=Licht+im+Raum&day=2027-04-08&land=DE-BW&land=DE-BY"
    assert iri_to_uri(one.key) == one.key


def test_what_was_left_blank_or_is_of_no_concern_is_not_a_filter() -> None:
    chosen = parse(
        *(("land", ""), ("q", "  "), ("q", "\u0308 \u0308"), ("lang", "en")),
    )

    assert not chosen
    assert chosen.key == ""


def test_only_where_there_are_pages_is_a_page_no_filter() -> None:
    assert not filters.parse(MultiDict([("page", "2")]), now=NOW, beside=("page",))
    with pytest.raises(UnknownFilter):
        parse(("page", "2"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("land", "DE-XX"), ("land", "de-by"), ("host_land", "FR"), ("field", "no-field"), ("country", "XX")),
        *(("format", "party"), ("mode", "remote"), ("access", "closed"), ("language", "xx"), ("status", "draft")),
        *(("day", "2027-02-30"), ("day", "8.4.2027"), ("day", "20270408"), ("day", "2027-4-8"), ("day", "0001-01-01")),
        *(("seats", "0"), ("cost", "some"), ("accessible", "yes"), ("cluster", "../x"), ("cluster", "A B")),
        *(("q", "x" * 101), ("q", "a\x00b"), ("day", "２０２７-04-08")),
    ],
)
def test_a_value_that_does_not_exist_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        parse((name, value))

    assert (refused.value.name, refused.value.value, refused.value.status) == (name, value, 400)
    assert f"„{name}“" in str(refused.value)


@pytest.mark.parametrize("name", ["near", "km", "lands", "Land", "utm", "sort", "page_size", ""])
def test_a_filter_that_does_not_exist_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        parse((name, "1"))

    assert refused.value.name == name
    assert "q, day, land, host_land" in str(refused.value)


def test_a_sentence_never_repeats_a_whole_novel() -> None:
    with pytest.raises(UnknownFilter) as refused:
        parse(("land", "x" * 5000))

    assert len(str(refused.value)) < 200


def test_filters_are_taken_off() -> None:
    chosen = parse(("land", "DE-BY"), ("land", "DE-BW"), ("mode", "online"))

    assert chosen.without("land", "DE-BY").query() == [("land", "DE-BW"), ("mode", "online")]
    assert chosen.without("land").query() == [("mode", "online")]
    assert chosen.without("seats") == chosen
    assert (chosen.has("land"), chosen.has("land", "DE-BE"), chosen.has("land", "DE-BY")) == (True, False, True)


def test_chips_are_named_for_people_and_know_what_stays_without_them(app: Flask) -> None:
    cluster = make.cluster("OptoNet")
    chosen = parse(
        *(("q", "Licht"), ("day", "2027-04-08"), ("land", "DE-BY"), ("host_land", "DE-TH"), ("country", "FR")),
        *(("cluster", cluster.slug), ("seats", "1"), ("cost", "none"), ("accessible", "1"), ("language", "en")),
        *(
            ("field", "logistics"),
            ("format", "seminar"),
            ("mode", "online"),
            ("access", "open"),
            ("status", "cancelled"),
        ),
    )

    german = [chip.label for chip in chosen.chips()]
    with force_language("en"):
        english = [chip.label for chip in chosen.chips()]

    assert german == [
        *(
            "„Licht“",
            "Do, 08.04.2027",
            "Bayern",
            "Cluster aus: Thüringen",
            "Logistik",
            "Frankreich",
            "Seminar",
            "online",
        ),
        *("offen", "OptoNet", "Englisch", "Plätze frei", "Kostenfrei", "Barrierefrei", "abgesagt"),
    ]
    assert english[:6] == ["“Licht”", "Thu, 8 April 2027", "Bavaria", "Cluster from Thuringia", "Logistics", "France"]
    assert parse(("land", "DE-BY"), ("mode", "online")).chips()[0] == Chip(
        "land", "DE-BY", "Bayern", [("mode", "online")]
    )


def test_a_cluster_that_does_not_exist_keeps_its_word_as_label(app: Flask) -> None:
    assert [chip.label for chip in parse(("cluster", "nobody")).chips()] == ["nobody"]


def test_a_command_line_writes_filters_like_an_address() -> None:
    assert filters.of([("land", "DE-BY"), ("field", "logistics")], now=NOW).key == "land=DE-BY&field=logistics"


@pytest.mark.parametrize(
    ("searches", "refused"),
    [
        (["optik"] * 20, None),  # one and the same
        ([f"wort{n}" for n in range(5)], None),
        ([f"wort{n}" for n in range(6)], "wort5"),
        ([" ".join("abcdefghij")], None),
        ([" ".join("abcdefghijk")], "a b c d e f g h i j k"),
        (["optik", "  ".join("abcdefghijk")], "a b c d e f g h i j k"),
        (["a " * 50], "a a a"),
        ([f"{'x ' * 9}{n}" for n in range(60)], "x x x x x x x x x 5"),
    ],
)
def test_a_search_is_at_most_five_of_ten_words_each(searches: list[str], refused: str | None) -> None:
    args = MultiDict([("q", search) for search in searches])
    if refused is None:
        assert filters.parse(args, now=NOW).values("q")
        return
    with force_language("en"), pytest.raises(UnknownFilter) as no:
        filters.parse(args, now=NOW)

    assert no.value.status == 400
    assert f"“{refused}" in str(no.value)
    assert "at most 5 searches at once, each of at most 10 words" in str(no.value)


@pytest.mark.parametrize("lang", ["de", "en"])
def test_a_page_that_is_asked_too_much_shows_the_form_again(client: Client, lang: str) -> None:
    edition = make.edition()

    answer = client.get(f"/{lang}/{edition.slug}/?" + "&".join(f"q=wort{n}" for n in range(60)))

    assert answer.status_code == 400
    assert "wort5" in answer.text
    assert 'name="q"' in answer.text


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("field", "photonics", "Optische Technologien und Photonik"),
        ("field", "Photonik", "Optische Technologien und Photonik"),
        ("land", "de-by", "Bayern"),
        ("land", "Sachsn", "Sachsen"),
        ("format", "Workshopp", "Workshop"),
        ("format", "party", ""),
        ("land", "DE-XX", ""),
    ],
)
def test_what_was_probably_meant_is_said(name: str, value: str, meant: str) -> None:
    with pytest.raises(UnknownFilter) as refused:
        parse((name, value))

    _said, _between, names = str(refused.value).partition("Meinten Sie: ")
    assert (meant in names) if meant else not names
