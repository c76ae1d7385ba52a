"""Which date a row speaks of: no date is moved to another day, or taken away, by the order or number of the rows."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db, unit_of_work
from clusterweek.importing import activities as importing
from clusterweek.outbox.models import Letter
from tests import make
from tests.conftest import NOW, build_app
from tests.importing.test_activities import NEW, table
from tests.mailbox import mailbox
from tests.postgres import postgres_url

DAYS = ("07", "08", "09", "12")
TIMES = {day: {"starts_at": f"2027-04-{day} 09:00", "ends_at": f"2027-04-{day} 12:30"} for day in (*DAYS, "13", "14")}


@pytest.fixture
def course() -> Activity:
    return a_course()


def a_course() -> Activity:
    activity = make.activity(starts=None)
    for number, day in enumerate(DAYS, start=1):
        make.occurrence(activity, f"2027-04-{day} 09:00", f"2027-04-{day} 12:30", street=f"Straße {number}")
    make.registration(activity)
    return activity


def state(activity: Activity) -> dict[str, tuple[str, int]]:
    """UID -> (day, SEQUENCE) of every date that is not taken away."""
    db.session.expire_all()
    rows = db.session.scalars(select(Occurrence).where(Occurrence.removed_at.is_(None)))
    return {o.uid: (f"{o.starts_local:%d %H:%M}", o.sequence) for o in rows if o.activity_id == activity.id}


def bring(activity: Activity, *rows: dict[str, str]) -> list[str]:
    db.session.commit()
    given = [{"id": str(activity.id), **row} for row in rows]
    return [r.line() for r in importing.take_over(table(*given), edition=activity.edition, by=None, now=NOW)]


ORDERS = [random.Random(seed).sample(DAYS, 4) for seed in range(6)] + [list(reversed(DAYS))]


@pytest.mark.parametrize("days", [*ORDERS, *(DAYS[:n] + DAYS[n + 1 :] for n in range(4)), DAYS[2:], DAYS[3:]], ids=str)
def test_rows_in_any_order_and_of_some_dates_only_change_nothing(course: Activity, days: list[str]) -> None:
    before = state(course)

    lines = bring(course, *(TIMES[day] for day in days))

    assert [line.split("  ")[0].split(": ")[1] for line in lines] == ["unchanged"] * len(days)
    assert (state(course), mailbox()) == (before, [])


@pytest.mark.parametrize("numbers", [(1, 2, 3), (3, 2, 1), (2, 3, 4), (4, 1, 2)], ids=str)
def test_numbers_that_no_longer_fit_move_nothing_either(course: Activity, numbers: tuple[int, ...]) -> None:
    """The first row was deleted and the others counted anew."""
    before = state(course)

    bring(course, *(TIMES[day] | {"occurrence": str(n)} for day, n in zip(DAYS[1:], numbers, strict=True)))

    assert (state(course), mailbox()) == (before, [])


@pytest.mark.parametrize("order", [list, lambda rows: list(reversed(rows))], ids=["sorted", "backwards"])
@pytest.mark.parametrize("moved", range(4))
def test_one_date_that_moves_is_the_one_that_is_left_over(course: Activity, moved: int, order: Any) -> None:
    before = state(course)
    days = [*DAYS[:moved], "13", *DAYS[moved + 1 :]]

    bring(course, *(TIMES[day] for day in order(days)))

    after = state(course)
    assert [after[uid][0] for uid in before] == [f"{day} 09:00" for day in days]
    assert [after[uid][1] for uid in before] == [int(n == moved) for n in range(4)]


def test_another_time_on_each_day_stays_on_its_day(course: Activity) -> None:
    before = state(course)
    later = [{"starts_at": f"2027-04-{day} 14:00", "ends_at": f"2027-04-{day} 17:00"} for day in DAYS]

    bring(course, *random.Random(1).sample(later, 4))

    assert [state(course)[uid][0] for uid in before] == [f"{day} 14:00" for day in DAYS]


@pytest.mark.parametrize("place", range(5))
def test_one_more_date_moves_none(course: Activity, place: int) -> None:
    before = state(course)
    days = [*DAYS[:place], "13", *DAYS[place:]]

    bring(course, *(TIMES[day] | {"city": "Jena", "land": "DE-TH"} for day in days))

    after = state(course)
    assert {uid: after[uid] for uid in before} == before
    assert len(after) == 5


@pytest.mark.parametrize("days", [("13",), ("07", "13"), ("07", "08", "13"), ("13", "14", "07", "08", "09")], ids=str)
def test_where_it_cannot_be_known_the_row_is_named_and_nothing_moves(course: Activity, days: tuple[str, ...]) -> None:
    before = state(course)

    lines = bring(course, *(TIMES[day] for day in days))

    assert [": error  " in line for line in lines] == [True] * len(days)
    assert [line for line in lines if "Welcher Termin ist gemeint?" in line and "starts_at: " in line]
    assert (state(course), mailbox()) == (before, [])


def test_with_its_number_one_date_moves_and_the_next_number_is_one_more(course: Activity) -> None:
    before = state(course)

    place = {"city": "Jena", "land": "DE-TH"}
    bring(course, TIMES["13"] | place | {"occurrence": "2"}, TIMES["14"] | place | {"occurrence": "5"})

    after = state(course)
    assert [after[uid][0][:2] for uid in before] == ["07", "13", "09", "12"]
    assert sorted(day[:2] for day, _sequence in after.values()) == ["07", "09", "12", "13", "14"]


@pytest.mark.parametrize("row", [{"city": "Weimar"}, {"street": ""}, {"online_url": "https://raum.example/1"}], ids=str)
def test_a_place_without_a_start_needs_its_number_where_there_are_several(
    course: Activity, row: dict[str, str]
) -> None:
    before = [(o.city, o.street, o.online_url) for o in course.occurrences]

    (line,) = bring(course, row)
    assert ": error  " in line
    assert [(o.city, o.street, o.online_url) for o in course.occurrences] == before

    (line,) = bring(course, row | {"occurrence": "3,0"})
    assert ": changed  " in line
    changed = [(o.city, o.street, o.online_url) for o in course.occurrences]
    assert [one != old for one, old in zip(changed, before, strict=True)] == [False, False, True, False]


def test_the_only_date_needs_no_number() -> None:
    activity = make.activity()

    bring(activity, {"city": "Weimar"})

    assert [o.city for o in activity.occurrences] == ["Weimar"]


@pytest.mark.parametrize("is_reversed", [False, True])
def test_two_dates_on_the_same_start_are_told_apart_by_end_and_place(is_reversed: bool) -> None:
    activity = make.activity()
    make.occurrence(activity, city="Weimar")
    make.occurrence(activity, ends="2027-04-08 17:00", city="Weimar")
    before = {o.uid: (o.city, o.ends_local, o.sequence) for o in activity.occurrences}
    rows = [
        {
            "starts_at": f"{o.starts_local:%Y-%m-%d %H:%M}",
            "ends_at": f"{o.ends_local:%Y-%m-%d %H:%M}",
            "city": o.city or "",
        }
        for o in activity.occurrences
    ]

    bring(activity, *(reversed(rows) if is_reversed else rows))

    db.session.expire_all()
    assert {o.uid: (o.city, o.ends_local, o.sequence) for o in activity.occurrences} == before


def test_the_same_date_twice_in_a_table_is_named() -> None:
    edition, host = make.edition(), make.cluster()
    row = NEW | {"host_cluster": host.slug}

    results = importing.take_over(table(row, row), edition=edition, by=None, now=NOW)

    assert [result.outcome for result in results] == ["error", "error"]
    assert "starts_at: Derselbe Termin steht in Zeile 2." in results[1].line()


@pytest.mark.parametrize("cell", ["9.4x.", "#NV", "2027-13-01 09:00", "", "=A1"])
def test_a_start_that_cannot_be_read_takes_no_date_away(course: Activity, cell: str) -> None:
    before = state(course)
    rows = [TIMES[day] for day in DAYS]
    rows[1] = rows[1] | {"starts_at": cell}

    lines = bring(course, *rows)

    assert all(": error  " in line for line in lines)
    assert (state(course), db.session.scalars(select(Letter)).all()) == (before, [])


@pytest.mark.slow
@pytest.mark.postgres
def test_on_the_other_database_no_date_moves_either(tmp_path: Path) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("dates"))
    with app.app_context():
        with unit_of_work():
            activity = a_course()
        before = state(activity)
        for days in (list(reversed(DAYS)), DAYS[1:], ("07", "13")):
            bring(activity, *(TIMES[day] for day in days))
        assert state(activity) == before
        db.session.remove()
        db.engine.dispose()
