"""The lists that belong to an activity: fields, countries, languages, co-hosts, partners. Rows that stay are kept."""

from typing import Any

from clusterweek.activities.entries import ENTRIES, LISTS
from clusterweek.activities.models import (
    Activity,
    ActivityCountry,
    ActivityField,
    ActivityLanguage,
    CoHost,
    ExternalPartner,
)
from clusterweek.clusters.models import Cluster

NAMES = frozenset(entry.name for entry in ENTRIES if entry.kind in LISTS)


def take(activity: Activity, name: str, wanted: list[Any]) -> bool:
    """Make the list `name` what is wanted, in that order, without doubles; whether anything changed."""
    before = _now(activity, name)
    if name == "external_partners":
        wanted = [(partner["name"], partner["country"]) for partner in wanted]
    wanted = list(dict.fromkeys(wanted))
    if name == "co_hosts":
        wanted = [cluster for cluster in wanted if cluster is not activity.host_cluster]
    if before == wanted:
        return False
    if name == "co_hosts":
        _replace(activity.co_host_rows, wanted, lambda row: row.cluster, lambda cluster: CoHost(cluster=cluster))
    elif name == "external_partners":
        _replace(
            activity.external_partners,
            wanted,
            lambda row: (row.name, row.country),
            lambda partner: ExternalPartner(name=partner[0], country=partner[1]),
        )
    else:
        codes: dict[str, tuple[list[Any], Any, str]] = {
            "fields": (activity.field_rows, ActivityField, "field"),
            "partner_countries": (activity.country_rows, ActivityCountry, "country"),
            "languages": (activity.language_rows, ActivityLanguage, "language"),
        }
        rows, model, column = codes[name]
        _replace(rows, wanted, lambda row: getattr(row, column), lambda code: model(**{column: code}))
    return True


def _now(activity: Activity, name: str) -> list[Any]:
    if name == "external_partners":
        return [(row.name, row.country) for row in activity.external_partners]
    return list[str | Cluster](getattr(activity, name))


def _replace(rows: list[Any], wanted: list[Any], key: Any, make: Any) -> None:
    kept = {key(row): row for row in rows}
    rows[:] = [kept.get(item) or make(item) for item in wanted]
    for position, row in enumerate(rows):
        row.position = position
