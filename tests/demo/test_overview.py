"""The overview of the demo: each number leads to exactly the list that it counts, for whoever looks."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from clusterweek.accounts.models import Grant, Person
from clusterweek.db.session import db as database
from clusterweek.demo import cast
from clusterweek.desk import sight as sights
from clusterweek.editions.models import Edition
from clusterweek.listing import filter as filters, query
from tests import make
from tests.conftest import NOW, Client, rolled_back
from tests.organiser import numbers

OVERVIEW = f"/en/organiser/{cast.WEEK}/"


@pytest.fixture
def client(loaded: Flask, db: object) -> Iterator[Client]:
    with rolled_back(loaded):
        yield Client(loaded, loaded.response_class)


def cast_of_demo(name: str) -> Person:
    return database.session.scalars(database.select(Person).where(Person.email == f"{name}@example.org")).one()


def of_two() -> Person:
    """Reads what concerns Berlin, and what has partners from France."""
    vito = make.viewer("Vito", land="DE-BE")
    database.session.add(Grant(person_id=vito.id, role="viewer", country="FR", created_at=make.THEN))
    database.session.flush()
    database.session.refresh(vito)
    return vito


@pytest.mark.parametrize("who", ["olaf", "lena", "vera", "vito"])
def test_each_number_leads_to_the_list_that_it_counts(client: Client, who: str) -> None:
    person = of_two() if who == "vito" else cast_of_demo(who)
    make.login(client, person)
    week = database.session.scalars(database.select(Edition).where(Edition.slug == cast.WEEK)).one()
    sight = sights.of(person.grants)

    def said(url: str) -> str:
        """By the page; of the hundreds of cells of the whole week by the filter in their address, as the page does."""
        if "day=" not in url or not sight.is_whole:
            return numbers.said_by_list(client, url)
        chosen = filters.parse(MultiDict(parse_qsl(urlsplit(url).query)), now=NOW, kinds=filters.DESK)
        return f"{query.count(week, chosen, sight=sight)} activities"

    overview = f"{OVERVIEW}?by=host" if who == "vera" else OVERVIEW

    found = numbers.of_overview(client, overview)
    wrong = [(words, url) for words, url in found if not numbers.agree(words, said(url))]

    assert len(found) > 20
    assert wrong == []
    assert numbers.unlinked(client, overview) == []
