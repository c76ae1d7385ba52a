"""What a submission needs, which step follows which, when people may sign up. No database."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from clusterweek.activities import rules
from clusterweek.activities.models import Activity, ActivityField, ActivityLanguage, Occurrence
from clusterweek.clusters.models import Cluster
from clusterweek.editions.models import Edition
from clusterweek.vocabulary import lists

WEEK = {"kind": "cluster_week", "date_precision": "day", "state": "open", "timezone": "Europe/Berlin"}


def occurrence(**given: Any) -> Occurrence:
    values: dict[str, Any] = {
        "starts_local": datetime(2027, 4, 8, 9),
        "ends_local": datetime(2027, 4, 8, 12),
        "starts_at": datetime(2027, 4, 8, 7, tzinfo=UTC),
        "ends_at": datetime(2027, 4, 8, 10, tzinfo=UTC),
        "timezone": "Europe/Berlin",
        "city": "Jena",
        "venue_land": "DE-TH",
    }
    return Occurrence(**values | given)


def activity(**given: Any) -> Any:
    """A complete submission, as an object that only has what rules look at."""
    dates = given.pop("occurrences", [occurrence()])
    fields = given.pop("field_rows", [ActivityField(field="optics")])
    languages = given.pop("language_rows", [ActivityLanguage(language="de")])
    values: dict[str, Any] = {
        "edition": Edition(**WEEK, starts_on=date(2027, 4, 6), ends_on=date(2027, 4, 15)),
        "host_cluster": Cluster(name="OptoNet"),
        "host_cluster_id": None,
        "title_de": "Licht als Werkzeug",
        "summary_de": "Wir zeigen, was Licht kann.",
        "format": "workshop",
        "mode": "in_person",
        "access": "registration",
        "registration_mode": "internal",
        "registration_url": None,
        "registration_deadline": None,
        "contact_email": "clara@optonet.example",
        "accessibility": None,
        "is_accessible": False,
        "happening": "confirmed",
        "review_status": "published",
        "outside_window_allowed": False,
        "unfinished_dates": [],
        "unread": {},
    }
    made = type("Loaded", (), {name: Activity.__dict__[name] for name in ("takes_place", "is_postponed")})()
    made.__dict__.update(values | given, occurrences=dates, field_rows=fields, language_rows=languages)
    made.is_published = made.review_status == "published"
    return made


def test_the_day_of_the_answer_leaves_out_easter() -> None:
    submitted = activity(submitted_at=datetime(2027, 3, 18, 9, tzinfo=UTC))

    assert rules.answer_by(submitted) == date(2027, 4, 5)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, []),
        ({"title_de": ""}, ["title_de"]),
        ({"summary_de": None, "format": None}, ["format", "summary_de"]),
        ({"field_rows": [], "language_rows": []}, ["fields", "languages"]),
        ({"occurrences": []}, ["occurrences"]),
        ({"occurrences": [], "happening": "postponed"}, []),  # the new date is still open
        ({"occurrences": [occurrence(city=None)]}, ["venue"]),
        ({"occurrences": [occurrence(city=None, venue_name="Rathaus")]}, []),
        ({"occurrences": [occurrence(), occurrence(city=None)]}, ["venue"]),
        ({"occurrences": [occurrence(city=None)], "mode": "online"}, []),
        ({"occurrences": [occurrence(), occurrence(venue_land=None)]}, ["venue_land"]),
        ({"occurrences": [occurrence(venue_land=None)], "mode": "hybrid"}, ["venue_land"]),
        ({"occurrences": [occurrence(venue_land=None)], "mode": "online"}, []),
        ({"occurrences": [occurrence(venue_land=None, city="Wien", timezone="Europe/Vienna")]}, []),
        ({"unfinished_dates": [{"starts_on": "2027-04-09"}]}, ["occurrences"]),
        ({"registration_mode": "external"}, ["registration_url"]),
        ({"registration_mode": "external", "registration_url": "https://example.org/"}, []),
        ({"contact_email": None}, ["contact_email"]),
        ({"contact_email": None, "host_cluster": Cluster(name="A", email="a@example.org")}, []),
        ({"host_cluster": None}, ["host_cluster"]),
        ({"host_cluster": None, "edition": Edition(kind="annual_conference")}, []),
    ],
)
def test_a_submission_says_what_it_still_needs(given: dict[str, Any], missing: list[str]) -> None:
    assert rules.missing(activity(**given)) == missing


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"accessibility": "Aufzug"}, []),
        ({"is_accessible": True}, []),
        ({}, ["accessibility"]),
        ({"mode": "online"}, ["online_url"]),
        ({"mode": "online", "registration_mode": "external"}, []),
        ({"mode": "hybrid", "occurrences": [occurrence(online_url="https://example.org/")]}, ["accessibility"]),
    ],
)
def test_what_people_will_ask_for_is_wanted_but_not_needed(given: dict[str, Any], wanted: list[str]) -> None:
    assert rules.wanted(activity(**given)) == wanted


@pytest.mark.parametrize(
    ("starts", "ends", "is_outside"),
    [
        ("2027-04-06 00:00", "2027-04-06 09:00", False),
        ("2027-04-15 18:00", "2027-04-16 00:00", False),  # ends at midnight: the last day itself
        ("2027-04-15 18:00", "2027-04-16 00:30", True),
        ("2027-04-05 18:00", "2027-04-05 20:00", True),  # the eve
        ("2027-04-16 09:00", "2027-04-16 10:00", True),
    ],
)
def test_a_date_lies_inside_the_days_of_the_week(starts: str, ends: str, is_outside: bool) -> None:
    one = occurrence(starts_local=datetime.fromisoformat(starts), ends_local=datetime.fromisoformat(ends))

    assert bool(rules.outside(activity(occurrences=[one]))) is is_outside
    assert rules.outside(activity(occurrences=[one], outside_window_allowed=True)) == []


@pytest.mark.parametrize(
    ("access", "channel", "fits"),
    [
        ("open", "none", True),
        ("open", "internal", False),
        ("registration", "internal", True),
        ("registration", "none", False),
        ("invitation", "none", True),
        ("invitation", "internal", False),
    ],
)
def test_access_and_registration_channel_must_fit(access: str, channel: str, fits: bool) -> None:
    found = rules.obstacles(activity(access=access, registration_mode=channel))

    assert ("registration_mode" not in found) is fits


def test_every_missing_entry_has_a_sentence() -> None:
    nothing = activity(
        format=None, host_cluster=None, title_de="", summary_de="", field_rows=[], language_rows=[], occurrences=[]
    )

    assert all(rules.obstacles(nothing).values())
    assert list(rules.obstacles(nothing)) == rules.missing(nothing)


STEPS = {
    ("draft", "submitted"),
    ("draft", "withdrawn"),
    ("submitted", "published"),
    ("submitted", "changes_requested"),
    ("submitted", "rejected"),
    ("submitted", "withdrawn"),
    ("changes_requested", "submitted"),
    ("changes_requested", "published"),
    ("changes_requested", "rejected"),
    ("changes_requested", "withdrawn"),
    ("rejected", "changes_requested"),
    ("withdrawn", "draft"),
}


@pytest.mark.parametrize("old", lists.REVIEW_STEPS)
@pytest.mark.parametrize("new", lists.REVIEW_STEPS)
def test_only_some_steps_of_the_review_exist(old: str, new: str) -> None:
    assert rules.may_become(old, new) is ((old, new) in STEPS)


START = datetime(2027, 4, 8, 7, tzinfo=UTC)
BEFORE, AFTER = datetime(2027, 4, 8, 6, 59, tzinfo=UTC), START


@pytest.mark.parametrize(
    ("given", "now", "is_open"),
    [
        ({}, BEFORE, True),
        ({}, AFTER, False),
        ({"registration_deadline": datetime(2027, 4, 7, 22, tzinfo=UTC)}, BEFORE, False),
        ({"registration_deadline": datetime(2027, 4, 9, 22, tzinfo=UTC)}, AFTER, False),  # never later than the start
        ({"happening": "tentative"}, BEFORE, True),
        ({"happening": "cancelled"}, BEFORE, False),
        ({"happening": "postponed", "occurrences": []}, BEFORE, False),
        ({"review_status": "submitted"}, BEFORE, False),
        ({"registration_mode": "external"}, BEFORE, False),
        ({"access": "invitation"}, BEFORE, False),
        ({"occurrences": []}, BEFORE, False),
        ({"edition": Edition(**WEEK | {"state": "archived"})}, BEFORE, False),
        ({"edition": Edition(**WEEK | {"state": "closed"})}, BEFORE, True),
    ],
)
def test_people_may_sign_up_until_the_deadline_or_the_start(
    given: dict[str, Any], now: datetime, is_open: bool
) -> None:
    assert rules.is_sign_up_open(activity(**given), now) is is_open


@pytest.mark.parametrize(
    ("part", "number"),
    [
        ("licht-als-werkzeug-12", 12),
        ("12", 12),
        ("anything-12", 12),
        ("workshop-2027-", None),
        ("licht", None),
        ("licht-12a", None),
        ("licht-" + "9" * 30, None),  # larger than a database holds
        ("licht-١٢", None),  # other people's digits
        ("", None),
    ],
)
def test_only_the_number_of_an_address_counts(part: str, number: int | None) -> None:
    assert rules.id_in(part) == number
