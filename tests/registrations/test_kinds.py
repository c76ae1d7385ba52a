"""Every letter to an attendee says what one needs to come, whatever its kind; a new kind cannot be forgotten."""

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote_plus

import pytest

from clusterweek import jobs
from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.outbox.letter import Mail
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, mails
from clusterweek.registrations.models import Registration
from clusterweek.reminders import actions as reminder_actions
from clusterweek.reminders.models import ReminderRule
from tests import make
from tests.conftest import NOW
from tests.mailbox import words

NOBODY_GOES = "nobody is to go there"
NOT_KNOWN = "where it will be is not known yet"
# What a kind does not hold, and why. A kind that is missing here holds everything.
LACKS: dict[str, dict[str, str]] = {
    "activity_cancelled": {"map": NOBODY_GOES, "access": NOBODY_GOES},
    "activity_postponed": {"map": NOT_KNOWN, "access": NOT_KNOWN},
    "given_up": {"link": "there is no registration any more: whoever wants to come signs up anew"},
}
# The address of the online room: only for who has a place there, in the letters that people keep for the day.
ROOM = {"place_confirmed", "promoted", "activity_moved", "reminder"}
TO_OTHERS = {
    *("login_link", "set_password", "password_changed", "invitation"),
    *("activity_received", "activity_published", "activity_changes_requested", "activity_rejected"),
}
STATUS = {
    "given_up": "withdrawn",
    "waitlisted": "waitlisted",
    "confirm_request": "unconfirmed",
    "confirm_nudge": "unconfirmed",
}
STREET = {"venue_name": "Optikzentrum", "street": "Am Markt 1", "postcode": "07745", "city": "Jena"}
ADDRESS = "Optikzentrum, Am Markt 1, 07745 Jena"
SEARCH = f"https://www.openstreetmap.org/search?query={quote_plus('Am Markt 1, 07745, Jena')}"
SAID = {
    "de": {
        "date": "Donnerstag, 8. April 2027",
        "time": "09:00–12:30 Uhr",
        "place": ADDRESS,
        "access": "Stufenlos, mit barrierefreiem WC. Eingang im Hof",
    },
    "en": {
        "date": "Thursday, 8 April 2027",
        "time": "09:00–12:30",
        "place": ADDRESS,
        "access": "Step-free, with an accessible toilet. Eingang im Hof",
    },
}
KINDS = sorted(jobs.KINDS.keys() - TO_OTHERS)


def written(kind: str, language: str, mode: str, activity: Activity) -> tuple[Registration, Mail]:
    status = STATUS.get(kind, "confirmed")
    held = {"hold_until": NOW + timedelta(hours=9)} if status == "unconfirmed" else {}
    one = make.registration(activity, "Ada", status, mode=mode, **held)
    date = activity.occurrences[0]
    if kind == "activity_cancelled":
        activity.happening, activity.cancelled_at = "cancelled", NOW
    if kind == "activity_postponed":
        activity.happening, date.removed_at, date.removed_because = "postponed", NOW, "postponed"
    reminder_actions.ensure_default_rules()
    db.session.commit()
    db.session.expire_all()
    empty = dict.fromkeys(("moved", "added", "removed", "relocated", "relinked"), "")
    rule = db.session.query(ReminderRule).filter_by(name="day before").one()
    ids = {"registration_id": one.id, "number": 0, "switched": 0, "postponed": 0, "rule_id": rule.id, **empty}
    ids |= {"occurrence_id": date.id, "dates": str(date.id)}
    with force_language(language):
        letter = Letter(kind=kind, language=language, ids=ids, created_at=NOW)
        return one, jobs.KINDS[kind].render(letter, NOW)


def hybrid() -> Activity:
    return make.activity(
        mode="hybrid",
        accessibility="Eingang im Hof",
        is_accessible=True,
        place={**STREET, "online_url": "https://raum.example/x"},
    )


def link_of(one: Registration, language: str) -> str:
    return f"http://127.0.0.1:8000/{language}/registration/{actions.token_of(one)}"


def bodies(mail: Mail) -> Mapping[str, str]:
    return {"text": " ".join(mail.text.split()), "page": words(mail.page)}


def test_every_kind_of_letter_is_known_here() -> None:
    assert jobs.KINDS.keys() >= TO_OTHERS
    assert mails.KINDS.keys() <= set(KINDS)
    assert LACKS.keys() | ROOM | STATUS.keys() <= set(KINDS)


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_says_what_one_needs_to_come(kind: str, language: str) -> None:
    one, mail = written(kind, language, "in_person", hybrid())

    for where, body in bodies(mail).items():
        found = {name for name, said in SAID[language].items() if said in body}
        part = mail.text if where == "text" else mail.page
        found |= {"map"} if SEARCH in part else set()
        found |= {"link"} if any(link_of(one, language) + end in part for end in '"\n') else set()
        assert found == {"date", "time", "place", "map", "access", "link"} - LACKS.get(kind, {}).keys(), where
        assert "raum.example" not in part


@pytest.mark.parametrize("kind", KINDS)
def test_who_takes_part_online_gets_the_room_and_no_way_to_a_place(kind: str) -> None:
    _one, mail = written(kind, "de", "online", hybrid())

    for part, body in zip((mail.text, mail.page), bodies(mail).values(), strict=True):
        assert ("https://raum.example/x" in part) is (kind in ROOM)
        assert "openstreetmap" not in part
        assert ADDRESS not in body


def test_letters_load_nothing_from_elsewhere() -> None:
    _one, mail = written("place_confirmed", "de", "in_person", hybrid())

    assert [tag for tag in ("<img", "<script", "<link", "url(") if tag in mail.page] == []


@pytest.mark.parametrize(
    ("place", "url"),
    [
        ({"latitude": 50.9, "longitude": 11.58}, "/?mlat=50.9&mlon=11.58#map=17/50.9/11.58"),
        ({"street": None, "latitude": 50.9, "longitude": 11.58}, "/search?query=07745%2C+Jena"),
        (
            {"street": None, "city": None, "postcode": None, "latitude": 5.9, "longitude": 1.5},
            "/?mlat=5.9&mlon=1.5#map=17/5.9/1.5",
        ),
        ({"latitude": -0.5, "longitude": -7.25}, "/?mlat=-0.5&mlon=-7.25#map=17/-0.5/-7.25"),
        ({"latitude": 50.9}, "/search?query=Am+Markt+1%2C+07745%2C+Jena"),
        ({"street": 'Straße "A" & B'}, "/search?query=Stra%C3%9Fe+%22A%22+%26+B%2C+07745%2C+Jena"),
        ({"street": None, "postcode": None}, "/search?query=Jena"),
        ({"street": None, "postcode": None, "city": None}, None),
    ],
)
def test_the_map_shows_the_place_as_well_as_it_is_known(place: dict[str, object], url: str | None) -> None:
    _one, mail = written("place_confirmed", "de", "in_person", make.activity(place={**STREET, **place}))

    assert ("openstreetmap" in mail.text) is ("openstreetmap" in mail.page) is bool(url)
    assert not url or f"Karte: https://www.openstreetmap.org{url}\n" in mail.text
