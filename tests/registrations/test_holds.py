"""What a try is told, and what is really behind it: one table, without a database."""

import pytest

from clusterweek.registrations import holds
from clusterweek.registrations.holds import Standing
from clusterweek.registrations.models import HELD, UNHELD, WAITING
from clusterweek.registrations.rules import ModePlaces

FREE, LAST, FULL = ModePlaces(20, taken=3), ModePlaces(20, taken=19), ModePlaces(20, taken=20)


@pytest.mark.parametrize(
    ("shown", "held_from_here", "is_limited", "told"),
    [
        (FREE, 0, True, HELD),
        (FREE, 4, True, HELD),
        (FREE, 5, True, UNHELD),  # a fifth of 20 is four, and it is never under five
        (FREE, 5, False, HELD),
        (LAST, 0, True, HELD),
        (FULL, 0, True, WAITING),
        (FULL, 5, True, WAITING),
        (ModePlaces(None, taken=900), 500, True, HELD),
        (ModePlaces(0), 0, False, WAITING),
    ],
)
def test_what_somebody_is_told_follows_from_the_public_numbers(
    shown: ModePlaces, held_from_here: int, is_limited: bool, told: str
) -> None:
    assert holds.told(shown, held_from_here=held_from_here, is_limited=is_limited) == told


@pytest.mark.parametrize(
    ("told", "real", "held_from_here", "is_limited", "standing"),
    [
        (HELD, FREE, 0, True, Standing("unconfirmed")),
        (HELD, ModePlaces(None), 0, True, Standing("unconfirmed")),
        # No place is behind the one that is shown: nobody is promised a place that there is not.
        (HELD, FULL, 0, True, Standing("waitlisted", is_unheld=True, shown_as=HELD)),
        (UNHELD, FREE, 5, True, Standing("waitlisted", is_unheld=True)),
        (UNHELD, FULL, 5, True, Standing("waitlisted", is_unheld=True)),
        # Only shadows stand before: there is a place, whatever the public numbers say.
        (WAITING, LAST, 0, True, Standing("unconfirmed", shown_as=WAITING)),
        (WAITING, LAST, 5, False, Standing("unconfirmed", shown_as=WAITING)),
        (WAITING, LAST, 5, True, Standing("waitlisted")),
        (WAITING, FULL, 0, True, Standing("waitlisted")),
    ],
)
def test_what_somebody_gets_follows_from_the_places_that_there_are(
    told: str, real: ModePlaces, held_from_here: int, is_limited: bool, standing: Standing
) -> None:
    assert holds.given(told, real, held_from_here=held_from_here, is_limited=is_limited) == standing


@pytest.mark.parametrize(
    ("status", "is_unheld", "shown_as", "told"),
    [
        ("unconfirmed", False, None, HELD),
        ("confirmed", False, None, HELD),
        ("unconfirmed", False, WAITING, WAITING),
        ("waitlisted", False, None, WAITING),
        ("waitlisted", False, HELD, HELD),
        ("waitlisted", True, None, UNHELD),
        ("waitlisted", True, HELD, HELD),
    ],
)
def test_a_registration_is_counted_where_it_was_told_to_stand(
    status: str, is_unheld: bool, shown_as: str | None, told: str
) -> None:
    assert holds.told_of(status, is_unheld, shown_as) == told
