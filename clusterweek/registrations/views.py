"""Signing up, and the page after it. What the link in the letter opens stands in views_manage.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from clusterweek import clock
from clusterweek.activities import queries as activities, rules as activity_rules, when, where
from clusterweek.activities.models import Activity
from clusterweek.config import Rate
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import clock_time, gettext as _, local, moment_short
from clusterweek.limits import counters
from clusterweek.registrations import (
    actions,
    lead_time,
    lost_letters,
    newcomers,
    pending,
    queries,
    rules,
    signing_up,
    tries,
    unanswered,
    views_manage,
    words,
)
from clusterweek.registrations.bp import bp
from clusterweek.registrations.forms import AddressForm, SignUpForm
from clusterweek.web import guards, links

__all__ = ["bp", "views_manage"]

bp.add_app_template_filter(activity_rules.address_part, "address_part")
bp.add_app_template_filter(where.address_or_online, "address")
bp.add_app_template_filter(words.overbooked, "overbooked")
bp.add_app_template_filter(words.by_mode, "places_by_mode")
bp.add_app_template_filter(where.map_url, "map_url")
bp.add_app_template_filter(where.town_or_online, "town")
bp.add_app_template_filter(when.long, "when_long")
bp.add_app_template_filter(lead_time.sentences, "line_sentences")
bp.add_app_template_global(words.crowded, "crowded")
bp.add_app_template_global(words.why_unheld, "why_unheld")


@bp.get("/<lang:lang>/<edition>/<activity>/sign-up")
@guards.public
def sign_up(edition: str, activity: str) -> Any:
    now = clock.now()
    found = activities.published_or_404(edition, activity, now=now)
    form = SignUpForm()
    form.offer_modes(found, now=now)
    form.reference.data = pending.new_reference(form.reference.data)
    return guards.private(_sign_up_page(found, form, now))


@bp.post("/<lang:lang>/<edition>/<activity>/sign-up")
@guards.public
def send_sign_up(edition: str, activity: str) -> Any:
    now = clock.now()
    found = activities.published_or_404(edition, activity, now=now)
    form = SignUpForm()
    form.offer_modes(found, now=now)
    if not form.validate():
        return guards.private((_sign_up_page(found, form, now), 422))
    if form.trap.data:
        # Often a person's own program that fills in forms; so nothing is lost, and the person says so with one click.
        counters.tally(queries.TRAPPED, now=now)
        return guards.private(render_template("registrations/person.html", activity=found, form=form))
    if refused := too_many("sign-up", str(form.email.data), now=now):
        form.refuse(refused.sentence)
        return refused.answer(_sign_up_page(found, form, now))
    attendee = signing_up.Attendee(
        name=str(form.name.data),
        email=str(form.email.data),
        organisation=form.organisation.data,
        access_need=form.access_need.data,
        language=g.lang,
        mode=form.chosen_mode,
    )
    reference = pending.new_reference(form.reference.data)
    seen = _signed_up(found.id, attendee, reference, now)
    _remember(found, attendee, seen, reference, now)
    return redirect(url_for(".received", edition=edition, activity=activity), 303)


@bp.get("/<lang:lang>/<edition>/<activity>/sign-up/received")
@guards.public
def received(edition: str, activity: str) -> Any:
    found = activities.published_or_404(edition, activity, now=clock.now())
    sent = pending.of_activity(found.id)
    if sent is None:
        return redirect(url_for(".sign_up", edition=edition, activity=activity), 303)
    return guards.private(_received_page(found, sent, AddressForm(data={"email": sent.email})))


@bp.post("/<lang:lang>/<edition>/<activity>/sign-up/again")
@guards.public
def send_again(edition: str, activity: str) -> Any:
    now = clock.now()
    found, sent = _found_pending(edition, activity, now)
    if sent and sent.may_resend(now):
        if refused := too_many("letter", sent.email, now=now):
            form = AddressForm(data={"email": sent.email})
            form.refuse(refused.sentence)
            return refused.answer(_received_page(found, sent, form))
        with unit_of_work():
            lost_letters.send_again(found.id, sent.email, now=now, language=g.lang)
        pending.remember(found.id, sent.asked_again(now))
    return redirect(url_for(".received", edition=edition, activity=activity), 303)


@bp.post("/<lang:lang>/<edition>/<activity>/sign-up/address")
@guards.public
def correct_address(edition: str, activity: str) -> Any:
    now = clock.now()
    found, sent = _found_pending(edition, activity, now)
    form = AddressForm()
    if sent is None or sent.is_exhausted:
        return redirect(url_for(".received", edition=edition, activity=activity), 303)
    if not form.validate():
        return guards.private((_received_page(found, sent, form), 422))
    email = str(form.email.data)
    if refused := too_many("sign-up", email, now=now):
        form.refuse(refused.sentence)
        return refused.answer(_received_page(found, sent, form))
    attendee = signing_up.Attendee(sent.name, email, sent.organisation, language=g.lang, mode=sent.mode)
    with unit_of_work():
        lost_letters.correct_address(found.id, attendee, reference=sent.reference, now=now, **_from_where())
    pending.remember(found.id, sent.asked_again(now, email))
    return redirect(url_for(".received", edition=edition, activity=activity), 303)


@bp.get("/<lang:lang>/<edition>/<activity>/lost-link")
@guards.public
def lost_link(edition: str, activity: str) -> Any:
    found = activities.published_or_404(edition, activity, now=clock.now())
    return guards.private(render_template("registrations/lost_link.html", activity=found, form=AddressForm()))


@bp.post("/<lang:lang>/<edition>/<activity>/lost-link")
@guards.public
def send_lost_link(edition: str, activity: str) -> Any:
    now = clock.now()
    found = activities.published_or_404(edition, activity, now=now)
    form = AddressForm()
    if not form.validate():
        page = render_template("registrations/lost_link.html", activity=found, form=form)
        return guards.private((page, 422))
    if refused := too_many("letter", str(form.email.data), now=now):
        form.refuse(refused.sentence)
        return refused.answer(render_template("registrations/lost_link.html", activity=found, form=form))
    with unit_of_work():
        lost_letters.send_again(found.id, str(form.email.data), now=now, language=g.lang)
    return redirect(url_for(".link_sent", edition=edition, activity=activity), 303)


@bp.get("/<lang:lang>/<edition>/<activity>/lost-link/sent")
@guards.public
def link_sent(edition: str, activity: str) -> Any:
    found = activities.published_or_404(edition, activity, now=clock.now())
    return render_template("registrations/link_sent.html", activity=found)


@dataclass(frozen=True)
class TooMany:
    """Why somebody has to wait, and for how many seconds."""

    sentence: str
    seconds: int

    def answer(self, page: str) -> Response:
        """The page that was sent, with what was typed: nobody has to write it again."""
        return guards.private((page, 429, {"Retry-After": str(self.seconds)}))


def too_many(what: str, email: str, *, now: datetime) -> TooMany | None:
    """Count a wish for a letter, by network and by mailbox; the answer when there have been too many."""
    network, address = (current_app.config[f"SIGNUP_LIMIT_{name}"] for name in ("NETWORK", "ADDRESS"))
    if not counters.allow(what, f"network {counters.network(request.remote_addr)}", network, now=now):
        return _wait(_("There have been very many registrations from here just now."), network, now)
    if not unanswered.may_write(email, address, now=now):
        sentence = _(
            "We have written to this mailbox several times and have had no answer yet. Please confirm one of the "
            "registrations in those messages; then you can send this form at once."
        )
        return _wait(sentence, address, now)
    return None


def _wait(sentence: str, rate: Rate, now: datetime) -> TooMany:
    seconds = counters.retry_after(rate, now=now)
    again_at, zone = now + timedelta(seconds=seconds + 59), current_app.config["TIMEZONE"]  # rounded up to the minute
    if clock.today(zone, now=again_at) == clock.today(zone, now=now):
        otherwise = _("Please try again after %(time)s.", time=clock_time(local(again_at)))
    else:
        otherwise = _("Please try again after %(moment)s.", moment=moment_short(again_at))
    return TooMany(f"{sentence} {otherwise}", seconds)


def _from_where() -> dict[str, Any]:
    """The network of this request, and whether places for one network are limited."""
    is_limited = current_app.config["SIGNUP_LIMIT_NETWORK"] is not None
    return {"network": counters.network(request.remote_addr), "is_limited": is_limited}


def _signed_up(activity_id: int, attendee: signing_up.Attendee, reference: str, now: datetime) -> tries.Seen:
    try:
        with unit_of_work():
            return actions.sign_up(activity_id, attendee, now=now, reference=reference, **_from_where()).seen
    except IntegrityError:
        # Twice the same address in the same moment, past the lock: the second one finds what the first has stored.
        with unit_of_work():
            return actions.sign_up(activity_id, attendee, now=now, reference=reference, **_from_where()).seen


def _remember(
    activity: Activity, attendee: signing_up.Attendee, seen: tries.Seen, reference: str, now: datetime
) -> None:
    """Note for the next page what it says: the same to a stranger who types somebody's address as if it were new."""
    pending.remember(
        activity.id,
        pending.Pending(
            email=attendee.email,
            name=attendee.name,
            organisation=attendee.organisation,
            mode=attendee.mode,
            reference=reference,
            until=int(seen.until.timestamp()),
            asked=int(now.timestamp()),
            is_waiting=seen.is_waiting,
            is_unheld=seen.is_unheld,
        ),
    )


def _found_pending(edition: str, activity: str, now: datetime) -> tuple[Activity, pending.Pending | None]:
    found = activities.published_or_404(edition, activity, now=now)
    return found, pending.of_activity(found.id)


def _sign_up_page(activity: Activity, form: SignUpForm, now: datetime) -> str:
    return render_template(
        "registrations/sign_up.html",
        activity=activity,
        form=form,
        closed_because=rules.why_closed(activity, now),
        places=_places(activity, now),
        closes_at=activity_rules.sign_up_closes_at(activity),
    )


def _places(activity: Activity, now: datetime) -> rules.Places:
    return newcomers.places([activity], now=now)[activity.id]


def _received_page(activity: Activity, sent: pending.Pending, form: AddressForm) -> str:
    # Only of the registration that this browser has made; what it typed of others stays unknown to it.
    return render_template(
        "registrations/received.html",
        activity=activity,
        sent=sent,
        form=form,
        now=clock.now(),
        is_confirmed=queries.has_confirmed(activity.id, links.fingerprint(sent.reference)),
    )
