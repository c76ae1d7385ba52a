"""What may stand in an activity at all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from clusterweek.activities import values


def partners(*given: tuple[str, str | None]) -> list[dict[str, Any]]:
    return [{"name": name, "country": country} for name, country in given]


@pytest.mark.parametrize(
    ("name", "value", "is_fine"),
    [
        ("title_de", "x" * 120, True),
        ("title_de", "x" * 121, False),
        ("summary_en", "x" * 600, True),
        ("summary_en", "x" * 601, False),
        ("capacity", 0, True),
        ("capacity", -1, False),
        ("capacity_online", 1_000_001, False),
        ("format", "workshop", True),
        ("format", "party", False),
        ("mode", "by_post", False),
        ("registration_url", "https://example.org/anmelden?x=1", True),
        ("registration_url", "javascript:alert(1)", False),
        ("registration_url", "https://user:pw@example.org/", False),
        ("contact_email", "clara@optonet.example", True),
        ("contact_email", "clara", False),
        ("fields", ["optical-technologies-photonics"], True),
        ("fields", ["optical-technologies-photonics", "magic"], False),
        ("partner_countries", ["FR", "NL"], True),
        ("partner_countries", ["EU"], False),
        ("languages", ["de", "xx"], False),
        ("external_partners", partners(("Svařovací centrum", "CZ"), ("Partner ohne Land", None)), True),
        ("external_partners", partners(("", "CZ")), False),
        ("external_partners", partners(("x" * 161, None)), False),
        ("external_partners", partners(("A", "XX")), False),
        ("external_partners", partners(("Forst | Holz", "AT")), False),
        ("external_partners", partners(("Partner", None)) * 100, True),
        ("external_partners", partners(("Partner", None)) * 101, False),
        ("registration_deadline", "2027-04-01T12:00+02:00", True),
        ("registration_deadline", "2027-04-01T12:00", False),  # on whose clock?
        ("registration_deadline", "bald", False),
        ("title_en", None, True),
        ("format", None, True),
    ],
)
def test_each_value_is_looked_at(name: str, value: Any, is_fine: bool) -> None:
    found = values.problems({name: value})

    assert list(found) == ([] if is_fine else [name])


def row(starts: str | None, ends: str | None, **given: Any) -> dict[str, Any]:
    return {
        "starts_local": starts,
        "ends_local": ends,
        "timezone": "Europe/Berlin",
        **given,
    }


@pytest.mark.parametrize(
    ("date", "wrong"),
    [
        (row("2027-04-08 09:00", "2027-04-08 16:00"), []),
        (row("2027-04-08 18:00", "2027-04-09 00:30"), []),
        (row("2027-04-08 09:00", "2027-04-08 09:00"), ["ends_local"]),
        (row("2027-04-08 09:00", "2027-04-08 08:00"), ["ends_local"]),
        (row(None, None), ["starts_local"]),
        (row("2027-04-08 09:00", None), ["ends_local"]),
        (row(None, "2027-04-08 09:00"), ["starts_local"]),
        (row("2027-03-28 02:30", "2027-03-28 04:00"), ["starts_local"]),  # the clocks go forward
        (row("2027-03-28 01:30", "2027-03-28 02:30"), ["ends_local"]),
        (row("2027-03-28 03:00", "2027-03-28 04:00"), []),
        (row("2027-03-28 02:30", "2027-03-28 04:00", timezone="Europe/Lisbon"), []),  # an hour earlier there
        (row("2027-03-28 01:30", "2027-03-28 04:00", timezone="Europe/Lisbon"), ["starts_local"]),
        (row("2027-10-31 02:30", "2027-10-31 02:45"), []),  # happens twice: the first time
        (row("2027-03-28 00:00", "2027-03-29 00:00", is_all_day=True), []),
        (row("2027-04-08 09:00", "2027-04-09 00:00", is_all_day=True), ["starts_local"]),
        (row("2027-04-08 09:00", "2027-04-08 10:00", timezone="Mars/Olympus"), ["starts_local", "ends_local"]),
        (row("2027-04-08 09:00", "2027-04-08 10:00", timezone="../etc/passwd"), ["starts_local", "ends_local"]),
        (row("2027-04-08 09:00", "2027-04-08 10:00", timezone="GMT"), ["starts_local", "ends_local"]),
        (row("0001-01-01 00:00", "2027-04-08 10:00"), ["starts_local"]),
        (row("2027-04-08 09:00", "2028-04-30 10:00"), ["ends_local"]),
        (row("morgen", "2027-04-08 10:00"), ["starts_local"]),
        (row("2027-04-08 09:00", "2027-04-08T10:00+02:00"), ["ends_local"]),  # the zone stands beside it
        (row("2027-04-08 09:00", "2027-04-08 10:00", venue_land="DE-XX"), ["venue_land"]),
        (row("2027-04-08 09:00", "2027-04-08 10:00", latitude=91.0), ["latitude"]),
        (row("2027-04-08 09:00", "2027-04-08 10:00", online_url="ftp://example.org"), ["online_url"]),
    ],
)
def test_each_date_is_looked_at(date: dict[str, Any], wrong: list[str]) -> None:
    found = values.problems({"occurrences": [row("2027-04-08 09:00", "2027-04-08 16:00"), date]})

    assert list(found) == [f"occurrences-1-{name}" for name in wrong]


def test_a_time_that_does_not_exist_is_named_in_the_sentence() -> None:
    found = values.problems({"occurrences": [row("2027-03-28 02:30", "2027-03-28 04:00")]})

    assert "02:30" in found["occurrences-0-starts_local"]
    assert "Europe/Berlin" in found["occurrences-0-starts_local"]


def test_sixty_dates_are_enough() -> None:
    assert list(values.problems({"occurrences": [row("2027-04-08 09:00", "2027-04-08 16:00")] * 61})) == ["occurrences"]


@pytest.mark.parametrize(
    ("wall_clock", "zone", "moment"),
    [
        ("2027-03-27 10:00", "Europe/Berlin", datetime(2027, 3, 27, 9, tzinfo=UTC)),
        ("2027-03-29 10:00", "Europe/Berlin", datetime(2027, 3, 29, 8, tzinfo=UTC)),
        ("2027-04-08 10:00", "Europe/Lisbon", datetime(2027, 4, 8, 9, tzinfo=UTC)),
        ("2027-10-31 02:30", "Europe/Berlin", datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_moment_follows_the_clocks_of_the_place(wall_clock: str, zone: str, moment: datetime) -> None:
    assert values.to_utc(datetime.fromisoformat(wall_clock), zone) == moment


def test_a_wrong_value_names_its_field() -> None:
    wrong = values.Wrong({"title_de": "Zu lang.", "capacity": "Unter 0."})

    assert (str(wrong), wrong.status, wrong.fields["capacity"]) == ("Zu lang. Unter 0.", 422, "Unter 0.")
