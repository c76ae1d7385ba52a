"""One occurrence as an event of a calendar: what stands in a VEVENT, and how text gets into it safely."""

import unicodedata
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event, vGeo, vText, vUri

from clusterweek.activities import rules, where, who
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.standing import POSTPONED
from clusterweek.calendar import zones
from clusterweek.i18n import country_name, either, gettext as _, language
from clusterweek.vocabulary import lists
from clusterweek.web import links

LONG = timedelta(days=1)  # what lasts longer does not block the day in anybody's calendar
BREAKS = str.maketrans({"\r": "\n", "\v": "\n", "\f": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "})


def state(occurrence: Occurrence) -> str:
    """What a subscriber has to know: confirmed, tentative, cancelled, postponed, removed (this date only), withdrawn.

    The last four are tombstones. A withdrawn one is no longer public: only its title and time are still told.
    """
    activity = occurrence.activity
    if activity.review_status != "published":
        return "withdrawn"
    if occurrence.removed_at is not None:
        return POSTPONED if occurrence.was_postponed and not activity.is_cancelled else "removed"
    return activity.happening if activity.is_off or activity.takes_place else "confirmed"


def stamp(occurrence: Occurrence) -> datetime:
    """When anything last changed that the entry shows; renaming a cluster restamps its activities."""
    moments = [occurrence.activity.updated_at, occurrence.updated_at]
    if occurrence.removed_at:
        moments.append(occurrence.removed_at)
    return max(moments)


def make(occurrence: Occurrence, *, attends_online: bool = False, own_link: str = "") -> Event:
    """The entry, in the language that is spoken now. For somebody who `attends_online` it names the online room
    instead of the venue; nobody else may read the link. `own_link`: of the registration whose entry it is."""
    activity, how = occurrence.activity, state(occurrence)
    changed_at = stamp(occurrence)
    entry = Event()
    entry.add("UID", vText(line(occurrence.uid)))
    entry.add("DTSTAMP", changed_at)
    entry.add("LAST-MODIFIED", changed_at)
    entry.add("CREATED", occurrence.created_at)
    entry.add("SEQUENCE", occurrence.sequence)
    starts, ends = _times(occurrence)
    entry.add("DTSTART", starts)
    entry.add("DTEND", ends)
    entry.add("SUMMARY", text(_title(activity, how)))
    entry.add("STATUS", vText({"confirmed": "CONFIRMED", "tentative": "TENTATIVE"}.get(how, "CANCELLED")))
    is_free = occurrence.is_all_day or how not in ("confirmed", "tentative")
    is_free = is_free or occurrence.ends_at - occurrence.starts_at >= LONG
    entry.add("TRANSP", vText("TRANSPARENT" if is_free else "OPAQUE"))
    entry.add("CLASS", vText("PUBLIC"))
    if how == "withdrawn":
        return entry
    url = links.page(
        "public.activity", lang=language(), edition=activity.edition.slug, activity=rules.address_part(activity)
    )
    entry.add("URL", vUri(url))
    entry.add("DESCRIPTION", text(_description(occurrence, url, attends_online, own_link)))
    place = "" if attends_online else line(where.address_with_country(occurrence))
    if place or attends_online or activity.mode == "online":
        entry.add("LOCATION", text(place or _("Online")))
    if occurrence.latitude is not None and occurrence.longitude is not None and not attends_online:
        entry.add("GEO", vGeo((occurrence.latitude, occurrence.longitude)))
    if categories := _categories(occurrence):
        entry.add("CATEGORIES", categories)
    if contact := _contact(activity):
        entry.add("CONTACT", text(contact))
    return entry


def zone_of(occurrence: Occurrence) -> str | None:
    """The zone in which the entry is written; None for whole days and for UTC."""
    zone = occurrence.timezone
    if occurrence.is_all_day or not all(zones.writes(at, zone) for at in (occurrence.starts_at, occurrence.ends_at)):
        return None
    return zone


def _times(occurrence: Occurrence) -> tuple[date, date]:
    if occurrence.is_all_day:
        return occurrence.starts_local.date(), occurrence.ends_local.date()  # the end is the day after the last
    if zone := zone_of(occurrence):
        here = ZoneInfo(zone)
        return occurrence.starts_at.astimezone(here), occurrence.ends_at.astimezone(here)
    return occurrence.starts_at, occurrence.ends_at


def _title(activity: Activity, how: str) -> str:
    title, _lang = either(activity, "title")
    if how == POSTPONED:
        return _("POSTPONED: %(title)s", title=title)
    return title if how in ("confirmed", "tentative") else _("CANCELLED: %(title)s", title=title)


def _description(occurrence: Occurrence, url: str, attends_online: bool, own_link: str) -> str:
    """Plain text that ends with the address of the page; of one's own entry with that of the registration."""
    activity = occurrence.activity
    parts = [activity.cancellation_reason or "", either(activity, "summary")[0]]
    kind = lists.FORMATS[activity.format].name if activity.format else ""
    spoken = ", ".join(lists.SPOKEN[code].name for code in activity.languages if code in lists.SPOKEN)
    manner = " · ".join(part for part in (kind, lists.MODES[activity.mode].name, spoken) if part)
    facts = [who.host_line(activity), manner]
    parts.append("\n".join(fact for fact in facts if fact))
    if attends_online and occurrence.online_url:
        parts.append(_("Online room: %(url)s", url=occurrence.online_url))
    parts.append(url)
    if own_link:
        parts.append(_("See or give up your registration: %(url)s", url=own_link))
    return "\n\n".join(part for part in parts if part)


def _categories(occurrence: Occurrence) -> list[str]:
    activity = occurrence.activity
    names = [lists.LAENDER[occurrence.venue_land].name] if occurrence.venue_land in lists.LAENDER else []
    names += [lists.FIELDS[slug].name for slug in activity.fields if slug in lists.FIELDS]
    names += [country_name(code) for code in activity.partner_countries]
    return [line(name) for name in names]


def _contact(activity: Activity) -> str:
    """The cluster and its website: people's names and addresses are not for everybody's calendar."""
    host = activity.host_cluster
    return ", ".join(part for part in (host.name, host.website) if part) if host else ""


def text(value: str) -> vText:
    """Text of many lines, without control characters: icalendar only asserts that, and `python -O` drops asserts."""
    lines = value.replace("\r\n", "\n").translate(BREAKS)
    return vText("".join(c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs")))


def line(value: str) -> str:
    """The same on one line."""
    return " ".join(str(text(value)).split())
