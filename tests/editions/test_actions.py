"""Creating, changing, opening and closing editions."""

from datetime import date

import pytest

from clusterweek.db.session import db
from clusterweek.editions import actions
from clusterweek.refusal import Refusal
from tests import make
from tests.conftest import NOW

WEEK = {
    "slug": "clusterwoche-2031",
    "kind": "cluster_week",
    "title_de": "Clusterwoche 2031",
    "starts_on": date(2031, 4, 1),
    "ends_on": date(2031, 4, 10),
}


def test_a_new_edition_is_a_draft() -> None:
    edition = actions.create(WEEK | {"partner_countries": ["NL", "FR"]}, by=make.organiser(), now=NOW)

    assert (edition.state, [row.country for row in edition.partner_countries]) == ("draft", ["NL", "FR"])


@pytest.mark.parametrize("slug", ["feeds", "Woche 2031", "woche--2031", "archive", "ab"])
def test_a_slug_that_addresses_cannot_use_is_refused(slug: str) -> None:
    with pytest.raises(Refusal):
        actions.create(WEEK | {"slug": slug}, by=None, now=NOW)


def test_a_slug_is_given_once() -> None:
    actions.create(WEEK, by=None, now=NOW)

    with pytest.raises(Refusal):
        actions.create(WEEK, by=None, now=NOW)


def test_a_public_address_stays() -> None:
    edition = make.edition(state="open")

    with pytest.raises(Refusal):
        actions.update(edition, {"slug": "another"}, by=None, now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "works"),
    [
        ("draft", "open", True),
        ("open", "closed", True),
        ("closed", "open", True),
        ("closed", "archived", True),
        ("archived", "closed", True),
        ("open", "draft", False),
        ("draft", "archived", False),
        ("archived", "open", False),
    ],
)
def test_states_follow_each_other(old: str, new: str, works: bool) -> None:
    edition = make.edition(state=old)

    if works:
        actions.become(edition, new, by=None, now=NOW)
        assert edition.state == new
    else:
        with pytest.raises(Refusal):
            actions.become(edition, new, by=None, now=NOW)


def test_a_change_makes_feeds_out_of_date() -> None:
    edition = make.edition()
    before = edition.programme_version

    actions.update(edition, {"title_de": "Neuer Titel"}, by=None, now=NOW)

    db.session.refresh(edition)
    assert edition.programme_version == before + 1


def test_nothing_changed_leaves_the_feeds_as_they_are() -> None:
    edition = make.edition()
    before = edition.programme_version

    actions.update(edition, {"title_de": edition.title_de}, by=None, now=NOW)

    db.session.refresh(edition)
    assert edition.programme_version == before
