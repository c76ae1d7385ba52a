"""Clusters by Land, countries by name: the lists beside the programme."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from clusterweek.clusters import rules
from clusterweek.clusters.models import Cluster
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.vocabulary import lists


@dataclass(frozen=True)
class Land:
    """A Land (or what belongs to none) with its clusters and how many activities each offers."""

    name: str
    clusters: list[tuple[Cluster, int]] = field(default_factory=list)


def by_land(clusters: Iterable[Cluster], counts: Mapping[str, int]) -> list[Land]:
    """Clusters proper by Land; ministries, agencies and others together at the end: they are counted apart."""
    lands: dict[str, Land] = {code: Land(entry.name) for code, entry in lists.LAENDER.items()}
    abroad, others = Land(_("Without a Land")), Land(_("Also taking part"))
    for cluster in clusters:
        where = others if cluster.kind != "cluster" else lands.get(cluster.land or "", abroad)
        where.clusters.append((cluster, counts.get(cluster.slug, 0)))
    return [land for land in [*lands.values(), abroad, others] if land.clusters]


def label(cluster: Cluster, *, today: date) -> str:
    """The ECEI label, as long as it is valid; empty otherwise."""
    if not rules.has_label(cluster, on=today):
        return ""
    return {
        "bronze": _("ECEI label Bronze"),
        "silver": _("ECEI label Silver"),
        "gold": _("ECEI label Gold"),
    }[cluster.ecei_label or ""]


def countries(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Countries with partners in the week and the number of activities with them, by name."""
    return sorted(counts.items(), key=lambda country: lists.sort_key(lists.country(country[0])))


def guests(editions: Iterable[Edition]) -> list[tuple[Edition, list[str]]]:
    """Editions that had guest countries, with their codes; the newest first."""
    found = [(e, [row.country for row in e.partner_countries if row.is_guest]) for e in editions]
    return sorted([one for one in found if one[1]], key=lambda one: one[0].starts_on, reverse=True)
