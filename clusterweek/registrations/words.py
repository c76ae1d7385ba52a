"""Places, and places left, in words: for pages and letters of attendees."""

from clusterweek.activities import when
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.i18n import day_long, ngettext, number
from clusterweek.i18n import gettext as _
from clusterweek.registrations.rules import ModePlaces, Places

FEW = 5  # from here on the number is said: a badge only where it tells something


def days(occurrence: Occurrence) -> str:
    """ "Donnerstag, 8. April 2027", or from the first to the last day."""
    first, last = occurrence.starts_on, occurrence.ends_on
    if first == last:
        return day_long(first)
    return _("%(first)s to %(last)s", first=day_long(first), last=day_long(last))


def when_long(occurrence: Occurrence) -> str:
    """ "Donnerstag, 8. April 2027, 09:00–12:30 Uhr": as letters say it, never "tomorrow"."""
    return f"{days(occurrence)}, {when.times(occurrence)}"


def address(occurrence: Occurrence) -> str:
    """ "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena"; "online" where there is no place to go to."""
    where = address_of(
        venue_name=occurrence.venue_name,
        street=occurrence.street,
        postcode=occurrence.postcode,
        city=occurrence.city,
    )
    return where or _("online")


def address_of(
    *, venue_name: str | None, street: str | None, postcode: str | None, city: str | None, venue_land: str | None = None
) -> str:
    """The same for a place that is no date's any more; empty where there was none. The Land is no part of it."""
    town = " ".join(part for part in (postcode, city) if part)
    return ", ".join(part for part in ("" if venue_name == city else venue_name, street, town) if part)


def town(occurrence: Occurrence) -> str:
    """The shortest name of the place."""
    return occurrence.city or occurrence.venue_name or _("online")


def places_left(places: ModePlaces) -> str:
    """ "3 places left", "waiting list", or "places available"."""
    if places.free == 0:
        return _("waiting list")
    if places.free is not None and places.free <= FEW:
        return count_left(places.free)
    return _("places available")


def why_unheld() -> str:
    """What somebody is told for whom no place is held, because many come from one network."""
    return _(
        "Several people are registering from the same network just now, so no place is held for you until then. "
        "You get one as soon as you confirm, in the order of confirming, while there are any; "
        "after that you are on the waiting list."
    )


def crowded(count: int, held: int) -> str:
    """Why many of an activity's registrations wait for their confirmation, for hosts and the office."""
    return _(
        "%(count)s registrations that are not confirmed come from one network. Places are held for %(held)s of them; "
        "the others are given a place when they confirm.",
        count=number(count),
        held=number(held),
    )


def by_mode(places: Places) -> str:
    """ "on site 2 of 2 · online 1, no limit", for hosts and the office; empty where there is only one way to attend."""
    if len(places.by_mode) < 2:
        return ""
    names = {"in_person": _("on site"), "online": _("online")}
    return " · ".join(
        _("%(mode)s %(taken)s, no limit", mode=names[mode], taken=number(one.taken))
        if one.limit is None
        else _("%(mode)s %(taken)s of %(limit)s", mode=names[mode], taken=number(one.taken), limit=number(one.limit))
        for mode, one in places.by_mode.items()
    )


def overbooked(places: Places) -> str:
    """Why more have a place than there are, for hosts and the office; empty when there are enough."""
    if not places.over:
        return ""
    return ngettext(
        "%(num)s more than there are places: everybody keeps theirs.",
        "%(num)s more than there are places: everybody keeps theirs.",
        places.over,
    )


def count_left(free: int) -> str:
    return ngettext("%(num)s place left", "%(num)s places left", free)


def is_online(activity: Activity, mode: str) -> bool:
    """Whether somebody with this way of attending needs the link."""
    return activity.mode == "online" or mode == "online"
