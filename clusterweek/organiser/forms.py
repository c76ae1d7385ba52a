"""What the office may type at its desk."""

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, HiddenField, RadioField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from clusterweek.accounts.forms import language_field
from clusterweek.activities import answers, entries
from clusterweek.i18n import gettext as _, lazy_gettext as _l
from clusterweek.importing import tables
from clusterweek.registrations.deciding import DecisionForm
from clusterweek.vocabulary import lists
from clusterweek.vocabulary.fields import CountryField
from clusterweek.web import fields
from clusterweek.web.forms import AtMost, Form, Needed, Unneeded, many_lines

REMARK_LIMIT = 1000


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


class PersonForm(Form):
    """Somebody who gets a role at the office."""

    name = fields.name(needed=_l("Enter the name."))
    email = fields.email(_l("E-mail"), needed=_l("Enter the e-mail address."))
    role = RadioField(
        _l("What may this person do?"),
        choices=lambda: [
            SelectChoice("organiser", _("Everything: decide, change, invite, export (programme office)")),
            SelectChoice("land_coordinator", _("Read the submissions of one Land (Land coordinator)")),
            SelectChoice("viewer", _("Read the programme and the figures (ministry, partner)")),
        ],
        default="organiser",
    )
    land = fields.choice(_l("Land"), lists.LAENDER, open=_l("none"))
    country = CountryField(_l("Country"), [Unneeded()])
    language = language_field(_l("Language of the letters"))

    def validate_land(self, field: Field) -> None:
        if self.role.data == "land_coordinator" and not field.data:
            raise ValidationError(_("Choose the Land whose submissions this person reads."))

    @property
    def land_of_role(self) -> str | None:
        return None if self.role.data == "organiser" else self.land.data

    @property
    def country_of_role(self) -> str | None:
        """Only those who read can be limited to a country."""
        return self.country.data if self.role.data == "viewer" else None


class TableForm(Form):
    """A table to be looked at."""

    file = FileField(
        _l("Table"),
        [FileRequired(_l("Choose a file that ends in .csv, .xlsx, .ods or .xls."))],
        render_kw={"accept": ",".join(f".{ending}" for ending in tables.ENDINGS)},
    )


class TakeOverForm(Form):
    """The table that was looked at, as it was read; and whether to write to those who can be invited."""

    table = HiddenField()
    invite = BooleanField(_l("Invite them now"))
