"""The programme as JSON: the columns of docs/exporting.md as keys, lists as arrays, occurrences as objects."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.entries import ENTRIES, Entry
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.registrations.rules import Places
from clusterweek.web import links

OF_ACTIVITY = [entry for entry in ENTRIES if entry.key and not entry.of_date]
OF_DATES = [entry for entry in ENTRIES if entry.key and entry.of_date]


def make(activities: Sequence[Activity], places: Mapping[int, Places], *, lang: str, is_office: bool) -> bytes:
    """`{"items": [...], "next_cursor": null}`; times in RFC 3339 with offset beside the zone's name."""
    items = [
        activity_item(activity, places.get(activity.id), lang=lang, is_office=is_office) for activity in activities
    ]
    return json.dumps({"items": items, "next_cursor": None}, ensure_ascii=False, indent=1).encode() + b"\n"


def activity_item(activity: Activity, places: Places | None, *, lang: str, is_office: bool) -> dict[str, Any]:
    """One activity. The public never sees `contact_name`, `contact_email` and `online_url`."""
    address = {"lang": lang, "edition": activity.edition.slug, "activity": activity_rules.address_part(activity)}
    reckoned = {
        "id": activity.id,
        "url": links.page("public.activity", **address),
        "seats_free": places.free if places else None,
        "waiting_count": places.waiting if places else 0,
    }
    item = {entry.key: _value(entry, activity, reckoned) for entry in OF_ACTIVITY if not entry.is_private}
    item["occurrences"] = [
        _occurrence(o, number, is_office=is_office) for number, o in enumerate(item["occurrences"], 1)
    ]
    item["updated_at"] = activity.updated_at.isoformat()
    if is_office:
        item |= {entry.key: _value(entry, activity, reckoned) for entry in OF_ACTIVITY if entry.is_private}
    return item


def _occurrence(occurrence: Occurrence, number: int, *, is_office: bool) -> dict[str, Any]:
    reckoned = {"occurrence": number}
    item = {entry.key: _value(entry, occurrence, reckoned) for entry in OF_DATES if not entry.is_private}
    if is_office:
        item |= {entry.key: _value(entry, occurrence, reckoned) for entry in OF_DATES if entry.is_private}
    return item


def _value(entry: Entry, of: Any, reckoned: dict[str, Any]) -> Any:
    if entry.is_reckoned:
        return reckoned[entry.key]
    value = getattr(of, entry.name)
    match entry.kind:
        case "cluster":
            return value.slug if value else None
        case "clusters":
            return [cluster.slug for cluster in value]
        case "partners":
            return [{"name": partner.name, "country": partner.country} for partner in value]
        case "moment":
            return _moment(value, of.edition.timezone)
        case "local":
            return _moment(getattr(of, entry.key), of.timezone)  # what is kept in UTC beside the wall clock
        case _:
            return value


def _moment(moment: datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None
