"""All addresses of this room, hung on one blueprint, and its tabs at the office's desk."""

from clusterweek.activities import answers, entries
from clusterweek.desk.office import Desk
from clusterweek.desk.tabs import Tab
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.listing import query
from clusterweek.organiser import (
    queries,
    views_activities,
    views_clusters,
    views_editions,
    views_export,
    views_letters,
    views_overview,
    views_people,
    views_queue,
    views_security,
    views_several,
    views_table,
)
from clusterweek.organiser.bp import bp

bp.add_app_template_filter(entries.label, "entry_label")
bp.add_app_template_filter(answers.name_for, "answer_of")


def _may_decide(desk: Desk) -> bool:
    return desk.may_decide


def _waiting(desk: Desk) -> int:
    return query.count(desk.edition, queries.WAITING, sight=desk.sight) if desk.edition else 0


TABS = (
    Tab(_l("Review list"), "organiser.queue", 10, guard=lambda desk: desk.sees_queue, count=_waiting),
    Tab(_l("Programme"), "organiser.activities", 20),
    Tab(_l("Overview"), "organiser.overview", 30, also=("organiser.desk",)),
    Tab(_l("Export"), "organiser.export", 40, guard=_may_decide),
    Tab(_l("Clusters"), "organiser.clusters", 50),
    Tab(_l("Letters"), "organiser.letters", 60, guard=_may_decide),
    Tab(_l("People"), "organiser.people", 70, guard=_may_decide),
    Tab(_l("Security"), "organiser.security", 80, guard=_may_decide),
    Tab(_l("Weeks and conferences"), "organiser.editions_list", 90),
)

__all__ = [
    "TABS",
    "bp",
    "views_activities",
    "views_clusters",
    "views_editions",
    "views_export",
    "views_letters",
    "views_overview",
    "views_people",
    "views_queue",
    "views_security",
    "views_several",
    "views_table",
]
