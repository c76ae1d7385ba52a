"""Sentences for the next page. They name people and titles, so they wait in a row; the cookie holds a number."""

from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, get_flashed_messages, request
from sqlalchemy.exc import SQLAlchemyError

from clusterweek import clock
from clusterweek.db.session import db, unit_of_work
from clusterweek.keeping import actions, browser

KEPT = timedelta(hours=1)


def init_app(app: Flask) -> None:
    app.after_request(_move_into_row)


def for_this_page() -> list[tuple[str, str]]:
    """(category, sentence) of what the page in hand has to say; said once."""
    waiting = [(category, sentence) for row in actions.of_browser("said") for category, sentence in row.data]
    browser.drop("said")  # the row goes in the night: to look at a page writes nothing
    return waiting + _of_this_request()


def _of_this_request() -> list[tuple[str, str]]:
    found: list[Any] = list(get_flashed_messages(with_categories=True))
    return [(str(category), str(sentence)) for category, sentence in found]


def _move_into_row(response: Response) -> Response:
    if request.method != "POST" or not (said := _of_this_request()):
        return response
    now = clock.now()
    try:
        with unit_of_work():
            actions.keep("said", "", said, now=now, until=now + KEPT)
    except SQLAlchemyError as problem:  # what was done is done; the page that follows shows it without the sentence
        current_app.logger.info("a sentence for the next page was lost: %s", type(problem).__name__)
        db.session.rollback()
        browser.drop("said")
    return response
