"""The letters of this room: to attendees, about their registration. Each says what is true when it leaves."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clusterweek.activities import rules as activity_rules, when, where
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.calendar import files as calendar
from clusterweek.db.session import db
from clusterweek.i18n import day_long, either, gettext as _
from clusterweek.outbox import paper
from clusterweek.outbox.letter import Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, changes, queries, rules, words
from clusterweek.registrations.models import Registration
from clusterweek.web import links

Invitation = Callable[[Registration, Letter], tuple[list[Occurrence], str | None, int]]


def registration_of(letter: Letter) -> Registration:
    """The registration that a letter speaks of; its row is never deleted while letters do."""
    return db.session.get_one(Registration, letter.ids["registration_id"], options=queries.WITH_ACTIVITY)


def load(letters: Sequence[Letter]) -> None:
    """Read the registrations of many letters, with their activities, at once."""
    numbers = [letter.ids["registration_id"] for letter in letters if "registration_id" in letter.ids]
    db.session.scalars(select(Registration).where(Registration.id.in_(numbers)).options(*queries.WITH_ACTIVITY)).all()


def mail(
    folder: str, letter: Letter, registration: Registration, *, dates: list[Occurrence] | None = None, **more: Any
) -> Mail:
    """A letter about a registration and some of its dates (default: all of them), from the templates in `folder`,
    which also know `more`."""
    activity = registration.activity
    dates = activity.occurrences if dates is None else dates
    subject, text, page = paper.write(folder, **common(registration, dates, letter), **more)
    return Mail(
        to=registration.email,
        subject=subject,
        text=text,
        page=page,
        reply_to=contact_of(activity),
        is_demo=activity.edition.is_demo,
    )


def common(registration: Registration, dates: list[Occurrence], letter: Letter) -> dict[str, Any]:
    """What every letter to an attendee knows."""
    activity = registration.activity
    title, title_lang = either(activity, "title")
    token = actions.token_of(registration)
    is_online = words.is_online(activity, registration.mode)

    def link(endpoint: str) -> str:
        return links.page(f"registrations.{endpoint}", lang=letter.language, token=token)

    def page(endpoint: str) -> str:
        part = activity_rules.address_part(activity)
        return links.page(endpoint, lang=letter.language, edition=activity.edition.slug, activity=part)

    return {
        "registration": registration,
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
        "activity_link": page("public.activity"),
        "sign_up_link": page("registrations.sign_up"),
        "written_at": letter.created_at,
        **_band(dates, is_online),
    }


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


def _is_confirmation_wanted(letter: Letter, now: datetime) -> bool:
    """Only the newest of these letters, and only while there is still something to confirm."""
    one = registration_of(letter)
    return (
        one.is_active
        and one.hold_until is not None
        and one.hold_until > now
        and one.resent_count == letter.ids["number"]
        and _happens(one, now)
    )


def _while(*statuses: str) -> Callable[[Letter, datetime], bool]:
    """Wanted as long as the registration stands there and the activity takes place."""

    def is_wanted(letter: Letter, now: datetime) -> bool:
        one = registration_of(letter)
        return one.status in statuses and one.confirmed_at is not None and _happens(one, now)

    return is_wanted


def _is_link_wanted(letter: Letter, now: datetime) -> bool:
    """Also while the activity is postponed: that is when people look for it."""
    one = registration_of(letter)
    return one.is_active and one.confirmed_at is not None and not rules.is_over(one.activity, now)


def _after(happening: str) -> Callable[[Letter, datetime], bool]:
    def is_wanted(letter: Letter, _now: datetime) -> bool:
        one = registration_of(letter)
        return one.is_active and one.activity.happening == happening

    return is_wanted


def _is_given_up(letter: Letter, now: datetime) -> bool:
    one = registration_of(letter)
    return one.status == "withdrawn" and not rules.is_over(one.activity, now)


def _invited(registration: Registration, letter: Letter) -> tuple[list[Occurrence], str | None, int]:
    """The dates for the calendar: one is an invitation, several are a plain file (one UID a mail, RFC 6047)."""
    dates = registration.activity.occurrences if registration.status == "confirmed" else []
    # Somebody who had given a place back got a cancellation with a higher number: calendars take only a higher one.
    bump = 2 * queries.places_had_before(registration)
    return dates, "REQUEST" if len(dates) == 1 else None, bump


def _uninvited(registration: Registration, letter: Letter) -> tuple[list[Occurrence], str | None, int]:
    """The dates to be taken out of the calendar of somebody who had a place."""
    if registration.placed_at is None:
        return [], None, 0
    dates = registration.activity.occurrences
    if "dates" in letter.ids:  # those that the letter was written about; the activity may have none any more
        dates = queries.occurrences_of(letter.ids["dates"])
    bump = 2 * queries.places_had_before(registration)
    return (dates, "CANCEL", bump + (registration.status == "withdrawn")) if len(dates) == 1 else ([], None, 0)


def _nothing_more(registration: Registration, letter: Letter) -> dict[str, Any]:
    return {}


def _position(registration: Registration, letter: Letter) -> dict[str, Any]:
    return {"position": queries.position(registration)}


def _gone(registration: Registration, letter: Letter) -> dict[str, Any]:
    gone = queries.occurrences_of(letter.ids["dates"])
    return {"gone": gone, "stays_in_calendar": _stays_in_calendar(registration, gone)}


def _left(registration: Registration, letter: Letter) -> dict[str, Any]:
    return {"stays_in_calendar": _stays_in_calendar(registration, registration.activity.occurrences)}


def _stays_in_calendar(registration: Registration, dates: list[Occurrence]) -> bool:
    """Whether only the person can take the dates out again: no mail may cancel several (one UID each, RFC 6047)."""
    return registration.placed_at is not None and len(dates) > 1


def _render(
    kind: str,
    more: Callable[[Registration, Letter], dict[str, Any]] = _nothing_more,
    invitation: Invitation | None = None,
    *,
    has_dates: bool = True,
) -> Callable[[Letter], Mail]:
    def render(letter: Letter) -> Mail:
        registration = registration_of(letter)
        dates: list[Occurrence] | None = (
            None if has_dates else []
        )  # a date that no longer holds must not stand in the band
        made = mail(f"registrations/mails/{kind}", letter, registration, dates=dates, **more(registration, letter))
        return _with_calendar(made, registration, letter, invitation) if invitation else made

    return render


def _with_calendar(made: Mail, registration: Registration, letter: Letter, invitation: Invitation) -> Mail:
    dates, method, bump = invitation(registration, letter)
    if not dates:
        return made
    body = calendar.invitation(
        registration.name,
        registration.email,
        dates,
        letter.language,
        method=method,
        attends_online=words.is_online(registration.activity, registration.mode),
        sequence_bump=bump,
    )
    return replace(
        made, calendar=body, calendar_method=method, calendar_name=f"activity-{registration.activity_id}.ics"
    )


_KINDS = {
    "confirm_request": Kind(_is_confirmation_wanted, _render("confirm_request")),
    "confirm_nudge": Kind(_is_confirmation_wanted, _render("confirm_nudge")),
    "place_confirmed": Kind(_while("confirmed"), _render("place_confirmed", invitation=_invited)),
    "waitlisted": Kind(_while("waitlisted"), _render("waitlisted", _position)),
    "promoted": Kind(_while("confirmed"), _render("promoted", invitation=_invited)),
    "given_up": Kind(_is_given_up, _render("given_up", _left, _uninvited)),
    "manage_link": Kind(_is_link_wanted, _render("manage_link")),
    "activity_moved": Kind(_while("confirmed", "waitlisted"), _render("activity_moved", changes.of, _invited)),
    "activity_cancelled": Kind(_after("cancelled"), _render("activity_cancelled", _gone, _uninvited, has_dates=False)),
    "activity_postponed": Kind(_after("postponed"), _render("activity_postponed", _gone, _uninvited)),
    "date_removed": Kind(_while("confirmed"), _render("date_removed", _gone, _uninvited)),
}
# Written where somebody else would get a letter; never leaves (see letters.py).
_KINDS["no_letter"] = Kind(lambda _letter, _now: False, _render("manage_link"))
KINDS = {kind: replace(made, load=load) for kind, made in _KINDS.items()}
