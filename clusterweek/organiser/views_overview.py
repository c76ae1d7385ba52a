"""Where the desk begins: the edition at a glance."""

from typing import Any

from flask import render_template, request

from clusterweek.desk.office import desk, edition_or_404
from clusterweek.editions import words
from clusterweek.editions.models import Edition
from clusterweek.organiser import overview as glance
from clusterweek.organiser.bp import bp
from clusterweek.web import guards


@bp.get("/", endpoint="desk")
@guards.office_readers
def start() -> Any:
    """The edition that is worked on; before there is any, how to begin."""
    edition = desk().edition
    if edition is None:
        return render_template("organiser/begin.html", warnings=_alarms(None))
    return _page(edition)


@bp.get("/<edition>/")
@guards.office_readers
def overview(edition: str) -> Any:
    return _page(edition_or_404(edition))


def _page(edition: Edition) -> str:
    now, sight = desk().now, desk().sight
    by = "host_land" if request.args.get("by") == "host" else "land"
    return render_template(
        "organiser/overview.html",
        edition=edition,
        counts=glance.counts(edition, sight, now=now),
        table=glance.table(edition, sight, by=by),
        warnings=_alarms(edition),
        words=words,
    )


def _alarms(edition: Edition | None) -> list[glance.Alarm]:
    """Only for those who can do something about it."""
    return glance.alarms(edition, now=desk().now) if desk().may_decide else []
