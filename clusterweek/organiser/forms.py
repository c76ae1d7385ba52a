"""What the office may type at its desk."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, EmailField, Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from clusterweek.accounts.forms import LANGUAGES
from clusterweek.activities import answers, entries
from clusterweek.clusters import queries as clusters
from clusterweek.clusters.forms import ProfileForm
from clusterweek.clusters.models import Cluster
from clusterweek.editions.forms import country_codes_by_name
from clusterweek.i18n import gettext as _
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.importing.clusters import KINDS
from clusterweek.vocabulary import lists
from clusterweek.web.forms import AtMost, EmailAddress, Form, Needed, Unneeded, many_lines, one_line
from clusterweek.web.names import NoLink

REMARK_LIMIT = 1000


class DecisionForm(Form):
    """A decision on an activity, made on the state that was looked at."""

    version = HiddenField()

    def is_stale(self, version: int) -> bool:
        """Whether the activity has another version now than when the form was opened."""
        return bool(self.version.data) and self.version.data != str(version)


class ReviewForm(DecisionForm):
    """A remark for every answer of a submission: fields `remark_<field>`, added below."""

    def remarks(self) -> dict[str, str]:
        """field -> remark, for those that were written."""
        found = {name: self[f"remark_{name}"].data for name in answers.NAMES}
        return {name: text for name, text in found.items() if text}


for _name in answers.NAMES:
    setattr(
        ReviewForm,
        f"remark_{_name}",
        TextAreaField(
            _l("Remark on “%(field)s”", field=entries.LABELS[_name]),
            [Unneeded(), AtMost(REMARK_LIMIT)],
            filters=[many_lines],
        ),
    )


class ReasonForm(DecisionForm):
    """A reason that the cluster will read."""

    reason = TextAreaField(
        _l("Reason"), [Needed(_l("Give a reason: the cluster will read it.")), AtMost(2000)], filters=[many_lines]
    )


class StepForm(DecisionForm):
    """A step that ends or reopens an activity. Who is written to reads the reason; withdrawing tells nobody."""

    reason = TextAreaField(_l("Reason"), [Unneeded(), AtMost(2000)], filters=[many_lines])

    @property
    def said(self) -> str:
        return (self.reason.data if self.reason else None) or ""

    def __init__(self, step: str, **given: Any) -> None:
        super().__init__(**given)
        if step == "withdraw":
            del self.reason
        elif step == "reopen":
            self.reason.label.text = _("What should change")
            self.reason.validators = [
                Needed(_("Write what should change: the cluster will read it.")),
                AtMost(REMARK_LIMIT),
            ]


def _named(entries: dict[str, lists.Entry]) -> list[SelectChoice]:
    return [SelectChoice(entry.code, entry.name) for entry in entries.values()]


class PersonForm(Form):
    """Somebody who gets a role at the office."""

    name = StringField(
        _l("Name"), [Needed(_l("Enter the name.")), AtMost(120), NoLink(is_person=True)], filters=[one_line]
    )
    email = EmailField(
        _l("E-mail"), [Needed(_l("Enter the e-mail address.")), AtMost(254), EmailAddress()], filters=[one_line]
    )
    role = RadioField(
        _l("What may this person do?"),
        choices=lambda: [
            SelectChoice("organiser", _("Everything: decide, change, invite, export (programme office)")),
            SelectChoice("land_coordinator", _("Read the submissions of one Land (Land coordinator)")),
            SelectChoice("viewer", _("Read the programme and the figures (ministry, partner)")),
        ],
        default="organiser",
    )
    land = SelectField(_l("Land"), choices=lambda: [SelectChoice("", _("none")), *_named(lists.LAENDER)])
    country = StringField(_l("Country"), [Unneeded()], filters=[one_line])
    language = SelectField(_l("Language of the letters"), choices=LANGUAGES)

    def validate_land(self, field: Field) -> None:
        if self.role.data == "land_coordinator" and not field.data:
            raise ValidationError(_("Choose the Land whose submissions this person reads."))

    def validate_country(self, field: Field) -> None:
        if field.data and field.data.casefold() not in country_codes_by_name():
            raise ValidationError(
                _("“%(name)s” is not a country. Write its name or its code, for example NL.", name=field.data)
            )

    @property
    def land_of_role(self) -> str | None:
        return None if self.role.data == "organiser" else self.land.data or None

    @property
    def country_of_role(self) -> str | None:
        """Only those who read can be limited to a country."""
        if self.role.data != "viewer" or not self.country.data:
            return None
        return country_codes_by_name()[self.country.data.casefold()]


class ClusterForm(ProfileForm):
    """A cluster as the office keeps it: its profile, and what only the office says of it."""

    kind = SelectField(_l("Kind"), choices=lambda: _named(KINDS))
    is_active = BooleanField(_l("Takes part"))

    def values(self) -> dict[str, Any]:
        return super().values() | {"kind": self.kind.data, "is_active": bool(self.is_active.data)}

    def is_name_taken(self, cluster: Cluster | None) -> bool:
        """Whether another cluster has the name; tables and people know clusters by it. Says so at the field."""
        other = clusters.by_name(str(self.name.data))
        if other is None or other is cluster:
            return False
        self.name.errors = [_("There is a cluster of this name already.")]
        return True


class TableForm(Form):
    """A table to be looked at."""

    file = FileField(_l("Table"), [FileRequired(_l("Choose a file that ends in .csv or .xlsx."))])


class TakeOverForm(Form):
    """The table that was looked at, as it was read; and whether to write to those who can be invited."""

    table = HiddenField()
    invite = BooleanField(_l("Invite them now"))
