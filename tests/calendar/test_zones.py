"""Time zones in calendars: one rule for summer, one for winter, or none at all."""

import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import tz
from icalendar import Calendar

from clusterweek.calendar import zones

BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
"""


def test_berlin_is_written_as_everybody_writes_it() -> None:
    assert zones.vtimezone("Europe/Berlin").to_ical().decode().replace("\r\n", "\n") == BERLIN


@pytest.mark.parametrize(
    "zone", ["Europe/Berlin", "Europe/Lisbon", "Europe/Dublin", "America/Toronto", "Australia/Sydney", "Asia/Tokyo"]
)
def test_another_program_reads_the_same_hour_from_the_rules(zone: str) -> None:
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add_component(zones.vtimezone(zone))
    read = tz.tzical(io.StringIO(calendar.to_ical().decode())).get(zone)
    here = ZoneInfo(zone)
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)

    for local in (noon.replace(tzinfo=None) + timedelta(days=n, hours=n % 24) for n in range(0, 800)):
        if here.utcoffset(local) == here.utcoffset(local.replace(fold=1)):  # not in the hour that comes twice
            assert read.utcoffset(local) == here.utcoffset(local), local


def test_toronto_changes_on_the_second_sunday_in_march_and_the_first_in_november() -> None:
    text = zones.vtimezone("America/Toronto").to_ical().decode()

    assert "DTSTART:19700308T020000\r\nRRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3\r\n" in text
    assert "DTSTART:19701101T020000\r\nRRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11\r\n" in text


def test_a_zone_without_summer_time_has_one_rule() -> None:
    zone = zones.vtimezone("Asia/Tokyo")

    assert [part.name for part in zone.subcomponents] == ["STANDARD"]
    assert b"RRULE" not in zone.to_ical()


@pytest.mark.parametrize("zone", ["Asia/Jerusalem", "Africa/Casablanca", "America/Santiago", "UTC", "Etc/GMT-2", "EST"])
def test_zones_that_two_rules_cannot_hold_are_not_written(zone: str) -> None:
    assert zones.changes(zone) is None
    assert not zones.writes(datetime(2027, 4, 8, 9, tzinfo=UTC), zone)


def test_the_hour_that_comes_twice_is_not_written_as_wall_clock() -> None:
    first, second = datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC)

    assert not zones.writes(first, "Europe/Berlin")
    assert not zones.writes(second, "Europe/Berlin")
    assert zones.writes(second + timedelta(hours=1), "Europe/Berlin")


def test_years_beyond_the_rules_are_not_written_as_wall_clock() -> None:
    assert not zones.writes(datetime(2044, 4, 8, 9, tzinfo=UTC), "Europe/Berlin")
