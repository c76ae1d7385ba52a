"""A moment has a day only in a zone: who asks for today asks the clock, who takes a day from a moment says where.

A moment in UTC still has yesterday's date when it is past midnight in Berlin.
"""

import ast
from collections.abc import Iterator
from datetime import date, datetime

import pytest
from jinja2 import nodes

from clusterweek import clock
from tests.house.test_arrows import APP, TEMPLATES, files, parsed, templates

# What is on the clock of its place already, though its name does not say so: file -> what it is asked of -> why.
LOCAL_ALREADY = {
    "clock.py": {"now.astimezone(ZoneInfo(zone))": "the one way"},
    "activities/actions.py": {"when": "made by `local` in the line above"},
    "activities/date_form.py": {
        "starts": "what the form shows: `starts_local`",
        "ends": "what the form shows: `ends_local`",
    },
    "activities/forms.py": {"deadline": "read on the clock of the edition, just above"},
    "activities/queries.py": {"first": "`starts_local` in the query above", "last": "`ends_local` in the query above"},
    "activities/values.py": {"local": "the wall clock that was typed"},
    "activities/when.py": {"starts": "without a zone: a place's clock", "ends": "without a zone: a place's clock"},
    "i18n.py": {"here": "made by `local` in the line above"},
    "importing/cells.py": {"last": "the wall clock of a cell"},
    "importing/clusters.py": {"datetime.strptime(cell, pattern)": "a day in a cell, without any zone"},
    "importing/dates.py": {"one.values['starts_local']": "the wall clock of a cell"},
    "web/readers.py": {"moment": "the wall clock that was typed"},
    "registrations/changes.py": {
        "first": "made by `local` in the line above",
        "end": "the same: what its caller made by `local`",
    },
}

LOCAL_IN_TEMPLATES = {"registrations/manage.html": {"at": "`Step.at` of reminders/ahead.py is the wall clock"}}


def days_taken(source: str) -> Iterator[str]:
    """Of what `.date()` is asked, unless that says itself that it is a place's clock: `x_local`, `local(x, zone)`.

    `local(now)` does not: there is one way to today. The same asked backwards, `datetime.date(x)`, is found, too.
    """
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "datetime.date":
            yield "datetime.date"
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date":
            said = ast.unparse(node.func.value)
            is_placed = said.endswith("_local") or (_is_local(node.func.value) and "now" not in said)
            if not node.args and not is_placed:
                yield said


def _is_local(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "local"


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Europe/Berlin", "2027-01-14T22:59:59+00:00", date(2027, 1, 14)),  # winter: an hour ahead of UTC
        ("Europe/Berlin", "2027-01-14T23:00:00+00:00", date(2027, 1, 15)),
        ("Europe/Berlin", "2027-07-14T21:59:59+00:00", date(2027, 7, 14)),  # summer: two hours
        ("Europe/Berlin", "2027-07-14T22:00:00+00:00", date(2027, 7, 15)),
        ("Europe/Berlin", "2027-03-27T23:00:00+00:00", date(2027, 3, 28)),  # the night in which the clocks go forward
        ("Europe/Berlin", "2027-03-28T21:59:59+00:00", date(2027, 3, 28)),
        ("Europe/Berlin", "2027-03-28T22:00:00+00:00", date(2027, 3, 29)),
        ("Europe/Berlin", "2027-10-30T22:00:00+00:00", date(2027, 10, 31)),  # and back
        ("Europe/Berlin", "2027-10-31T22:59:59+00:00", date(2027, 10, 31)),
        ("Europe/Berlin", "2026-12-31T23:00:00+00:00", date(2027, 1, 1)),
        ("Asia/Tokyo", "2027-04-08T15:00:00+00:00", date(2027, 4, 9)),
        ("America/New_York", "2027-04-09T03:59:59+00:00", date(2027, 4, 8)),
    ],
)
def test_today_is_the_day_on_the_clock_of_the_zone(zone: str, moment: str, day: date) -> None:
    assert clock.today(zone, now=datetime.fromisoformat(moment)) == day


def test_the_day_of_a_moment_is_asked_where_it_is() -> None:
    sources = {path.relative_to(APP).as_posix(): path.read_text("utf-8") for path in files()}
    found = {file: set(days_taken(source)) for file, source in sources.items() if ".date" in source}
    wrong = {file: left for file, taken in found.items() if (left := taken - LOCAL_ALREADY.get(file, {}).keys())}

    assert wrong == {}


@pytest.mark.parametrize(
    "source",
    [
        "day = now.date()",
        "day = self.now.date()",
        "day = clock.now().date()",
        "day = (now - timedelta(days=30)).date()",
        "day = activity.submitted_at.date()",
        "day = now.astimezone(UTC).date()",
        "day = local(now).date()",
        "day = datetime.date(now)",
        "days = map(datetime.date, moments)",
    ],
)
def test_a_day_in_utc_is_found_whatever_the_spelling(source: str) -> None:
    assert list(days_taken(source))


@pytest.mark.parametrize(
    "source",
    ["day = occurrence.starts_local.date()", "day = local(activity.submitted_at, zone).date()", "day = edition.date"],
)
def test_a_day_on_the_clock_of_a_place_is_none(source: str) -> None:
    assert not list(days_taken(source))


def test_templates_take_the_day_of_a_moment_where_it_is() -> None:
    wrong = []
    for path in templates():
        if ".date" not in path.read_text("utf-8"):
            continue
        for call in parsed(path).find_all(nodes.Call):
            if isinstance(call.node, nodes.Getattr) and call.node.attr == "date":
                asked, name = call.node.node, path.relative_to(TEMPLATES).as_posix()
                is_local = isinstance(asked, nodes.Call) and asked.node == nodes.Name("local", "load")
                is_known = isinstance(asked, nodes.Getattr) and asked.attr in LOCAL_IN_TEMPLATES.get(name, {})
                if not is_local and not is_known:
                    wrong.append(f"{name}:{call.lineno}")

    assert wrong == []
