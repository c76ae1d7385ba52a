"""`activities held`: time played forward."""

from flask import Flask

from tests import make


def test_what_is_over_is_marked_as_if_it_were_then(app: Flask) -> None:
    activity = make.activity()

    for now, output in (("2027-04-08T12:29", "0"), ("2027-04-08T12:30", "1"), ("2027-04-08T12:31", "0")):
        done = app.test_cli_runner().invoke(args=["activities", "held", "--now", now])
        assert done.output == f"{output} marked as held\n"

    assert activity.happening == "held"
