"""Addresses of the feeds. They ask nobody who they are: no cookie, no session, the same bytes for all."""

from flask import Blueprint, Response, abort

from clusterweek import clock
from clusterweek.editions import queries as editions
from clusterweek.feeds import answers, ical, versions
from clusterweek.listing import columns, load, query
from clusterweek.web import guards

bp = Blueprint("feeds", __name__)


@bp.get("/feeds/<edition>.ics")
@guards.public
def edition_ics(edition: str) -> Response:
    """The programme of an edition as a calendar, with the filters of its page."""
    now = clock.now()
    lang, chosen = answers.asked(now=now)
    version = versions.of_edition(edition, now=now) or abort(404)
    return answers.calendar(version, chosen, lang, lambda: ical.of_edition(version, chosen, lang), name=version.slug)


@bp.get("/feeds/all.ics")
@guards.public
def all_ics() -> Response:
    """Every public programme in one calendar."""
    now = clock.now()
    lang, chosen = answers.asked(now=now)
    version = versions.of_all(now=now)
    return answers.calendar(version, chosen, lang, lambda: ical.of_all(version, chosen, lang), name="all")


@bp.get("/feeds/activity/<int:activity_id>.ics")
@guards.public
def activity_ics(activity_id: int) -> Response:
    """The dates of one activity, to save or to subscribe to."""
    now = clock.now()
    lang, chosen = answers.asked(now=now)
    version = versions.of_activity(activity_id, now=now) or abort(404)
    name = f"{version.slug}-{activity_id}"
    return answers.calendar(version, chosen, lang, lambda: ical.of_activity(version, chosen, lang), name=name)


@bp.get("/feeds/<edition>.csv")
@guards.public
def edition_csv(edition: str) -> Response:
    """The programme of an edition as a table, without contacts and online links. Places change it at any time."""
    now = clock.now()
    lang, chosen = answers.asked(now=now)
    version = versions.of_edition(edition, now=now) or abort(404)
    found = []
    if version.editions and (shown := editions.by_slug(edition)):
        found = load.whole(query.ids(shown, chosen))
    table = columns.csv_bytes(found, profile="public", lang=lang, now=now)
    return answers.made(table, filename=f"{version.slug}.csv", content_type=answers.TABLE)
