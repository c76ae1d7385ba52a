"""Posting reminders: in time, once, and only what is still true."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox import second_thoughts
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, activity_changes
from clusterweek.reminders import actions as reminder_actions, plan
from clusterweek.reminders.models import ReminderRule, SkippedReminder
from tests import make
from tests.conftest import Clock
from tests.mailbox import letters, mailbox

TITLE = "Workshop: Licht als Werkzeug"
SUBJECT = f"Morgen: {TITLE}"


def planned(at: Clock, wall_clock: str) -> tuple[int, int]:
    """(posted, skipped) of a round at that time."""
    done = plan.plan(at(wall_clock))
    return done.posted, done.skipped


def skipped() -> list[tuple[str, int]]:
    rows = db.session.execute(
        select(ReminderRule.name, SkippedReminder.people_count)
        .join(ReminderRule, ReminderRule.id == SkippedReminder.rule_id)
        .order_by(SkippedReminder.id)
    )
    return [(name, count) for name, count in rows]


def move(activity: Activity, starts: str, at: Clock) -> None:
    local = datetime.fromisoformat(starts)
    with unit_of_work():
        activity_changes.update(
            activity.id,
            {
                "occurrences": [
                    {
                        "id": activity.occurrences[0].id,
                        "starts_local": local.isoformat(),
                        "ends_local": (local + timedelta(hours=3)).isoformat(),
                    }
                ]
            },
            by=None,
            now=at.now,
        )


def test_a_week_and_a_day_before_at_nine(at: Clock) -> None:
    make.registration(make.activity(), "Ada")

    assert planned(at, "2027-04-01 08:59") == (0, 0)
    assert planned(at, "2027-04-01 09:00") == (1, 0)
    assert mailbox() == [("ada@example.org", f"In 7 Tagen: {TITLE}")]
    assert planned(at, "2027-04-01 09:01") == (0, 0)
    assert planned(at, "2027-04-07 08:59") == (0, 0)
    assert planned(at, "2027-04-07 09:00") == (1, 0)
    assert mailbox() == [("ada@example.org", SUBJECT)]
    assert planned(at, "2027-04-08 08:00") == (0, 0)


def test_nine_stays_nine_when_the_clocks_change(at: Clock) -> None:
    for starts in ("2027-03-28 14:00", "2027-03-29 14:00"):
        make.registration(make.activity(starts=starts, ends=starts.replace("14:", "16:")), "Ada")

    assert planned(at, "2027-03-27 08:59") == (0, 2)  # the week before was missed
    assert planned(at, "2027-03-27 09:00") == (1, 0)
    assert planned(at, "2027-03-28 08:59") == (0, 0)
    assert planned(at, "2027-03-28 09:00") == (1, 0)


def test_an_hour_before_for_those_online_only(at: Clock) -> None:
    activity = make.activity(mode="hybrid", place={"online_url": "https://meet.example.org/x"})
    make.registration(activity, "Ada", mode="online")
    make.registration(activity, "Sven")
    planned(at, "2027-04-01 09:00")
    planned(at, "2027-04-07 09:00")
    mailbox()

    assert planned(at, "2027-04-08 08:00") == (1, 0)
    assert mailbox() == [("ada@example.org", f"In einer Stunde: {TITLE}")]
    assert "https://meet.example.org/x" in letters()[-1].text


@pytest.mark.parametrize(
    ("status", "given"),
    [
        ("unconfirmed", {"hold_until": datetime(2027, 4, 9).astimezone()}),
        ("waitlisted", {}),
        ("withdrawn", {}),
        ("expired", {}),
        ("confirmed", {"wants_reminders": False}),
    ],
)
def test_who_gets_none(at: Clock, status: str, given: dict[str, Any]) -> None:
    make.registration(make.activity(), "Ada", status, **given)

    assert planned(at, "2027-04-07 09:00") == (0, 0)


@pytest.mark.parametrize(
    "given",
    [{"happening": "cancelled"}, {"happening": "postponed"}, {"happening": "held"}, {"review_status": "withdrawn"}],
)
def test_what_does_not_take_place_is_not_reminded_of(at: Clock, given: dict[str, Any]) -> None:
    make.registration(make.activity(**given), "Ada")

    assert planned(at, "2027-04-07 09:00") == (0, 0)


@pytest.mark.parametrize(
    "given",
    [
        {"registration_mode": "external", "registration_url": "https://optonet.example/anmelden"},
        {"registration_mode": "none", "access": "open"},
    ],
)
def test_who_has_a_place_is_reminded_also_when_people_no_longer_register_here(at: Clock, given: dict[str, Any]) -> None:
    make.registration(make.activity(**given), "Ada")

    assert planned(at, "2027-04-07 09:00")[0] == 1
    assert mailbox() == [("ada@example.org", SUBJECT)]


def test_who_got_the_place_after_the_moment_gets_none_for_it(at: Clock) -> None:
    activity = make.activity()
    moment = at("2027-04-07 09:00")
    make.registration(activity, "Ada", placed_at=moment)
    make.registration(activity, "Sven", placed_at=moment + timedelta(seconds=1))

    assert planned(at, "2027-04-07 09:01")[0] == 1
    assert mailbox() == [("ada@example.org", SUBJECT)]


def test_a_date_that_was_taken_away_is_not_reminded_of(at: Clock) -> None:
    """Such a letter would not leave, but be posted and taken back again every minute."""
    activity = make.activity()
    kept = activity.occurrences[0].id
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.registration(activity, "Ada")
    with unit_of_work():
        activity_changes.update(activity.id, {"occurrences": [{"id": kept}]}, by=None, now=at("2027-04-06 12:00"))

    assert planned(at, "2027-04-07 09:00")[0] == 1
    assert planned(at, "2027-04-08 09:00") == (0, 0)


def test_each_date_has_its_own_reminders(at: Clock) -> None:
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.registration(activity, "Ada")

    assert planned(at, "2027-04-07 09:00")[0] == 1
    mailbox()
    assert planned(at, "2027-04-08 09:00")[0] == 1
    mailbox()
    assert [mail.subject for mail in letters()] == [SUBJECT, SUBJECT]
    assert ["Freitag, 9. April" in mail.text for mail in letters()] == [False, True]


def test_six_hours_late_is_still_sent(at: Clock) -> None:
    make.registration(make.activity(), "Ada")
    planned(at, "2027-04-01 09:00")

    assert planned(at, "2027-04-07 15:00") == (1, 0)


def test_a_reminder_that_the_office_took_back_does_not_come_again(at: Clock) -> None:
    make.registration(make.activity(), "Ada")
    planned(at, "2027-04-07 09:00")
    letter = db.session.scalars(select(Letter).where(Letter.state == "queued")).one()
    with unit_of_work():
        second_thoughts.take_back(letter.id)

    assert planned(at, "2027-04-07 09:01") == (0, 0)
    assert mailbox() == []


def test_more_than_six_hours_late_is_skipped_and_noted(at: Clock) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    make.registration(activity, "Sven")
    planned(at, "2027-04-01 09:00")

    assert planned(at, "2027-04-07 15:01") == (0, 2)
    assert planned(at, "2027-04-07 15:02") == (0, 0)

    assert skipped() == [("day before", 2)]
    mailbox()
    assert all("kommen" not in mail.subject for mail in letters())


def test_a_reminder_that_lay_too_long_does_not_leave_and_is_noted(at: Clock) -> None:
    make.registration(make.activity(), "Ada")
    planned(at, "2027-04-01 09:00")
    mailbox()
    planned(at, "2027-04-07 09:00")

    at("2027-04-07 15:30")  # the mail server was away
    assert mailbox() == []

    assert planned(at, "2027-04-07 15:31") == (0, 1)
    assert skipped() == [("day before", 1)]


@pytest.mark.parametrize("wants", ["give_up", "stop_reminders", "cancel", "postpone", "begun"])
def test_what_is_no_longer_wanted_does_not_leave(at: Clock, wants: str) -> None:
    activity = make.activity()
    ada = make.registration(activity, "Ada")
    planned(at, "2027-04-07 09:00")

    with unit_of_work():
        if wants == "give_up":
            actions.give_up(ada.id, now=at.now)
        elif wants == "stop_reminders":
            actions.stop_reminders(ada.id)
        elif wants == "cancel":
            activity_changes.cancel(activity.id, None, by=None, now=at.now)
        elif wants == "postpone":
            activity_changes.postpone(activity.id, None, by=None, now=at.now)
    if wants == "begun":
        at("2027-04-08 09:00")

    assert SUBJECT not in [subject for _to, subject in mailbox()]
    assert plan.plan(at.now).posted == 0  # and is not posted again every minute


def test_a_moved_activity_withdraws_the_old_reminder_and_gives_a_new_one(at: Clock) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    planned(at, "2027-04-07 09:00")

    at("2027-04-07 09:05")
    move(activity, "2027-04-12 09:00", at)
    assert mailbox() == [("ada@example.org", f"Geändert: Termin – {TITLE}")]

    assert planned(at, "2027-04-07 09:06")[0] == 0
    assert planned(at, "2027-04-11 09:00")[0] == 1
    assert mailbox() == [("ada@example.org", SUBJECT)]


def test_a_withdrawn_reminder_is_posted_again_when_it_is_moved_back(at: Clock) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    planned(at, "2027-04-07 09:00")
    at("2027-04-07 09:05")
    move(activity, "2027-04-12 09:00", at)
    mailbox()

    at("2027-04-07 09:10")
    move(activity, "2027-04-08 09:00", at)

    assert planned(at, "2027-04-07 09:11")[0] == 1
    assert mailbox() == [
        ("ada@example.org", f"Geändert: Termin – {TITLE}"),
        ("ada@example.org", SUBJECT),
    ]
    assert planned(at, "2027-04-07 09:12")[0] == 0


def test_what_was_sent_is_not_sent_again_when_it_is_moved_there_and_back(at: Clock) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    planned(at, "2027-04-07 09:00")
    assert mailbox() == [("ada@example.org", SUBJECT)]
    at("2027-04-07 09:05")
    move(activity, "2027-04-12 09:00", at)
    move(activity, "2027-04-08 09:00", at)

    assert planned(at, "2027-04-07 09:11")[0] == 0


def test_a_letter_of_many_is_like_one_posted_alone(at: Clock) -> None:
    activity = make.activity()
    ada = make.registration(activity, "Ada", language="en")
    planned(at, "2027-04-07 09:00")

    letter = db.session.scalars(select(Letter)).one()
    rule = db.session.scalars(select(ReminderRule).where(ReminderRule.name == "day before")).one()

    assert letter.ids == {"registration_id": ada.id, "rule_id": rule.id, "occurrence_id": activity.occurrences[0].id}
    assert (letter.kind, letter.language, letter.priority, letter.state) == ("reminder", "en", 9, "queued")
    assert letter.message_id.endswith("@localhost.localdomain>")
    assert letter.due_at == letter.created_at == at.now


def test_the_reminder_offers_to_give_the_place_back_and_to_end_reminders(at: Clock) -> None:
    ada = make.registration(make.activity(accessibility="Stufenlos"), "Ada")
    planned(at, "2027-04-07 09:00")

    (mail,) = letters()

    link = f"http://127.0.0.1:8000/de/registration/{actions.token_of(ada)}"
    assert f"{link}/give-up\n" in mail.text
    assert f"{link}/reminders\n" in mail.text
    assert f'href="{link}/reminders"' in mail.page
    assert mail.text.count("Donnerstag, 8. April 2027, 09:00–12:30 Uhr") == 1
    assert mail.page.count("Donnerstag, 8. April 2027") == 1
    assert "Stufenlos" in mail.text
    assert "morgen ist es so weit: „Workshop: Licht als Werkzeug“" in mail.text
    assert mail.reply_to == "clara@optonet.example"


def test_a_rule_that_is_switched_off_reminds_nobody(at: Clock) -> None:
    make.registration(make.activity(), "Ada")
    db.session.execute(db.update(ReminderRule).values(is_active=False))
    db.session.commit()

    assert planned(at, "2027-04-07 09:00") == (0, 0)


def test_the_default_rules_are_made_once_and_stay_as_the_office_changed_them() -> None:
    week = db.session.scalars(select(ReminderRule).where(ReminderRule.name == "week before")).one()
    week.days_before = 5
    db.session.commit()

    with unit_of_work():
        reminder_actions.ensure_default_rules()

    rules = db.session.scalars(select(ReminderRule).order_by(ReminderRule.id)).all()
    assert [(rule.name, rule.days_before, rule.minutes_before) for rule in rules] == [
        ("week before", 5, None),
        ("day before", 1, None),
        ("hour before", None, 60),
    ]


def test_a_database_without_rules_gets_them(at: Clock) -> None:
    db.session.execute(db.delete(ReminderRule))
    make.registration(make.activity(), "Ada")
    db.session.commit()

    assert planned(at, "2027-04-07 09:00")[0] == 1
