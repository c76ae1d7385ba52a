"""Who sees what at the desk."""

from typing import Any

import pytest

from clusterweek.accounts.models import Grant
from clusterweek.desk import sight as sights
from clusterweek.desk.sight import Sight


def grants(*given: dict[str, Any]) -> list[Grant]:
    return [Grant(**one) for one in given]


@pytest.mark.parametrize(
    ("given", "sight"),
    [
        ([{"role": "organiser"}], Sight(True)),
        ([{"role": "viewer"}], Sight(True, is_published_only=True)),
        ([{"role": "viewer", "land": "DE-BY"}], Sight(False, frozenset(["DE-BY"]), is_published_only=True)),
        ([{"role": "viewer", "country": "FR"}], Sight(False, frozenset(), frozenset(["FR"]), is_published_only=True)),
        ([{"role": "land_coordinator", "land": "DE-TH"}], Sight(False, frozenset(["DE-TH"]))),
        (
            [{"role": "land_coordinator", "land": "DE-TH"}, {"role": "viewer", "land": "DE-BY", "country": None}],
            Sight(False, frozenset(["DE-TH", "DE-BY"])),
        ),
        ([{"role": "land_coordinator", "land": "DE-TH"}, {"role": "organiser"}], Sight(True)),
        ([], Sight(False, is_published_only=True)),
    ],
)
def test_a_grant_without_land_or_country_shows_everything(given: list[dict[str, Any]], sight: Sight) -> None:
    assert sights.of(grants(*given)) == sight
