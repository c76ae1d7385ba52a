"""Links sent by mail: to log in, and to set a password. A GET only shows a button: mail scanners open every link."""

from typing import Any

from flask import current_app, redirect, render_template

from clusterweek import clock
from clusterweek.accounts import actions, queries, rules
from clusterweek.accounts.forms import LinkForm, NewPasswordForm
from clusterweek.accounts.views import bp, count, desk_of
from clusterweek.db.session import unit_of_work
from clusterweek.web import guards


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
    email = str(form.email.data)
    count("link", email, network=rules.LINKS_FROM_NETWORK, address=rules.LINKS_OF_ADDRESS, now=now)
    with unit_of_work():
        actions.send_link(email, purpose, is_loopback=current_app.config["IS_LOOPBACK"], now=now)
    return guards.private(render_template("accounts/link_sent.html", email=email, minutes=minutes, purpose=purpose))


@bp.get("/<lang:lang>/login/link/<token>")
@guards.by_link
def login_link(token: str) -> Any:
    link = queries.usable_link(token, "login", now=clock.now())
    if link is None:
        return render_template("accounts/link_gone.html", purpose="login"), 404
    return render_template("accounts/login_link.html", link=link, token=token)


@bp.post("/<lang:lang>/login/link/<token>")
@guards.by_link
def use_login_link(token: str) -> Any:
    now = clock.now()
    if queries.usable_link(token, "login", now=now) is None:
        return render_template("accounts/link_gone.html", purpose="login"), 404
    with unit_of_work():
        person = actions.use_link(token, "login", is_loopback=current_app.config["IS_LOOPBACK"], now=now)
        actions.log_in(person, now=now)
    return redirect(desk_of(person), 303)


@bp.get("/<lang:lang>/login/password/<token>")
@guards.by_link
def new_password(token: str) -> Any:
    link = queries.usable_link(token, "set_password", now=clock.now())
    if link is None:
        return render_template("accounts/link_gone.html", purpose="set_password"), 404
    form = NewPasswordForm(email=link.person.email)
    return render_template("accounts/new_password.html", form=form, person=link.person, token=token)


@bp.post("/<lang:lang>/login/password/<token>")
@guards.by_link
def set_password(token: str) -> Any:
    now = clock.now()
    link = queries.usable_link(token, "set_password", now=now)
    if link is None:
        return render_template("accounts/link_gone.html", purpose="set_password"), 404
    form = NewPasswordForm(email=link.person.email)
    if not form.validate_on_submit():
        return render_template("accounts/new_password.html", form=form, person=link.person, token=token), 422
    with unit_of_work():
        person = actions.use_link(token, "set_password", is_loopback=current_app.config["IS_LOOPBACK"], now=now)
        actions.set_password(person, str(form.password.data), now)
        actions.log_in(person, now=now)
    return redirect(desk_of(person), 303)
