"""The entry in an attendee's own calendar: it leads back to the registration, and rings where reminders are wanted."""

import icalendar
import pytest

from clusterweek.registrations import actions, own_calendar
from clusterweek.registrations.models import Registration
from tests import make
from tests.conftest import Client
from tests.mailbox import letters
from tests.registrations.deeds import confirm, give_up, sign_up

LINK = {
    "de": "Anmeldung ansehen oder zurückgeben: http://127.0.0.1:8000/de/registration/{}",
    "en": "See or give up your registration: http://127.0.0.1:8000/en/registration/{}",
}


def events(body: bytes | None) -> list[icalendar.Component]:
    return icalendar.Calendar.from_ical(body or b"").walk("VEVENT")


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_description_ends_with_the_link_to_the_registration(language: str) -> None:
    ada = confirm(sign_up(make.activity(), language=language))

    (found,) = events(letters()[-1].calendar)

    assert str(found["DESCRIPTION"]).endswith("\n\n" + LINK[language].format(actions.token_of(ada)))


def test_every_date_of_a_file_leads_to_it(client: Client) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    ada = confirm(sign_up(activity))
    page = f"/de/registration/{actions.token_of(ada)}/calendar.ics"

    for body in (letters()[-1].calendar, client.get(page).data):
        assert [actions.token_of(ada) in str(one["DESCRIPTION"]) for one in events(body)] == [True, True]


def test_an_entry_that_is_cancelled_neither_rings_nor_leads_anywhere() -> None:
    give_up(confirm(sign_up(make.activity())))

    (found,) = events(letters()[-1].calendar)

    assert "/registration/" not in str(found["DESCRIPTION"])
    assert found.walk("VALARM") == []


def test_it_rings_an_hour_before() -> None:
    ada = make.registration(make.activity())

    (found,) = events(own_calendar.entries(ada, ada.activity.occurrences, "de", method="REQUEST"))

    (alarm,) = found.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].to_ical()) == ("DISPLAY", b"-PT1H")
    assert str(alarm["DESCRIPTION"]) == "Workshop: Licht als Werkzeug"


def all_day() -> Registration:
    activity = make.activity(starts=None)
    make.occurrence(activity, "2027-04-08 00:00", "2027-04-09 00:00", is_all_day=True)
    return make.registration(activity)


@pytest.mark.parametrize("who", [lambda: make.registration(make.activity(), wants_reminders=False), all_day])
def test_who_wants_no_reminders_is_not_rung_for_nor_anybody_at_eleven_at_night(who) -> None:  # type: ignore[no-untyped-def]
    one = who()

    (found,) = events(own_calendar.entries(one, one.activity.occurrences, "de"))

    assert found.walk("VALARM") == []
