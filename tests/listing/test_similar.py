"""What may stand in for an activity that was cancelled, in the letter about it."""

import pytest

from clusterweek.activities import rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.letter import Mail
from clusterweek.registrations import activity_changes
from tests import make
from tests.conftest import NOW
from tests.mailbox import letters


def cancelled(activity: Activity, reason: str | None = None) -> Mail:
    db.session.commit()
    with unit_of_work():
        activity_changes.cancel(activity.id, reason, by=None, now=NOW)
    return letters()[-1]


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "„Workshop: Licht als Werkzeug“ ist leider abgesagt (Do, 8. April, 09:00 Uhr)."),
        ("en", "Unfortunately “Workshop: Light as a tool” (Thu 8 April, 09:00) has been cancelled."),
    ],
)
def test_a_cancelled_letter_names_the_date_and_three_others_with_places(language: str, said: str) -> None:
    edition = make.edition()
    activity = make.activity(edition=edition)
    make.registration(activity, language=language)
    others = [make.activity(edition=edition, title_de=f"Neben {n}", title_en=None) for n in range(4)]
    make.activity(edition=edition, title_de="Abgesagt", happening="cancelled")
    make.activity(edition=edition, title_de="Voll", title_en="Full", capacity=0)
    make.activity(edition=edition, title_de="Fremd", title_en="Foreign", fields=("energy-technologies",))
    make.activity(title_de="Anderswann", title_en="Another week")

    mail = cancelled(activity)

    heading = {"de": "Ähnliche mit Plätzen:", "en": "Similar, with places:"}[language]
    for body in (mail.text, mail.page):
        assert said in body.replace('<span lang="de">', "").replace("</span>", "")
        assert heading in body
        assert [one.title_de in body for one in others] == [True, True, True, False]
        assert [word for word in ("Voll", "Full", "Fremd", "Foreign", "Another week") if word in body] == []
        assert f"/{language}/{edition.slug}/{rules.address_part(others[0])}" in body


def test_where_there_is_no_other_the_letter_offers_none() -> None:
    activity = make.activity()
    make.registration(activity)

    assert "Ähnliche" not in cancelled(activity).text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"is_all_day": True, "starts": "2027-04-08 00:00", "ends": "2027-04-09 00:00"}, " (Do, 8. April)."),
        ({"starts": "2027-04-06 09:00", "ends": "2027-04-10 17:00"}, " (Di, 6. April bis Sa, 10. April)."),
    ],
)
def test_the_date_is_said_as_it_is_known(given: dict[str, object], said: str) -> None:
    activity = make.activity(starts=None)
    make.occurrence(activity, **given)  # type: ignore[arg-type]
    make.registration(activity)

    assert f"ist leider abgesagt{said}" in cancelled(activity).text


def test_of_several_dates_each_is_listed() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.registration(activity)

    text = cancelled(activity).text

    assert "ist leider abgesagt.\n" in text
    assert text.count("Findet nicht mehr statt: ") == 2
    assert "Bitte löschen Sie die Termine aus Ihrem Kalender" in text


@pytest.mark.parametrize("stop", [activity_changes.cancel, activity_changes.postpone])
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_reason_says_which_language_it_is_in(stop, language: str) -> None:  # type: ignore[no-untyped-def]
    activity = make.activity()
    make.registration(activity, language=language)
    db.session.commit()
    with unit_of_work():
        stop(activity.id, "Der Saal ist gesperrt.", by=None, now=NOW)

    mail = letters()[-1]

    lead = {"de": "Der Veranstalter schreibt: ", "en": "The host says (in German): "}[language]
    assert f"{lead}Der Saal ist gesperrt." in mail.text
    assert f'{lead}<span lang="de">Der Saal ist gesperrt.</span>' in mail.page
