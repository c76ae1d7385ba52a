"""What a change of an activity means for its attendees."""

from datetime import timedelta
from typing import Any

import pytest

from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.refusal import Refusal
from clusterweek.registrations import activity_changes, queries
from tests import make
from tests.conftest import NOW
from tests.mailbox import letters, mailbox
from tests.registrations.deeds import kinds, states


def update(activity: Activity, **values: Any) -> activity_changes.Change:
    with unit_of_work():
        return activity_changes.update(activity.id, values, by=None, now=NOW)


def moved_to(activity: Activity, starts: str, ends: str, **more: Any) -> dict[str, Any]:
    return {
        "id": activity.occurrences[0].id,
        "starts_local": starts,
        "ends_local": ends,
        **more,
    }


def test_more_places_go_to_the_next_in_line() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    make.registration(activity, "Olaf", "waitlisted", ticket=3)
    make.registration(activity, "Weert", "waitlisted", ticket=4)

    change = update(activity, capacity=3)

    assert states(activity) == {"Ada": "confirmed", "Sven": "confirmed", "Olaf": "confirmed", "Weert": "waitlisted"}
    assert kinds() == ["promoted Sven", "promoted Olaf"]
    assert change.promoted_count == 2
    assert change.notices == ["2 Personen rücken von der Warteliste nach und erfahren es per E-Mail."]


def test_no_limit_any_more_lets_everybody_in() -> None:
    activity = make.activity(capacity=0)
    make.registration(activity, "Ada", "waitlisted")
    make.registration(activity, "Sven", "waitlisted")

    update(activity, capacity=None)

    assert set(states(activity).values()) == {"confirmed"}


def test_fewer_places_than_were_given_keep_everybody_and_say_so() -> None:
    activity = make.activity(capacity=3)
    for name in ("Ada", "Sven", "Olaf"):
        make.registration(activity, name)

    change = update(activity, capacity=1)

    assert set(states(activity).values()) == {"confirmed"}
    assert change.overbooked == {"in_person": (3, 1)}
    assert change.notices == [
        "3 Plätze sind schon vergeben, es gibt jetzt aber nur noch 1. "
        "Alle behalten ihren Platz; niemand rückt nach, bis genug Plätze zurückgegeben sind."
    ]
    assert kinds() == []


@pytest.mark.parametrize(
    ("values", "overbooked"),
    [
        ({"capacity_online": 1}, {"online": (2, 1)}),
        ({"capacity": 1, "capacity_online": 1}, {"online": (2, 1)}),
        ({"mode": "online"}, {"online": (3, 2)}),
        ({"title_de": "Anders"}, {}),
    ],
)
def test_fewer_places_online_or_one_way_left_of_two_are_said_too(
    values: dict[str, Any], overbooked: dict[str, tuple[int, int]]
) -> None:
    activity = make.activity(mode="hybrid", capacity=5, capacity_online=2)
    make.registration(activity, "Ada")
    for name in ("Sven", "Olaf"):
        make.registration(activity, name, mode="online")

    change = update(activity, **values)

    assert change.overbooked == overbooked
    assert set(states(activity).values()) == {"confirmed"}


def test_an_activity_that_is_not_hybrid_any_more_takes_everybody_along() -> None:
    activity = make.activity(mode="hybrid", capacity=2, capacity_online=2)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", mode="online")

    change = update(activity, mode="online")

    assert {one.mode for one in queries.of_activity(activity)} == {"online"}
    assert change.overbooked == {}


@pytest.mark.parametrize(
    ("mode", "name", "language", "sentence"),
    [
        ("in_person", "Sven", "de", "Sie nehmen jetzt vor Ort teil."),
        ("online", "Ada", "de", "Sie nehmen jetzt online teil."),
        ("in_person", "Sven", "en", "You now take part on site."),
        ("online", "Ada", "en", "You now take part online."),
    ],
)
def test_who_takes_part_in_another_way_is_told(mode: str, name: str, language: str, sentence: str) -> None:
    activity = make.activity(mode="hybrid", place={"online_url": "https://raum.example/7"})
    make.registration(activity, "Ada", language=language)
    make.registration(activity, "Sven", mode="online", language=language)

    change = update(activity, mode=mode)

    assert change.told_count == 1
    (told,) = letters()
    assert told.to == f"{name.lower()}@example.org"
    for body in (told.text, told.page):
        assert sentence in body
        assert ("https://raum.example/7" in body) is (mode == "online")


def test_another_way_of_taking_part_in_what_is_over_is_told_to_nobody() -> None:
    activity = make.activity(mode="hybrid", starts="2027-03-20 09:00", ends="2027-03-20 12:00")
    activity.outside_window_allowed = True
    make.registration(activity, "Ada")

    assert update(activity, mode="online").told_count == 0
    assert mailbox() == []


def test_a_moved_activity_is_told_to_everybody_who_has_confirmed() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", "waitlisted")
    make.registration(activity, "Olaf", "unconfirmed", hold_until=NOW + timedelta(hours=9))
    make.registration(activity, "Weert", "withdrawn")

    change = update(activity, occurrences=[moved_to(activity, "2027-04-09 14:00", "2027-04-09 17:00")])

    assert change.told_count == 2
    assert mailbox() == [
        ("ada@example.org", "Geändert: Termin – Workshop: Licht als Werkzeug"),
        ("sven@example.org", "Geändert: Termin – Workshop: Licht als Werkzeug"),
    ]
    ada, sven = letters()
    assert "Neuer Termin: Freitag, 9. April 2027, 14:00–17:00 Uhr" in ada.text
    assert "bisher: Donnerstag, 8. April 2027, 09:00–12:30 Uhr" in ada.text
    assert (ada.calendar_method, sven.calendar_method) == ("REQUEST", None)
    assert sven.calendar is None
    assert b"SEQUENCE:1" in (ada.calendar or b"")
    assert b"20270409T140000" in (ada.calendar or b"")


def test_a_date_that_is_put_into_the_past_is_told_to_who_would_come() -> None:
    """A slip, or it was brought forward at the last minute: nobody should stand before a closed door."""
    activity = make.activity()
    activity.outside_window_allowed = True
    make.registration(activity, "Ada")

    change = update(activity, occurrences=[moved_to(activity, "2027-03-20 09:00", "2027-03-20 12:00")])

    assert change.told_count == 1


def test_a_new_place_is_told() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")

    update(activity, occurrences=[{"id": activity.occurrences[0].id, "venue_name": "Haus 7", "city": "Weimar"}])

    assert "Neuer Ort: Haus 7, Weimar" in letters()[0].text


def test_an_online_activity_names_no_new_place() -> None:
    activity = make.activity(mode="online")
    make.registration(activity, "Ada", mode="online")

    update(activity, occurrences=[{"id": activity.occurrences[0].id, "online_url": "https://raum.example/neu"}])

    (ada,) = letters()
    for told in (ada.text, ada.page):
        assert "Die Angaben zur Online-Teilnahme haben sich geändert." in told
        assert "Neuer Ort" not in told


@pytest.mark.parametrize(
    ("given", "to", "what", "sentence"),
    [
        ({"street": "Markt 1"}, "ada@example.org", "Ort", "Neuer Ort: Technologiezentrum, Markt 1, Jena"),
        (
            {"online_url": "https://raum.example/neu"},
            "sven@example.org",
            "Online-Zugang",
            "Die Angaben zur Online-Teilnahme haben sich geändert.",
        ),
    ],
)
def test_another_venue_concerns_who_comes_and_another_room_who_takes_part_online(
    given: dict[str, str], to: str, what: str, sentence: str
) -> None:
    activity = make.activity(mode="hybrid")
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", mode="online")

    change = update(activity, occurrences=[{"id": activity.occurrences[0].id, **given}])

    assert change.told_count == 1
    assert mailbox() == [(to, f"Geändert: {what} – Workshop: Licht als Werkzeug")]
    assert sentence in letters()[0].text


def test_at_a_hybrid_activity_each_reads_what_concerns_them() -> None:
    activity = make.activity(mode="hybrid")
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", mode="online")

    update(
        activity,
        occurrences=[
            {"id": activity.occurrences[0].id, "city": "Weimar", "online_url": "https://raum.example/neu"},
        ],
    )

    ada, sven = letters()
    for told in (ada.text, ada.page):
        assert "Neuer Ort" in told
        assert "Die Angaben zur Online-Teilnahme" not in told
    for told in (sven.text, sven.page):
        assert "Die Angaben zur Online-Teilnahme haben sich geändert." in told
        assert "Neuer Ort" not in told


def test_a_date_that_is_replaced_leaves_the_calendar() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    old = activity.occurrences[0]

    update(
        activity,
        occurrences=[
            {
                "id": None,
                "starts_local": "2027-04-09T09:00",
                "ends_local": "2027-04-09T12:00",
                "city": "Jena",
                "venue_land": "DE-TH",
            }
        ],
    )

    assert [(mail.subject, mail.calendar_method) for mail in letters()] == [
        ("Geändert: Termin – Workshop: Licht als Werkzeug", "REQUEST"),
        ("Alter Termin gilt nicht mehr: Workshop: Licht als Werkzeug", "CANCEL"),
    ]
    new, gone = letters()
    assert "Bitte löschen Sie" not in new.text
    assert old.uid.encode() in (gone.calendar or b"")
    assert old.uid.encode() not in (new.calendar or b"")


@pytest.mark.parametrize(
    "values",
    [
        {"title_de": "Workshop: Licht als Werkzeug (neu)"},
        {"summary_de": "Anderer Text."},
        {"contact_name": "Olaf"},
        {},
    ],
)
def test_other_changes_write_to_nobody(values: dict[str, Any]) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")

    change = update(activity, **values)

    assert change.notices == []
    assert mailbox() == []


def test_correcting_what_is_over_writes_to_nobody() -> None:
    activity = make.activity(starts="2027-03-20 09:00", ends="2027-03-20 12:00")
    activity.outside_window_allowed = True
    make.registration(activity, "Ada")

    update(activity, occurrences=[moved_to(activity, "2027-03-20 10:00", "2027-03-20 13:00")])

    assert mailbox() == []


def test_cancelling_tells_everybody_and_empties_the_calendar() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", "waitlisted")
    uid = activity.occurrences[0].uid

    with unit_of_work():
        change = activity_changes.cancel(activity.id, "Die Referentin ist erkrankt.", by=None, now=NOW)

    assert change.told_count == 2
    assert mailbox() == [
        ("ada@example.org", "Abgesagt: Workshop: Licht als Werkzeug"),
        ("sven@example.org", "Abgesagt: Workshop: Licht als Werkzeug"),
    ]
    ada, sven = letters()
    assert "Die Referentin ist erkrankt." in ada.text
    assert ada.calendar_method == "CANCEL"
    assert uid.encode() in (ada.calendar or b"")
    assert b"SEQUENCE:1" in (ada.calendar or b"")
    assert sven.calendar is None
    assert activity.happening == "cancelled"


def test_nobody_moves_up_in_a_cancelled_activity() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada", ticket=1)
    make.registration(activity, "Sven", "waitlisted", ticket=2)
    with unit_of_work():
        activity_changes.cancel(activity.id, None, by=None, now=NOW)

    with unit_of_work():
        activity_changes.actions.give_up(queries.of_activity(activity)[0].id, now=NOW)

    assert states(activity) == {"Ada": "withdrawn", "Sven": "waitlisted"}


def test_postponing_keeps_the_places_and_the_new_date_is_told() -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    old_uid = activity.occurrences[0].uid

    with unit_of_work():
        activity_changes.postpone(activity.id, "Der Saal ist gesperrt.", by=None, now=NOW)
    first = letters()
    update(
        activity,
        occurrences=[
            {
                "id": None,
                "starts_local": "2027-04-14T09:00",
                "ends_local": "2027-04-14T12:00",
                "city": "Jena",
                "venue_land": "DE-TH",
            }
        ],
    )

    assert [(mail.subject, mail.calendar_method) for mail in letters()] == [
        ("Verschoben: Workshop: Licht als Werkzeug", "CANCEL"),
        ("Geändert: Termin – Workshop: Licht als Werkzeug", "REQUEST"),
    ]
    assert old_uid.encode() in (first[0].calendar or b"")
    for body in (letters()[1].text, letters()[1].page):
        assert "für die verschobene Veranstaltung „Workshop: Licht als Werkzeug“ steht der neue Termin fest:" in body
    assert states(activity) == {"Ada": "confirmed"}


@pytest.mark.parametrize("dates", [1, 2])
@pytest.mark.parametrize("leave", ["cancel", "postpone", "give_up"])
def test_who_has_to_clear_the_own_calendar_is_told_so(dates: int, leave: str) -> None:
    activity = make.activity(capacity=1)
    for _more in range(dates - 1):
        make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    ada = make.registration(activity, "Ada")
    sven = make.registration(activity, "Sven", "waitlisted")

    with unit_of_work():
        if leave == "give_up":
            activity_changes.actions.give_up(sven.id, now=NOW)
            activity_changes.actions.give_up(ada.id, now=NOW)
        else:
            getattr(activity_changes, leave)(activity.id, None, by=None, now=NOW)

    for mail in letters():
        has_to = mail.to == "ada@example.org" and dates == 2
        for body in (mail.text, mail.page):
            assert ("Bitte löschen Sie die Termine aus Ihrem Kalender" in body) is has_to


def test_who_has_a_date_in_the_calendar_that_is_taken_out_is_told_so() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.registration(activity, "Ada")
    kept = activity.occurrences[0].id

    update(activity, occurrences=[{"id": kept}])

    (mail,) = letters()
    for body in (mail.text, mail.page):
        assert "Findet nicht mehr statt:" in body
        assert "Bitte löschen Sie, was nicht mehr stattfindet, aus Ihrem Kalender" in body


def test_who_stands_in_line_for_what_is_postponed_reads_so() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", "waitlisted")

    with unit_of_work():
        activity_changes.postpone(activity.id, None, by=None, now=NOW)

    ada, sven = letters()
    for body in (ada.text, ada.page):
        assert "Sie bleiben angemeldet." in body
    for body in (sven.text, sven.page):
        assert "Sie bleiben auf der Warteliste. Wir schreiben Ihnen" in body
        assert "Sie bleiben angemeldet" not in body


def test_who_waits_for_a_new_date_is_told_that_none_comes() -> None:
    activity = make.activity(capacity=1)
    make.registration(activity, "Ada")
    make.registration(activity, "Sven", "waitlisted")
    with unit_of_work():
        activity_changes.postpone(activity.id, None, by=None, now=NOW)
    mailbox()

    with unit_of_work():
        change = activity_changes.cancel(activity.id, "Der Saal bleibt gesperrt.", by=None, now=NOW)

    assert change.told_count == 2
    assert mailbox() == [
        ("ada@example.org", "Abgesagt: Workshop: Licht als Werkzeug"),
        ("sven@example.org", "Abgesagt: Workshop: Licht als Werkzeug"),
    ]
    last = letters()[-1]
    assert "Der Saal bleibt gesperrt." in last.text
    assert last.calendar is None  # the date has left the calendars when it was postponed
    with pytest.raises(Refusal), unit_of_work():
        activity_changes.postpone(activity.id, None, by=None, now=NOW)


def test_what_cannot_be_saved_changes_nothing_and_promotes_nobody() -> None:
    activity = make.activity(capacity=0)
    make.registration(activity, "Ada", "waitlisted")

    with pytest.raises(Refusal), unit_of_work():
        activity_changes.update(activity.id, {"capacity": 5, "title_de": ""}, by=None, now=NOW)

    assert states(activity) == {"Ada": "waitlisted"}
    assert activity.capacity == 0


def test_who_saves_second_is_told() -> None:
    activity = make.activity()
    update(activity, capacity=7)

    with pytest.raises(Refusal), unit_of_work():
        activity_changes.update(activity.id, {"capacity": 8}, by=None, now=NOW, version=1)

    assert activity.capacity == 7


def test_a_draft_is_changed_like_any_other() -> None:
    activity = make.activity(review_status="draft", published_at=None, submitted_at=None)

    assert update(activity, capacity=7).fields == {"capacity"}
