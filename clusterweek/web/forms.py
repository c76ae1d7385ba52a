"""What all forms share: one base, validators that answer with a clear sentence, and cleaning of what was typed."""

from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import Field, FileField
from wtforms.validators import StopValidation, ValidationError

from clusterweek.i18n import gettext as _
from clusterweek.web import typed, unseen


class Form(FlaskForm):
    """Base of every form. Templates render it with the macros of house/parts/fields.html.

    Filled with what was sent, or with what was typed before and is kept for the page in hand (web/typed.py):
    `is_filled` says so, and its hidden fields then are those of that time.
    """

    is_filled = False

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            sent = super().wrap_formdata(form, formdata)
            if formdata is _Auto:
                sent = typed.waiting(form) if sent is None else _without_stray_files(form, sent)
                form.is_filled = sent is not None and typed.is_of(form, sent)
            return sent

    def refuse(self, sentence: str) -> None:
        """Show the form again, as it was filled in, with a sentence that belongs to no single field."""
        self.form_errors.append(sentence)

    def error_list(self) -> list[tuple[str, str]]:
        """(id of the field, sentence) for the summary, in the order of the form; first, without an id, what belongs to
        no single field."""
        return [("", str(sentence)) for sentence in self.form_errors] + [
            (field.id, str(message)) for field in self for message in field.errors if field.type != "CSRFTokenField"
        ]


def _without_stray_files(form: FlaskForm, sent: Any) -> Any:
    """What was sent, without files under the names of fields that take text: only programs send those."""
    if not isinstance(sent, CombinedMultiDict):
        return sent
    wanted = {field.name for field in form if isinstance(field, FileField)}
    files = MultiDict((name, file) for name, file in request.files.items(multi=True) if name in wanted)
    return CombinedMultiDict([files, request.form]) if files else request.form


def one_line(value: Any) -> Any:
    """Filter: without what one cannot see, spaces at the ends gone, runs of white space become one space."""
    return " ".join(unseen.cleaned(value).split()) if isinstance(value, str) else value


def many_lines(value: Any) -> Any:
    """Filter: like `one_line`, but line breaks stay (as \\n) and spaces inside, too."""
    return unseen.cleaned(value, has_lines=True).strip() if isinstance(value, str) else value


def empty_as_none(value: Any) -> Any:
    """Filter: nothing typed is nothing stored."""
    return value or None


class Needed:
    """The field must be filled; `sentence` says what to do. What could not be read has been named already."""

    field_flags = {"required": True}

    def __init__(self, sentence: Any) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Field) -> None:
        if field.process_errors:
            raise StopValidation()
        if field.data is None or (isinstance(field.data, str) and not field.data.strip()) or field.data == []:
            raise StopValidation(str(self.sentence))


class Unneeded:
    """An empty field is fine; later validators are not asked. What could not be read is still an error.

    White space alone is nothing: nothing of it stays in the data either, since nobody has checked it.
    """

    field_flags = {"optional": True}

    def __call__(self, form: Any, field: Field) -> None:
        if any(isinstance(v, str) and v.strip() for v in field.raw_data or ()):
            return
        if field.raw_data and isinstance(field.data, str | list):
            field.data = type(field.data)()
            for put_right in field.filters:
                field.data = put_right(field.data)
        field.errors = []
        raise StopValidation()


class AtMost:
    """At most `limit` characters."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and len(field.data) > self.limit:
            raise ValidationError(
                _(
                    "At most %(limit)s characters; these are %(count)s.",
                    limit=self.limit,
                    count=len(field.data),
                )
            )


def email_problem(value: str) -> str | None:
    """The sentence that says what is wrong with an address; None when it is fine.

    One address, no quoted local part, at most 254 characters; the domain may have umlauts, its existence is not asked.
    """
    if "@" not in value:
        return _("The @ is missing, for example name@example.org")
    try:
        validate_email(value, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    except EmailNotValidError:
        return _("This is not an e-mail address, for example name@example.org")
    return None


def normalise_email(value: str) -> str:
    """The form in which addresses are compared: NFC, lower case, IDNA domain."""
    checked = validate_email(value, check_deliverability=False, allow_smtputf8=False, test_environment=True)
    return (checked.ascii_email or checked.normalized).lower()


class EmailAddress:
    """An e-mail address that can be written to."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and (problem := email_problem(field.data)):
            raise ValidationError(problem)


def is_web_address(value: str) -> bool:
    """http or https with a host, no user name in it, no spaces or control characters."""
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        return False
    return (
        parts.scheme in ("http", "https")
        and bool(host)
        and "@" not in parts.netloc
        and value.isprintable()
        and " " not in value
    )


class WebAddress:
    """An address of the web; never javascript: or the like."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and not is_web_address(field.data):
            raise ValidationError(_("This is not a web address, for example https://example.org/page"))
