"""Clusters and who works for them: the list, one cluster, invitations. Loading a table: see views_table.py."""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities import actions as activities
from clusterweek.clusters import actions, queries as found_clusters, rules
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.clusters.forms import ClusterForm, InviteForm
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.clusters.views import is_invited, take_step
from clusterweek.db.session import unit_of_work
from clusterweek.desk.office import desk
from clusterweek.i18n import gettext as _, ngettext
from clusterweek.keeping import once
from clusterweek.listing import filter as filters
from clusterweek.organiser import team
from clusterweek.organiser.bp import bp
from clusterweek.traces import log as traces
from clusterweek.vocabulary import lists
from clusterweek.web import guards, typed


@bp.get("/clusters/")
@guards.office_readers
def clusters() -> Any:
    chosen = filters.parse(request.args, now=desk().now, kinds=team.KINDS, beside=("state",))
    state = request.args.get("state") or None
    if state not in (None, *team.STATES):
        raise filters.UnknownFilter("state", state)
    everyone = team.clusters(desk().sight, now=desk().now)
    return render_template(
        "organiser/clusters.html",
        lines=[line for line in everyone if line.fits(chosen, state=state)],
        counts=team.counts(everyone),
        unanswered_count=len(_without_answer()) if desk().may_decide else 0,
        total=len(everyone),
        chosen=chosen,
        state=state,
        laender=lists.LAENDER,
    )


@bp.get("/clusters/new")
@guards.organisers_only
def new_cluster() -> Any:
    return render_template(
        "organiser/cluster_form.html", form=ClusterForm(kind="cluster", is_active=True), cluster=None
    )


@bp.post("/clusters/new")
@guards.organisers_only
def create_cluster() -> Any:
    key = once.key(person())
    form = ClusterForm()
    if form.validate_on_submit() and not form.is_name_taken(None):
        with unit_of_work():
            once.claim(key, now=desk().now)
            made = actions.create(str(form.name.data), kind=str(form.kind.data), by=person(), now=desk().now)
            actions.update(made, form.values(), by=person(), now=desk().now)
            once.leads_to(key, url_for(".cluster", cluster=made.slug))
        flash(_("Saved. Invite somebody who works for the cluster."))
        return redirect(url_for(".cluster", cluster=made.slug), 303)
    once.key(person())  # a name that is taken may be what the other click has just made
    return render_template("organiser/cluster_form.html", form=form, cluster=None), 422


@bp.get("/clusters/<cluster>")
@guards.organisers_only
def cluster(cluster: str) -> Any:
    return _page(cluster_or_404(cluster), InviteForm())


@bp.get("/clusters/<cluster>/edit")
@guards.organisers_only
def edit_cluster(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    return render_template("organiser/cluster_form.html", form=ClusterForm.of(found), cluster=found)


@bp.post("/clusters/<cluster>/edit")
@guards.organisers_only
def update_cluster(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    form = ClusterForm()
    if not form.validate_on_submit() or form.is_name_taken(found):
        return render_template("organiser/cluster_form.html", form=form, cluster=found), 422
    with unit_of_work():
        if actions.update(found, form.values(), by=person(), now=desk().now):
            activities.cluster_changed(found, now=desk().now)
    flash(_("Saved."))
    return redirect(url_for(".cluster", cluster=cluster), 303)


@bp.post("/clusters/<cluster>/invitations")
@guards.organisers_only
@typed.stands_on(".cluster")
def invite(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    form = InviteForm()
    if not is_invited(found, form, now=desk().now):
        return _page(found, form), 422
    return redirect(url_for(".cluster", cluster=cluster), 303)


@bp.post("/clusters/<cluster>/invitations/<int:invitation_id>/<any(again,withdraw):step>")
@guards.organisers_only
def step_invitation(cluster: str, invitation_id: int, step: str) -> Any:
    back = url_for(".cluster", cluster=cluster)
    take_step(cluster_or_404(cluster), invitation_id, step, back, now=desk().now)
    return redirect(back, 303)


@bp.get("/clusters/invitation")
@guards.organisers_only
def ask_invite_all() -> Any:
    """Whom nobody has invited yet, and the button that writes to all of them."""
    unasked = _unasked()
    return render_template(
        "organiser/invite_all.html",
        clusters=[one for one in unasked if one.email],
        unreachable=[one for one in unasked if not one.email],
    )


@bp.post("/clusters/invitation")
@guards.organisers_only
def invite_all() -> Any:
    """Write to those who stood on the page; whoever was invited since is left in peace."""
    shown = set(request.form.getlist("cluster", type=int))
    left: list[str] = []
    with unit_of_work():
        asked = [one for one in _unasked() if one.id in shown and one.email]
        invited = [one for one in asked if _is_sent(one.name, left, actions.invite, one, str(one.email))]
    _say_left(left)
    if left and not invited:
        return redirect(url_for(".clusters"), 303)
    flash(
        ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", len(invited))
        if invited
        else _("All of them have been invited meanwhile.")
    )
    return redirect(url_for(".clusters"), 303)


@bp.get("/clusters/send-again")
@guards.organisers_only
def ask_send_again() -> Any:
    """Who has not accepted yet, and the button that writes to all of them once more."""
    return render_template("organiser/send_again.html", invitations=_without_answer(), unasked_count=len(_unasked()))


@bp.post("/clusters/send-again")
@guards.organisers_only
def send_all_again() -> Any:
    """Write again to those who stood on the page; whoever has accepted since is left in peace."""
    shown = set(request.form.getlist("invitation", type=int))
    left: list[str] = []
    key = once.key(person())
    with unit_of_work():
        once.claim(key, now=desk().now)
        once.leads_to(key, url_for(".clusters"))
        asked = [invitation for invitation in _without_answer() if invitation.id in shown]
        again = [one for one in asked if _is_sent(one.cluster.name, left, actions.send_again, one)]
    _say_left(left)
    if left and not again:
        return redirect(url_for(".clusters"), 303)
    flash(
        ngettext("%(num)s invitation was sent again.", "%(num)s invitations were sent again.", len(again))
        if again
        else _("All of them have been accepted or taken back meanwhile.")
    )
    return redirect(url_for(".clusters"), 303)


def _is_sent(name: str, left: list[str], send: Callable[..., Any], *about: Any) -> bool:
    """Send one of many invitations. The others leave all the same when this mailbox got one less than a day ago: then
    the cluster's `name` is noted in `left`."""
    try:
        send(*about, by=person(), now=desk().now)
    except actions.TooMany:
        left.append(name)
        return False
    return True


def _say_left(left: list[str]) -> None:
    """Name those who were left out on the next page; of very many the first ones, and how many they are."""
    if left:
        traces.note_apart("invitation_refused", by=person(), now=desk().now)
        names = ", ".join(left[:20]) + (" …" if len(left) > 20 else "")
        flash(
            ngettext(
                "%(num)s not sent, because an invitation went to the same address less than 24 hours ago: %(names)s",
                "%(num)s not sent, because an invitation went to the same address less than 24 hours ago: %(names)s",
                len(left),
                names=names,
            ),
            "danger",
        )


def _unasked() -> list[Cluster]:
    """Clusters that take part, for which nobody works and nobody was invited."""
    lines = team.clusters(desk().sight, now=desk().now)
    return [line.cluster for line in lines if line.state == "unasked" and line.cluster.is_active]


def _without_answer() -> list[Invitation]:
    return [one for one in found_clusters.invitations(only_open=True) if one.cluster.is_active]


def _page(cluster: Cluster, form: InviteForm) -> str:
    now = desk().now
    return render_template(
        "organiser/cluster.html",
        cluster=cluster,
        members=found_clusters.members(cluster),
        invitations=found_clusters.invitations(cluster),
        state_of=lambda one: rules.state_of(one, now=now),
        has_label=rules.has_label(cluster, on=clock.today(current_app.config["TIMEZONE"], now=now)),
        form=form,
    )
