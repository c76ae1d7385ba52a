"""The letters to attendees."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.letter import Mail
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, activity_changes, lost_letters, mails, signing_up
from clusterweek.registrations.models import Registration
from clusterweek.reminders import mails as reminders
from clusterweek.reminders.models import ReminderRule
from tests import make
from tests.conftest import NOW, Clock
from tests.mailbox import letters, mailbox
from tests.registrations.deeds import confirm, give_up, sign_up

PAGE = "http://127.0.0.1:8000/de/registration/"


def attending(activity: Activity, **given: object) -> tuple[Registration, Mail]:
    """Ada signs up and confirms; her confirmation."""
    ada = confirm(sign_up(activity, **given))
    return ada, letters()[-1]


def test_the_letter_to_confirm_says_what_to_do_and_until_when() -> None:
    ada = sign_up(make.activity())

    (mail,) = letters()

    assert (mail.to, mail.reply_to, mail.is_demo) == ("ada@example.org", "clara@optonet.example", False)
    assert mail.text.startswith("Guten Tag")
    assert "Bitte bestätigen Sie bis Mittwoch, 24. März 2027, 09:30 Uhr. So lange halten wir Ihren Platz." in mail.text
    assert "Donnerstag, 8. April 2027, 09:00–12:30 Uhr\nTechnologiezentrum, Jena" in mail.text
    assert f"Anmeldung bestätigen:\n{PAGE}{actions.token_of(ada)}\n" in mail.text
    assert f'href="{PAGE}{actions.token_of(ada)}"' in mail.page
    assert mail.calendar is None


def test_the_confirmation_brings_everything_one_needs() -> None:
    activity = make.activity(
        accessibility="Parkplatz am Eingang",
        is_accessible=True,
        cost_note="25 Euro",
        place={"street": "Carl-Zeiss-Straße 1", "postcode": "07745"},
    )

    ada, mail = attending(activity)

    assert mail.subject == "Ihr Platz ist bestätigt: Workshop: Licht als Werkzeug"
    for told in (
        "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena",
        "Barrierefreiheit: Stufenlos, mit barrierefreiem WC. Parkplatz am Eingang",
        "Kosten: 25 Euro",
        "Wir erinnern Sie am 01.04. und am 07.04.",
        f"Geben Sie Ihren Platz zurück, dann kann jemand nachrücken:\n{PAGE}{actions.token_of(ada)}/give-up",
        "Veranstalter: OptoNet, clara@optonet.example",
    ):
        assert told in mail.text
    for told in (
        "Carl-Zeiss-Straße 1",
        "Parkplatz am Eingang",
        "25 Euro",
        "am 01.04. und am 07.04.",
        "/give-up",
        "OptoNet",
    ):
        assert told in mail.page


def test_a_german_title_in_an_english_letter_is_marked_as_german() -> None:
    _ada, mail = attending(make.activity(title_de="Licht & Laser", title_en=None), language="en")

    assert "You have a place at “Licht & Laser”." in mail.text
    assert 'You have a place at “<span lang="de">Licht &amp; Laser</span>”.' in mail.page


def test_one_date_is_an_invitation_for_the_calendar() -> None:
    _ada, mail = attending(make.activity(), name="Ada Lovelace", email="ada@example.org")

    calendar = (mail.calendar or b"").replace(b"\r\n ", b"")

    assert mail.calendar_method == "REQUEST"
    assert b"METHOD:REQUEST" in calendar
    assert calendar.count(b"BEGIN:VEVENT") == 1
    assert b"ATTENDEE;CN=" in calendar
    assert b":mailto:ada@example.org" in calendar


def test_several_dates_are_a_plain_file() -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00", city="Kulmbach")

    _ada, mail = attending(activity)

    assert mail.calendar_method is None
    assert (mail.calendar or b"").count(b"BEGIN:VEVENT") == 2
    assert b"ATTENDEE" not in (mail.calendar or b"")
    assert "2 Termine" in mail.page
    assert "Freitag, 9. April 2027, 09:00–12:00 Uhr" in mail.text


def test_the_link_to_the_room_goes_only_to_who_has_a_place_online() -> None:
    activity = make.activity(
        mode="hybrid", capacity_online=1, place={"online_url": "https://meet.example.org/a?b=1&c=2"}
    )
    for name, mode in (("Ada", "online"), ("Sven", "online"), ("Olaf", "in_person")):
        confirm(sign_up(activity, name, mode=mode))

    told = {(mail.to, mail.subject.partition(":")[0]): mail for mail in letters()}

    assert [key for key, mail in told.items() if "https://meet.example.org/a?b=1&c=2" in mail.text] == [
        ("ada@example.org", "Ihr Platz ist bestätigt")
    ]
    assert "1 Stunde vorher" in told["ada@example.org", "Ihr Platz ist bestätigt"].text
    assert "Jena" not in told["ada@example.org", "Ihr Platz ist bestätigt"].text


def test_who_takes_part_online_gets_the_link_later_where_there_is_none_yet() -> None:
    activity = make.activity(mode="hybrid", capacity_online=5)
    ada, first = attending(activity, mode="online")
    date = {"id": activity.occurrences[0].id, "online_url": "https://meet.example.org/x"}
    activity_changes.update(activity.id, {"occurrences": [date]}, by=None, now=NOW)

    then = letters()[-1]

    for body in (first.text, first.page):
        assert "Den Link senden wir Ihnen, sobald er feststeht." in body
        assert "Jena" not in body
    assert b"LOCATION:Online" in (first.calendar or b"")
    assert (then.to, then.subject) == (ada.email, "Geändert: Online-Zugang – Workshop: Licht als Werkzeug")
    for body in (then.text, then.page):
        assert "https://meet.example.org/x" in body
        assert "Den Link senden wir Ihnen" not in body
    assert b"https://meet.example.org/x" in (then.calendar or b"").replace(b"\r\n ", b"")


def test_the_waiting_list_gets_its_number_and_no_calendar() -> None:
    activity = make.activity(capacity=0)
    make.registration(activity, "Olaf", "waitlisted", ticket=1)

    _ada, mail = attending(activity)

    assert mail.subject == "Auf der Warteliste: Workshop: Licht als Werkzeug"
    for told in (mail.page, mail.text):
        assert "Sie stehen auf der Warteliste, an 2. Stelle" in told
    assert "/give-up" in mail.text
    assert mail.calendar is None


def test_who_never_asked_for_the_waiting_list_is_promised_no_place() -> None:
    sign_up(make.activity(capacity=0))

    (mail,) = letters()

    assert "auf die Warteliste.\n\nVeranstalter: " in mail.text
    for told in (mail.page, mail.text):
        assert "Ohne Bestätigung kommt niemand auf die Warteliste." in told
        assert "Der Platz wird nach der Frist" not in told


def test_who_moves_up_is_invited() -> None:
    activity = make.activity(capacity=1)
    olaf = make.registration(activity, "Olaf", ticket=1)
    confirm(sign_up(activity))
    letters()

    give_up(olaf)

    gone, up = letters()[-2:]
    assert (gone.subject, gone.calendar_method) == ("Platz zurückgegeben: Workshop: Licht als Werkzeug", "CANCEL")
    assert (up.subject, up.calendar_method) == ("Sie haben einen Platz: Workshop: Licht als Werkzeug", "REQUEST")


def test_nobody_is_told_of_a_waiting_list_or_a_returned_place_that_is_not_there() -> None:
    activity = make.activity(capacity=1, contact_email=None)
    ada = confirm(sign_up(activity))
    sven = confirm(sign_up(activity, "Sven"))
    letters()
    activity_changes.update(activity.id, {"capacity": None}, by=None, now=NOW)
    up = letters()[-1]
    give_up(ada)
    give_up(sven)

    gone = letters()[-2:]

    for body in (up.text, up.page):
        assert "ist ein Platz frei geworden: Sie sind dabei." in body
        assert "zurückgegeben" not in body
    for mail in (up, *gone):
        for body in (mail.text, mail.page):
            assert "Warteliste" not in body
            assert "jemand anderes" not in body


def test_who_waits_is_offered_to_leave_the_line_and_not_to_give_back_a_place() -> None:
    activity = make.activity(capacity=0)
    ada = make.registration(activity, "Ada", "waitlisted")
    date = {"id": activity.occurrences[0].id, "city": "Weimar"}

    with unit_of_work():
        activity_changes.update(activity.id, {"occurrences": [date]}, by=None, now=NOW)
        lost_letters.send_again(activity.id, ada.email, now=NOW)

    by_subject = {mail.subject.partition(":")[0]: mail for mail in letters()}
    assert by_subject.keys() == {"Geändert", "Ihre Anmeldung"}
    for mail in by_subject.values():
        for body in (mail.text, mail.page):
            assert "Platz zurück" not in body
            assert "nachrücken" not in body
    assert f"Warteliste verlassen:\n{PAGE}{actions.token_of(ada)}/give-up" in by_subject["Geändert"].text
    assert "steht auf der Warteliste für" in by_subject["Ihre Anmeldung"].text


@pytest.mark.parametrize("capacity", [20, None])
def test_a_place_becomes_free_for_others_only_where_places_are_limited(capacity: int | None) -> None:
    ada, mail = attending(make.activity(capacity=capacity))
    give_up(ada)

    for body in (mail.text, mail.page):
        assert ("dann kann jemand nachrücken" in body) is (capacity is not None)
        assert "Warteliste" not in body
    for body in (letters()[-1].text, letters()[-1].page):
        assert ("So kann jemand anderes teilnehmen." in body) is (capacity is not None)


def sequence(mail: Mail) -> int:
    lines = (mail.calendar or b"").decode().split("\r\n")
    return int(next(line for line in lines if line.startswith("SEQUENCE:")).partition(":")[2])


def test_a_calendar_takes_the_second_sign_up_after_the_first_was_given_up(at: Clock) -> None:
    activity = make.activity()
    give_up(confirm(sign_up(activity)))
    at("2027-03-22 10:30")
    give_up(confirm(sign_up(activity, now=at.now), now=at.now), now=at.now)
    at("2027-03-22 11:30")

    confirm(sign_up(activity, now=at.now), now=at.now)

    numbers = sorted((sequence(mail), mail.calendar_method) for mail in letters() if mail.calendar)
    assert numbers == [(1, "CANCEL"), (3, "CANCEL"), (4, "REQUEST")]  # calendars take only a higher number


def test_who_never_had_a_place_gets_no_cancellation() -> None:
    activity = make.activity(capacity=0)
    ada = confirm(sign_up(activity))

    give_up(ada)

    assert [mail.calendar for mail in letters()] == [None]


def test_a_stranger_who_never_confirmed_hears_nothing_of_giving_up() -> None:
    give_up(sign_up(make.activity()))

    assert mailbox() == []


def test_one_nudge_after_a_day(at: Clock) -> None:
    sign_up(make.activity())
    assert len(mailbox()) == 1

    at(NOW + timedelta(hours=23, minutes=59))
    assert mailbox() == []
    at(NOW + timedelta(hours=24))
    assert mailbox() == [("ada@example.org", "Noch zu bestätigen: Workshop: Licht als Werkzeug")]
    at(NOW + timedelta(hours=47))
    assert mailbox() == []


def test_nobody_is_asked_to_confirm_what_is_not_held_any_more(at: Clock) -> None:
    """The mail server was away for two days, and the minute job has not come by yet."""
    sign_up(make.activity())

    at(NOW + timedelta(hours=48))

    assert mailbox() == []


def test_no_nudge_once_it_is_confirmed(at: Clock) -> None:
    confirm(sign_up(make.activity()))
    mailbox()

    at(NOW + timedelta(hours=24))

    assert mailbox() == []


def waiting() -> list[str]:
    return list(db.session.scalars(db.text("SELECT key FROM letters WHERE state = 'queued' ORDER BY id")))


@pytest.mark.parametrize("done", [confirm, give_up])
def test_a_nudge_waits_no_longer_than_it_is_needed(done: Callable[[Registration], object]) -> None:
    ada = sign_up(make.activity())
    sven = sign_up(ada.activity, "Sven")
    mailbox()
    assert waiting() == [f"confirm_nudge:{ada.id}:0", f"confirm_nudge:{sven.id}:0"]

    done(ada)
    mailbox()

    assert waiting() == [f"confirm_nudge:{sven.id}:0"]


def test_only_the_newest_nudge_waits(at: Clock) -> None:
    ada = sign_up(make.activity())

    sign_up(ada.activity, now=at(NOW + timedelta(minutes=2)))
    mailbox()

    assert waiting() == [f"confirm_nudge:{ada.id}:1"]


def test_no_nudge_when_the_time_would_be_over() -> None:
    sign_up(make.activity(registration_deadline=NOW + timedelta(hours=24)))

    asked = db.session.execute(db.text("SELECT kind FROM letters WHERE kind <> 'no_letter'")).scalars().all()
    assert asked == ["confirm_request"]


@pytest.mark.parametrize("happening", ["cancelled", "postponed"])
def test_letters_that_are_out_of_date_do_not_leave(happening: str) -> None:
    activity = make.activity()
    confirm(sign_up(activity, "Ada"))
    sign_up(activity, "Sven")
    activity.happening, activity.cancelled_at = happening, NOW
    db.session.commit()

    assert mailbox() == []


@pytest.mark.parametrize("stop", [activity_changes.cancel, activity_changes.postpone])
def test_who_has_left_meanwhile_hears_no_more_of_what_became_of_it(
    stop: Callable[..., activity_changes.Change],
) -> None:
    ada = make.registration(make.activity(), "Ada")
    with unit_of_work():
        stop(ada.activity_id, "Der Saal ist gesperrt.", by=None, now=NOW)
    give_up(ada)

    assert mailbox() == [("ada@example.org", "Platz zurückgegeben: Workshop: Licht als Werkzeug")]


@pytest.mark.parametrize("status", ["confirmed", "waitlisted"])
def test_a_lost_link_is_sent_also_while_the_activity_is_postponed(status: str) -> None:
    activity = make.activity(happening="postponed", starts=None)
    make.registration(activity, "Ada", status)

    with unit_of_work():
        lost_letters.send_again(activity.id, "ada@example.org", now=NOW)

    assert mailbox() == [("ada@example.org", "Ihre Anmeldung: Workshop: Licht als Werkzeug")]


def test_no_lost_link_is_sent_when_all_is_over() -> None:
    activity = make.activity(starts="2027-03-20 09:00", ends="2027-03-20 12:00")
    make.registration(activity, "Ada")

    with unit_of_work():
        lost_letters.send_again(activity.id, "ada@example.org", now=NOW)

    assert mailbox() == []


def test_demo_letters_say_so_and_never_leave_by_smtp() -> None:
    _ada, mail = attending(make.activity(edition=make.edition(is_demo=True)))

    assert mail.is_demo
    assert "Demodaten – frei erfunden" in mail.text
    assert "Demodaten – frei erfunden" in mail.page


def test_what_people_type_is_text_in_the_page() -> None:
    _ada, mail = attending(
        make.activity(title_de="<b>Licht</b> & Schatten"), name="<script>x</script>", email="ada@example.org"
    )

    assert "<script>" not in mail.page
    assert "<b>Licht" not in mail.page
    assert "<b>Licht</b> & Schatten" in mail.text
    assert mail.subject == "Ihr Platz ist bestätigt: <b>Licht</b> & Schatten"


def test_english_letters_are_english_throughout() -> None:
    activity = make.activity(title_en=None)

    _ada, mail = attending(activity, language="en")

    assert mail.subject == "Your place is confirmed: Workshop: Licht als Werkzeug"
    assert "Thursday, 8 April 2027, 09:00–12:30" in mail.text
    assert "We will remind you on 1 April and on 7 April." in mail.text
    assert "http://127.0.0.1:8000/en/registration/" in mail.text
    assert '<html lang="en">' in mail.page


def test_the_host_answers_when_no_contact_is_named() -> None:
    activity = make.activity(contact_email=None, host=make.cluster(email="info@optonet.example"))

    _ada, mail = attending(activity)

    assert mail.reply_to == "info@optonet.example"


def test_a_change_of_mind_online_is_confirmed_anew(at: Clock) -> None:
    activity = make.activity(mode="hybrid", capacity_online=2, place={"online_url": "https://meet.example.org/x"})
    ada, _mail = attending(activity)
    at(NOW + timedelta(minutes=1))

    with unit_of_work():
        actions.change(
            ada.id,
            name="Ada",
            organisation=None,
            access_need=None,
            wants_reminders=True,
            mode="online",
            now=at.now,
        )

    assert "https://meet.example.org/x" in letters()[-1].text


def test_who_gives_the_place_up_is_told_so_until_the_activity_is_over(at: Clock) -> None:
    activity = make.activity()
    early, _mail = attending(activity)
    late, _mail = attending(activity, email="sven@example.org")
    give_up(early)
    assert len(mailbox()) == 1
    give_up(late)

    at(activity.occurrences[0].ends_at)

    assert mailbox() == []


ADVERT = {"name": "Sie haben gewonnen", "organisation": "Gewinnspiel AG", "access_need": "Rufen Sie an"}


def test_no_letter_holds_what_was_typed_before_the_address_is_confirmed() -> None:
    """Whatever its kind: it would be an advertisement under our sender. Afterwards the letters greet by name."""
    held = {"hold_until": NOW + timedelta(hours=9), "organisation": ADVERT["organisation"]}
    ada = make.registration(make.activity(), ADVERT["name"], "unconfirmed", access_need=ADVERT["access_need"], **held)
    kinds = mails.KINDS | reminders.KINDS
    rule = db.session.query(ReminderRule).filter_by(name="day before").one()
    greeted = set()
    for kind in kinds:
        for confirmed_at in (None, NOW):
            ada.confirmed_at = confirmed_at
            ids = dict.fromkeys(("dates", "moved", "added", "removed", "relocated", "relinked", "postponed"), "")
            ids |= {
                "registration_id": ada.id,
                "number": 0,
                "switched": 0,
                "rule_id": rule.id,
                "occurrence_id": ada.activity.occurrences[0].id,
            }
            mail = kinds[kind].render(Letter(kind=kind, language="de", ids=ids, created_at=NOW), NOW)
            told = (mail.subject, mail.text, mail.page)
            if confirmed_at:
                greeted |= {kind for one in told if ADVERT["name"] in one}
            else:
                assert [one for one in told for typed in ADVERT.values() if typed in one] == []
                assert mail.text.startswith("Guten Tag,\n")
    assert greeted == set(kinds)


def test_the_letters_that_ask_are_all_without_a_name(at: Clock) -> None:
    activity = make.activity()
    mine = sign_up(activity, reference="r" * 22, name=ADVERT["name"], email="adda@example.org")
    with unit_of_work():
        lost_letters.correct_address(
            activity.id, signing_up.Attendee(ADVERT["name"], "ada@example.org"), reference="r" * 22, now=NOW
        )
    at(NOW + timedelta(hours=25))

    sent = letters()

    assert [mail.subject.partition(":")[0] for mail in sent] == ["Bitte bestätigen", "Noch zu bestätigen"]
    assert [mail for mail in sent if ADVERT["name"] in mail.subject + mail.text + mail.page] == []
    assert mine.name == ADVERT["name"]
