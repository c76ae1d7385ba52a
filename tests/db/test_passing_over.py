"""After the database went back to an earlier state: numbers that were given since are passed over, none comes again."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from clusterweek.db import numbers


@pytest.fixture
def connection() -> Iterator[Connection]:
    """Two tables that number their rows: of `held` seven were given, of `empty` none."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        for name in ("held", "empty"):
            connection.execute(text(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY AUTOINCREMENT, word TEXT)"))
        connection.execute(text("INSERT INTO held (id, word) VALUES (7, 'the last one')"))
        connection.execute(text("DELETE FROM held"))
        yield connection
    engine.dispose()


def next_of(connection: Connection, table: str) -> int:
    found: int = connection.scalar(text(f"INSERT INTO {table} (word) VALUES ('new') RETURNING id"))
    return found


@pytest.mark.parametrize(("known", "held", "empty"), [({"held": 12, "empty": 3}, 13, 4), ({"held": 12}, 13, 1)])
def test_what_was_given_in_the_state_that_was_left_is_not_given_again(
    connection: Connection, known: dict[str, int], held: int, empty: int
) -> None:
    numbers.leap(connection, known)

    assert (next_of(connection, "held"), next_of(connection, "empty")) == (held, empty)


@pytest.mark.parametrize("known", [{}, {"held": 3}, {"held": 7, "unknown": 5}])
def test_it_never_goes_back(connection: Connection, known: dict[str, int]) -> None:
    numbers.pass_over(connection, known)

    assert next_of(connection, "held") == 8


def test_where_nobody_knows_what_was_given_many_are_passed_over(connection: Connection) -> None:
    numbers.leap(connection)

    assert next_of(connection, "held") == 8 + numbers.LEAP
