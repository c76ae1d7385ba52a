"""Activities as rows of a table: the columns of docs/exporting.md, the same for CSV, XLSX and import."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clusterweek.activities import rules
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.registrations import newcomers
from clusterweek.registrations import queries as registrations
from clusterweek.registrations.rules import Places
from clusterweek.web import downloads, links, sheets

OFFICE = [
    "id",
    "occurrence",
    "title_de",
    "title_en",
    "summary_de",
    "summary_en",
    "description_de",
    "description_en",
    "format",
    "mode",
    "access",
    "starts_at",
    "ends_at",
    "timezone",
    "venue_name",
    "street",
    "postcode",
    "city",
    "land",
    "latitude",
    "longitude",
    "online_url",
    "host_cluster",
    "co_hosts",
    "technology_fields",
    "partner_countries",
    "external_partners",
    "languages",
    "capacity",
    "capacity_online",
    "registration_mode",
    "registration_url",
    "registration_deadline",
    "contact_name",
    "contact_email",
    "accessibility",
    "cost_note",
    "status",
    "happening",
    "url",
    "seats_free",
    "waiting_count",
]
PRIVATE = ("contact_name", "contact_email", "online_url")
PUBLIC = [name for name in OFFICE if name not in PRIVATE]
PROFILES = {"public": PUBLIC, "office": OFFICE}
SEPARATOR = "|"
WIDE = {"title_de", "title_en", "summary_de", "summary_en", "description_de", "description_en", "url", "accessibility"}
NUMBERS = {"id", "occurrence", "capacity", "capacity_online", "seats_free", "waiting_count"}


def row_dicts(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime) -> Iterator[dict[str, str]]:
    """One row per occurrence, in order; an activity without a date has one row with `occurrence` and times empty.

    `profile` is "public" or "office"; `lang` only decides which page `url` leads to. Every cell is a string that no
    spreadsheet runs (one ' in front of = + - @, taken off on import). Times are wall clock in the row's `timezone`;
    whole days are dates, the last one included. Load the activities with `rows.load`; one query or two more for
    the places, which are those of the moment `now`.
    """
    activities = list(activities)
    names = PROFILES[profile]
    is_office = profile == "office"
    places = registrations.places(activities) if is_office else newcomers.places(activities, now=now)
    for activity in activities:
        shared = _of_activity(activity, places[activity.id], lang)
        for number, occurrence in enumerate(activity.occurrences or [None], start=1):
            cells = shared | (_of_occurrence(occurrence, number) if occurrence else {})
            yield {name: downloads.safe_cell(cells.get(name) or "") for name in names}


def csv_bytes(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime) -> bytes:
    """The rows as CSV."""
    return sheets.csv_bytes(PROFILES[profile], row_dicts(activities, profile=profile, lang=lang, now=now))


def xlsx_bytes(activities: Iterable[Activity], *, profile: str, lang: str, now: datetime, sheet: str) -> bytes:
    """The same cells as a spreadsheet."""
    rows = row_dicts(activities, profile=profile, lang=lang, now=now)
    return sheets.xlsx_bytes(PROFILES[profile], rows, sheet=sheet, numbers=NUMBERS, wide=WIDE)


def _of_activity(activity: Activity, places: Places, lang: str) -> dict[str, str | None]:
    deadline = activity.registration_deadline
    return {
        "id": str(activity.id),
        "title_de": activity.title_de,
        "title_en": activity.title_en,
        "summary_de": activity.summary_de,
        "summary_en": activity.summary_en,
        "description_de": activity.description_de,
        "description_en": activity.description_en,
        "format": activity.format,
        "mode": activity.mode,
        "access": activity.access,
        "host_cluster": activity.host_cluster.slug if activity.host_cluster else None,
        "co_hosts": _list(cluster.slug for cluster in activity.co_hosts),
        "technology_fields": _list(activity.fields),
        "partner_countries": _list(activity.partner_countries),
        "external_partners": _list(
            f"{partner.name} [{partner.country}]" if partner.country else partner.name
            for partner in activity.external_partners
        ),
        "languages": _list(activity.languages),
        "capacity": _number(activity.capacity),
        "capacity_online": _number(activity.capacity_online),
        "registration_mode": activity.registration_mode,
        "registration_url": activity.registration_url,
        "registration_deadline": _moment(deadline, activity.edition.timezone) if deadline else None,
        "contact_name": activity.contact_name,
        "contact_email": activity.contact_email,
        "accessibility": activity.accessibility,
        "cost_note": activity.cost_note,
        "status": activity.review_status,
        "happening": activity.happening,
        "url": links.page(
            "public.activity", lang=lang, edition=activity.edition.slug, activity=rules.address_part(activity)
        ),
        "seats_free": _number(places.free),
        "waiting_count": _number(places.waiting),
    }


def _of_occurrence(occurrence: Occurrence, number: int) -> dict[str, str | None]:
    if occurrence.is_all_day:
        starts_at = f"{occurrence.starts_local:%Y-%m-%d}"
        ends_at = f"{occurrence.ends_local - timedelta(days=1):%Y-%m-%d}"
    else:
        starts_at, ends_at = f"{occurrence.starts_local:%Y-%m-%d %H:%M}", f"{occurrence.ends_local:%Y-%m-%d %H:%M}"
    return {
        "occurrence": str(number),
        "starts_at": starts_at,
        "ends_at": ends_at,
        "timezone": occurrence.timezone,
        "venue_name": occurrence.venue_name,
        "street": occurrence.street,
        "postcode": occurrence.postcode,
        "city": occurrence.city,
        "land": occurrence.venue_land,
        "latitude": _number(occurrence.latitude),
        "longitude": _number(occurrence.longitude),
        "online_url": occurrence.online_url,
    }


def _moment(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _number(value: float | int | None) -> str:
    """An empty cell for None: no limit, no coordinates. At most 5 decimals, as the database keeps them."""
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    return f"{value:.5f}".rstrip("0").rstrip(".")


def _list(values: Iterable[str]) -> str:
    return SEPARATOR.join(values)
