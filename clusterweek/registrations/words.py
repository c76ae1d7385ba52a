"""Places left, in words: for pages and letters of attendees."""

from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _, ngettext, number
from clusterweek.registrations.rules import ModePlaces, Places

FEW = 5  # from here on the number is said: a badge only where it tells something


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
        "Several people are registering from the same network just now, so we do not hold a place for you yet: you "
        "get yours when you confirm. Whoever confirms first comes first; once all places are taken, you join the "
        "waiting list."
    )


def crowded(count: int, held: int) -> str:
    """Why many of an activity's registrations wait for their confirmation, for hosts and the office."""
    return _(
        "%(count)s unconfirmed registrations come from a single network. Places are held for %(held)s of them; the "
        "others get theirs on confirming, as long as there are any.",
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
        "%(num)s over capacity – everyone keeps their place.",
        "%(num)s over capacity – everyone keeps their place.",
        places.over,
    )


def count_left(free: int) -> str:
    return ngettext("%(num)s place left", "%(num)s places left", free)


def is_online(activity: Activity, mode: str) -> bool:
    """Whether somebody with this way of attending needs the link."""
    return activity.mode == "online" or mode == "online"
