"""Decisions about activities: what a submission needs, which step follows which, when people may sign up.

Nothing here asks the database or the clock; loaded objects and `now` come in, answers go out.
"""

import re
from datetime import date, datetime

from clusterweek import clock
from clusterweek.activities.entries import BY_NAME
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.standing import CANCELLED, POSTPONED, TAKES_PLACE
from clusterweek.editions import workdays
from clusterweek.i18n import day_medium, gettext as _, local
from clusterweek.vocabulary import spelling

# What may follow what. A published activity is never withdrawn but cancelled, so that nobody's calendar loses it
# silently; the office can reopen a rejected one (as "changes requested"), a cluster take up again what it withdrew.
STEPS = {
    "draft": {"submitted", "withdrawn"},
    "submitted": {"published", "changes_requested", "rejected", "withdrawn"},
    "changes_requested": {"submitted", "published", "rejected", "withdrawn"},
    "published": set(),
    "rejected": {"changes_requested"},
    "withdrawn": {"draft"},
}
# Which ways of signing up go with which access. By invitation means that the cluster invites: no public form here.
CHANNELS = {"open": ("none",), "registration": ("internal", "external"), "invitation": ("none", "external")}
# From which `happening` a public activity may still be stopped: whoever waits for a new date learns that none comes.
STOPS = {CANCELLED: (*TAKES_PLACE, POSTPONED), POSTPONED: TAKES_PLACE}


def may_become(old: str, new: str) -> bool:
    """Whether an activity may step from one `review_status` to another."""
    return new in STEPS[old]


def why_fixed(activity: Activity) -> str | None:
    """The sentence that says why an activity stays as it is; None outside of the archive."""
    if activity.edition.state != "archived":
        return None
    return _("This edition lies in the archive; its activities stay as they are.")


def may_stop(activity: Activity, how: str) -> bool:
    """Whether a public activity may be `cancelled` or `postponed`."""
    return activity.is_published and activity.happening in STOPS[how]


def answer_by(activity: Activity) -> date:
    """Until when the office has promised an answer to a submission: ten working days on the clock of the edition."""
    return workdays.after(_submitted_on(activity), workdays.ANSWER_WITHIN)


def waiting_days(activity: Activity, *, now: datetime) -> int:
    """Working days since the submission."""
    return workdays.between(_submitted_on(activity), clock.today(activity.edition.timezone, now=now))


def _submitted_on(activity: Activity) -> date:
    return local(activity.submitted_at or activity.updated_at, activity.edition.timezone).date()


def missing(activity: Activity) -> list[str]:
    """Names of the form's fields that a submission still needs, in the order of the form. English is never needed."""
    needed = {
        "format": activity.format,
        "host_cluster": activity.host_cluster_id or activity.host_cluster or activity.edition.kind != "cluster_week",
        "title_de": activity.title_de,
        "summary_de": activity.summary_de,
        "fields": activity.field_rows,
        "languages": activity.language_rows,
        "occurrences": (activity.occurrences or activity.is_postponed) and not activity.unfinished_dates,
        "venue": activity.mode == "online" or all(o.city or o.venue_name for o in activity.occurrences),
        "venue_land": activity.mode == "online" or all(o.venue_land for o in _in_germany(activity)),
        "registration_url": activity.registration_mode != "external" or activity.registration_url,
        "contact_email": activity.contact_email or (activity.host_cluster and activity.host_cluster.email),
    }
    return [name for name, value in needed.items() if not value]


def still_open(activity: Activity) -> list[str]:
    """What a cluster still has to see to: what is missing, and what was typed and could not be stored."""
    return list(dict.fromkeys([*missing(activity), *activity.unread.get("names", [])]))


def _in_germany(activity: Activity) -> list[Occurrence]:
    # A date in another country has the time zone there, and no Land.
    return [o for o in activity.occurrences if o.timezone == activity.edition.timezone]


def wanted(activity: Activity) -> list[str]:
    """Names of entries that a submission may lack, but that people will ask for."""
    is_online = activity.mode != "in_person" and activity.registration_mode == "internal"
    asked_for = {
        "online_url": not is_online or all(o.online_url for o in activity.occurrences),
        "accessibility": activity.mode == "online" or activity.is_accessible or activity.accessibility,
    }
    return [name for name, value in asked_for.items() if not value]


def outside(activity: Activity) -> list[Occurrence]:
    """Dates before the first or after the last day of the edition, unless the office allowed an exception."""
    edition = activity.edition
    if activity.outside_window_allowed or edition.date_precision != "day":
        return []
    return [o for o in activity.occurrences if o.starts_on < edition.starts_on or o.ends_on > edition.ends_on]


def obstacles(activity: Activity) -> dict[str, str]:
    """Everything that keeps an activity from being submitted or published: field -> sentence for people."""
    found = {name: str(BY_NAME[name].needed) for name in missing(activity)}
    if outside(activity):
        found["occurrences"] = _(
            "The week runs from %(first)s to %(last)s. The programme office can allow an exception; please ask it.",
            first=day_medium(activity.edition.starts_on),
            last=day_medium(activity.edition.ends_on),
        )
    if activity.registration_mode not in CHANNELS[activity.access]:
        found["registration_mode"] = {
            "open": _("An open activity needs no registration: choose “none”, or the access “with registration”."),
            "registration": _("Say how people register: here or on a page of your own."),
            "invitation": _("By invitation there is no public registration here: choose “none” or a page of your own."),
        }[activity.access]
    return found


def sign_up_closes_at(activity: Activity) -> datetime | None:
    """The deadline, but never later than the first start; None while there is no date."""
    starts = min((o.starts_at for o in activity.occurrences), default=None)
    if starts is None or activity.registration_deadline is None:
        return starts
    return min(starts, activity.registration_deadline)


def is_sign_up_open(activity: Activity, now: datetime) -> bool:
    """Whether people may sign up here now; says nothing about places, for a full activity still has its line."""
    closes = sign_up_closes_at(activity)
    return (
        activity.is_published
        and activity.takes_place
        and activity.registration_mode == "internal"
        and activity.access != "invitation"
        and activity.edition.state in ("open", "closed")
        and closes is not None
        and now < closes
    )


def days(activity: Activity) -> list[date]:
    """The first days of its dates, without doubles, in order."""
    return sorted({o.starts_on for o in activity.occurrences})


def address_part(activity: Activity) -> str:
    """What stands in the address of its page: "licht-als-werkzeug-12". Only the number counts; titles may change."""
    words = spelling.slug(activity.title_de, otherwise="activity")
    return f"{words}-{activity.id}"


def id_in(address_part: str) -> int | None:
    """The number at the end of an address part; None when there is none that a database could hold."""
    match = re.fullmatch(r"(?:[^/]*-)?([0-9]{1,9})", address_part, re.ASCII)
    return int(match[1]) if match else None
