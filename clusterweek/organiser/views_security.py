"""The log of security events: who was let in or refused, who has read or taken out what tells about people."""

from itertools import groupby
from typing import Any

from flask import render_template, request

from clusterweek.desk.office import desk
from clusterweek.i18n import gettext as _, local
from clusterweek.organiser import queries
from clusterweek.organiser.bp import bp
from clusterweek.refusal import Refusal
from clusterweek.traces import log, queries as traces
from clusterweek.traces.events import EVENTS, SUBJECTS
from clusterweek.traces.models import Event
from clusterweek.web import guards, paging

PER_PAGE = 100


@bp.get("/security/")
@guards.organisers_only
def security() -> Any:
    """Newest first, a day after the other; narrowed to one event, or to one person's number."""
    name, person_id = _event_of_request(), _person_of_request()
    total = traces.count(name=name, person_id=person_id)
    page = paging.Page(paging.number_from(request.args.get("page")), PER_PAGE, total)
    found = traces.page_of_events(page, name=name, person_id=person_id)
    return render_template(
        "organiser/security.html",
        days=[(day, list(events)) for day, events in groupby(found, _day)],
        # The log holds numbers. Who still has an account is called by name here, and forgotten with the account.
        names=queries.names([number for event in found for number in (event.person_id, event.whom_id)]),
        events=EVENTS,
        subjects=SUBJECTS,
        name=name,
        person_id=person_id,
        page=page,
        kept_days=log.KEPT.days,
        now=desk().now,
    )


def _event_of_request() -> str | None:
    name = request.args.get("event") or None
    if name is not None and name not in EVENTS:
        raise Refusal(_("There is no such event in the log: “%(value)s”.", value=name[:40]), status=400)
    return name


def _person_of_request() -> int | None:
    value = (request.args.get("person") or "").strip()
    if not value:
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise Refusal(_("“person” must be the number of a person, not “%(value)s”.", value=value[:40]), status=400)
    return int(value)


def _day(event: Event) -> Any:
    return local(event.at).date()
