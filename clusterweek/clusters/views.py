"""Accepting an invitation, and the page of the people who work for a cluster."""

from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, url_for
from flask_login import current_user

from clusterweek import clock
from clusterweek.accounts import actions as accounts, login, queries as people
from clusterweek.clusters import accepting, actions, queries, rules
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.clusters.forms import AcceptForm, InviteForm
from clusterweek.clusters.models import Cluster, Invitation
from clusterweek.db.session import unit_of_work
from clusterweek.desk.tabs import Tab
from clusterweek.i18n import gettext as _, lazy_gettext as _l
from clusterweek.keeping import once
from clusterweek.refusal import Refusal
from clusterweek.traces import log as traces
from clusterweek.web import guards

bp = Blueprint("clusters", __name__)
TABS = (Tab(_l("Team"), "clusters.team", 30, desk="cluster"),)


@bp.get("/<lang:lang>/invitation/<token>")
@guards.by_link
def invitation(token: str) -> Any:
    found = queries.usable_invitation(token, now=clock.now())
    if found is None:
        return _gone()
    return _invitation_page(found, token, AcceptForm(email=found.email, language=found.language))


@bp.post("/<lang:lang>/invitation/<token>")
@guards.by_link
def accept(token: str) -> Any:
    now = clock.now()
    found = queries.usable_invitation(token, now=now)
    if found is None:
        return _gone()
    if people.by_email(found.email):
        if not current_user.is_authenticated:
            return redirect(url_for("accounts.login", next=url_for(".invitation", token=token)), 303)
        with unit_of_work():
            accepting.accept(token, login.person(), now=now)
        flash(_("Welcome to the team of %(cluster)s!", cluster=found.cluster.name))
        return redirect(login.desk_of(login.person()), 303)
    form = AcceptForm(email=found.email)
    if not form.validate_on_submit():
        return _invitation_page(found, token, form), 422
    with unit_of_work():
        person = accepting.accept_as_new(
            token,
            name=str(form.name.data),
            password=form.password.data or None,
            language=str(form.language.data),
            now=now,
        )
        accounts.log_in(person, now=now)
    flash(_("Welcome to the team of %(cluster)s!", cluster=found.cluster.name))
    return redirect(login.desk_of(person), 303)


def _gone() -> Any:
    traces.note_made_up("link_refused", now=clock.now())
    return render_template("clusters/invitation_gone.html"), 404


def _invitation_page(found: Invitation, token: str, form: AcceptForm) -> str:
    person = current_user if current_user.is_authenticated else None
    return render_template(
        "clusters/invitation.html",
        invitation=found,
        token=token,
        form=form,
        has_account=people.by_email(found.email) is not None,
        is_other=person is not None and person.email_normalised != found.email_normalised,
    )


@bp.get("/<lang:lang>/host/<cluster>/team")
@guards.hosts_only
def team(cluster: str) -> Any:
    return _team_page(cluster_or_404(cluster), InviteForm(language=g.lang))


@bp.post("/<lang:lang>/host/<cluster>/team")
@guards.hosts_only
def invite(cluster: str) -> Any:
    own = _managed(cluster)
    form = InviteForm()
    if not is_invited(own, form, now=clock.now()):
        return _team_page(own, form), 422
    return redirect(url_for(".team", cluster=cluster), 303)


@bp.post("/<lang:lang>/host/<cluster>/team/invitations/<int:invitation_id>/<any(again,withdraw):step>")
@guards.hosts_only
def step_invitation(cluster: str, invitation_id: int, step: str) -> Any:
    back = url_for(".team", cluster=cluster)
    take_step(_managed(cluster), invitation_id, step, back, now=clock.now())
    return redirect(back, 303)


def is_invited(cluster: Cluster, form: InviteForm, *, now: datetime) -> bool:
    """Whether the person typed is invited now, which the next page says; if not, the form says why."""
    if not form.validate_on_submit():
        return False
    try:
        with unit_of_work():
            actions.invite(cluster, str(form.email.data), by=login.person(), now=now, language=str(form.language.data))
    except Refusal as no:
        if isinstance(no, actions.TooMany):
            traces.note_apart("invitation_refused", by=login.person(), subject=("cluster", cluster.id), now=now)
        form.email.errors = [str(no)]
        return False
    flash(_("The invitation to %(email)s is on its way.", email=form.email.data))
    return True


def take_step(cluster: Cluster, invitation_id: int, step: str, back: str, *, now: datetime) -> None:
    """Send an invitation without an answer "again", or "withdraw" it, which the next page (`back`) says; 404 for any
    other. Clicked twice it is done once: a second letter would make the link in the first one void."""
    key = once.key(login.person())
    open_ones = queries.invitations(cluster, only_open=True)
    found = next((one for one in open_ones if one.id == invitation_id), None) or abort(404)
    try:
        with unit_of_work():
            once.claim(key, now=now)
            once.leads_to(key, back)
            if step == "again":
                actions.send_again(found, by=login.person(), now=now)
            else:
                actions.withdraw_invitation(found, by=login.person(), now=now)
    except actions.TooMany as no:
        traces.note_apart("invitation_refused", by=login.person(), subject=("cluster", cluster.id), now=now)
        flash(f"{found.email}: {no}", "danger")
        return
    if step == "again":
        flash(_("The invitation to %(email)s was sent again; the older link no longer works.", email=found.email))
    else:
        flash(_("The invitation to %(email)s is taken back.", email=found.email))


@bp.post("/<lang:lang>/host/<cluster>/team/<int:person_id>/remove")
@guards.hosts_only
def remove_member(cluster: str, person_id: int) -> Any:
    own = _managed(cluster)
    with unit_of_work():
        actions.remove_member(own, person_id, by=login.person(), now=clock.now())
    if queries.editable(login.person(), cluster) is None:  # they removed themselves
        return redirect(login.desk_of(login.person()), 303)
    return redirect(url_for(".team", cluster=cluster), 303)


@bp.post("/<lang:lang>/host/<cluster>/team/<int:person_id>/owner")
@guards.hosts_only
def make_owner(cluster: str, person_id: int) -> Any:
    own = _managed(cluster)
    with unit_of_work():
        actions.make_owner(own, person_id, by=login.person(), now=clock.now())
    return redirect(url_for(".team", cluster=cluster), 303)


def _managed(slug: str) -> Cluster:
    """One of the person's clusters, for those who may also invite and remove people; 403 for other members."""
    cluster = cluster_or_404(slug)
    if not rules.may_manage_team(login.person(), queries.members(cluster)):
        abort(403)
    return cluster


def _team_page(cluster: Cluster, form: InviteForm) -> str:
    now = clock.now()
    members = queries.members(cluster)
    return render_template(
        "clusters/team.html",
        cluster=cluster,
        members=members,
        last_owners={m.id for m in members if rules.is_last_owner(m, members)},
        invitations=queries.invitations(cluster, only_open=True),
        state_of=lambda one: rules.state_of(one, now=now),
        may_manage=rules.may_manage_team(login.person(), members),
        form=form,
    )
