"""People of the office: who may decide, who pre-checks for a Land, who may read."""

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for

from clusterweek.accounts import actions, login, queries
from clusterweek.accounts.models import Person
from clusterweek.db.session import db, unit_of_work
from clusterweek.desk.office import desk
from clusterweek.i18n import gettext as _
from clusterweek.keeping import once
from clusterweek.organiser import words
from clusterweek.organiser.bp import bp
from clusterweek.organiser.forms import PersonForm
from clusterweek.refusal import Refusal
from clusterweek.web import guards


@bp.get("/people/")
@guards.organisers_only
def people() -> Any:
    return _page(PersonForm())


@bp.post("/people/")
@guards.organisers_only
def add_person() -> Any:
    """Give somebody a role. Who has no password yet gets a link to set one."""
    key = once.key(login.person())
    form = PersonForm()
    if not form.validate_on_submit():
        return _page(form), 422
    now = desk().now
    with unit_of_work():
        once.claim(key, now=now)
        once.leads_to(key, url_for(".people"))
        person = actions.add_person(
            str(form.email.data), str(form.name.data), language=str(form.language.data), now=now
        )
        actions.grant(
            person,
            str(form.role.data),
            land=form.land_of_role,
            country=form.country_of_role,
            by=login.person(),
            now=now,
        )
        is_new = person.password_hash is None
        if is_new and person.is_active:
            _send_link(person)
    if is_new:
        flash(_("%(name)s gets a letter with a link to set a password. It works for two days.", name=person.name))
    else:
        flash(_("%(name)s has the role from now on, with the same account as before.", name=person.name))
    return redirect(url_for(".people"), 303)


@bp.post("/people/<int:person_id>/link")
@guards.organisers_only
def send_link(person_id: int) -> Any:
    person = _person_or_404(person_id)
    key = once.key(login.person())
    with unit_of_work():
        once.claim(key, now=desk().now)
        once.leads_to(key, url_for(".people"))
        _send_link(person)
    flash(_("%(name)s gets a letter with a link to set a password. It works for two days.", name=person.name))
    return redirect(url_for(".people"), 303)


@bp.get("/people/<int:person_id>/off")
@guards.organisers_only
def ask_off(person_id: int) -> Any:
    return render_template("organiser/person_off.html", person=_person_or_404(person_id), words=words)


@bp.post("/people/<int:person_id>/off")
@guards.organisers_only
def switch_off(person_id: int) -> Any:
    person = _person_or_404(person_id)
    with unit_of_work():
        if person.id == login.person().id:
            raise Refusal(_("You cannot switch off your own account; somebody else of the office can."))
        actions.disable(person, by=login.person(), now=desk().now)
    flash(_("%(name)s is logged out everywhere and cannot log in any more.", name=person.name))
    return redirect(url_for(".people"), 303)


@bp.post("/people/<int:person_id>/on")
@guards.organisers_only
def switch_on(person_id: int) -> Any:
    person = _person_or_404(person_id)
    with unit_of_work():
        actions.enable(person, by=login.person(), now=desk().now)
    flash(_("%(name)s can log in again.", name=person.name))
    return redirect(url_for(".people"), 303)


def _person_or_404(person_id: int) -> Person:
    """Anybody with an account: somebody of the office, or of a cluster (linked from the cluster's page)."""
    return db.session.get(Person, person_id) or abort(404)


def _send_link(person: Person) -> None:
    is_loopback = current_app.config["IS_LOOPBACK"]
    actions.send_link(person.email, "set_password", is_loopback=is_loopback, now=desk().now)


def _page(form: PersonForm) -> str:
    found = queries.with_grants()
    without_password = [person for person in found if not person.password_hash and person.is_active]
    return render_template(
        "organiser/people.html",
        people=found,
        link_until=queries.password_links(without_password, now=desk().now),
        form=form,
        words=words,
    )
