"""Where an occurrence takes place, in words: the same on pages, in letters, in calendars and in the booklet.

What is not known is left out; where nothing is known the line is empty, and the page says what that means there.
"""

from urllib.parse import urlencode

from clusterweek.activities.models import Occurrence
from clusterweek.i18n import country_name, gettext as _
from clusterweek.vocabulary import lists

MAP = "https://www.openstreetmap.org"


def address(date: Occurrence) -> str:
    """ "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena"."""
    return address_of(venue_name=date.venue_name, street=date.street, postcode=date.postcode, city=date.city)


def address_of(
    *, venue_name: str | None, street: str | None, postcode: str | None, city: str | None, venue_land: str | None = None
) -> str:
    """The same for a place that is no date's any more. The Land is no part of it."""
    return _joined("" if venue_name == city else venue_name, street, " ".join(filter(None, (postcode, city))))


def address_or_online(date: Occurrence) -> str:
    """The same for those who attend: "online" where there is no place to go to."""
    return address(date) or _("online")


def address_with_land(date: Occurrence) -> str:
    """ "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena, Thüringen"."""
    return _joined(address(date), land(date))


def address_with_country(date: Occurrence) -> str:
    """ "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena, Deutschland"; of other countries we know no name."""
    return _joined(address(date), country_name("DE") if date.venue_land else "")


def map_url(date: Occurrence) -> str:
    """A map on another site, empty where too little is known: at the coordinates, else a search for the address. Those
    of a place whose street is not known are often its town's, and a search for the town says so."""
    has_spot = date.latitude is not None and date.longitude is not None
    if has_spot and (date.street or not date.city):
        return f"{MAP}/?mlat={date.latitude}&mlon={date.longitude}#map=17/{date.latitude}/{date.longitude}"
    if not date.city and not date.postcode:
        return ""
    return f"{MAP}/search?{urlencode({'query': _joined(date.street, date.postcode, date.city)})}"


def line(date: Occurrence) -> str:
    """ "Technologiezentrum, Jena, Thüringen"."""
    return _joined(house(date), date.city, land(date))


def below_town(date: Occurrence) -> str:
    """What stands below the name of the town: "Technologiezentrum, Thüringen"."""
    return _joined(house(date) if date.city else "", land(date))


def town(date: Occurrence) -> str:
    """The shortest name of the place."""
    return date.city or date.venue_name or ""


def town_or_online(date: Occurrence) -> str:
    """The same for those who attend."""
    return town(date) or _("online")


def house(date: Occurrence) -> str:
    """The venue, unless it is called like its town."""
    return "" if date.venue_name == date.city else date.venue_name or ""


def land(date: Occurrence) -> str:
    """The Land, unless the town is one."""
    known = lists.LAENDER.get(date.venue_land or "")
    return known.name if known and known.name != date.city else ""


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)
