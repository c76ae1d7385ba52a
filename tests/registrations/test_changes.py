"""The letter about a changed activity leaves nothing unsaid: time and place, new and old, of every date."""

import html
import re
from itertools import combinations
from typing import Any

import pytest

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.registrations import activity_changes
from tests import make
from tests.conftest import NOW
from tests.mailbox import letters

OLD = {"venue_name": "Optikzentrum", "street": "Am Markt 1", "postcode": "07745", "city": "Jena"}
CHANGES: dict[str, dict[str, Any]] = {
    "time": {"starts_local": "2027-04-08T10:00", "ends_local": "2027-04-08T16:00"},
    "place": {"venue_name": "Saal 3", "city": "Weimar"},
    "room": {"online_url": "https://raum.example/neu"},
}
SAID = {
    "de": {
        "time": ("Neue Uhrzeit: 10:00–16:00 Uhr", "(bisher 09:00–12:30 Uhr)"),
        "place": ("Neuer Ort: Saal 3, Am Markt 1, 07745 Weimar", "(bisher: Optikzentrum, Am Markt 1, 07745 Jena)"),
        "room": ("Die Angaben zur Online-Teilnahme haben sich geändert.",),
    },
    "en": {
        "time": ("New time: 10:00–16:00", "(previously 09:00–12:30)"),
        "place": ("New place: Saal 3, Am Markt 1, 07745 Weimar", "(previously: Optikzentrum, Am Markt 1, 07745 Jena)"),
        "room": ("The details for taking part online have changed.",),
    },
}
SUBJECT = {
    "de": {"time": "Uhrzeit", "place": "Ort", "room": "Online-Zugang", "and": " und ", "begin": "Geändert: "},
    "en": {"time": "time", "place": "place", "room": "online room", "and": " and ", "begin": "Changed: "},
}
TITLES = {"de": "Workshop: Licht als Werkzeug", "en": "Workshop: Light as a tool"}
ALL = [set(some) for count in (1, 2, 3) for some in combinations(CHANGES, count)]


def hybrid(language: str = "de") -> Activity:
    activity = make.activity(mode="hybrid", place={**OLD, "online_url": "https://raum.example/alt"})
    make.registration(activity, "Ada", language=language)
    make.registration(activity, "Sven", mode="online", language=language)
    return activity


def change(activity: Activity, *rows: dict[str, Any]) -> None:
    db.session.commit()
    with unit_of_work():
        activity_changes.update(activity.id, {"occurrences": list(rows)}, by=None, now=NOW)


def plain(text: str) -> str:
    """The words of a page or text, on one line."""
    inside = text.split("<body", 1)[-1]
    bare = "".join(part.partition(">")[2] if n else part for n, part in enumerate(inside.split("<")))
    return " ".join(bare.split())


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("what", ALL, ids=lambda some: "+".join(sorted(some)))
def test_everything_that_changed_is_said_to_whom_it_concerns(what: set[str], language: str) -> None:
    activity = hybrid(language)

    change(activity, {"id": activity.occurrences[0].id} | {k: v for name in what for k, v in CHANGES[name].items()})

    sent = {mail.to.split("@")[0]: mail for mail in letters()}
    for name, concerns in (("ada", {"time", "place"}), ("sven", {"time", "room"})):
        due = [one for one in ("time", "place", "room") if one in what & concerns]
        assert (name in sent) is bool(due)
        if not due:
            continue
        words = SUBJECT[language]
        kinds = words["and"].join(words[one] for one in due) + " – "
        assert sent[name].subject == f"{words['begin']}{kinds}{TITLES[language]}"
        for body in (sent[name].text, sent[name].page):
            for one, sentences in SAID[language].items():
                assert [sentence in plain(body) for sentence in sentences] == [one in due] * len(sentences)
    is_gone = "raum.example/alt" not in "".join(mail.text + mail.page for mail in sent.values())
    assert is_gone or "room" not in what


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"starts_local": "2027-04-08T08:00"}, "Neue Uhrzeit: 08:00–12:30 Uhr (bisher 09:00–12:30 Uhr)"),
        ({"ends_local": "2027-04-08T13:00"}, "Neue Uhrzeit: 09:00–13:00 Uhr (bisher 09:00–12:30 Uhr)"),
        (
            {"starts_local": "2027-04-09T09:00", "ends_local": "2027-04-09T12:00"},
            "Neuer Termin: Freitag, 9. April 2027, 09:00–12:00 Uhr "
            "(bisher: Donnerstag, 8. April 2027, 09:00–12:30 Uhr)",
        ),
        (
            {"ends_local": "2027-04-10T12:00"},
            "Neuer Termin: Donnerstag, 8. April 2027 bis Samstag, 10. April 2027, erster Tag ab 09:00 Uhr, letzter Tag "
            "bis 12:00 Uhr (bisher bis Donnerstag, 8. April 2027, 12:30 Uhr)",
        ),
        (
            {"starts_local": "2027-04-08T00:00", "ends_local": "2027-04-09T00:00", "is_all_day": True},
            "Neue Uhrzeit: ganztägig (bisher 09:00–12:30 Uhr)",
        ),
    ],
)
def test_a_time_that_changes_is_said_with_what_it_was(values: dict[str, Any], line: str) -> None:
    activity = hybrid()

    change(activity, {"id": activity.occurrences[0].id, **values, **CHANGES["place"]})

    for mail in letters():
        for body in (mail.text, mail.page):
            assert line in plain(body)
        assert ("Neuer Ort: Saal 3" in mail.text) is (mail.to == "ada@example.org")


def test_what_was_all_day_says_so() -> None:
    activity = make.activity(starts=None)
    make.occurrence(activity, "2027-04-08 00:00", "2027-04-09 00:00", is_all_day=True)
    make.registration(activity)

    change(activity, {"id": activity.occurrences[0].id, "is_all_day": False, **CHANGES["time"]})

    assert "Neue Uhrzeit: 10:00–16:00 Uhr (bisher ganztägig)" in letters()[0].text


@pytest.mark.parametrize("language", ["de", "en"])
def test_of_several_dates_each_change_names_its_date(language: str) -> None:
    activity = make.activity(place=OLD)
    second = make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00", **OLD)
    gone = make.occurrence(activity, "2027-04-10 09:00", "2027-04-10 12:00", **OLD)
    make.registration(activity, language=language)
    first = next(o for o in activity.occurrences if o.id not in (second.id, gone.id))
    new = {"starts_local": "2027-04-12T09:00", "ends_local": "2027-04-12T12:00", "venue_land": "DE-TH"}

    change(
        activity,
        {"id": first.id, **CHANGES["time"]},
        {"id": second.id, **CHANGES["place"]},
        {"id": None, **new, "city": "Gera", "street": "Ring 5"},
    )

    (mail,) = letters()
    wanted = {
        "de": [
            "Neue Uhrzeit: Donnerstag, 8. April 2027, 10:00–16:00 Uhr (bisher 09:00–12:30 Uhr)",
            "Neuer Ort: Saal 3, Am Markt 1, 07745 Weimar (bisher: Optikzentrum, Am Markt 1, 07745 Jena)",
            "Neuer Termin: Montag, 12. April 2027, 09:00–12:00 Uhr, Ring 5, Gera",
            "Findet nicht mehr statt: Samstag, 10. April 2027, 09:00–12:00 Uhr",
        ],
        "en": [
            "New time: Thursday, 8 April 2027, 10:00–16:00 (previously 09:00–12:30)",
            "New place: Saal 3, Am Markt 1, 07745 Weimar (previously: Optikzentrum, Am Markt 1, 07745 Jena)",
            "New date: Monday, 12 April 2027, 09:00–12:00, Ring 5, Gera",
            "No longer takes place: Saturday, 10 April 2027, 09:00–12:00",
        ],
    }[language]
    for body in (mail.text, mail.page):
        assert [line for line in wanted if line not in plain(body)] == []
        after_place = plain(body).split(wanted[1])[1]
        assert after_place.lstrip("– ").startswith(("Freitag, 9. April 2027", "Friday, 9 April 2027"))
    kinds = {"de": "Geändert: Termin, Uhrzeit und Ort – ", "en": "Changed: date, time and place – "}[language]
    assert mail.subject == kinds + TITLES[language]


def test_another_way_of_taking_part_is_said_with_the_rest() -> None:
    activity = hybrid()

    db.session.commit()
    with unit_of_work():
        row = {"id": activity.occurrences[0].id, **CHANGES["time"], **CHANGES["place"]}
        activity_changes.update(activity.id, {"mode": "in_person", "occurrences": [row]}, by=None, now=NOW)

    sven = next(mail for mail in letters() if mail.to == "sven@example.org")
    assert "(bisher online)" in plain(sven.text)
    assert sven.subject == "Geändert: Uhrzeit, Ort und Art der Teilnahme – Workshop: Licht als Werkzeug"
    for said in ("Sie nehmen jetzt vor Ort teil.", *SAID["de"]["time"], *SAID["de"]["place"]):
        assert said in plain(sven.text)


@pytest.mark.parametrize(
    ("language", "subject", "said"),
    [
        (
            "de",
            "Geändert: Ort, Titel, Barrierefreiheit und Kosten – Licht & Laser",
            [
                "Neuer Titel: Licht & Laser (bisher: „Workshop: Licht als Werkzeug“)",
                "Barrierefreiheit jetzt: Eingang im Hof (bisher: Stufenlos, mit barrierefreiem WC.)",
                "Neue Kosten: 25 Euro (bisher: kostenfrei)",
            ],
        ),
        (
            "en",
            "Changed: place, title, accessibility and cost – Light & laser",
            [
                "New title: Light & laser (previously: “Workshop: Light as a tool”)",
                "Accessibility now: Eingang im Hof (previously: Step-free, with an accessible toilet.)",
                "New cost: 25 Euro (previously: free of charge)",
            ],
        ),
    ],
)
def test_what_else_people_rely_on_is_said_with_it(language: str, subject: str, said: list[str]) -> None:
    activity = make.activity(place=OLD, is_accessible=True)
    make.registration(activity, language=language)
    values = {"title_de": "Licht & Laser", "title_en": "Light & laser", "capacity": 30, "cost_note": "25 Euro"}
    values |= {"is_accessible": False, "accessibility": "Eingang im Hof"}
    rows = [{"id": activity.occurrences[0].id, **CHANGES["place"]}]

    with unit_of_work():
        activity_changes.update(activity.id, {"occurrences": rows, **values}, by=None, now=NOW)

    (mail,) = letters()
    assert mail.subject == subject
    for body in (plain(mail.text), html.unescape(plain(mail.page))):
        assert [one for one in said if one not in body] == []
        assert "30" not in body.split("Optikzentrum")[0]  # the number of places concerns nobody who has one


@pytest.mark.parametrize("values", [{"title_de": "Licht"}, {"cost_note": "5 Euro"}, {"accessibility": "Rampe"}])
def test_such_a_thing_alone_is_no_reason_to_write(values: dict[str, str]) -> None:
    activity = hybrid()

    with unit_of_work():
        activity_changes.update(activity.id, values, by=None, now=NOW)

    assert letters() == []


@pytest.mark.parametrize(
    ("rows", "marks"),
    [
        ([CHANGES["time"]], 1),  # in the band
        ([CHANGES["place"]], 1),  # the row of the place
        ([{**CHANGES["time"], **CHANGES["place"]}], 2),
        ([CHANGES["room"]], 0),  # who comes is not concerned
    ],
)
def test_what_is_new_is_marked_in_the_page_not_by_colour_alone(rows: list[dict[str, Any]], marks: int) -> None:
    activity = hybrid()

    change(activity, {"id": activity.occurrences[0].id, **rows[0]})

    pages = [mail.page for mail in letters() if mail.to == "ada@example.org"]
    assert [len(re.findall(r">neu</span>", page)) for page in pages] == ([marks] if marks else [])
    assert all("border-left:4px solid #ffb53d" in page for page in pages)


def test_of_several_dates_the_changed_ones_are_marked() -> None:
    activity = make.activity(place=OLD)
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00", **OLD)
    make.registration(activity)

    change(activity, {"id": activity.occurrences[0].id}, {"id": activity.occurrences[1].id, **CHANGES["time"]})

    (mail,) = letters()
    assert re.findall(r"Termin (\d) <span[^>]*>neu</span>", mail.page) == ["2"]


def test_a_letter_that_was_posted_before_says_what_it_knows() -> None:
    activity = hybrid()
    change(activity, {"id": activity.occurrences[0].id, **CHANGES["time"], **CHANGES["place"]})
    for letter in db.session.query(Letter):
        number, seconds, _end = letter.ids["moved"].split(":")
        letter.ids = {name: value for name, value in letter.ids.items() if name not in ("places", "before")} | {
            "moved": f"{number}:{seconds}"
        }
    db.session.commit()

    ada = next(mail for mail in letters() if mail.to == "ada@example.org")

    assert "Neuer Termin: Donnerstag, 8. April 2027, 10:00–16:00 Uhr (bisher: Donnerstag, 8. April" in plain(ada.text)
    assert "Neuer Ort: Saal 3, Am Markt 1, 07745 Weimar" in plain(ada.text)


def test_a_place_that_only_lies_in_another_land_is_not_said_to_have_been_elsewhere() -> None:
    activity = hybrid()

    change(activity, {"id": activity.occurrences[0].id, "venue_land": "DE-SN"})

    assert "bisher" not in letters()[0].text
