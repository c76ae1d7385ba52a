"""The indexes at the end of the booklet: by Land, technology field, cluster and partner country."""

from collections.abc import Callable, Sequence
from typing import Any

from clusterweek.i18n import country_name, gettext as _
from clusterweek.programme import entry
from clusterweek.programme.entry import Date
from clusterweek.vocabulary import lists


def make(dates: Sequence[Date]) -> list[dict[str, Any]]:
    """Those that have something in them, each {"name", "groups": [{"name", "rows"}]} by name, rows by day and time."""
    found = (
        (_("By Land"), _groups(dates, lambda date: [entry.land(date.occurrence)])),
        (_("By technology field"), _groups(dates, lambda date: [lists.FIELDS[f].name for f in date.activity.fields])),
        (_("By cluster"), _groups(dates, _clusters)),
        (
            _("By partner country"),
            _groups(dates, lambda date: [country_name(c) for c in date.activity.partner_countries]),
        ),
    )
    return [{"name": name, "groups": groups} for name, groups in found if groups]


def _clusters(date: Date) -> list[str]:
    activity = date.activity
    hosts = [activity.host_cluster] if activity.host_cluster else []
    return [cluster.name for cluster in (*hosts, *activity.co_hosts)]


def _groups(dates: Sequence[Date], names: Callable[[Date], list[str]]) -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, str]]] = {}
    for date in dates:
        row = entry.pointer(date, with_time=True)
        for name in names(date):
            groups.setdefault(name, []).append(row)
    return [
        {"name": name, "rows": rows} for name, rows in sorted(groups.items(), key=lambda item: lists.sort_key(item[0]))
    ]
