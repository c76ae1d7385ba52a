"""Links sent by mail: to log in, and to set a password. A GET only shows a button: mail scanners open every link."""

from typing import Any

from flask import redirect, render_template, request

from clusterweek import clock
from clusterweek.accounts import actions, guessing, queries, rules
from clusterweek.accounts.bp import bp
from clusterweek.accounts.forms import LinkForm, NewPasswordForm
from clusterweek.accounts.login import desk_of
from clusterweek.db.session import unit_of_work
from clusterweek.i18n import gettext as _, language
from clusterweek.limits import counters
from clusterweek.traces import log as traces
from clusterweek.web import guards, security


@bp.get("/<lang:lang>/login/link")
@guards.public
def ask_login_link() -> Any:
    return guards.private(render_template("accounts/ask_link.html", form=LinkForm(), purpose="login"))


@bp.post("/<lang:lang>/login/link")
@guards.public
def send_login_link() -> Any:
    return _send("login", minutes=rules.LOGIN_LINK_MINUTES)


@bp.get("/<lang:lang>/login/forgotten")
@guards.public
def forgotten() -> Any:
    return guards.private(render_template("accounts/ask_link.html", form=LinkForm(), purpose="set_password"))


@bp.post("/<lang:lang>/login/forgotten")
@guards.public
def send_password_link() -> Any:
    return _send("set_password", minutes=rules.PASSWORD_LINK_MINUTES)


def _send(purpose: str, *, minutes: int) -> Any:
    form = LinkForm()
    if not form.validate_on_submit():
        return guards.private(render_template("accounts/ask_link.html", form=form, purpose=purpose)), 422
    now = clock.now()
    email, origin = str(form.email.data), counters.network(request.remote_addr)
    if not counters.allow("link", origin, rules.LINKS_FROM_NETWORK, now=now):
        seconds = counters.retry_after(rules.LINKS_FROM_NETWORK, now=now)
        form.email.errors = [
            _("That was too often. Please try again in %(minutes)s minutes.", minutes=-(-seconds // 60))
        ]
        page = guards.private(render_template("accounts/ask_link.html", form=form, purpose=purpose))
        return guessing.Slowed("", seconds).answer(page)
    with unit_of_work():
        actions.ask_link(email, purpose, origin=origin, language=language(), now=now)
    return guards.private(render_template("accounts/link_sent.html", email=email, minutes=minutes, purpose=purpose))


@bp.get("/<lang:lang>/login/link/<token>")
@guards.by_link
def login_link(token: str) -> Any:
    link = queries.usable_link(token, "login", now=clock.now())
    if link is None:
        return _gone("login")
    return render_template("accounts/login_link.html", link=link, token=token)


@bp.post("/<lang:lang>/login/link/<token>")
@guards.by_link
def use_login_link(token: str) -> Any:
    now = clock.now()
    if queries.usable_link(token, "login", now=now) is None:
        return _gone("login")
    with unit_of_work():
        person = actions.use_link(token, "login", is_loopback=security.is_at_the_machine(), now=now)
        actions.log_in(person, now=now)
    return redirect(desk_of(person), 303)


@bp.get("/<lang:lang>/login/password/<token>")
@guards.by_link
def new_password(token: str) -> Any:
    link = queries.usable_link(token, "set_password", now=clock.now())
    if link is None:
        return _gone("set_password")
    form = NewPasswordForm(email=link.person.email)
    return render_template("accounts/new_password.html", form=form, person=link.person, token=token)


@bp.post("/<lang:lang>/login/password/<token>")
@guards.by_link
def set_password(token: str) -> Any:
    now = clock.now()
    link = queries.usable_link(token, "set_password", now=now)
    if link is None:
        return _gone("set_password")
    form = NewPasswordForm(email=link.person.email)
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form, person=link.person, token=token), 422
    with unit_of_work():
        person = actions.use_link(token, "set_password", is_loopback=security.is_at_the_machine(), now=now)
        actions.set_password(person, str(form.password.data), now)
        actions.log_in(person, now=now)
    return redirect(desk_of(person), 303)


def _gone(purpose: str) -> Any:
    traces.note_made_up("link_refused", now=clock.now())
    return render_template("accounts/link_gone.html", purpose=purpose), 404
