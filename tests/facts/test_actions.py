"""The archive says what the sources say."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.db.session import db
from clusterweek.editions.models import Edition
from clusterweek.facts import actions
from clusterweek.refusal import Refusal
from clusterweek.reminders.models import ReminderRule
from clusterweek.vocabulary.models import Land, TechnologyField
from tests import make, tables
from tests.conftest import NOW

# slug: kind, first day, last day, precision, activities, of them events, of them at the fair, participants, countries
FIGURES: dict[str, tuple[Any, ...]] = {
    "jahrestagung-2014": ("annual_conference", "2014-01-01", "2014-12-31", "year", None, None, None, 200, "CH"),
    "innovation-express-2014": ("conference", "2014-09-18", "2014-09-19", "day", None, None, None, None, ""),
    "jahrestagung-2015": ("annual_conference", "2015-03-26", "2015-03-26", "day", None, None, None, None, "FR"),
    "jahrestagung-2016": ("annual_conference", "2016-03-17", "2016-03-17", "day", None, None, None, 200, "AT"),
    "roadshow-2016": ("roadshow", "2016-01-01", "2016-12-31", "year", 5, None, None, None, ""),
    "clusterkonferenz-2016": ("conference", "2016-11-16", "2016-11-16", "day", None, None, None, 100, ""),
    "matchmaking-digitalgipfel-2016": ("other", "2016-01-01", "2016-12-31", "year", None, None, None, None, "FR"),
    "clusterwoche-2017": ("cluster_week", "2017-04-20", "2017-04-28", "day", 173, 142, 31, None, ""),
    "jahrestagung-2017": ("annual_conference", "2017-04-20", "2017-04-20", "day", None, None, None, 200, ""),
    "hannover-messe-2017": ("other", "2017-04-24", "2017-04-28", "day", None, None, None, None, ""),
    "jahrestagung-2018": ("annual_conference", "2018-03-15", "2018-03-15", "day", None, None, None, 200, ""),
    "americas-competitiveness-exchange-2018": ("other", "2018-01-01", "2018-12-31", "year", None, None, None, None, ""),
    "clusterwoche-2019": (
        *("cluster_week", "2019-04-02", "2019-04-11", "day", 196, 158, 38, None),
        "SE IL CA PT NL FR GB",
    ),
    "zim-meets-go-cluster-2019": ("other", "2019-04-10", "2019-04-10", "day", None, None, None, None, ""),
    "jahrestagung-2019": ("annual_conference", "2019-04-11", "2019-04-11", "day", None, None, None, 150, ""),
    "hannover-messe-2019": ("other", "2019-01-01", "2019-12-31", "year", None, None, None, None, ""),
    "jahrestagung-2020": ("annual_conference", "2020-10-08", "2020-10-08", "day", None, None, None, 70, ""),
    "european-cluster-conference-2020": ("conference", "2020-11-10", "2020-11-11", "day", None, None, None, None, ""),
    "jahrestagung-2021": ("annual_conference", "2021-09-16", "2021-09-16", "day", None, None, None, 70, ""),
    "jahrestagung-2022": ("annual_conference", "2022-10-20", "2022-10-20", "day", None, None, None, 60, ""),
    "vernetzungstag-2022": ("networking_day", "2022-01-01", "2022-12-31", "year", None, None, None, 30, ""),
    "hannover-messe-2022": ("other", "2022-05-30", "2022-06-02", "day", None, None, None, None, ""),
}
QUALIFIERS = {
    "jahrestagung-2014": None,
    "jahrestagung-2016": "more_than",
    "clusterkonferenz-2016": "more_than",
    "jahrestagung-2017": "about",
    "jahrestagung-2018": "almost",
    "jahrestagung-2019": "about",
    "jahrestagung-2020": "almost",
    "jahrestagung-2021": "about",
    "jahrestagung-2022": "a_good",
    "vernetzungstag-2022": "about",
}


def archive() -> dict[str, Edition]:
    return {edition.slug: edition for edition in db.session.scalars(select(Edition))}


def test_the_archive_has_exactly_the_figures_of_the_sources() -> None:
    actions.load(now=NOW)

    found = {
        slug: (
            *(edition.kind, edition.starts_on.isoformat(), edition.ends_on.isoformat(), edition.date_precision),
            *(edition.activity_count, edition.event_count, edition.fair_count, edition.participant_count),
            " ".join(row.country for row in edition.partner_countries),
        )
        for slug, edition in archive().items()
    }
    assert found == FIGURES


def test_rough_figures_say_how_rough_they_are() -> None:
    actions.load(now=NOW)

    found = {
        slug: edition.participant_count_qualifier for slug, edition in archive().items() if edition.participant_count
    }
    assert found == QUALIFIERS
    counted = {slug: edition.activity_count_qualifier for slug, edition in archive().items() if edition.activity_count}
    assert counted == {"roadshow-2016": "cities", "clusterwoche-2017": "exact", "clusterwoche-2019": "exact"}


def test_the_two_weeks_tell_in_both_languages_how_was_counted() -> None:
    actions.load(now=NOW)

    first, second = archive()["clusterwoche-2017"], archive()["clusterwoche-2019"]
    for text in (first.counting_rule_de, first.counting_rule_en):
        assert all(number in (text or "") for number in ("173", "142", "31"))
    assert "knapp 200" in (second.counting_rule_de or "")
    assert "just under 200" in (second.counting_rule_en or "")
    for text in (second.counting_rule_de, second.counting_rule_en):
        assert all(number in (text or "") for number in ("196", "38"))


def test_conferences_and_meetings_lie_inside_their_week() -> None:
    actions.load(now=NOW)

    inside = {slug: edition.parent_edition.slug for slug, edition in archive().items() if edition.parent_edition}
    assert inside == {
        "jahrestagung-2017": "clusterwoche-2017",
        "jahrestagung-2019": "clusterwoche-2019",
        "zim-meets-go-cluster-2019": "clusterwoche-2019",
    }
    assert archive()["jahrestagung-2017"].starts_on == archive()["clusterwoche-2017"].starts_on  # opened it
    assert archive()["jahrestagung-2019"].ends_on == archive()["clusterwoche-2019"].ends_on  # closed it


def test_guest_countries_are_told_from_partners_that_took_part() -> None:
    actions.load(now=NOW)

    guests = {slug for slug, edition in archive().items() if any(row.is_guest for row in edition.partner_countries)}
    assert guests == {"jahrestagung-2014", "jahrestagung-2015", "jahrestagung-2016"}
    assert [slug for slug, edition in archive().items() if not edition.countries_exhaustive] == ["clusterwoche-2019"]


def test_the_named_activities_of_2019_are_highlights_and_mostly_have_no_date() -> None:
    actions.load(now=NOW)

    found = [
        (row.title_de, row.format, row.city, row.land, row.held_on) for row in archive()["clusterwoche-2019"].highlights
    ]
    assert found == [
        (
            "Blockveranstaltungen für Käse- und Gewürzsommeliers",
            "block_course",
            "Kulmbach, Veitshöchheim",
            "DE-BY",
            None,
        ),
        ("Seminar zum Kleben von Kunststoffen", "seminar", "Lüdenscheid", "DE-NW", None),
        ("1. Betonstammtisch Ostbrandenburgs", "regulars_meetup", "Rüdersdorf bei Berlin", "DE-BB", None),
        ("ZIM meets „go-cluster“", "networking_event", "Berlin", "DE-BE", date(2019, 4, 10)),
    ]
    assert [slug for slug, edition in archive().items() if edition.highlights] == ["clusterwoche-2019"]


def test_patrons_bear_the_names_that_they_had_then() -> None:
    actions.load(now=NOW)

    editions = archive()
    assert (editions["clusterwoche-2017"].patrons_de or "").splitlines() == [
        "Brigitte Zypries, Bundesministerium für Wirtschaft und Energie (BMWi)",
        "Johanna Wanka, Bundesministerium für Bildung und Forschung (BMBF)",
    ]
    for slug, edition in editions.items():
        if edition.patrons_de:
            assert ("BMWK" in edition.patrons_de) == (edition.starts_on.year == 2022), slug
            assert len(edition.patrons_de.splitlines()) == len((edition.patrons_en or "").splitlines()), slug


def test_every_archive_edition_names_its_sources_and_speaks_both_languages() -> None:
    actions.load(now=NOW)

    for slug, edition in archive().items():
        assert edition.sources, slug
        assert all(source["what"] and source["what_de"] for source in edition.sources), slug
        assert all(source.get("url", "").startswith("http") or source.get("title") for source in edition.sources), slug
        assert all((edition.title_en, edition.summary_de, edition.summary_en)), slug
        assert (edition.state, edition.is_demo) == ("archived", False), slug
        assert edition.mode == (
            "online" if slug[-4:] in ("2020", "2021") or slug == "jahrestagung-2022" else "in_person"
        )


def test_a_second_run_changes_nothing() -> None:
    actions.load(now=NOW)
    before = tables.dump()

    done = actions.load(now=NOW.replace(year=2028))

    assert (done.added, done.changed, done.unchanged) == (0, 0, 22)
    assert tables.dump() == before


def test_what_differs_from_the_shipped_facts_is_put_right() -> None:
    actions.load(now=NOW)
    week = archive()["clusterwoche-2019"]
    week.activity_count, week.place = 200, "irgendwo"
    week.highlights.pop()
    week.partner_countries.pop(0)
    db.session.flush()

    done = actions.load(now=NOW.replace(year=2028))

    assert (done.added, done.changed, done.unchanged) == (0, 1, 21)
    db.session.expire_all()
    assert (week.activity_count, week.place, len(week.highlights)) == (196, None, 4)
    assert [row.country for row in week.partner_countries] == ["SE", "IL", "CA", "PT", "NL", "FR", "GB"]
    assert week.updated_at == NOW.replace(year=2028)


def test_an_address_that_is_taken_is_refused() -> None:
    make.edition(slug="jahrestagung-2019")

    with pytest.raises(Refusal, match="jahrestagung-2019"):
        actions.load(now=NOW)


def test_the_fixed_lists_and_the_reminder_rules_come_with_the_facts() -> None:
    actions.load(now=NOW)

    def count(model: type) -> int:
        return db.session.scalar(select(func.count()).select_from(model)) or 0

    assert (count(Land), count(TechnologyField), count(ReminderRule)) == (16, 37, 3)
