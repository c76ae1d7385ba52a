"""A time in words: one table of dates, and what pages, letters and the booklet say of them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from clusterweek.activities import when
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.i18n import day_span, force_language

# (starts, ends, zone, all day) -> (its own line in German, in English)
DATES = {
    "a morning": (
        ("2027-04-08 09:00", "2027-04-08 12:30", "Europe/Berlin", False),
        ("Do, 08.04.2027, 09:00–12:30 Uhr", "Thu, 8 April 2027, 09:00–12:30"),
    ),
    "until midnight": (
        ("2027-04-08 20:00", "2027-04-09 00:00", "Europe/Berlin", False),
        ("Do, 08.04.2027, 20:00–00:00 Uhr", "Thu, 8 April 2027, 20:00–00:00"),
    ),
    "two days": (
        ("2027-04-08 09:00", "2027-04-09 16:00", "Europe/Berlin", False),
        (
            "Do, 08.04.2027 bis Fr, 09.04.2027, erster Tag ab 09:00 Uhr, letzter Tag bis 16:00 Uhr",
            "Thu, 8 April 2027 to Fri, 9 April 2027, first day from 09:00, last day until 16:00",
        ),
    ),
    "a whole day": (
        ("2027-04-08 00:00", "2027-04-09 00:00", "Europe/Berlin", True),
        ("Do, 08.04.2027, ganztägig", "Thu, 8 April 2027, all day"),
    ),
    "a whole day abroad": (
        ("2027-04-08 00:00", "2027-04-09 00:00", "Asia/Tokyo", True),
        ("Do, 08.04.2027, ganztägig", "Thu, 8 April 2027, all day"),
    ),
    "abroad, on the same clock": (
        ("2027-04-08 09:00", "2027-04-08 12:30", "Europe/Amsterdam", False),
        ("Do, 08.04.2027, 09:00–12:30 Uhr", "Thu, 8 April 2027, 09:00–12:30"),
    ),
    "abroad, on the same day": (
        ("2027-04-08 16:00", "2027-04-08 17:00", "Asia/Tokyo", False),
        (
            "Do, 08.04.2027, 16:00–17:00 Uhr in Tokio (09:00–10:00 Uhr MESZ)",
            "Thu, 8 April 2027, 16:00–17:00 in Tokyo (09:00–10:00 CEST)",
        ),
    ),
    "abroad, where it is the day before here": (
        ("2027-04-09 02:00", "2027-04-09 03:00", "Asia/Tokyo", False),
        (
            "Fr, 09.04.2027, 02:00–03:00 Uhr in Tokio (Do, 08.04.2027, 19:00–20:00 Uhr MESZ)",
            "Fri, 9 April 2027, 02:00–03:00 in Tokyo (Thu, 8 April 2027, 19:00–20:00 CEST)",
        ),
    ),
}


def dated(starts: str, ends: str, zone: str, is_all_day: bool) -> Occurrence:
    first, last = datetime.fromisoformat(starts), datetime.fromisoformat(ends)
    return Occurrence(
        starts_local=first,
        ends_local=last,
        starts_at=first.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        ends_at=last.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        timezone=zone,
        is_all_day=is_all_day,
        activity=Activity(edition=Edition(timezone="Europe/Berlin")),
    )


@pytest.mark.parametrize("name", DATES)
def test_a_date_says_its_own_time_and_abroad_what_that_is_here(name: str) -> None:
    given, lines = DATES[name]
    for lang, line in zip(("de", "en"), lines, strict=True):
        with force_language(lang):
            assert when.short(dated(*given)) == line


def test_a_clock_is_foreign_where_it_shows_another_time_than_here() -> None:
    abroad = {name for name, (given, _lines) in DATES.items() if when.is_abroad(dated(*given))}

    assert abroad == {"abroad, on the same day", "abroad, where it is the day before here"}


@pytest.mark.parametrize(
    ("first", "last", "with_year", "german", "english"),
    [
        (date(2027, 4, 6), date(2027, 4, 15), True, "6. bis 15. April 2027", "6 to 15 April 2027"),
        (date(2027, 4, 6), date(2027, 4, 15), False, "6. bis 15. April", "6 to 15 April"),
        (date(2027, 3, 30), date(2027, 4, 2), False, "30. März bis 2. April", "30 March to 2 April"),
        (date(2027, 4, 6), date(2027, 4, 6), False, "6. April", "6 April"),
        (
            date(2026, 12, 30),
            date(2027, 1, 2),
            False,
            "30. Dezember 2026 bis 2. Januar 2027",
            "30 December 2026 to 2 January 2027",
        ),
    ],
)
def test_a_span_of_days_says_what_differs(first: date, last: date, with_year: bool, german: str, english: str) -> None:
    for lang, words in (("de", german), ("en", english)):
        with force_language(lang):
            assert day_span(first, last, with_year=with_year) == words


def test_every_day_that_a_date_touches_is_marked() -> None:
    assert when.days_touched(dated(*DATES["until midnight"][0])) == [date(2027, 4, 8)]
    assert when.days_touched(dated(*DATES["two days"][0])) == [date(2027, 4, 8), date(2027, 4, 9)]
