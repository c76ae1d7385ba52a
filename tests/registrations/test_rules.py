"""How long a place is held, which places there are, and why people cannot sign up."""

from datetime import UTC, datetime, timedelta

import pytest

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.editions.models import Edition
from clusterweek.registrations import rules

NOW = datetime(2027, 3, 22, 8, 30, tzinfo=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


@pytest.mark.parametrize(
    ("closes_in", "starts_in", "held_for"),
    [
        (None, None, 48),  # nothing comes before
        (400, 400, 48),
        (24, 400, 24),  # the end of sign-up
        (400, 20, 18),  # two hours before the start
        (20, 20, 18),
        (3, 3, 1),
        (2.25, 2.25, 0.5),  # never under half an hour
        (0.1, 0.1, 0.5),
    ],
)
def test_how_long_a_place_is_held(closes_in: float | None, starts_in: float | None, held_for: float) -> None:
    until = rules.hold_until(
        now=NOW,
        closes_at=None if closes_in is None else NOW + hours(closes_in),
        starts_at=None if starts_in is None else NOW + hours(starts_in),
    )

    assert until == NOW + hours(held_for)


@pytest.mark.parametrize(
    ("mode", "capacity", "capacity_online", "limits"),
    [
        ("in_person", 20, None, {"in_person": 20}),
        ("in_person", None, None, {"in_person": None}),
        ("in_person", 20, 100, {"in_person": 20}),  # left over from a time when it was hybrid
        ("online", None, 100, {"online": 100}),
        ("online", 100, None, {"online": 100}),
        ("online", 20, 100, {"online": 100}),
        ("hybrid", 20, 100, {"in_person": 20, "online": 100}),
        ("hybrid", 20, None, {"in_person": 20, "online": None}),
        ("hybrid", 0, 0, {"in_person": 0, "online": 0}),
    ],
)
def test_how_many_places_there_are(
    mode: str, capacity: int | None, capacity_online: int | None, limits: dict[str, int | None]
) -> None:
    activity = Activity(mode=mode, capacity=capacity, capacity_online=capacity_online)

    assert {mode: rules.limit_of(activity, mode) for mode in rules.modes_of(activity)} == limits


@pytest.mark.parametrize(
    ("limit", "taken", "free"), [(None, 7, None), (20, 0, 20), (20, 20, 0), (20, 25, 0), (0, 0, 0)]
)
def test_places_are_never_less_than_none(limit: int | None, taken: int, free: int | None) -> None:
    assert rules.ModePlaces(limit, taken).free == free


def test_an_activity_without_limit_in_one_way_has_no_limit() -> None:
    places = rules.Places({"in_person": rules.ModePlaces(10, 10, 2), "online": rules.ModePlaces(None, 5)})

    assert (places.limit, places.taken, places.free, places.waiting) == (None, 15, None, 2)


def activity(**given: object) -> Activity:
    values = {
        "review_status": "published",
        "happening": "confirmed",
        "mode": "in_person",
        "access": "registration",
        "registration_mode": "internal",
    }
    made = Activity(**values | given)
    made.edition = Edition(state="open", timezone="Europe/Berlin")
    return made


@pytest.mark.parametrize(
    ("given", "starts_in", "sentence"),
    [
        ({}, 100, None),
        ({"happening": "tentative"}, 100, None),
        ({"review_status": "submitted"}, 100, "Diese Veranstaltung steht nicht im Programm."),
        ({"happening": "cancelled"}, 100, "Diese Veranstaltung ist abgesagt."),
        (
            {"happening": "postponed"},
            None,
            "Diese Veranstaltung wird verschoben. Der neue Termin steht noch nicht fest.",
        ),
        ({"happening": "held"}, 100, "Diese Veranstaltung hat bereits stattgefunden."),
        (
            {"access": "invitation"},
            100,
            "Diese Veranstaltung ist nur auf Einladung zugänglich. Bitte fragen Sie den Veranstalter.",
        ),
        ({"registration_mode": "none"}, 100, "Sie brauchen sich nicht anzumelden. Kommen Sie einfach vorbei."),
        ({"registration_mode": "external"}, 100, "Die Anmeldung läuft über eine Seite des Veranstalters."),
        ({}, None, "Der Termin dieser Veranstaltung steht noch nicht fest."),
        ({}, -1, "Diese Veranstaltung hat bereits begonnen."),
        (
            {"registration_deadline": NOW - hours(1)},
            100,
            "Die Anmeldung endete am Montag, 22. März 2027, 08:30 Uhr.",
        ),
        ({"registration_deadline": NOW + hours(1)}, 100, None),
    ],
)
@pytest.mark.usefixtures("app")
def test_why_people_cannot_sign_up(given: dict[str, object], starts_in: float | None, sentence: str | None) -> None:
    made = activity(**given)
    if starts_in is not None:
        starts_at = NOW + hours(starts_in)
        made.__dict__["occurrences"] = [Occurrence(starts_at=starts_at, ends_at=starts_at + hours(3))]
    else:
        made.__dict__["occurrences"] = []

    assert rules.why_closed(made, NOW) == sentence


def test_an_archived_edition_takes_no_registrations() -> None:
    made = activity()
    made.edition.state = "archived"
    made.__dict__["occurrences"] = [Occurrence(starts_at=NOW + hours(9), ends_at=NOW + hours(12))]

    assert rules.why_closed(made, NOW) == "Diese Veranstaltung nimmt keine Anmeldungen an."
