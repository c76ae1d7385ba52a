"""What people may say about their cluster, and whom they may invite."""

from typing import Any

from wtforms import BooleanField, PasswordField, SelectMultipleField
from wtforms.validators import ValidationError

from clusterweek.accounts.forms import GoodPassword, language_field
from clusterweek.clusters import queries
from clusterweek.clusters.models import Cluster
from clusterweek.i18n import gettext as _, lazy_gettext as _l
from clusterweek.vocabulary import lists
from clusterweek.web import fields
from clusterweek.web.forms import Form, Unneeded

MOST_FIELDS = 8
SUMMARY_LIMIT = 600
NOTHING = _l("not given")


class ProfileForm(Form):
    """A cluster's public profile, as its members keep it."""

    # The name stands in invitations, which go to whomever the cluster likes.
    name = fields.organisation(_l("Name of the cluster"), needed=_l("Enter the name of the cluster"))
    land = fields.choice(_l("Federal state (Land)"), lists.LAENDER, open=NOTHING)
    city = fields.line(_l("Town"), 80)
    website = fields.website(_l("Website"))
    email = fields.email(_l("Public e-mail address"), needed=None)
    summary_de = fields.lines(_l("About the cluster, in German"), SUMMARY_LIMIT)
    summary_en = fields.lines(_l("About the cluster, in English"), SUMMARY_LIMIT)
    main_field = fields.choice(_l("Main technology field"), lists.FIELDS, open=NOTHING, is_sorted=True)
    more_fields = SelectMultipleField(
        _l("Further technology fields"), [Unneeded()], choices=lambda: fields.named(lists.FIELDS, is_sorted=True)
    )
    ecei_label = fields.choice(_l("ECEI label"), lists.LABELS, open=NOTHING)
    label_valid_until = fields.day(_l("Label valid until"), field=fields.LastDayField)

    @classmethod
    def of(cls, cluster: Cluster) -> "ProfileForm":
        """Filled with what is known, or with what was just sent."""
        return cls(obj=cluster, main_field=next(iter(cluster.fields), None), more_fields=cluster.fields[1:])

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


class ClusterForm(ProfileForm):
    """A cluster as the office keeps it: its profile, and what only the office says of it."""

    kind = fields.choice(_l("Kind"), lists.CLUSTER_KINDS)
    is_active = BooleanField(_l("Takes part"))

    def values(self) -> dict[str, Any]:
        return super().values() | {"kind": self.kind.data, "is_active": bool(self.is_active.data)}

    def is_name_taken(self, cluster: Cluster | None) -> bool:
        """Whether another cluster has the name; tables and people know clusters by it. Says so at the field."""
        other = queries.by_name(str(self.name.data))
        if other is None or other is cluster:
            return False
        self.name.errors = [_("There is a cluster of this name already.")]
        return True


class InviteForm(Form):
    email = fields.email(_l("E-mail address of the person"), needed=_l("Enter the e-mail address of the person"))
    language = language_field(_l("Language of the message"))


class AcceptForm(Form):
    """Accepting an invitation with a new account; without a password one logs in by links."""

    name = fields.name()
    language = language_field()
    password = PasswordField(_l("Password"), validators=[Unneeded(), GoodPassword(lambda form: form.email)])

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)
