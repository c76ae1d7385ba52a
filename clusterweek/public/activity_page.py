"""What the page of an activity shows: the ticket with its dates, places and the way in, and what is good to know."""

from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from flask import url_for
from sqlalchemy import select

from clusterweek.activities import rules, where
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.standing import Badge
from clusterweek.db.session import db
from clusterweek.frame import bars
from clusterweek.frame.bars import Bar
from clusterweek.i18n import either, gettext as _
from clusterweek.listing import outline, similar
from clusterweek.listing.facets import facets
from clusterweek.listing.filter import Filter
from clusterweek.public import lines
from clusterweek.refusal import Refusal
from clusterweek.registrations import newcomers, queries as registrations, rules as registration_rules, words
from clusterweek.registrations.rules import ModePlaces, Places
from clusterweek.vocabulary import lists
from clusterweek.web import prose


@dataclass
class View:
    """Everything around the activity's own texts."""

    activity: Activity
    occurrence: Occurrence | None
    bars: list[Bar]
    places: list[tuple[str, ModePlaces]]  # of each way of attending, and in words
    can_register: bool
    is_full: bool
    closed_because: str
    closes_at: datetime | None
    external_host: str
    badges: list[Badge]
    partners: list[tuple[str | None, list[str]]]  # country, names
    has_links: bool  # somebody may hold a link to a registration here, or have lost it
    similar: list[lines.Row] = field(default_factory=list)

    @property
    def day(self) -> date | None:
        """Under which day of the programme it stands."""
        return outline.days_of(self.occurrence, self.activity.edition.timezone)[0] if self.occurrence else None

    @property
    def others(self) -> list[Occurrence]:
        """Its other dates."""
        return [one for one in self.activity.occurrences if one is not self.occurrence]

    @property
    def description(self) -> tuple[str, str]:
        """(HTML, language)."""
        text, lang = either(self.activity, "description")
        return prose.html(text), lang

    @property
    def address_part(self) -> str:
        return rules.address_part(self.activity)

    @property
    def parent_url(self) -> str:
        """The page of the conference that this is an item of."""
        parent = self.activity.parent_activity
        if parent is None:
            return ""
        return url_for("public.activity", edition=parent.edition.slug, activity=rules.address_part(parent))

    @property
    def spoken(self) -> str:
        return lines.joined(
            [lists.SPOKEN[code].name if code in lists.SPOKEN else code for code in self.activity.languages]
        )

    @property
    def town(self) -> str:
        return where.town(self.occurrence) if self.occurrence else ""

    @property
    def venue_line(self) -> str:
        return where.below_town(self.occurrence) if self.occurrence else ""

    @property
    def venues(self) -> list[tuple[str, str]]:
        """Each place once: its address, and a map of it, empty where no town is known."""
        if self.activity.mode == "online":
            return []
        there = [(where.address_with_land(o), where.map_url(o)) for o in self.activity.occurrences if where.town(o)]
        return list(dict.fromkeys(there))


def view(activity: Activity, *, now: datetime) -> View:
    places = newcomers.places([activity], now=now)[activity.id]
    closed_because = registration_rules.why_closed(activity, now) or ""
    is_external = activity.registration_mode == "external" and _takes_place(activity, now)
    is_full = not closed_because and places.free == 0
    made = View(
        activity=activity,
        occurrence=similar.next_date(activity, now),
        bars=bars.of(facets(activity.edition, Filter()).days),
        places=[] if closed_because or is_external else _place_lines(places),
        can_register=not closed_because,
        is_full=is_full,
        closed_because="" if is_external else closed_because,
        closes_at=activity.registration_deadline if activity.registration_mode != "none" else None,
        external_host=urlsplit(activity.registration_url or "").hostname or "" if is_external else "",
        badges=lines.badges(activity, None, now=now),
        partners=_partners(activity),
        has_links=activity.registration_mode == "internal" or registrations.has_active(activity.id),
    )
    if is_full or activity.is_off:
        made.similar = _similar(activity, now=now)
    return made


def stop_if_gone(address_part: str) -> None:
    """Raises Refusal (410) for an activity that was public and no longer is."""
    activity_id = rules.id_in(address_part)
    status = db.session.scalar(
        select(Activity.review_status).where(Activity.id == activity_id, Activity.published_at.is_not(None))
    )
    if status and status != "published":
        raise Refusal(_("This activity was taken out of the programme."), status=410)


def _takes_place(activity: Activity, now: datetime) -> bool:
    return (
        registration_rules.why_not_happening(activity) is None
        and registration_rules.next_start(activity, now) is not None
        and (activity.registration_deadline is None or now < activity.registration_deadline)
    )


def _place_lines(places: Places) -> list[tuple[str, ModePlaces]]:
    found = []
    for mode, part in places.by_mode.items():
        if part.limit is None:
            if len(places.by_mode) > 1:
                found.append((_("%(mode)s: no limit", mode=_capital(lists.MODES[mode].name)), part))
            continue
        if part.free:
            said = words.count_left(part.free)
        elif part.waiting:
            said = _("Fully booked – %(count)s waiting", count=part.waiting)
        else:
            said = _("Fully booked – you would be first on the waiting list")
        if len(places.by_mode) > 1:
            said = f"{_capital(lists.MODES[mode].name)}: {said}"
        found.append((said, part))
    return found


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _partners(activity: Activity) -> list[tuple[str | None, list[str]]]:
    """Partners by country, countries without a named partner too, partners without a country last."""
    by_country: dict[str | None, list[str]] = {country: [] for country in activity.partner_countries}
    for partner in activity.external_partners:
        by_country.setdefault(partner.country, []).append(partner.name)
    return sorted(by_country.items(), key=lambda partners: partners[0] is None)


def _similar(activity: Activity, *, now: datetime) -> list[lines.Row]:
    shown = similar.with_places(activity, now)
    places = newcomers.places([one.activity for one in shown], now=now)
    return [lines.row(one.activity, one.date, places.get(one.activity.id), now=now, with_day=True) for one in shown]
