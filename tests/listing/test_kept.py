"""Answers kept in memory."""

from flask import Flask

from clusterweek.listing import kept
from clusterweek.listing.kept import OVERHEAD, Kept


def test_the_answer_not_asked_for_longest_goes_first() -> None:
    shelf = Kept(3 * (OVERHEAD + 100))
    for name in "abc":
        shelf.put(name, name.upper(), 100)
    shelf.get("a")

    shelf.put("d", "D", 100)

    assert [shelf.get(name) for name in "abcd"] == ["A", None, "C", "D"]
    assert shelf.size == shelf.limit


def test_an_answer_larger_than_the_shelf_is_not_kept_and_replaces_the_old_one() -> None:
    shelf = Kept(2000)
    shelf.put("a", "old", 100)

    shelf.put("a", "new", 5000)

    assert shelf.get("a") is None
    assert shelf.size == 0


def test_the_same_key_twice_counts_once() -> None:
    shelf = Kept(10_000)

    shelf.put("a", "old", 100)
    shelf.put("a", "new", 200)

    assert shelf.get("a") == "new"
    assert shelf.size == 200 + OVERHEAD


def test_every_application_has_its_own_shelves(app: Flask) -> None:
    with app.app_context():
        assert kept.shelf("x", limit=10) is kept.shelf("x", limit=10)
        assert kept.shelf("x", limit=10) is not kept.shelf("y", limit=10)
    with Flask("other").app_context():
        assert kept.shelf("x", limit=99).limit == 99
