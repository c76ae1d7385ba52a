"""What the office may type about an edition."""

from datetime import date
from typing import Any

from wtforms import Field, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import ValidationError

from clusterweek import clock
from clusterweek.editions import queries, rules, words
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _, lazy_gettext as _l, local
from clusterweek.vocabulary import lists
from clusterweek.vocabulary.fields import CountriesField
from clusterweek.web.fields import PickedDay, PickedMoment, StoredCount, choice, day, line, lines
from clusterweek.web.forms import Form, Unneeded

MOST_GUESTS = 20
LONGEST_GREETING = 4000  # characters: a page of the booklet


class EditionForm(Form):
    """All that people say about an edition. Moments are typed on the clock of the edition's zone."""

    title_de = line(_l("Title in German"), 160, needed=_l("Enter a title in German, for example “Clusterwoche 2027”."))
    title_en = line(_l("Title in English"), 160)
    kind = SelectField(_l("Kind"), choices=lambda: [SelectChoice(code, name) for code, name in words.kinds().items()])
    slug = line(_l("Address"), 80, needed=_l("Enter what stands in the address, for example clusterwoche-2027."))
    parent_edition_id = SelectField(_l("Part of"), coerce=lambda value: int(value) if value not in ("", None) else None)
    starts_on = day(_l("First day"), needed=_l("Enter the first day."), field=PickedDay)
    ends_on = day(_l("Last day"), needed=_l("Enter the last day."), field=PickedDay)
    date_precision = SelectField(
        _l("What is known of the date"),
        choices=lambda: [SelectChoice("day", _("the days")), SelectChoice("year", _("only the year"))],
    )
    timezone = line(_l("Time zone"), 40, needed=_l("Enter a time zone, for example Europe/Berlin."))
    submissions_until = PickedMoment(_l("Clusters submit until"), [Unneeded()])
    programme_from = PickedMoment(_l("Programme public from"), [Unneeded()])
    summary_de = lines(_l("Introduction in German"), 2000)
    summary_en = lines(_l("Introduction in English"), 2000)
    greeting_de = lines(_l("Welcome in the booklet, in German"), LONGEST_GREETING)
    greeting_en = lines(_l("Welcome in the booklet, in English"), LONGEST_GREETING)
    partner_countries = CountriesField(_l("Guest countries"), most=MOST_GUESTS)
    mode = choice(_l("Takes place"), lists.MODES)
    place = line(_l("Venue"), 160)
    city = line(_l("Town"), 80)
    land = choice(_l("Land"), lists.LAENDER, open=_l("none"))
    patrons_de = lines(_l("Patrons in German"), 2000)
    patrons_en = lines(_l("Patrons in English"), 2000)
    sponsor_de = line(_l("Sender in German"), 200)
    sponsor_en = line(_l("Sender in English"), 200)
    organised_by = line(_l("Organised by"), 200)
    counting_rule_de = lines(_l("Counting rule in German"), 2000)
    counting_rule_en = lines(_l("Counting rule in English"), 2000)
    activity_count = StoredCount(_l("Activities in all"), [Unneeded()])
    event_count = StoredCount(_l("Events among them"), [Unneeded()])
    fair_count = StoredCount(_l("Fair participations among them"), [Unneeded()])
    participant_count = StoredCount(_l("People who took part"), [Unneeded()])
    seen = HiddenField()  # when the edition was last saved before this form was opened

    def __init__(self, edition: Edition | None = None, **given: Any) -> None:
        self.edition = edition
        super().__init__(**given)
        if edition and edition.is_public:
            self.slug.data = edition.slug  # public addresses stay; the page shows it without a field
        others = [other for other in queries.all_of_them() if other is not edition]
        parents = [SelectChoice(str(other.id), other.title_de) for other in others]
        self.parent_edition_id.choices = [SelectChoice("", _("nothing")), *parents]

    def validate_slug(self, field: Field) -> None:
        if not rules.is_slug(field.data):
            raise ValidationError(
                _("Use 3 to 80 lower-case letters, digits and single hyphens, and no word that our pages use.")
            )
        if (taken := queries.by_slug(field.data)) and taken is not self.edition:
            raise ValidationError(_("There is already an edition with the address “%(slug)s”.", slug=field.data))

    def validate_ends_on(self, field: Field) -> None:
        if self.starts_on.data is None:
            return
        if self.date_precision.data == "day" and field.data < self.starts_on.data:
            raise ValidationError(_("The last day must not lie before the first."))
        if (field.data - self.starts_on.data).days > 366:
            raise ValidationError(_("An edition lasts at most a year."))

    def validate_timezone(self, field: Field) -> None:
        if field.data not in clock.zones():
            raise ValidationError(_("“%(zone)s” is not a time zone, for example Europe/Berlin.", zone=field.data))

    def validate_submissions_until(self, field: Field) -> None:
        self._check_moment(field)

    def validate_programme_from(self, field: Field) -> None:
        self._check_moment(field)

    def _check_moment(self, field: Field) -> None:
        zone = self.timezone.data
        if field.data is not None and zone in clock.zones() and clock.is_left_out(field.data, zone):
            raise ValidationError(_("This time does not exist: the clocks go forward then. Choose another one."))

    def validate_seen(self, field: Field) -> None:
        if self.edition and field.data and field.data != self.edition.updated_at.isoformat():
            field.data = self.edition.updated_at.isoformat()
            raise ValidationError(
                _(
                    "Somebody else has saved this edition meanwhile. "
                    "Check your entries; saving again replaces the other ones."
                )
            )

    def values(self) -> dict[str, Any]:
        """What `actions.create` and `actions.update` take."""
        values = {name: field.data for name, field in self._fields.items() if name not in ("seen", "csrf_token")}
        values["partner_countries"] = values["partner_countries"] or []
        for name in ("submissions_until", "programme_from"):
            values[name] = values[name] and clock.to_utc(values[name], values["timezone"])
        if values["date_precision"] == "year":
            year = values["starts_on"].year
            values["starts_on"], values["ends_on"] = date(year, 1, 1), date(year, 12, 31)
        return values


def filled(edition: Edition) -> dict[str, Any]:
    """The form's data for an edition."""
    data = {name: getattr(edition, name) for name in EditionForm.__dict__ if hasattr(edition, name)}
    for name in ("submissions_until", "programme_from"):
        data[name] = data[name] and local(data[name], edition.timezone)
    data["partner_countries"] = [row.country for row in edition.partner_countries if row.is_guest]
    data["seen"] = edition.updated_at.isoformat()
    return data
