"""Names of an edition's kinds and states, and its days in words."""

from clusterweek.editions.models import Edition
from clusterweek.i18n import day_short, gettext as _


def kinds() -> dict[str, str]:
    return {
        "cluster_week": _("Cluster week"),
        "annual_conference": _("Annual conference"),
        "conference": _("Conference"),
        "networking_day": _("Networking day"),
        "roadshow": _("Roadshow"),
        "other": _("Other format"),
    }


def states() -> dict[str, str]:
    return {"draft": _("Draft"), "open": _("Open"), "closed": _("Closed"), "archived": _("Archive")}


def days(edition: Edition) -> str:
    """The days as short as possible; only the year where no more is known."""
    if edition.date_precision == "year":
        return str(edition.starts_on.year)
    if edition.starts_on == edition.ends_on:
        return day_short(edition.starts_on)
    return _("%(first)s to %(last)s", first=day_short(edition.starts_on), last=day_short(edition.ends_on))
