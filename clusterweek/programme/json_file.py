"""The programme as JSON: the columns of docs/exporting.md as keys, lists as arrays, occurrences as objects."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.registrations.rules import Places
from clusterweek.web import links

TEXTS = (
    *("title_de", "title_en", "summary_de", "summary_en", "description_de", "description_en"),
    *("format", "mode", "access"),
)


def make(activities: Sequence[Activity], places: Mapping[int, Places], *, lang: str, is_office: bool) -> bytes:
    """`{"items": [...], "next_cursor": null}`; times in RFC 3339 with offset beside the zone's name."""
    items = [
        activity_item(activity, places.get(activity.id), lang=lang, is_office=is_office) for activity in activities
    ]
    return json.dumps({"items": items, "next_cursor": None}, ensure_ascii=False, indent=1).encode() + b"\n"


def activity_item(activity: Activity, places: Places | None, *, lang: str, is_office: bool) -> dict[str, Any]:
    """One activity. The public never sees `contact_name`, `contact_email` and `online_url`."""
    item: dict[str, Any] = {"id": activity.id}
    for name in TEXTS:
        item[name] = getattr(activity, name)
    item |= {
        "occurrences": [
            _occurrence(o, number, is_office=is_office) for number, o in enumerate(activity.occurrences, 1)
        ],
        "host_cluster": activity.host_cluster.slug if activity.host_cluster else None,
        "co_hosts": [cluster.slug for cluster in activity.co_hosts],
        "technology_fields": activity.fields,
        "partner_countries": activity.partner_countries,
        "external_partners": [{"name": p.name, "country": p.country} for p in activity.external_partners],
        "languages": activity.languages,
        "capacity": activity.capacity,
        "capacity_online": activity.capacity_online,
        "registration_mode": activity.registration_mode,
        "registration_url": activity.registration_url,
        "registration_deadline": _moment(activity.registration_deadline, activity.edition.timezone),
        "accessibility": activity.accessibility,
        "cost_note": activity.cost_note,
        "status": activity.review_status,
        "happening": activity.happening,
        "url": links.page(
            "public.activity", lang=lang, edition=activity.edition.slug, activity=activity_rules.address_part(activity)
        ),
        "seats_free": places.free if places else None,
        "waiting_count": places.waiting if places else 0,
        "updated_at": activity.updated_at.isoformat(),
    }
    if is_office:
        item |= {"contact_name": activity.contact_name, "contact_email": activity.contact_email}
    return item


def _occurrence(occurrence: Occurrence, number: int, *, is_office: bool) -> dict[str, Any]:
    item = {
        "occurrence": number,
        "starts_at": _moment(occurrence.starts_at, occurrence.timezone),
        "ends_at": _moment(occurrence.ends_at, occurrence.timezone),
        "timezone": occurrence.timezone,
        "all_day": occurrence.is_all_day,
        "venue_name": occurrence.venue_name,
        "street": occurrence.street,
        "postcode": occurrence.postcode,
        "city": occurrence.city,
        "land": occurrence.venue_land,
        "latitude": occurrence.latitude,
        "longitude": occurrence.longitude,
    }
    if is_office:
        item["online_url"] = occurrence.online_url
    return item


def _moment(moment: datetime | None, zone: str) -> str | None:
    return moment.astimezone(ZoneInfo(zone)).isoformat() if moment else None
