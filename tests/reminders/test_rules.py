"""When reminders are due: wall-clock times, whatever the clocks do."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.reminders import rules
from clusterweek.reminders.models import ReminderRule

WEEK = ReminderRule(days_before=7, at=time(9), audience="all")
DAY = ReminderRule(days_before=1, at=time(9), audience="all")
HOUR = ReminderRule(minutes_before=60, audience="online")


def occurrence(starts: str, zone: str = "Europe/Berlin", *, is_all_day: bool = False) -> Occurrence:
    local = datetime.fromisoformat(starts)
    return Occurrence(
        starts_local=local,
        timezone=zone,
        starts_at=local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        is_all_day=is_all_day,
    )


@pytest.mark.parametrize(
    ("rule", "starts", "zone", "moment"),
    [
        (WEEK, "2027-04-08 14:00", "Europe/Berlin", "2027-04-01T07:00Z"),
        (DAY, "2027-04-08 14:00", "Europe/Berlin", "2027-04-07T07:00Z"),
        (DAY, "2027-04-08 00:30", "Europe/Berlin", "2027-04-07T07:00Z"),
        # The clocks go forward on 28 March 2027: 09:00 is 08:00 UTC before, 07:00 after. A day is 23 hours long.
        (DAY, "2027-03-28 14:00", "Europe/Berlin", "2027-03-27T08:00Z"),
        (DAY, "2027-03-29 14:00", "Europe/Berlin", "2027-03-28T07:00Z"),
        (WEEK, "2027-04-03 14:00", "Europe/Berlin", "2027-03-27T08:00Z"),
        (WEEK, "2027-04-04 14:00", "Europe/Berlin", "2027-03-28T07:00Z"),
        # … and back on 31 October.
        (DAY, "2027-11-01 14:00", "Europe/Berlin", "2027-10-31T08:00Z"),
        (WEEK, "2027-11-06 14:00", "Europe/Berlin", "2027-10-30T07:00Z"),
        # Everywhere on the clock of the place.
        (DAY, "2027-04-08 14:00", "Europe/Lisbon", "2027-04-07T08:00Z"),
        (DAY, "2027-04-08 14:00", "Asia/Tokyo", "2027-04-07T00:00Z"),
        (HOUR, "2027-04-08 14:00", "Europe/Berlin", "2027-04-08T11:00Z"),
        (HOUR, "2027-03-28 03:30", "Europe/Berlin", "2027-03-28T00:30Z"),  # an hour of real time
    ],
)
def test_when_a_reminder_is_due(rule: ReminderRule, starts: str, zone: str, moment: str) -> None:
    assert rules.moment_of(rule, occurrence(starts, zone)) == datetime.fromisoformat(moment)


def test_whole_days_are_reminded_of_by_day_only() -> None:
    fair = occurrence("2027-04-08 00:00", is_all_day=True)

    assert rules.moment_of(DAY, fair) == datetime(2027, 4, 7, 7, tzinfo=UTC)
    assert rules.moment_of(HOUR, fair) is None


@pytest.mark.parametrize("starts", ["2027-03-28 00:00", "2027-10-31 23:59", "2027-04-08 12:00"])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Auckland", "America/Toronto"])
@pytest.mark.parametrize("rule", [WEEK, DAY, HOUR])
def test_no_moment_lies_further_ahead_than_is_looked(rule: ReminderRule, zone: str, starts: str) -> None:
    one = occurrence(starts, zone)

    moment = rules.moment_of(rule, one)

    assert moment is not None
    assert one.starts_at - moment <= rules.longest_lead(rule)


@pytest.mark.parametrize(
    ("rule", "mode", "is_concerned"),
    [(DAY, "in_person", True), (DAY, "online", True), (HOUR, "online", True), (HOUR, "in_person", False)],
)
def test_whom_a_rule_concerns(rule: ReminderRule, mode: str, is_concerned: bool) -> None:
    assert rules.concerns(rule, Activity(edition_id=1), mode) == is_concerned


def test_a_rule_of_an_edition_concerns_no_other() -> None:
    rule = ReminderRule(edition_id=2, days_before=1, at=time(9), audience="all")

    assert rules.concerns(rule, Activity(edition_id=2), "online")
    assert not rules.concerns(rule, Activity(edition_id=1), "online")


@pytest.mark.parametrize(("hour", "minute", "is_late"), [(7, 0, False), (13, 0, False), (13, 1, True)])
def test_six_hours_are_late(hour: int, minute: int, is_late: bool) -> None:
    moment = datetime(2027, 4, 7, 7, tzinfo=UTC)

    assert rules.is_late(moment, moment.replace(hour=hour, minute=minute)) == is_late
