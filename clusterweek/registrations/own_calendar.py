"""Dates as entries of an attendee's own calendar: with the link to the registration, which nobody else may read."""

from collections.abc import Iterable

from clusterweek.activities.models import Occurrence
from clusterweek.calendar import files as calendar
from clusterweek.registrations import actions, words
from clusterweek.registrations.models import Registration
from clusterweek.web import links


def entries(
    registration: Registration, dates: Iterable[Occurrence], lang: str, *, method: str | None = None, bump: int = 0
) -> bytes:
    """As `calendar.invitation` says. Who wants no reminders gets no alarm either."""
    token = actions.token_of(registration)
    return calendar.invitation(
        registration.name,
        registration.email,
        dates,
        lang,
        method=method,
        attends_online=words.is_online(registration.activity, registration.mode),
        sequence_bump=bump,
        own_link="" if method == "CANCEL" else links.page("registrations.manage", lang=lang, token=token),
        has_alarm=registration.wants_reminders,
    )
