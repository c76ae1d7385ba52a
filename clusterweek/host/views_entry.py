"""Entering and changing an activity: one form, saved even when incomplete."""

import re
from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek import clock
from clusterweek.accounts.login import person
from clusterweek.activities import actions, entries, queries, rules, unread_form, values
from clusterweek.activities.desk import of_cluster_or_404
from clusterweek.activities.forms import ActivityForm, data_of
from clusterweek.activities.models import Activity
from clusterweek.clusters.desk import cluster_or_404
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import unit_of_work
from clusterweek.desk.cluster import edition_or_404, may_enter
from clusterweek.editions.models import Edition
from clusterweek.host import advice, desk_lists, sections
from clusterweek.host.bp import bp
from clusterweek.i18n import clock_time, day_long, gettext as _, local
from clusterweek.keeping import once
from clusterweek.refusal import Refusal
from clusterweek.registrations import activity_changes
from clusterweek.registrations.activity_changes import Change
from clusterweek.web import guards

PUBLIC_CARE = ("submitted", "published")  # what is complete stays complete: all is saved or nothing


@bp.get("/<cluster>/new")
@guards.hosts_only
def new(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    edition = _edition_for_new()
    form = _form(found, edition, data=_first_values(found))
    return _page(found, edition, None, form, is_untouched=form.is_filled)


@bp.post("/<cluster>/new")
@guards.hosts_only
def create(cluster: str) -> Any:
    found = cluster_or_404(cluster)
    edition = _edition_for_new()
    return _save(found, edition, None, _form(found, edition))


@bp.get("/<cluster>/<int:activity_id>")
@guards.hosts_only
def edit(cluster: str, activity_id: int) -> Any:
    found = cluster_or_404(cluster)
    activity = of_cluster_or_404(found, activity_id)
    field = request.args.get("field")
    if field in entries.LABELS:  # from a letter, perhaps by way of the login, which loses anchors
        return redirect(url_for(".edit", cluster=cluster, activity_id=activity_id, _anchor=field), 303)
    form = _form(found, activity.edition, activity, data=data_of(activity))
    if not form.is_filled:
        unread_form.show(form, activity)
    return _page(found, activity.edition, activity, form, is_untouched=form.is_filled)


@bp.post("/<cluster>/<int:activity_id>")
@guards.hosts_only
def save(cluster: str, activity_id: int) -> Any:
    found = cluster_or_404(cluster)
    activity = of_cluster_or_404(found, activity_id)
    if "discard" in request.form:
        return _discard(found, activity)
    return _save(found, activity.edition, activity, _form(found, activity.edition, activity))


def _edition_for_new() -> Edition:
    now = clock.now()
    edition = edition_or_404(now)
    if edition is None or not may_enter(edition, now):
        raise Refusal(_("No new activities can be entered now; the deadline for submissions has passed."))
    return edition


def _first_values(cluster: Cluster) -> dict[str, Any]:
    """What is probably right for a new activity of this cluster."""
    who = person()
    is_office = who.has_role("organiser")
    return {
        "languages": ["de"],
        "fields": cluster.fields[:3],
        "contact_name": None if is_office else who.name,
        "contact_email": cluster.email if is_office else who.email,
    }


def _form(cluster: Cluster, edition: Edition, activity: Activity | None = None, **given: Any) -> ActivityForm:
    others = queries.possible_co_hosts(cluster, also=activity.co_hosts if activity else [])
    return ActivityForm(edition=edition, clusters=others, land=cluster.land, **given)


def _stored(cluster: Cluster, activity: Activity) -> ActivityForm:
    """The form as it shows what is stored."""
    return _form(cluster, activity.edition, activity, data=data_of(activity), formdata=None)


def _discard(cluster: Cluster, activity: Activity) -> Any:
    """Take out of the form again what could not be stored."""
    with unit_of_work():
        activity_changes.update(activity.id, {"unread": {}}, by=person(), now=clock.now())
    flash(_("The form shows again what is saved."))
    return redirect(url_for(".edit", cluster=cluster.slug, activity_id=activity.id), 303)


def _save(cluster: Cluster, edition: Edition, activity: Activity | None, form: ActivityForm) -> Any:
    """Save what was typed; of a draft, whatever can be saved, even when some of it is wrong."""
    if "add_date" in request.form:
        form.add_date()
        return _page(cluster, edition, activity, form, is_untouched=True)
    form.validate()
    typed = form.values()
    form.take(values.problems(typed))
    is_careful = activity is not None and activity.review_status in PUBLIC_CARE
    if is_careful:
        form.ask_for_the_rest()
    now = clock.now()
    if form.error_list() and activity and is_careful:
        _keep(cluster, activity, form)
        return _page(cluster, edition, activity, form, is_untouched=True), 422
    sound = form.sound_values() | {"unread": unread_form.keep(form)}
    notices: list[str] = []
    key = once.key(person(), of_content=False) if activity is None else None
    try:
        with unit_of_work():
            if before := once.earlier(key, now=now):
                activity = _made_before(cluster, before)
                if not once.is_same(before):
                    notices = _go_on(cluster, activity, before, sound, now).notices
                elif "submit" not in request.form or activity.review_status != "draft":
                    raise once.SentBefore(before)
            elif activity is None:
                activity = actions.create(edition, cluster, sound, by=person(), now=now)
                url = url_for(".edit", cluster=cluster.slug, activity_id=activity.id)
                once.leads_to(key, url, made_id=activity.id, version=activity.version)
            else:
                change = activity_changes.update(activity.id, sound, by=person(), now=now, version=_version(form))
                notices = change.notices
    except values.Wrong as wrong:
        form.take(wrong.fields)
        if activity and is_careful:
            _keep(cluster, activity, form)
        return _page(cluster, edition, activity, form, is_untouched=True), 422
    except Refusal as refusal:
        form.take({"general": str(refusal)})
        return _page(cluster, edition, activity, form), 409
    if "submit" in request.form:
        form.ask_for_the_rest()
    if form.error_list():
        if "submit" in request.form:  # all at once, rather than a second round after the first is mended
            form.ask_for(rules.obstacles(activity))
        return _page(cluster, edition, activity, form), 422
    return _submit(cluster, activity, form) if "submit" in request.form else _saved(cluster, activity, notices)


def _version(form: ActivityForm) -> int | None:
    number = re.fullmatch(r"\d{1,9}", form.version.data or "", re.ASCII)
    return int(number[0]) if number else None


def _keep(cluster: Cluster, activity: Activity, form: ActivityForm) -> None:
    """Of what is with the office or public nothing was saved; what was typed waits in the form, and nobody else sees
    it. Not over the head of somebody who has saved since the form was opened."""
    kept = unread_form.keep(form, _stored(cluster, activity))
    try:
        with unit_of_work():
            activity_changes.update(activity.id, {"unread": kept}, by=person(), now=clock.now(), version=_version(form))
    except Refusal:
        form.not_stored = []
    else:
        form.version.data = str(activity.version)


def _made_before(cluster: Cluster, before: once.SentForm) -> Activity:
    """The activity that this form has made when it was sent the first time. Raises SentBefore when it is not there."""
    if before.made_id is None or (made := queries.of_cluster_by_id(cluster, before.made_id)) is None:
        raise once.SentBefore(before)
    return made


def _go_on(cluster: Cluster, activity: Activity, before: once.SentForm, sound: dict[str, Any], now: datetime) -> Change:
    """Take over what was typed after going back to the form; never over what was saved since then."""
    if activity.version != before.made_version:
        raise Refusal(_("This form was sent before, and the activity has changed since. Nothing was saved this time."))
    change = activity_changes.update(activity.id, sound, by=person(), now=now)
    url = url_for(".edit", cluster=cluster.slug, activity_id=activity.id)
    once.leads_to(before.key_hash, url, made_id=activity.id, version=activity.version)
    return change


def _saved(cluster: Cluster, activity: Activity, notices: list[str]) -> Any:
    time = clock_time(local(clock.now(), activity.edition.timezone))
    if activity.is_published:
        flash(_("Saved at %(time)s; the programme shows it now.", time=time))
    elif activity.review_status == "submitted":
        flash(_("Saved at %(time)s. The activity stays with the programme office.", time=time))
    else:
        flash(_("Draft saved at %(time)s.", time=time))
    for notice in notices:
        flash(notice)
    return redirect(url_for(".edit", cluster=cluster.slug, activity_id=activity.id), 303)


def _submit(cluster: Cluster, activity: Activity, form: ActivityForm) -> Any:
    """The entries are saved already; hand them in, or say what is missing."""
    now = clock.now()
    try:
        with unit_of_work():
            actions.submit(activity, by=person(), now=now)
    except values.Wrong as wrong:
        form.take(wrong.fields)
        return _page(cluster, activity.edition, activity, form), 422
    except Refusal:
        if activity.review_status != "submitted":  # else it was clicked twice, and the other click has done it
            raise
    flash(_("Submitted. You will hear from us by %(day)s.", day=day_long(rules.answer_by(activity))))
    return redirect(url_for(".cluster", cluster=cluster.slug, edition=activity.edition.slug), 303)


def _page(
    cluster: Cluster, edition: Edition, activity: Activity | None, form: ActivityForm, *, is_untouched: bool = False
) -> str:
    if not is_untouched:  # else what somebody saved meanwhile would be overwritten with the next click, unseen
        form.version.data = str(activity.version) if activity else ""
    remarks = queries.remarks(activity) if activity else []
    return render_template(
        "host/edit.html",
        cluster=cluster,
        edition=edition,
        activity=activity,
        form=form,
        sections=sections.of(activity, form, remarks),
        remarks={name: [one.text for one in remarks if one.field == name] for name in {r.field for r in remarks}},
        missing=[entries.label(name) for name in rules.still_open(activity)] if activity else [],
        wanted=[entries.label(name) for name in rules.wanted(activity)] if activity else [],
        reply_by=desk_lists.reply_by(activity) if activity else None,
        saved_at=queries.last_changed_at(activity) if activity else None,
        advice=advice.of(activity) if activity else None,
    )
