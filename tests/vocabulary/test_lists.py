"""The fixed lists."""

import pytest
from flask import Flask, g
from sqlalchemy import select

from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.vocabulary import actions, lists
from clusterweek.vocabulary.models import Land, TechnologyField
from tests import tables


def test_there_are_16_laender_37_fields_and_26_formats() -> None:
    assert (len(lists.LAENDER), len(lists.FIELDS), len(lists.FORMATS)) == (16, 37, 26)


def test_every_entry_has_a_name_in_both_languages() -> None:
    for entries in (
        lists.LAENDER,
        lists.FIELDS,
        lists.FORMATS,
        lists.MODES,
        lists.ACCESSES,
        lists.HAPPENINGS,
        lists.SPOKEN,
        lists.CLUSTER_KINDS,
        lists.LABELS,
        lists.REVIEW_STEPS,
    ):
        for code, entry in entries.items():
            assert entry.code == code
            assert entry.de.strip() == entry.de != "", code
            assert entry.en.strip() == entry.en != "", code


def test_names_follow_the_language_of_the_page(app: Flask) -> None:
    with force_language("en"):
        assert (lists.LAENDER["DE-BY"].name, lists.country("NL")) == ("Bavaria", "Netherlands")
    with force_language("de"):
        assert (lists.LAENDER["DE-BY"].name, lists.country("NL")) == ("Bayern", "Niederlande")


def test_countries_are_countries_in_the_order_of_their_names(app: Flask) -> None:
    with app.test_request_context():
        g.lang = "de"
        names = [entry.name for entry in lists.countries()]
    assert len(names) > 240
    assert names.index("Österreich") < names.index("Pakistan") < names.index("Zypern")
    assert {"DE", "GB", "IL", "CA"} <= lists.country_codes()
    assert not {"EU", "UN", "ZZ", "XA"} & lists.country_codes()


def test_an_unknown_country_is_shown_by_its_code(app: Flask) -> None:
    assert lists.country("QQ") == "QQ"


def test_filling_twice_changes_nothing() -> None:
    actions.fill()
    before = tables.dump()

    actions.fill()

    assert tables.dump() == before


def test_filling_puts_back_what_is_missing_or_has_another_name() -> None:
    db.session.delete(db.session.get(TechnologyField, "ict"))
    berlin = db.session.get(Land, "DE-BE")
    assert berlin is not None
    berlin.name_en = "Bear"
    db.session.flush()

    actions.fill()

    assert db.session.scalars(select(TechnologyField.slug).where(TechnologyField.slug == "ict")).all() == ["ict"]
    assert berlin.name_en == "Berlin"


def test_a_country_is_known_by_its_code_and_its_names(app: Flask) -> None:
    assert [lists.country_code(said) for said in ("NL", "nl", "niederlande", "Netherlands")] == ["NL"] * 4
    with force_language("en"), pytest.raises(ValueError, match="“Narnia” is not a country"):
        lists.country_code("Narnia")
