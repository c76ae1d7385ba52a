"""The booklet of the demo: light enough to be sent, whole enough to be printed."""

import re

import pytest
from flask import Flask

from clusterweek.demo import cast
from clusterweek.editions import queries
from clusterweek.listing.filter import Filter
from clusterweek.programme import files
from tests import paper
from tests.conftest import NOW

HEADS = {"de": r"(Mo|Di|Mi|Do|Fr|Sa|So) \d+\. April", "en": r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d+ April"}
INDEX = {"de": "Nach Bundesland", "en": "By Land"}


@pytest.mark.parametrize("lang", ["de", "en"])
def test_the_booklet_of_200_is_light_and_full(week: Flask, lang: str) -> None:
    edition = queries.by_slug(cast.WEEK)
    assert edition

    made = files.make("pdf", edition=edition, filter=Filter(), lang=lang, now=NOW)

    assert len(made.body) < 1_000_000
    assert paper.faults(made.body) == []
    pages = paper.pages(made.body)
    first_index = next(n for n, text in enumerate(pages) if n > 1 and text.count(INDEX[lang]) and "09:00" in text)
    of_days = pages[2:first_index]
    entries = [len(re.findall(r"-demo/a-\d+", text)) for text in of_days]
    assert all(re.search(HEADS[lang], text[:80]) for text in of_days)
    assert min(entries) >= 4
    assert sum(entries) / len(entries) >= 8
