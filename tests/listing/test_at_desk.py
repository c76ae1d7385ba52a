"""The one filter at the office's desk: what it asks besides, and that it never shows more than somebody may see."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.i18n import force_language
from clusterweek.listing import choices, facets, filter as filters, outline, query
from clusterweek.listing.filter import Filter, UnknownFilter
from clusterweek.vocabulary import lists
from clusterweek.web.paging import Page
from tests import make
from tests.conftest import NOW

EVERYTHING = Sight(is_whole=True)
SIGHTS = {
    "organiser": EVERYTHING,
    "viewer": Sight(is_whole=True, is_published_only=True),
    "coordinator": Sight(is_whole=False, laender=frozenset(["DE-SH"])),
    "viewer of a country": Sight(is_whole=False, countries=frozenset(["FR"]), is_published_only=True),
    "nobody": Sight(is_whole=False, is_published_only=True),
}
ASKED = [
    *({"review": [step]} for step in lists.REVIEW_STEPS),
    {"review": list(lists.REVIEW_STEPS)},
    *({"land": ["none", "DE-TH"]}, {"host_land": ["none", "DE-TH"]}, {"concerns": ["DE-TH", "FR"]}, {"outside": ["1"]}),
    *(
        {"q": ["#1"]},
        {"q": ["1", "licht"]},
        {"status": list(lists.HAPPENINGS)},
        {"review": ["draft"], "land": ["DE-TH"]},
    ),
]


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def chosen(**asked: list[str]) -> Filter:
    return filters.parse(MultiDict(asked), now=NOW, kinds=filters.DESK)


def found(edition: Edition, sight: Sight = EVERYTHING, **asked: list[str]) -> set[int]:
    db.session.flush()
    return set(query.ids(edition, chosen(**asked), sight=sight))


def ids(*activities: Activity) -> set[int]:
    return {activity.id for activity in activities}


@pytest.fixture
def week() -> Edition:
    """Something of every step, here and there."""
    week, kiel = make.edition(), make.cluster("FördeStrom", land="DE-SH")
    for step in lists.REVIEW_STEPS:
        published_at = make.THEN if step == "published" else None
        for n, given in enumerate(({}, {"host": kiel}, {"countries": ("FR",)}, {"place": {"venue_land": None}})):
            make.activity(edition=week, review_status=step, published_at=published_at, title_de=f"Licht {n}", **given)
    make.activity(edition=week, review_status="submitted", published_at=None, starts="2027-04-01 09:00")
    make.activity(title_de="In einer anderen Woche")
    return week


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("who", SIGHTS)
def test_whatever_is_asked_nobody_sees_more_than_they_may(week: Edition, who: str, asked: dict[str, list[str]]) -> None:
    sight = SIGHTS[who]
    seen = found(week, sight)

    assert found(week, sight, **asked) <= seen
    assert found(week, sight, **asked) == found(week, EVERYTHING, **asked) & seen
    assert query.count(week, chosen(**asked), sight=sight) == len(found(week, sight, **asked))


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_without_a_sight_no_filter_finds_what_is_not_published(week: Edition, asked: dict[str, list[str]]) -> None:
    public = set(query.ids(week, Filter()))
    assert len(public) == 4

    assert set(query.ids(week, chosen(**asked))) <= public
    assert set(outline.of(week, chosen(**asked)).ids) <= public
    assert facets.facets(week, chosen(**asked)).total <= 4


def test_what_the_desk_asks_besides_is_unknown_to_everybody_else() -> None:
    for name, value in (("review", "draft"), ("concerns", "DE-BY"), ("outside", "1")):
        with pytest.raises(UnknownFilter, match=r"q, day, land, host_land.*status") as refused:
            filters.of([(name, value)], now=NOW)
        assert (refused.value.name, refused.value.value) == (name, None)
    for name, value in (("land", "none"), ("host_land", "none"), ("status", "draft")):
        with pytest.raises(UnknownFilter) as refused:
            filters.of([(name, value)], now=NOW)
        assert (refused.value.name, refused.value.value) == (name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("review", "held"),
        ("review", "lost"),
        ("host_land", "Mars"),
        ("cost", "all"),
        ("concerns", "XX"),
        ("outside", "0"),
    ],
)
def test_a_value_that_the_desk_does_not_know_is_named_in_both_languages(name: str, value: str) -> None:
    for language, start in (
        ("de", f"Im Filter „{name}“ gibt es „{value}“ nicht."),
        ("en", f"The filter “{name}” has no"),
    ):
        with force_language(language), pytest.raises(UnknownFilter) as refused:
            chosen(**{name: [value]})

        assert str(refused.value).startswith(start)
        assert value in str(refused.value)


def test_the_sentence_for_an_unknown_filter_names_those_of_the_page() -> None:
    with force_language("en"), pytest.raises(UnknownFilter) as refused:
        chosen(near=["Potsdam"])

    assert str(refused.value).endswith("status, review, concerns, outside.")


def test_what_the_desk_asks_stands_behind_what_everybody_asks() -> None:
    asked = chosen(review=["draft", "submitted"], status=["confirmed"], concerns=["FR"], land=["none"])

    assert asked.key == "land=none&status=confirmed&review=draft&review=submitted&concerns=FR"
    assert asked.only("review", "published").without("land").key == "status=confirmed&review=published&concerns=FR"


def test_filters_of_the_desk_are_named_for_people() -> None:
    asked = chosen(
        land=["none", "DE-BY"], host_land=["none"], review=["draft"], concerns=["DE-BY", "FR"], outside=["1"]
    )

    with force_language("en"):
        english = [chip.label for chip in asked.chips()]

    assert english == [
        *("Bavaria", "Venue without a Land", "Cluster without a Land", "Draft", "Concerns Bavaria", "Concerns France"),
        "Outside the days of the edition",
    ]
    assert [chip.label for chip in asked.chips()][-1] == "Außerhalb des Zeitraums"


def test_without_a_land_and_with_one_mean_either() -> None:
    week, nowhere = make.edition(), make.cluster("Überall", land=None)
    abroad = make.activity(edition=week, place={"venue_land": None})
    here = make.activity(edition=week)
    homeless = make.activity(edition=week, host=nowhere, place={"venue_land": "DE-BY"})
    orphan = make.activity(edition=week, host_cluster_id=None, place={"venue_land": "DE-BY"})

    assert found(week, land=["none"]) == ids(abroad)
    assert found(week, land=["none", "DE-TH"]) == ids(abroad, here)
    assert found(week, host_land=["none"]) == ids(homeless, orphan)
    assert found(week, host_land=["none", "DE-TH"]) == ids(abroad, here, homeless, orphan)


def test_what_concerns_a_land_or_a_country_is_what_its_people_see(week: Edition) -> None:
    for code in ("DE-SH", "DE-TH", "FR"):
        sight = Sight(is_whole=False, laender=frozenset([code]), countries=frozenset([code]))

        assert found(week, concerns=[code]) == found(week, sight) != set()


def test_outside_the_days_is_what_may_not_be_there() -> None:
    week = make.edition()
    early = make.activity(edition=week, starts="2027-04-05 10:00", ends="2027-04-05 12:00")
    late = make.activity(edition=week, starts="2027-04-15 18:00", ends="2027-04-16 00:30")
    make.activity(edition=week, starts="2027-04-15 18:00", ends="2027-04-16 00:00")
    make.activity(edition=week, starts="2027-04-05 10:00", outside_window_allowed=True)
    make.activity(edition=week, starts=None, happening="postponed")

    assert found(week, outside=["1"]) == ids(early, late)
    assert found(make.edition(date_precision="year"), outside=["1"]) == set()


def test_a_number_alone_finds_the_activity_of_that_number_at_the_desk_only(week: Edition) -> None:
    one = make.activity(edition=week, search_text="licht")
    make.activity(edition=week, search_text=f"halle {one.id}")

    assert found(week, q=[f"#{one.id}"]) == found(week, q=[str(one.id)]) == ids(one)
    assert one.id not in query.ids(week, filters.of([("q", str(one.id))], now=NOW))


def test_pages_are_parts_of_the_whole_list(week: Edition) -> None:
    whole = query.ids(week, chosen(), sight=EVERYTHING)

    pages = [query.ids(week, chosen(), sight=EVERYTHING, page=Page(n, 10, len(whole))) for n in (1, 2, 3)]

    assert [len(one) for one in pages] == [10, 10, 5]
    assert [number for one in pages for number in one] == whole


def test_choices_are_counted_among_what_somebody_sees(week: Edition) -> None:
    asked = chosen(review=["draft"])

    whole = facets.at_desk(week, asked, choices.AT_DESK, sight=EVERYTHING)
    one_land = facets.at_desk(week, asked, choices.AT_DESK, sight=SIGHTS["coordinator"])

    assert (whole.total, whole.counts.keys()) == (4, {"review", "land", "host_land"})
    assert whole.counts["review"] == dict.fromkeys(lists.REVIEW_STEPS, 4) | {"submitted": 5}
    assert (whole.laender, whole.counts["host_land"]) == ({"DE-TH": 3}, {"DE-TH": 3, "DE-SH": 1})
    assert one_land.total == 1
    assert one_land.counts["review"] == dict.fromkeys(lists.REVIEW_STEPS, 1)


def test_nothing_that_is_kept_for_the_public_comes_from_a_desk(week: Edition) -> None:
    def public() -> tuple[object, object]:
        return outline.of(week, Filter()), facets.facets(week, Filter())

    facets.at_desk(week, chosen(), choices.AT_DESK, sight=EVERYTHING)
    facets.at_desk(week, chosen(review=["draft"]), filters.NAMES, sight=EVERYTHING)
    before = public()
    facets.at_desk(week, chosen(), filters.NAMES, sight=EVERYTHING)

    assert before[1].total == before[1].all_total == 4  # type: ignore[attr-defined]
    assert facets.facets(week, Filter()).of("review", "draft") == 0
    assert public() == before
