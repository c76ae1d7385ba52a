"""What the link in every letter opens: confirm, see, change, give up. It opens this one registration and nothing else.

A GET never changes anything: mail programs and virus scanners open links before people do.
"""

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from clusterweek import clock
from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import gettext as _, language
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, lead_time, mails, own_calendar, queries, rules, words
from clusterweek.registrations.bp import bp
from clusterweek.registrations.forms import ChangeForm
from clusterweek.registrations.models import Registration
from clusterweek.web import downloads, guards


@bp.get("/<lang:lang>/registration/<token>")
@guards.by_link_alone
def manage(token: str) -> Any:
    registration, now = _found(token), clock.now()
    return _page(registration, token, ChangeForm.of(registration, now=now), now)


@bp.post("/<lang:lang>/registration/<token>/confirm")
@guards.by_link_alone
def confirm(token: str) -> Any:
    registration = _found(token)
    with unit_of_work():
        actions.confirm(registration.id, now=clock.now())
    return redirect(url_for(".manage", token=token), 303)


@bp.post("/<lang:lang>/registration/<token>")
@guards.by_link_alone
def change(token: str) -> Any:
    registration = _found(token)
    now = clock.now()
    form = ChangeForm.of(registration, now=now)
    if not form.validate():
        return _page(registration, token, form, now), 422
    with unit_of_work():
        actions.change(
            registration.id,
            name=str(form.name.data),
            organisation=form.organisation.data,
            access_need=form.access_need.data,
            wants_reminders=bool(form.wants_reminders.data),
            mode=form.chosen_mode,
            now=now,
        )
    flash(_("Your changes are saved."))
    return redirect(url_for(".manage", token=token), 303)


@bp.get("/<lang:lang>/registration/<token>/give-up")
@guards.by_link_alone
def give_up(token: str) -> Any:
    registration = _found(token)
    if not registration.is_active or rules.is_over(registration.activity, clock.now()):
        return redirect(url_for(".manage", token=token), 303)
    return render_template("registrations/give_up.html", **_context(registration, token))


@bp.post("/<lang:lang>/registration/<token>/give-up")
@guards.by_link_alone
def give_place_up(token: str) -> Any:
    registration = _found(token)
    with unit_of_work():
        actions.give_up(registration.id, now=clock.now())
    return redirect(url_for(".manage", token=token), 303)


@bp.get("/<lang:lang>/registration/<token>/reminders")
@guards.by_link_alone
def reminders(token: str) -> Any:
    registration = _found(token)
    if not registration.is_active or not registration.wants_reminders:
        return redirect(url_for(".manage", token=token), 303)
    return render_template("registrations/stop_reminders.html", **_context(registration, token))


@bp.post("/<lang:lang>/registration/<token>/reminders")
@guards.by_link_alone
def stop_reminders(token: str) -> Any:
    """Asked by a button of the page, or by a mail program at once (RFC 8058: without a redirect)."""
    registration = _found(token)
    with unit_of_work():
        actions.stop_reminders(registration.id)
    if request.form.get("List-Unsubscribe") == "One-Click":
        return _("You will get no more reminders for this activity."), {"Content-Type": "text/plain; charset=utf-8"}
    flash(_("You will get no more reminders for this activity."))
    return redirect(url_for(".manage", token=token), 303)


@bp.get("/<lang:lang>/registration/<token>/calendar.ics")
@guards.by_link_alone
def calendar_file(token: str) -> Any:
    registration = _found(token)
    activity = registration.activity
    if registration.status != "confirmed" or not activity.occurrences:
        return redirect(url_for(".manage", token=token), 303)
    body = own_calendar.entries(registration, activity.occurrences, language())
    return downloads.attachment(body, filename=f"activity-{activity.id}.ics", mimetype="text/calendar")


def _found(token: str) -> Registration:
    registration = queries.by_token(token, now=clock.now())
    if registration is None:
        raise Refusal(
            _("On the page of every activity, “Get your link again” sends you a new one."),
            status=404,
            title=_("This link is no longer valid"),
        )
    return registration


def _context(registration: Registration, token: str) -> dict[str, Any]:
    activity = registration.activity
    is_awaited = registration.is_active and queries.is_awaited(registration)
    is_lead_time = lead_time.is_now(activity, registration.mode, now=clock.now())
    return {
        "registration": registration,
        "activity": activity,
        "token": token,
        "is_awaited": is_awaited and not is_lead_time,
        "is_given_by_host": is_awaited and is_lead_time,
        "is_online": words.is_online(activity, registration.mode),
        "is_limited": rules.limit_of(activity, registration.mode) is not None,
    }


def _page(registration: Registration, token: str, form: ChangeForm, now: datetime) -> str:
    activity = registration.activity
    return render_template(
        "registrations/manage.html",
        **_context(registration, token),
        form=form,
        contact=mails.contact_of(activity),
        state=_state(registration, activity, now),
        position=queries.position(registration) if registration.status == "waitlisted" else None,
        may_sign_up=activity_rules.is_sign_up_open(activity, now),
        is_over=rules.is_over(activity, now),
    )


def _state(registration: Registration, activity: Activity, now: datetime) -> str:
    """What the page says first. An overdue hold counts as expired, even before the minute job has come by."""
    if registration.status in ("withdrawn", "expired"):
        return registration.status
    if registration.hold_until and registration.hold_until <= now:
        return "expired"
    if activity.is_off:
        return activity.happening
    if rules.is_over(activity, now):
        return "over"
    return "unconfirmed" if registration.hold_until else registration.status
