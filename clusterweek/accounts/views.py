"""Logging in with a password, logging out, and the pages about oneself. Links sent by mail: see views_links.py."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from clusterweek import clock
from clusterweek.accounts import actions, guessing, queries, rules, views_links
from clusterweek.accounts.bp import bp
from clusterweek.accounts.forms import ChangePasswordForm, LoginForm, NewPasswordForm, PersonForm
from clusterweek.accounts.login import desk_of
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import gettext as _
from clusterweek.traces import log as traces
from clusterweek.web import guards, security

__all__ = ["bp", "views_links"]


@bp.get("/<lang:lang>/login")
@guards.public
def login() -> Any:
    onward = rules.own_path(request.args.get("next"))
    if current_user.is_authenticated:
        return redirect(onward or desk_of(current_user), 303)
    return login_page(LoginForm(data={"next": onward}))


@bp.post("/<lang:lang>/login")
@guards.public
def log_in() -> Any:
    form = LoginForm()
    if not form.validate_on_submit():
        return login_page(form), 422
    now = clock.now()
    email = str(form.email.data)
    if slowed := guessing.begin(email, now=now):
        form.password.errors = [slowed.sentence]
        return slowed.answer(login_page(form))
    person, number = actions.check_password(email, str(form.password.data), is_loopback=security.is_at_the_machine())
    if person is None:
        traces.note_apart("login_failed", whom=number, now=now)
        # The same sentence for a wrong password, an unknown address and a closed account.
        form.password.errors = [_("Address and password do not fit together.")]
        return login_page(form), 422
    with unit_of_work():
        guessing.forgive(email, now=now)
        actions.renew_hash(person, str(form.password.data))
        actions.log_in(person, now=now)
    return redirect(rules.own_path(form.next.data) or desk_of(person), 303)


@bp.post("/<lang:lang>/logout")
@guards.public
def logout() -> Any:
    with unit_of_work():
        actions.log_out(clock.now())
    return redirect(url_for(".login", bye=1), 303)


@bp.get("/<lang:lang>/account")
@guards.signed_in
def account() -> Any:
    return render_template("accounts/account.html", form=PersonForm(obj=current_user))


@bp.post("/<lang:lang>/account")
@guards.signed_in
def update_account() -> Any:
    form = PersonForm()
    if not form.validate_on_submit():
        return render_template("accounts/account.html", form=form), 422
    with unit_of_work():
        actions.update_person(current_user, name=str(form.name.data), language=str(form.language.data))
    flash(_("Saved."))
    return redirect(url_for(".account"), 303)


@bp.get("/<lang:lang>/account/password")
@guards.signed_in
def password() -> Any:
    return render_template("accounts/password.html", form=_password_form())


@bp.post("/<lang:lang>/account/password")
@guards.signed_in
def change_password() -> Any:
    now = clock.now()
    form = _password_form()
    if isinstance(form, ChangePasswordForm):
        # Counted like a login: whoever finds an open desk must not be able to try out the present password here.
        if slowed := guessing.begin(current_user.email, now=now):
            form.current.errors = [slowed.sentence]
            return slowed.answer(render_template("accounts/password.html", form=form))
        form.validate()
        if form.current.errors:
            traces.note_apart("login_failed", whom=current_user, now=now)
        else:  # only the new one will not do
            with unit_of_work():
                guessing.forgive(current_user.email, now=now)
    if not form.validate_on_submit():
        return render_template("accounts/password.html", form=form), 422
    with unit_of_work():
        actions.set_password(current_user, str(form.password.data), now)
        actions.log_in(current_user, now=now)
    flash(_("Your password has been changed. Other browsers are logged out."))
    return redirect(url_for(".account"), 303)


def _password_form() -> NewPasswordForm:
    form = ChangePasswordForm if current_user.password_hash else NewPasswordForm
    return form(email=current_user.email)


def login_page(form: LoginForm) -> Any:
    """The log-in page. The demo's logins stand on it only on the machine itself, and only while there is a demo."""
    demo = queries.demo_people() if security.is_at_the_machine() else []
    page = render_template("accounts/login.html", form=form, demo=demo, demo_password=rules.DEMO_PASSWORD)
    return guards.private(page)
