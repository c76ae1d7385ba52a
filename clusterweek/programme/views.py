"""The programme as a file for everybody, with the filters of the page."""

from flask import Blueprint, Response, abort, g, request

from clusterweek import clock
from clusterweek.editions import queries as editions, rules as edition_rules
from clusterweek.listing import filter as filters
from clusterweek.programme import files
from clusterweek.web import guards
from clusterweek.web.downloads import attachment

bp = Blueprint("programme", __name__)


@bp.get("/<lang:lang>/<edition>/programme.<any(pdf,xlsx,csv,json,ics):format>")
@guards.public
def export(edition: str, format: str) -> Response:
    """The filtered programme to save. 404 while the edition does not show its programme."""
    now = clock.now()
    shown = editions.by_slug(edition)
    if shown is None or not edition_rules.shows_programme(shown, now=now):
        abort(404)
    chosen = filters.parse(request.args, now=now)
    made = files.make(format, edition=shown, filter=chosen, lang=g.lang, now=now)
    return attachment(made.body, filename=made.name, mimetype=made.mimetype)
