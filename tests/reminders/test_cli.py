"""The commands about attendees."""

from pathlib import Path

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


def test_the_list_of_an_activity_is_written_to_a_file(app: Flask, tmp_path: Path) -> None:
    activity = make.activity()
    make.registration(activity, "Ada")
    target = tmp_path / "list.csv"

    done = app.test_cli_runner().invoke(
        args=["export", "registrations", "--activity", str(activity.id), "--format", "csv", "-o", str(target)]
    )

    assert done.exit_code == 0, done.output
    assert target.read_text("utf-8-sig").splitlines()[1].split(";")[2:4] == ["Ada", "ada@example.org"]


def test_a_list_of_nothing_is_refused(app: Flask, tmp_path: Path) -> None:
    done = app.test_cli_runner().invoke(
        args=["export", "registrations", "--activity", "4711", "--format", "xlsx", "-o", str(tmp_path / "x.xlsx")]
    )

    assert str(done.exception) == "There is no activity 4711."
    assert list(tmp_path.iterdir()) == []
