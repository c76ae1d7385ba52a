"""What people type to log in, and about themselves."""

from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from flask_login import current_user
from wtforms import HiddenField, PasswordField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from clusterweek.accounts import passwords, rules
from clusterweek.i18n import gettext as _, lazy_gettext
from clusterweek.web import fields
from clusterweek.web.forms import AtMost, Form, Needed

LANGUAGES = [SelectChoice("de", "Deutsch"), SelectChoice("en", "English")]  # each in its own language, whoever reads it
LANGUAGE = lazy_gettext("Language of messages to you")


def language_field(label: Any = LANGUAGE) -> SelectField:
    return SelectField(label, choices=LANGUAGES)


class GoodPassword:
    """Long enough, not the first that is tried, not made of the address `email_of(form)`."""

    def __init__(self, email_of: Any) -> None:
        self.email_of = email_of

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            return
        # Titles of weeks and names of clusters stand on higher floors: `create_app` hands them in.
        words = [urlsplit(current_app.config["BASE_URL"]).hostname or "", *current_app.extensions["house_words"]()]
        if problem := rules.password_problem(field.data, email=self.email_of(form), words=words):
            raise ValidationError(problem)


class LoginForm(Form):
    email = fields.email()
    password = PasswordField(
        lazy_gettext("Password"),
        validators=[Needed(lazy_gettext("Enter your password")), AtMost(rules.PASSWORD_LIMIT)],
    )
    next = HiddenField()


class LinkForm(Form):
    """Where a link is to be sent: to log in, or to set a new password."""

    email = fields.email()


def new_password_field() -> PasswordField:
    return PasswordField(
        lazy_gettext("New password"),
        validators=[Needed(lazy_gettext("Choose a password")), GoodPassword(lambda form: form.email)],
    )


class NewPasswordForm(Form):
    """A new password; `email` (given by the view) is what it must not contain."""

    password = new_password_field()

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)


class ChangePasswordForm(NewPasswordForm):
    """The same for somebody who is logged in and has a password: asks for it, so that an open desk is not enough."""

    current = PasswordField(
        lazy_gettext("Present password"),
        validators=[Needed(lazy_gettext("Enter your present password")), AtMost(rules.PASSWORD_LIMIT)],
    )

    password = new_password_field()  # once more, so that it comes after the present one, as on the page

    def validate_current(self, field: Any) -> None:
        if not passwords.is_right(field.data, current_user.password_hash):
            raise ValidationError(_("This is not your present password."))


class PersonForm(Form):
    name = fields.name()
    language = language_field()
