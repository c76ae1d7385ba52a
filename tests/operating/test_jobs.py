"""The table of jobs: every job runs on an empty house, and clearing up keeps what must be kept."""

from datetime import time, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from clusterweek import clock, jobs
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from tests.conftest import Clock


def test_every_job_runs_when_there_is_nothing_to_do(app: Flask) -> None:
    table = jobs.table(app, lambda: False)

    for job in table:
        job.run()

    assert len({job.name for job in table}) == len(table)


def test_no_daily_job_falls_into_the_hours_that_the_change_of_clocks_skips_or_repeats(app: Flask) -> None:
    daily = [job.daily_at for job in jobs.table(app, lambda: False) if job.daily_at]

    assert daily
    assert not [at for at in daily if time(1, 30) <= at <= time(3, 30)]


@pytest.mark.parametrize(
    ("state", "is_emptied"), [("sent", True), ("failed", True), ("withdrawn", True), ("queued", False)]
)
def test_after_a_month_a_letter_says_only_that_it_was_there(
    app: Flask, at: Clock, state: str, is_emptied: bool
) -> None:
    with unit_of_work():
        post.queue("greeting", key="a", language="de", now=clock.now(), registration_id=7)
        letter = db.session.scalars(select(Letter)).one()
        letter.state, letter.error = state, "RCPT: 550"
        letter.sent_at = clock.now() if state == "sent" else None
    at(clock.now() + timedelta(days=30))
    jobs.clear_up()
    db.session.refresh(letter)
    assert letter.ids == {"registration_id": 7}

    at(clock.now() + timedelta(seconds=1))
    jobs.clear_up()

    db.session.refresh(letter)
    assert (letter.ids == {}, letter.error is None) == (is_emptied, is_emptied)
    assert (letter.key, letter.state) == ("a", state)
