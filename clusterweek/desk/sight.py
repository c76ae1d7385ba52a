"""Who sees what at the office's desk."""

from collections.abc import Iterable
from dataclasses import dataclass

from clusterweek.accounts.models import Grant
from clusterweek.i18n import country_name
from clusterweek.vocabulary import lists


@dataclass(frozen=True)
class Sight:
    """What of an edition somebody sees: the whole of it, or what concerns some Länder or partner countries; of these
    everything, or only what is published."""

    is_whole: bool
    laender: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    is_published_only: bool = False

    @property
    def names(self) -> dict[str, str]:
        """Code -> name of the Länder and countries that it is limited to; of a whole one, none."""
        return {code: land.name for code, land in lists.LAENDER.items() if code in self.laender} | {
            code: country_name(code) for code in sorted(self.countries)
        }


def of(grants: Iterable[Grant]) -> Sight:
    """All grants of a person together. An organiser, and a viewer without Land or country, sees all of an edition."""
    grants = list(grants)
    is_published_only = all(grant.role == "viewer" for grant in grants)
    if any(grant.role == "organiser" or (grant.land is None and grant.country is None) for grant in grants):
        return Sight(is_whole=True, is_published_only=is_published_only)
    return Sight(
        is_whole=False,
        laender=frozenset(grant.land for grant in grants if grant.land),
        countries=frozenset(grant.country for grant in grants if grant.country),
        is_published_only=is_published_only,
    )
