"""`reminders plan`: time played forward."""

import pytest
from flask import Flask

from tests import make
from tests.mailbox import mailbox


def test_reminders_are_planned_as_if_it_were_then(app: Flask) -> None:
    make.registration(make.activity(), "Ada")

    first = app.test_cli_runner().invoke(args=["reminders", "plan", "--now", "2027-04-01T09:00"])
    again = app.test_cli_runner().invoke(args=["reminders", "plan", "--now", "2027-04-01T09:00+02:00"])
    late = app.test_cli_runner().invoke(args=["reminders", "plan", "--now", "2027-04-07T16:00"])

    assert first.output == "1 posted, 0 skipped (more than six hours late)\n"
    assert again.output == "0 posted, 0 skipped (more than six hours late)\n"
    assert late.output == "0 posted, 1 skipped (more than six hours late)\n"
    assert mailbox() == []  # the week's reminder is due only then


@pytest.mark.parametrize("now", ["0001-01-01", "9999-12-31T23:59", "1999-12-31", "tomorrow"])
def test_a_time_that_nobody_can_mean_is_refused(app: Flask, now: str) -> None:
    done = app.test_cli_runner().invoke(args=["reminders", "plan", "--now", now])

    assert done.exit_code == 2
    assert "must" in done.output
