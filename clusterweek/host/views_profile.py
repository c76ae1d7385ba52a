"""The cluster's public profile. It lives here and not in clusters/, because activities show a cluster's name."""

from typing import Any

from flask import flash, redirect, render_template, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities import actions as activities
from clusterweek.clusters import actions as clusters
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.clusters.forms import ProfileForm
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import unit_of_work
from clusterweek.host.bp import bp
from clusterweek.i18n import gettext as _
from clusterweek.web import guards


@bp.get("/<cluster>/profile")
@guards.hosts_only
def profile(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    return _page(found, ProfileForm.of(found))


@bp.post("/<cluster>/profile")
@guards.hosts_only
def update_profile(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    form = ProfileForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    now = clock.now()
    with unit_of_work():
        if clusters.update(found, form.values(), by=person(), now=now):
            activities.cluster_changed(found, now=now)
    flash(_("The profile is saved."))
    return redirect(url_for(".profile", cluster=cluster), 303)


def _page(cluster: Cluster, form: ProfileForm) -> str:
    return render_template("host/profile.html", cluster=cluster, form=form)
