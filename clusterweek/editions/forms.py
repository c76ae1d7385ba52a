"""What the office may type about an edition."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from wtforms import (
    DateField,
    DateTimeLocalField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than the stubs
from wtforms.validators import StopValidation, ValidationError

from clusterweek import clock
from clusterweek.editions import queries, rules, words
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.vocabulary import lists
from clusterweek.web.forms import AtMost, Form, Needed, Unneeded, empty_as_none, many_lines, one_line

MOST_GUESTS = 20
NO_DAY = _l("Enter a day like 2027-04-06 or 06.04.2027.")
NO_MOMENT = _l("Enter a day and a time like 2027-01-31 23:59.")
NO_COUNT = _l("Enter a whole number.")


def _line(label: Any, limit: int, *checks: Any) -> StringField:
    return StringField(label, [*(checks or [Unneeded()]), AtMost(limit)], filters=[one_line, empty_as_none])


def _lines(label: Any, limit: int) -> TextAreaField:
    return TextAreaField(label, [Unneeded(), AtMost(limit)], filters=[many_lines, empty_as_none])


class _Day(DateField):
    """A day; nothing typed is no day, and not an unreadable one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([value for value in valuelist if value.strip()])


class _Moment(DateTimeLocalField):
    """A day and a time on the wall clock; nothing typed is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata([value for value in valuelist if value.strip()])


def _readable(_form: Any, field: Field) -> None:
    """What cannot be read has been named already; that it is missing as well would be no news."""
    if field.process_errors:
        raise StopValidation()


def _day(label: Any, sentence: Any) -> DateField:
    return _Day(  # type: ignore[call-arg]  # its types are older than the library
        label,
        [_readable, Needed(sentence)],
        format=["%Y-%m-%d", "%d.%m.%Y"],
        invalid_value_message=NO_DAY,
    )


def _moment(label: Any) -> DateTimeLocalField:
    return _Moment(  # type: ignore[call-arg]
        label,
        [Unneeded()],
        format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S", "%d.%m.%Y %H:%M"],
        invalid_value_message=NO_MOMENT,
    )


class _Count(IntegerField):
    """A whole number from 0 that the database can hold."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(str(NO_COUNT)) from None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.data is not None and not 0 <= self.data <= 10_000_000:
            raise ValidationError(str(NO_COUNT))


def _named(entries: dict[str, lists.Entry]) -> list[SelectChoice]:
    return [SelectChoice(entry.code, entry.name) for entry in entries.values()]


class EditionForm(Form):
    """All that people say about an edition. Moments are typed on the clock of the edition's zone."""

    title_de = _line(
        _l("Title in German"), 160, Needed(_l("Enter a title in German, for example “Clusterwoche 2027”."))
    )
    title_en = _line(_l("Title in English"), 160)
    kind = SelectField(_l("Kind"), choices=lambda: [SelectChoice(code, name) for code, name in words.kinds().items()])
    slug = _line(_l("Address"), 80, Needed(_l("Enter what stands in the address, for example clusterwoche-2027.")))
    parent_edition_id = SelectField(_l("Part of"), coerce=lambda value: int(value) if value not in ("", None) else None)
    starts_on = _day(_l("First day"), _l("Enter the first day."))
    ends_on = _day(_l("Last day"), _l("Enter the last day."))
    date_precision = SelectField(
        _l("What is known of the date"),
        choices=lambda: [SelectChoice("day", _("the days")), SelectChoice("year", _("only the year"))],
    )
    timezone = _line(_l("Time zone"), 40, Needed(_l("Enter a time zone, for example Europe/Berlin.")))
    submissions_until = _moment(_l("Clusters submit until"))
    programme_from = _moment(_l("Programme public from"))
    summary_de = _lines(_l("Introduction in German"), 2000)
    summary_en = _lines(_l("Introduction in English"), 2000)
    partner_countries = _line(_l("Guest countries"), 400)
    mode = SelectField(_l("Takes place"), choices=lambda: _named(lists.MODES))
    place = _line(_l("Venue"), 160)
    city = _line(_l("Town"), 80)
    land = SelectField(
        _l("Land"),
        choices=lambda: [SelectChoice("", _("none")), *_named(lists.LAENDER)],
        coerce=lambda value: value or None,
    )
    patrons_de = _lines(_l("Patrons in German"), 2000)
    patrons_en = _lines(_l("Patrons in English"), 2000)
    sponsor_de = _line(_l("Sender in German"), 200)
    sponsor_en = _line(_l("Sender in English"), 200)
    organised_by = _line(_l("Organised by"), 200)
    counting_rule_de = _lines(_l("Counting rule in German"), 2000)
    counting_rule_en = _lines(_l("Counting rule in English"), 2000)
    activity_count = _Count(_l("Activities in all"), [Unneeded()])
    event_count = _Count(_l("Events among them"), [Unneeded()])
    fair_count = _Count(_l("Fair participations among them"), [Unneeded()])
    participant_count = _Count(_l("People who took part"), [Unneeded()])
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

    def validate_starts_on(self, field: Field) -> None:
        self._check_year(field)

    def validate_ends_on(self, field: Field) -> None:
        self._check_year(field)
        if self.date_precision.data == "day" and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(_("The last day must not lie before the first."))
        if self.starts_on.data and (field.data - self.starts_on.data).days > 366:
            raise ValidationError(_("An edition lasts at most a year."))

    def _check_year(self, field: Field) -> None:
        if field.data.year not in clock.YEARS:
            raise ValidationError(_("The year must lie between 2000 and 2100."))

    def validate_timezone(self, field: Field) -> None:
        if field.data not in clock.zones():
            raise ValidationError(_("“%(zone)s” is not a time zone, for example Europe/Berlin.", zone=field.data))

    def validate_submissions_until(self, field: Field) -> None:
        self._check_moment(field)

    def validate_programme_from(self, field: Field) -> None:
        self._check_moment(field)

    def _check_moment(self, field: Field) -> None:
        if field.data is None or self.timezone.data not in clock.zones():
            return
        if field.data.year not in clock.YEARS:
            raise ValidationError(_("The year must lie between 2000 and 2100."))
        if _on_clock(_moment_of(field.data, self.timezone.data), self.timezone.data) != field.data:
            raise ValidationError(_("This time does not exist: the clocks go forward then. Choose another one."))

    def validate_partner_countries(self, field: Field) -> None:
        known = country_codes_by_name()
        names = [name for part in (field.data or "").split(",") if (name := part.strip())]
        for name in names:
            if name.casefold() not in known:
                raise ValidationError(
                    _("“%(name)s” is not a country. Write its name or its code, for example NL.", name=name)
                )
        if len(names) > MOST_GUESTS:
            raise ValidationError(_("At most %(count)s countries.", count=MOST_GUESTS))

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
        known = country_codes_by_name()
        guests = (values["partner_countries"] or "").split(",")
        values["partner_countries"] = [known[name.strip().casefold()] for name in guests if name.strip()]
        for name in ("submissions_until", "programme_from"):
            values[name] = values[name] and _moment_of(values[name], values["timezone"])
        if values["date_precision"] == "year":
            year = values["starts_on"].year
            values["starts_on"], values["ends_on"] = date(year, 1, 1), date(year, 12, 31)
        return values


def filled(edition: Edition) -> dict[str, Any]:
    """The form's data for an edition."""
    data = {name: getattr(edition, name) for name in EditionForm.__dict__ if hasattr(edition, name)}
    for name in ("submissions_until", "programme_from"):
        data[name] = data[name] and _on_clock(data[name], edition.timezone)
    data["partner_countries"] = ", ".join(
        lists.country(row.country) for row in edition.partner_countries if row.is_guest
    )
    data["seen"] = edition.updated_at.isoformat()
    return data


def country_codes_by_name() -> dict[str, str]:
    """Codes and names in both languages, folded -> code."""
    found: dict[str, str] = {}
    for entry in lists.countries():
        found |= {entry.code.casefold(): entry.code, entry.de.casefold(): entry.code, entry.en.casefold(): entry.code}
    return found


def _moment_of(wall_clock: datetime, zone: str) -> datetime:
    return wall_clock.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _on_clock(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
