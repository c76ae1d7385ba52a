"""The letters of this room: to attendees, about their registration. Each says what is true when it leaves."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from clusterweek.activities import rules as activity_rules, when, where
from clusterweek.activities.mails import about_activities
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.i18n import day_long, either, gettext as _, lazy_gettext as _l, local
from clusterweek.outbox import paper
from clusterweek.outbox.letter import About, Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, changes, own_calendar, queries, rules, words
from clusterweek.registrations.models import Registration
from clusterweek.web import links

CalendarDates = tuple[list[Occurrence], str | None, int]  # the dates, the method, what is added to their SEQUENCE
NOBODYS = "no_letter"  # written where somebody else would get a letter, about no registration; never leaves


def registration_of(letter: Letter) -> Registration:
    """The registration that a letter speaks of; its row is never deleted while letters do."""
    return db.session.get_one(Registration, letter.ids["registration_id"], options=queries.WITH_ACTIVITY)


def load(letters: Sequence[Letter]) -> None:
    """Read the registrations of many letters, with their activities, at once."""
    numbers = [letter.ids["registration_id"] for letter in letters if "registration_id" in letter.ids]
    db.session.scalars(select(Registration).where(Registration.id.in_(numbers)).options(*queries.WITH_ACTIVITY)).all()


def mail(
    folder: str,
    letter: Letter,
    registration: Registration,
    *,
    now: datetime,
    dates: list[Occurrence] | None = None,
    knows: Callable[[], dict[str, Any]] = dict,
    alike: Hashable | None = (),
) -> Mail:
    """A letter about a registration and some of its dates (default: all of them), from the templates in `folder`, as it
    is true `now`, when it leaves. The templates also know what `knows` tells, which is `alike` for people with the
    same place and the same `alike`: they get the same letter but for their personal words. None: nobody else's is."""
    activity = registration.activity
    dates = activity.occurrences if dates is None else dates
    personal = _personal(registration)

    def context(words_of_one: Mapping[str, str]) -> dict[str, Any]:
        return common(registration, dates, letter, words_of_one) | {"now": now} | knows()

    if alike is None:
        subject, text, page = paper.write(folder, **context(personal))
    else:
        same = _alike(registration, dates, letter), alike
        subject, text, page = paper.write_alike(folder, same, personal, context)
    return Mail(
        to=registration.email,
        subject=subject,
        text=text,
        page=page,
        reply_to=contact_of(activity),
        thread=f"registration.{registration.token_hash[:24]}" if registration.token_hash else None,
        is_demo=activity.edition.is_demo,
    )


def _personal(registration: Registration) -> dict[str, str]:
    """The words of a letter in which two people with the same place differ."""
    signed_up_on = local(registration.signed_up_at, registration.activity.edition.timezone).date()
    return {
        "name": registration.name,
        "token": actions.token_of(registration),
        "signed_up_on": day_long(signed_up_on),
    }


def _alike(registration: Registration, dates: list[Occurrence], letter: Letter) -> Hashable:
    """What else a letter to an attendee depends on, as long as nothing changes in the database."""
    one = registration
    place = (one.activity_id, one.mode, one.status, one.confirmed_at is not None, one.wants_reminders)
    told = (one.has_only_waited, one.hold_until, one.is_unheld, one.is_told_to_wait)
    return letter.language, letter.created_at, tuple(date.id for date in dates), place, told


def common(
    registration: Registration, dates: list[Occurrence], letter: Letter, personal: Mapping[str, str]
) -> dict[str, Any]:
    """What every letter to an attendee knows."""
    activity = registration.activity
    title, title_lang = either(activity, "title")
    token = personal["token"]
    is_online = words.is_online(activity, registration.mode)

    def link(endpoint: str) -> str:
        return _link(endpoint, letter, token)

    def page_of(one: Activity, endpoint: str = "public.activity") -> str:
        part = activity_rules.address_part(one)
        return links.page(endpoint, lang=letter.language, edition=one.edition.slug, activity=part)

    return {
        "registration": registration,
        "attendee_name": personal["name"],
        "signed_up_on": personal["signed_up_on"],
        "activity": activity,
        "edition": activity.edition,
        "title": title,
        "title_lang": title_lang,
        "dates": dates,
        "contact": contact_of(activity),
        "is_online": is_online,
        "is_limited": rules.limit_of(activity, registration.mode) is not None,
        "manage_link": link("manage"),
        "give_up_link": link("give_up"),
        "stop_link": link("reminders"),
        "activity_link": page_of(activity),
        "sign_up_link": page_of(activity, "registrations.sign_up"),
        "page_of": page_of,
        "new_dates": (),  # ids of dates whose time, or place, is another than the last letter said
        "new_places": (),
        "written_at": letter.created_at,
        **_band(dates, is_online),
    }


def stop_link(letter: Letter, registration: Registration) -> str:
    """Where reminders of this activity are stopped: a page asks first, one POST does it at once."""
    return _link("reminders", letter, actions.token_of(registration))


def _link(endpoint: str, letter: Letter, token: str) -> str:
    return links.page(f"registrations.{endpoint}", lang=letter.language, token=token)


def contact_of(activity: Activity) -> str | None:
    """Who answers questions of attendees."""
    return activity.contact_email or (activity.host_cluster.email if activity.host_cluster else None)


def _band(dates: list[Occurrence], is_online: bool) -> dict[str, Any]:
    """The words in the band with the date; with several dates the letter lists them below."""
    marked = {day for one in dates for day in when.days_touched(one)}
    date_line = place_line = ""
    if len(dates) == 1:
        town = _("online") if is_online else where.town_or_online(dates[0])
        date_line, place_line = when.days(dates[0]), f"{when.times(dates[0])} · {town}"
    elif dates:
        date_line = _("%(count)s dates", count=len(dates))
        place_line = _("from %(day)s on", day=day_long(dates[0].starts_on))
    return {"date_line": date_line, "place_line": place_line, "marked_days": marked}


def _happens(registration: Registration, now: datetime) -> bool:
    activity = registration.activity
    return rules.why_not_happening(activity) is None and not rules.is_over(activity, now)


@dataclass(frozen=True)
class ToAttendee:
    """One kind of letter to an attendee.

    Wanted as long as the registration is in one of `statuses`, confirmed, and the activity takes place; or, with
    `happening`, as long as the registration counts and the activity is so; or what `may_leave` says.
    `knows`: what its templates know beside what every letter knows; `is_alike`: which is the same for all who have been
    written to for the same reason and are in the same place. `dates`: what goes into or out of the calendar.
    """

    label: Any
    statuses: tuple[str, ...] = ()
    happening: str = ""
    may_leave: Callable[[Registration, Letter, datetime], bool] | None = None
    knows: Callable[[Registration, Letter], dict[str, Any]] | None = None
    is_alike: bool = True
    dates: Callable[[Registration, Letter], CalendarDates] | None = None
    has_band: bool = True  # a date that no longer holds must not stand in the band
    folder: str = ""  # of its templates; empty: the kind's name


def is_wanted(letter: Letter, now: datetime) -> bool:
    if letter.kind == NOBODYS:
        return False
    one, kind = registration_of(letter), LETTERS[letter.kind]
    if kind.may_leave:
        return kind.may_leave(one, letter, now)
    if kind.happening:
        return one.is_active and one.activity.happening == kind.happening
    return one.status in kind.statuses and one.confirmed_at is not None and _happens(one, now)


def render(letter: Letter, now: datetime) -> Mail:
    one, kind = registration_of(letter), LETTERS[letter.kind]
    knows = partial(kind.knows, one, letter) if kind.knows else dict
    made = mail(
        f"registrations/mails/{kind.folder or letter.kind}",
        letter,
        one,
        now=now,
        dates=None if kind.has_band else [],
        knows=knows,
        alike=_occasion(one, letter) if kind.is_alike else None,
    )
    return _with_calendar(made, one, letter, kind.dates(one, letter)) if kind.dates else made


def _occasion(registration: Registration, letter: Letter) -> Hashable:
    """What a letter was posted for, beside whom it is for, and whether this person ever had a place."""
    reason = frozenset((name, value) for name, value in letter.ids.items() if name != "registration_id")
    return reason, registration.placed_at is not None


def about(letters: Sequence[Letter]) -> dict[int, About]:
    """The activities that letters to attendees speak of; of a letter to nobody nothing."""
    numbers = {letter.ids["registration_id"] for letter in letters if "registration_id" in letter.ids}
    rows = db.session.execute(
        select(Registration.id, Registration.activity_id).where(Registration.id.in_(numbers))
    ).all()
    activity_of = {row.id: row.activity_id for row in rows}
    return about_activities({letter.id: activity_of.get(letter.ids.get("registration_id", 0)) for letter in letters})


def _may_confirm(one: Registration, letter: Letter, now: datetime) -> bool:
    """Only the newest of these letters, and only while there is still something to confirm."""
    return (
        one.is_active
        and one.hold_until is not None
        and one.hold_until > now
        and one.resent_count == letter.ids["number"]
        and _happens(one, now)
    )


def _may_manage(one: Registration, _letter: Letter, now: datetime) -> bool:
    """Also while the activity is postponed: that is when people look for it."""
    return one.is_active and one.confirmed_at is not None and not rules.is_over(one.activity, now)


def _is_given_up(one: Registration, _letter: Letter, now: datetime) -> bool:
    return one.status == "withdrawn" and not rules.is_over(one.activity, now)


def _invited(registration: Registration, letter: Letter) -> CalendarDates:
    """The dates for the calendar: one is an invitation, several are a plain file (one UID a mail, RFC 6047)."""
    dates = registration.activity.occurrences if registration.status == "confirmed" else []
    # Somebody who had given a place back got a cancellation with a higher number: calendars take only a higher one.
    bump = 2 * queries.places_had_before(registration)
    return dates, "REQUEST" if len(dates) == 1 else None, bump


def _uninvited(registration: Registration, letter: Letter) -> CalendarDates:
    """The dates to be taken out of the calendar of somebody who had a place."""
    if registration.placed_at is None:
        return [], None, 0
    dates = registration.activity.occurrences
    if "dates" in letter.ids:  # those that the letter was written about; the activity may have none any more
        dates = queries.occurrences_of(letter.ids["dates"])
    bump = 2 * queries.places_had_before(registration)
    return (dates, "CANCEL", bump + (registration.status == "withdrawn")) if len(dates) == 1 else ([], None, 0)


def _position(registration: Registration, letter: Letter) -> dict[str, Any]:
    return {"position": queries.position(registration)}


def _gone(registration: Registration, letter: Letter) -> dict[str, Any]:
    gone = queries.occurrences_of(letter.ids["dates"])
    return {
        "gone": gone,
        "gone_on": when.brief(gone[0]) if len(gone) == 1 else "",
        "stays_in_calendar": _stays_in_calendar(registration, gone),
    }


def _left(registration: Registration, letter: Letter) -> dict[str, Any]:
    return {"stays_in_calendar": _stays_in_calendar(registration, registration.activity.occurrences)}


def _stays_in_calendar(registration: Registration, dates: list[Occurrence]) -> bool:
    """Whether only the person can take the dates out again: no mail may cancel several (one UID each, RFC 6047)."""
    return registration.placed_at is not None and len(dates) > 1


def _with_calendar(made: Mail, registration: Registration, letter: Letter, chosen: CalendarDates) -> Mail:
    dates, method, bump = chosen
    if not dates:
        return made
    return replace(
        made,
        calendar=own_calendar.entries(registration, dates, letter.language, method=method, bump=bump),
        calendar_method=method,
        calendar_name=f"activity-{registration.activity_id}.ics",
    )


LETTERS = {
    "confirm_request": ToAttendee(_l("Request to confirm a registration"), may_leave=_may_confirm),
    "confirm_nudge": ToAttendee(_l("Second request to confirm a registration"), may_leave=_may_confirm),
    "place_confirmed": ToAttendee(_l("Place confirmed"), ("confirmed",), dates=_invited),
    "waitlisted": ToAttendee(_l("On the waiting list"), ("waitlisted",), knows=_position, is_alike=False),
    "promoted": ToAttendee(_l("Moved up from the waiting list"), ("confirmed",), dates=_invited),
    "given_up": ToAttendee(_l("Place given up"), may_leave=_is_given_up, knows=_left, dates=_uninvited),
    "manage_link": ToAttendee(_l("Link to one's own registration"), may_leave=_may_manage),
    "activity_moved": ToAttendee(_l("Activity changed"), ("confirmed", "waitlisted"), knows=changes.of, dates=_invited),
    "activity_cancelled": ToAttendee(
        _l("Activity cancelled"), happening="cancelled", knows=_gone, dates=_uninvited, has_band=False
    ),
    "activity_postponed": ToAttendee(_l("Activity postponed"), happening="postponed", knows=_gone, dates=_uninvited),
    "date_removed": ToAttendee(_l("Date removed"), ("confirmed",), knows=_gone, dates=_uninvited),
    NOBODYS: ToAttendee(
        _l("Nothing to send (nobody is registered with the address, or a letter has just left)"), folder="manage_link"
    ),
}
KINDS = {name: Kind(kind.label, is_wanted, render, about, load) for name, kind in LETTERS.items()}
