"""What attendees may type."""

from datetime import datetime

from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import ValidationError

from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _, lazy_gettext as _l
from clusterweek.registrations import newcomers, rules, typos, words
from clusterweek.registrations.models import Registration
from clusterweek.vocabulary import lists
from clusterweek.web import fields
from clusterweek.web.forms import Form

NAME = _l("First and last name")
MODE = _l("How would you like to take part?")
ORGANISATION = _l("Organisation")
ACCESS_NEED = _l("What do you need to take part well?")


def _modes() -> list[tuple[str, str]]:
    return [(mode, lists.MODES[mode].name) for mode in ("in_person", "online")]


class _ModeForm(Form):
    """Asks how people want to attend, where there is a choice."""

    def offer_modes(self, activity: Activity, *, now: datetime) -> None:
        """To be called right after making the form. Without a choice the field is no part of it."""
        modes = rules.modes_of(activity)
        if len(modes) == 1:
            del self.mode
            return
        counted = newcomers.places([activity], now=now)[activity.id].by_mode
        self.mode.choices = [(mode, f"{lists.MODES[mode].name} · {words.places_left(counted[mode])}") for mode in modes]
        self.mode.data = self.mode.data or modes[0]

    @property
    def chosen_mode(self) -> str | None:
        return self.mode.data if "mode" in self else None


class _AskingForm(Form):
    """Asks for an address, and asks back where it looks mistyped: once, then it is taken as it is."""

    email = fields.email()
    asked_about = HiddenField()  # the address that the page has asked about

    def validate_email(self, field: StringField) -> None:
        typed = str(field.data or "")
        better = typos.meant(typed)
        if better and typed != self.asked_about.data:
            self.asked_about.data = typed
            raise ValidationError(
                _(
                    "Did you mean %(address)s? If your address is right as it stands, send the form again.",
                    address=better,
                )
            )


class SignUpForm(_AskingForm, _ModeForm):
    """Signing up. Nobody sees `trap`: who fills it in is a program, and be it one that fills in forms for its owner.
    `reference` is a secret of this browser."""

    name = fields.name(NAME)
    email = fields.email()  # named again: fields stand in the order in which they are named
    organisation = fields.organisation(ORGANISATION)
    mode = RadioField(MODE, choices=_modes)
    access_need = fields.lines(ACCESS_NEED, 1000)
    # Its name tells nothing: programs that fill in forms know "website", "company", "phone" and their like.
    trap = StringField(_l("Please leave this field empty"), name="kv7")
    reference = HiddenField()


class ChangeForm(_ModeForm):
    """Changing one's own registration, for whoever holds its link; see `guards.by_link_alone`."""

    name = fields.name(NAME)
    organisation = fields.organisation(ORGANISATION)
    mode = RadioField(MODE, choices=_modes)
    access_need = fields.lines(ACCESS_NEED, 1000)
    wants_reminders = BooleanField(_l("Remind me by mail"))

    @classmethod
    def of(cls, registration: Registration, *, now: datetime) -> "ChangeForm":
        """Filled with what is stored, unless something was sent."""
        form = cls(obj=registration, meta={"csrf": False})
        form.offer_modes(registration.activity, now=now)
        return form


class AddressForm(_AskingForm):
    """One e-mail address: to find a lost link, or to correct a mistyped one."""
