"""The feed of the demo, read by two libraries that know nothing of each other."""

from datetime import UTC, date, datetime
from typing import Any

import icalendar
import pytest
import vobject
from flask import Flask

from tests import make
from tests.conftest import Client

ADDRESS = "/feeds/clusterwoche-2027-demo.ics"


def addresses_by_icalendar(body: bytes) -> list[str]:
    events: list[Any] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return [str(event["URL"]) for event in events if str(event.get("STATUS")) != "CANCELLED"]


def addresses_by_vobject(body: bytes) -> list[str]:
    events = vobject.readOne(body.decode()).vevent_list
    return [event.url.value for event in events if event.status.value != "CANCELLED"]


@pytest.mark.parametrize("lang", ["de", "en"])
def test_both_find_the_200_activities_that_take_place(week: Flask, lang: str) -> None:
    answer = week.test_client().get(f"{ADDRESS}?lang={lang}")

    one, other = addresses_by_icalendar(answer.data), addresses_by_vobject(answer.data)

    assert answer.status_code == 200
    assert len(set(one)) == 200
    assert sorted(one) == sorted(other)
    assert all(f"/{lang}/clusterwoche-2027-demo/" in address for address in one)


def test_both_find_as_many_dates_as_there_are(week: Flask) -> None:
    body = week.test_client().get(ADDRESS).data

    one = {str(event["UID"]) for event in icalendar.Calendar.from_ical(body).walk("VEVENT")}
    other = {event.uid.value for event in vobject.readOne(body.decode()).vevent_list}

    assert one == other
    assert len(one) == body.count(b"BEGIN:VEVENT") > 200


def test_nine_in_the_morning_is_another_instant_before_and_after_the_change_of_clocks(client: Client) -> None:
    edition = make.edition(starts_on=date(2027, 3, 25), ends_on=date(2027, 4, 1))
    for day in (27, 29):
        make.activity(edition=edition, starts=f"2027-03-{day} 09:00", ends=f"2027-03-{day} 10:00")

    body = client.get(f"/feeds/{edition.slug}.ics").data
    events: list[Any] = icalendar.Calendar.from_ical(body).walk("VEVENT")
    one = [event.start for event in events]
    other = [event.dtstart.value for event in vobject.readOne(body.decode()).vevent_list]

    assert [start.hour for start in one] == [start.hour for start in other] == [9, 9]
    for starts in (one, other):
        assert [start.astimezone(UTC) for start in starts] == [
            datetime(2027, 3, 27, 8, tzinfo=UTC),
            datetime(2027, 3, 29, 7, tzinfo=UTC),
        ]
