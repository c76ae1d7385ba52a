"""A reminder begins with how long it still is, and that is true when it leaves."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.reminders import actions, lead, plan
from clusterweek.reminders.models import ReminderRule
from tests import make
from tests.conftest import Clock
from tests.mailbox import letters

DAYS = ReminderRule(days_before=1, at=time(9), audience="all", name="day")
HOUR = ReminderRule(minutes_before=60, audience="online", name="hour")
TWO_HOURS = ReminderRule(minutes_before=120, audience="online", name="two hours")
HALF = ReminderRule(minutes_before=30, audience="online", name="half an hour")


@pytest.mark.parametrize(
    ("rule", "now", "de", "en"),
    [
        (DAYS, "2027-03-31 09:00", "In 8 Tagen", "In 8 days"),
        (DAYS, "2027-04-01 09:00", "In 7 Tagen", "In 7 days"),
        (DAYS, "2027-04-02 00:01", "Am Donnerstag", "On Thursday"),
        (DAYS, "2027-04-06 23:59", "Am Donnerstag", "On Thursday"),
        (DAYS, "2027-04-07 00:00", "Morgen", "Tomorrow"),
        (DAYS, "2027-04-07 23:59", "Morgen", "Tomorrow"),
        (DAYS, "2027-04-08 00:00", "Heute um 10 Uhr", "Today at 10:00"),
        (DAYS, "2027-04-08 08:59", "Heute um 10 Uhr", "Today at 10:00"),
        (DAYS, "2027-04-08 09:00", "Heute um 10 Uhr", "Today at 10:00"),
        (HOUR, "2027-04-08 08:55", "In einer Stunde", "In one hour"),
        (HOUR, "2027-04-08 09:05", "In einer Stunde", "In one hour"),
        (HOUR, "2027-04-08 09:06", "Heute um 10 Uhr", "Today at 10:00"),
        (HOUR, "2027-04-08 09:59", "Heute um 10 Uhr", "Today at 10:00"),
        (TWO_HOURS, "2027-04-08 08:00", "In 2 Stunden", "In 2 hours"),
        (HALF, "2027-04-08 09:30", "In 30 Minuten", "In 30 minutes"),
    ],
)
def test_it_is_reckoned_from_the_moment_of_leaving(rule: ReminderRule, now: str, de: str, en: str) -> None:
    activity = make.activity(starts="2027-04-08 10:00")
    left_at = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo("Europe/Berlin"))

    for language, words in (("de", de), ("en", en)):
        with force_language(language):
            assert lead.words(rule, activity.occurrences[0], left_at) == words


@pytest.mark.parametrize(
    ("starts", "given", "now", "de"),
    [
        ("2027-04-08 10:30", {}, "2027-04-08 07:00", "Heute um 10:30 Uhr"),
        ("2027-04-08 00:30", {}, "2027-04-07 22:30", "Morgen"),
        ("2027-04-08 00:00", {"is_all_day": True}, "2027-04-07 23:00", "Morgen"),
        ("2027-04-08 00:00", {"is_all_day": True}, "2027-04-07 22:00+00:00", "Heute"),
        # Half past midnight in Tokyo is the evening before in Jena, and it is Tokyo's days that count.
        ("2027-04-09 00:30", {"timezone": "Asia/Tokyo"}, "2027-04-08 16:00", "Morgen"),
        ("2027-04-09 00:30", {"timezone": "Asia/Tokyo"}, "2027-04-08 17:10", "Heute um 00:30 Uhr Ortszeit"),
        ("2027-04-08 16:00", {"timezone": "America/New_York"}, "2027-04-08 05:00", "Morgen"),
        ("2027-04-08 16:00", {"timezone": "Europe/Vienna"}, "2027-04-08 05:00", "Heute um 16 Uhr"),
        # The clocks change in the night of 28 March 2027: one night, of 23 hours.
        ("2027-03-28 10:00", {}, "2027-03-27 10:59", "Morgen"),
        ("2027-03-28 10:00", {}, "2027-03-28 00:00", "Heute um 10 Uhr"),
        ("2027-04-03 10:00", {}, "2027-03-27 23:59", "In 7 Tagen"),
        ("2027-10-31 10:00", {}, "2027-10-30 00:01", "Morgen"),
    ],
)
def test_days_are_those_of_the_place(starts: str, given: dict[str, object], now: str, de: str) -> None:
    activity = make.activity(starts=None)
    ends = (datetime.fromisoformat(starts) + timedelta(hours=24 if "is_all_day" in given else 2)).isoformat(" ")
    date = make.occurrence(activity, starts, ends, **given)
    left_at = datetime.fromisoformat(now)
    left_at = left_at if left_at.tzinfo else left_at.replace(tzinfo=ZoneInfo("Europe/Berlin"))

    assert lead.words(DAYS, date, left_at) == de


@pytest.mark.parametrize(
    ("left", "language", "subject", "said"),
    [
        ("2027-04-06 21:00", "de", "Am Donnerstag: ", "am Donnerstag ist es so weit: „"),
        ("2027-04-07 00:10", "de", "Morgen: ", "morgen ist es so weit: „"),
        ("2027-04-07 02:59", "en", "Tomorrow: ", "Tomorrow: “"),
    ],
)
def test_a_letter_that_waited_for_the_mail_server_says_what_is_true_by_then(
    at: Clock, left: str, language: str, subject: str, said: str
) -> None:
    actions.ensure_default_rules()
    rule = db.session.query(ReminderRule).filter_by(name="day before").one()
    rule.days_before, rule.at = 2, time(21)
    make.registration(make.activity(), "Ada", language=language)
    plan.plan(at("2027-04-06 21:00"))

    at(left)

    mail = letters()[-1]
    assert mail.subject.startswith(subject)
    assert said in mail.text
    assert said in mail.page


def test_each_of_a_series_says_its_own(at: Clock) -> None:
    for starts in ("2027-04-08 10:00", "2027-04-14 10:00"):
        activity = make.activity(starts=starts, ends=starts.replace("10:", "12:"))
        for name in ("Ada", "Bea"):
            make.registration(activity, name)
    plan.plan(at("2027-04-07 09:00"))

    assert sorted(mail.subject.split(":")[0] for mail in letters()) == ["In 7 Tagen"] * 2 + ["Morgen"] * 2
