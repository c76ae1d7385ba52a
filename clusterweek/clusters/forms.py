"""What people may say about their cluster, and whom they may invite."""

from typing import Any

from wtforms import EmailField, PasswordField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from clusterweek.accounts.forms import LANGUAGES, GoodPassword, language_field, name_field
from clusterweek.clusters.models import Cluster
from clusterweek.i18n import gettext as _
from clusterweek.i18n import lazy_gettext
from clusterweek.vocabulary import lists
from clusterweek.web.fields import DayField
from clusterweek.web.forms import (
    AtMost,
    EmailAddress,
    Form,
    Needed,
    Unneeded,
    WebAddress,
    empty_as_none,
    many_lines,
    one_line,
)
from clusterweek.web.names import NoLink

MOST_FIELDS = 8
SUMMARY_LIMIT = 600
LABELS = {
    "bronze": lists.Entry("bronze", "Bronze", "Bronze"),
    "silver": lists.Entry("silver", "Silber", "Silver"),
    "gold": lists.Entry("gold", "Gold", "Gold"),
}


def _choices(entries: dict[str, lists.Entry]) -> list[SelectChoice]:
    return [SelectChoice(entry.code, entry.name) for entry in entries.values()]


def _or_nothing(choices: list[SelectChoice]) -> list[SelectChoice]:
    return [SelectChoice("", _("not given")), *choices]


def _fields() -> list[SelectChoice]:
    return sorted(_choices(lists.FIELDS), key=lambda choice: choice.label)


class ProfileForm(Form):
    """A cluster's public profile, as its members keep it."""

    name = StringField(
        lazy_gettext("Name of the cluster"),
        filters=[one_line],
        # It stands in invitations, which go to whomever the cluster likes.
        validators=[Needed(lazy_gettext("Enter the name of the cluster")), AtMost(160), NoLink(is_person=False)],
    )
    land = SelectField(
        lazy_gettext("Federal state (Land)"),
        choices=lambda: _or_nothing(_choices(lists.LAENDER)),
        filters=[empty_as_none],
        validators=[Unneeded()],
    )
    city = StringField(lazy_gettext("Town"), filters=[one_line, empty_as_none], validators=[Unneeded(), AtMost(80)])
    website = StringField(
        lazy_gettext("Website"), filters=[one_line, empty_as_none], validators=[Unneeded(), AtMost(300), WebAddress()]
    )
    email = EmailField(
        lazy_gettext("Public e-mail address"),
        filters=[one_line, empty_as_none],
        validators=[Unneeded(), AtMost(254), EmailAddress()],
    )
    summary_de = TextAreaField(
        lazy_gettext("About the cluster, in German"),
        filters=[many_lines, empty_as_none],
        validators=[Unneeded(), AtMost(SUMMARY_LIMIT)],
    )
    summary_en = TextAreaField(
        lazy_gettext("About the cluster, in English"),
        filters=[many_lines, empty_as_none],
        validators=[Unneeded(), AtMost(SUMMARY_LIMIT)],
    )
    main_field = SelectField(
        lazy_gettext("Main technology field"),
        choices=lambda: _or_nothing(_fields()),
        filters=[empty_as_none],
        validators=[Unneeded()],
    )
    more_fields = SelectMultipleField(
        lazy_gettext("Further technology fields"), choices=_fields, validators=[Unneeded()]
    )
    ecei_label = SelectField(
        lazy_gettext("ECEI label"),
        choices=lambda: _or_nothing(_choices(LABELS)),
        filters=[empty_as_none],
        validators=[Unneeded()],
    )
    label_valid_until = DayField(lazy_gettext("Label valid until"), validators=[Unneeded()])

    @classmethod
    def of(cls, cluster: Cluster) -> "ProfileForm":
        """Filled with what is known, or with what was just sent."""
        fields = cluster.fields
        return cls(obj=cluster, main_field=fields[0] if fields else None, more_fields=fields[1:])

    def values(self) -> dict[str, Any]:
        """The profile by the model's column names, for `actions.update`."""
        main, more = self.main_field.data, self.more_fields.data or []
        named = ("name", "land", "city", "website", "email", "summary_de", "summary_en", "ecei_label")
        return {
            **{name: self[name].data for name in named},
            "label_valid_until": self.label_valid_until.data if self.ecei_label.data else None,
            "fields": list(dict.fromkeys([*([main] if main else []), *more])),
        }

    def validate_more_fields(self, field: Any) -> None:
        if len(self.values()["fields"]) > MOST_FIELDS:
            raise ValidationError(_("At most %(count)s fields, the main one included.", count=MOST_FIELDS))


class InviteForm(Form):
    email = EmailField(
        lazy_gettext("E-mail address of the person"),
        filters=[one_line],
        validators=[Needed(lazy_gettext("Enter the e-mail address of the person")), AtMost(254), EmailAddress()],
    )
    language = SelectField(lazy_gettext("Language of the message"), choices=LANGUAGES)


class AcceptForm(Form):
    """Accepting an invitation with a new account; without a password one logs in by links."""

    name = name_field()
    language = language_field()
    password = PasswordField(lazy_gettext("Password"), validators=[Unneeded(), GoodPassword(lambda form: form.email)])

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)
