"""What all pages of the desk share: the blueprint, the edition in hand, what the person may see, the row of links."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Blueprint, abort, g, request, url_for
from flask_login import current_user

from clusterweek import clock
from clusterweek.activities import answers, entries
from clusterweek.activities import queries as activities
from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.editions import queries as editions
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.listing.filter import UnknownFilter
from clusterweek.organiser import queries, rules
from clusterweek.vocabulary import lists
from clusterweek.web import guards

bp = Blueprint("organiser", __name__, url_prefix="/<lang:lang>/organiser")


@dataclass(frozen=True)
class Link:
    """One link of the row below the header."""

    label: str
    url: str
    is_current: bool


class Desk:
    """Worked out when a view or a template asks, at most once a request."""

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    @cached_property
    def edition(self) -> Edition | None:
        """The edition that is worked on: the one in the address, else the current one, else the newest draft."""
        return g.get("desk_edition") or editions.for_office(self.now)

    @cached_property
    def sight(self) -> rules.Sight:
        return rules.sight_of(current_user.grants)

    @cached_property
    def may_decide(self) -> bool:
        return guards.may_decide(current_user)

    @cached_property
    def waiting_count(self) -> int:
        return queries.count_waiting(self.edition, self.sight) if self.edition else 0

    @cached_property
    def links(self) -> list[Link]:
        return [Link(label, url, self._is_here(url, deep)) for label, url, deep in self._targets()]

    def _targets(self) -> list[tuple[str, str, bool]]:
        """(words, address, whether the pages below belong to it)"""
        targets = []
        if self.edition:
            slug = self.edition.slug
            if guards.sees_queue(current_user):
                queue = _("Review list (%(count)s)", count=self.waiting_count)
                targets.append((queue, url_for("organiser.queue", edition=slug), True))
            targets.append((_("Programme"), url_for("organiser.activities", edition=slug), True))
            targets.append((_("Overview"), url_for("organiser.overview", edition=slug), False))
            if self.may_decide:
                targets.append((_("Export"), url_for("organiser.export", edition=slug), True))
        targets.append((_("Clusters"), url_for("organiser.clusters"), True))
        if self.may_decide:
            targets.append((_("Letters"), url_for("organiser.letters"), True))
            targets.append((_("People"), url_for("organiser.people"), True))
            targets.append((_("Security"), url_for("organiser.security"), True))
        targets.append((_("Weeks and conferences"), url_for("organiser.editions_list"), True))
        return targets

    def _is_here(self, url: str, deep: bool) -> bool:
        if request.endpoint == "organiser.desk":  # the overview of the current edition, without its address
            return self.edition is not None and url == url_for("organiser.overview", edition=self.edition.slug)
        return request.path == url or (deep and request.path.startswith(url.rstrip("/") + "/"))


bp.add_app_template_filter(entries.label, "entry_label")
bp.add_app_template_filter(answers.name_for, "answer_of")
bp.add_app_template_filter(activity_rules.address_part, "address_part")


@bp.context_processor
def give_desk() -> dict[str, Any]:
    return {"desk": desk()}


def desk() -> Desk:
    """The one of this request."""
    if "organiser_desk" not in g:
        g.organiser_desk = Desk()
    made: Desk = g.organiser_desk
    return made


def edition_or_404(slug: str) -> Edition:
    """The edition in the address; from now on the one in hand."""
    found = editions.by_slug(slug) or abort(404)
    g.desk_edition = found
    return found


def activity_or_404(edition: Edition, activity_id: int) -> Activity:
    """An activity of this edition that the person may see."""
    found = activities.get(activity_id)
    if found is None or found.edition_id != edition.id or not queries.is_seen(found, desk().sight):
        abort(404)
    return found


def land_of_request() -> str | None:
    """The Land that `?land=` asks for. Raises UnknownFilter (400) naming a value that is none."""
    land = request.args.get("land") or None
    if land is not None and land not in lists.LAENDER:
        raise UnknownFilter("land", land)
    return land


def status_of_request() -> str | None:
    """The step of the review that `?status=` asks for. Raises UnknownFilter (400) naming a value that is none."""
    status = request.args.get("status") or None
    if status is not None and status not in lists.REVIEW_STEPS:
        raise UnknownFilter("status", status)
    return status
