"""Occurrences as calendar entries (RFC 5545): one entry, the calendar around them, the invitation to an attendee.

The same occurrence has the same UID, stamps and times in the feed, in the single file and in the mail. Nothing here
asks for the time: the same state gives the same bytes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from flask import current_app
from icalendar import Alarm, Calendar, vCalAddress, vDuration, vText, vUri

from clusterweek.activities.models import Occurrence
from clusterweek.calendar import event
from clusterweek.calendar.zones import vtimezone
from clusterweek.i18n import force_language

REFRESH = timedelta(hours=1)  # without it Nextcloud looks once a week
ALARM_BEFORE = timedelta(hours=1)
END = b"END:VCALENDAR\r\n"


def rendered(occurrence: Occurrence, lang: str) -> tuple[bytes, str | None]:
    """The entry as bytes, and the zone whose VTIMEZONE it needs (None: it is written in UTC or as whole days)."""
    with force_language(lang):
        return event.make(occurrence).to_ical(), event.zone_of(occurrence)


@dataclass(frozen=True)
class Frame:
    """What a calendar says about itself. `url`: its page, `source`: its own address."""

    name: str
    description: str = ""
    url: str | None = None
    source: str | None = None


def bind(entries: Iterable[tuple[bytes, str | None]], frame: Frame, lang: str, *, home: str = "Europe/Berlin") -> bytes:
    """A calendar around entries that `rendered` made, in their order.

    A calendar without any entry gets the zone `home`: it must have one component at least (RFC 5545, 3.6).
    """
    entries = list(entries)
    calendar = _calendar(lang)
    for name, value in (("NAME", frame.name), ("X-WR-CALNAME", frame.name), ("DESCRIPTION", frame.description)):
        if value:
            calendar.add(name, event.text(value))
    if frame.description:
        calendar.add("X-WR-CALDESC", event.text(frame.description))
    if frame.url:
        calendar.add("URL", vUri(event.line(frame.url)))
    if frame.source:
        calendar.add("SOURCE", vUri(event.line(frame.source)), parameters={"VALUE": "URI"})
    calendar.add("COLOR", vText("navy"))
    calendar.add("REFRESH-INTERVAL", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vDuration(REFRESH))
    needed = {zone for _bytes, zone in entries if zone} if entries else {home}
    for zone in sorted(needed):
        calendar.add_component(vtimezone(zone))
    return calendar.to_ical().removesuffix(END) + b"".join(body for body, _zone in entries) + END


def public_calendar(occurrences: Iterable[Occurrence], *, lang: str, name: str) -> bytes:
    """These dates as one file, in their order. Load their activities with `load.whole`."""
    return bind([rendered(occurrence, lang) for occurrence in occurrences], Frame(name), lang)


def invitation(
    registration_name: str,
    registration_email: str,
    occurrences: Iterable[Occurrence],
    lang: str,
    *,
    method: str | None,
    attends_online: bool = False,
    sequence_bump: int = 0,
    own_link: str = "",
    has_alarm: bool = False,
) -> bytes:
    """What goes with a letter to an attendee (iMIP, RFC 6047): method "REQUEST" or "CANCEL" with exactly one
    occurrence, or None for a plain file with any number of them.

    `sequence_bump` puts the SEQUENCE above the occurrence's own: a place that was given up is a cancellation of an
    entry that has not changed. `own_link`: the address of the registration, at the end of the description. `has_alarm`:
    the entry rings an hour before, in calendars that heed it (Apple, Thunderbird; Google rings as its owner has set).
    """
    occurrences = list(occurrences)
    if method and len(occurrences) != 1:
        raise ValueError("an invitation speaks of one occurrence")
    with force_language(lang):
        calendar = _calendar(lang)
        if method:
            calendar.add("METHOD", vText(method))
        for zone in sorted({zone for zone in map(event.zone_of, occurrences) if zone}):
            calendar.add_component(vtimezone(zone))
        for occurrence in occurrences:
            invited = event.make(occurrence, attends_online=attends_online, own_link=own_link)
            if method:
                invited["SEQUENCE"] = occurrence.sequence + sequence_bump
                invited.add("ORGANIZER", _organiser())
                invited.add("ATTENDEE", _attendee(registration_name, registration_email))
            if method == "CANCEL":
                invited["STATUS"] = vText("CANCELLED")
            elif has_alarm and not occurrence.is_all_day:
                invited.add_component(_alarm(str(invited["SUMMARY"])))
            calendar.add_component(invited)
        return calendar.to_ical()


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("ACTION", vText("DISPLAY"))
    alarm.add("TRIGGER", vDuration(-ALARM_BEFORE))
    alarm.add("DESCRIPTION", event.text(words))
    return alarm


def _calendar(lang: str) -> Calendar:
    calendar = Calendar()
    calendar.add("VERSION", vText("2.0"))
    calendar.add("PRODID", vText(f"-//clusterweek//Clusterwoche//{lang.upper()}"))
    calendar.add("CALSCALE", vText("GREGORIAN"))
    return calendar


def _organiser() -> vCalAddress:
    name, address = parseaddr(current_app.config["MAIL_FROM"])
    organiser = vCalAddress(f"mailto:{event.line(address)}")
    if name:
        organiser.params["CN"] = vText(event.line(name))
    return organiser


def _attendee(name: str, address: str) -> vCalAddress:
    attendee = vCalAddress(f"mailto:{event.line(address)}")
    attendee.params["CN"] = vText(event.line(name))
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    attendee.params["RSVP"] = vText("FALSE")
    return attendee
