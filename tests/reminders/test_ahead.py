"""What attendees are told about the reminders they will get."""

import pytest
from flask import current_app

from clusterweek.i18n import force_language
from clusterweek.reminders import ahead
from tests import make
from tests.conftest import Clock


@pytest.mark.parametrize(
    ("now", "mode", "said"),
    [
        ("2027-03-22 09:30", "in_person", "Wir erinnern Sie 7 Tage und 1 Tag vorher."),
        ("2027-03-22 09:30", "online", "Wir erinnern Sie 7 Tage, 1 Tag und 1 Stunde vorher."),
        ("2027-04-01 09:00", "in_person", "Wir erinnern Sie 1 Tag vorher."),
        ("2027-04-07 09:00", "online", "Wir erinnern Sie 1 Stunde vorher."),
        ("2027-04-07 09:00", "in_person", ""),
    ],
)
def test_the_sentence_names_only_what_lies_ahead(at: Clock, now: str, mode: str, said: str) -> None:
    activity = make.activity(mode="hybrid")

    assert ahead.sentence(activity, mode, at(now)) == said


def test_the_steps_to_the_start(at: Clock) -> None:
    activity = make.activity()

    steps = ahead.steps(activity, "in_person", at("2027-03-22 09:30"))

    assert [(f"{step.at:%d.%m. %H:%M}", step.words, step.is_start) for step in steps] == [
        ("01.04. 09:00", "7 Tage vorher, 09:00 Uhr", False),
        ("07.04. 09:00", "1 Tag vorher, 09:00 Uhr", False),
        ("08.04. 09:00", "Beginn, 09:00 Uhr", True),
    ]
    with current_app.app_context(), force_language("en"):
        assert ahead.steps(activity, "in_person", at.now)[0].words == "7 days before, 09:00"
    assert ahead.steps(activity, "in_person", at("2027-04-07 10:00")) == []
