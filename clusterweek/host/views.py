"""The desk: which cluster, and what it has to do."""

from typing import Any

from flask import redirect, render_template, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities import queries as activities
from clusterweek.clusters import queries as clusters
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.desk.cluster import edition_or_404, may_enter
from clusterweek.desk.tabs import Tab
from clusterweek.editions import queries as editions
from clusterweek.host import desk_lists, views_entry, views_profile, views_registrations, views_steps
from clusterweek.host.bp import bp
from clusterweek.i18n import lazy_gettext as _l, local
from clusterweek.web import guards

__all__ = ["TABS", "bp", "views_entry", "views_profile", "views_registrations", "views_steps"]

TABS = (
    Tab(_l("My activities"), "host.cluster", 10, desk="cluster"),
    Tab(_l("Cluster profile"), "host.profile", 20, desk="cluster"),
)


@bp.get("/")
@guards.hosts_only
def desk() -> Any:
    own = clusters.of_person(person())
    if len(own) == 1:
        return redirect(url_for(".cluster", cluster=own[0].slug), 303)
    return render_template("host/choose.html", clusters=own)


@bp.get("/<cluster>/")
@guards.hosts_only
def cluster(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    now = clock.now()
    edition = edition_or_404(now)
    if edition is None:
        return render_template("host/no_edition.html", cluster=found)
    today = clock.today(edition.timezone, now=now)
    until = local(edition.submissions_until, edition.timezone).date() if edition.submissions_until else None
    open_weeks = [one for one in editions.live() if one.id != edition.id and may_enter(one, now)]
    return render_template(
        "host/desk.html",
        cluster=found,
        edition=edition,
        others=[one for one in activities.editions_of_cluster(found) if one not in (edition, *open_weeks)],
        open_weeks=open_weeks,
        overview=desk_lists.of(found, edition, now=now),
        may_enter=may_enter(edition, now),
        days_left=(until - today).days if until else None,
        today=today,
    )
