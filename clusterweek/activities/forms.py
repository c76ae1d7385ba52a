"""What a cluster types about an activity. Saved even when incomplete; what is wrong is decided in `values.py`."""

from datetime import datetime, time
from typing import Any

import wtforms
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import ValidationError

from clusterweek.activities import date_form, texts, unread, values as checks
from clusterweek.activities.entries import ENTRIES, LABELS, Entry
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Cluster
from clusterweek.editions.models import Edition
from clusterweek.i18n import gettext as _, lazy_gettext as _l, local
from clusterweek.vocabulary import lists
from clusterweek.web.fields import ClockField, CountField, DayField, Rows
from clusterweek.web.forms import Form, empty_as_none, many_lines, one_line
from clusterweek.web.readers import web_address

LINE, LINES = [one_line, empty_as_none], [many_lines, empty_as_none]
WEB = [*LINE, web_address]


def _named(entries: dict[str, lists.Term]) -> list[tuple[str, str]]:
    return [(entry.code, entry.name) for entry in entries.values()]


def _countries() -> list[tuple[str, str]]:
    return date_form.or_none([(entry.code, entry.name) for entry in lists.countries()])


class PartnerForm(wtforms.Form):
    """An organisation without an account, or only the country that takes part."""

    name = StringField(_l("Organisation"), filters=LINE)
    country = SelectField(_l("Country"), choices=_countries, default="")


class ActivityForm(Form):
    """Everything about an activity on one page."""

    version = HiddenField()
    format = SelectField(LABELS["format"], choices=lambda: date_form.or_none(_named(lists.FORMATS)), default="")
    mode = RadioField(LABELS["mode"], choices=lambda: _named(lists.MODES), default="in_person")
    access = RadioField(LABELS["access"], choices=lambda: _named(lists.ACCESSES), default="registration")
    title_de = StringField(LABELS["title_de"], filters=[one_line])
    title_en = StringField(LABELS["title_en"], filters=LINE)
    summary_de = TextAreaField(LABELS["summary_de"], filters=LINES)
    summary_en = TextAreaField(LABELS["summary_en"], filters=LINES)
    description_de = TextAreaField(LABELS["description_de"], filters=LINES)
    description_en = TextAreaField(LABELS["description_en"], filters=LINES)
    fields = SelectMultipleField(
        LABELS["fields"], choices=lambda: sorted(_named(lists.FIELDS), key=lambda choice: texts.fold(choice[1]))
    )
    languages = SelectMultipleField(LABELS["languages"], choices=lambda: _named(lists.SPOKEN))
    occurrences = Rows(FormField(date_form.OccurrenceForm), LABELS["occurrences"])
    is_accessible = BooleanField(_l("Step-free and with an accessible toilet"))
    accessibility = TextAreaField(LABELS["accessibility"], filters=LINES)
    registration_mode = RadioField(
        LABELS["registration_mode"],
        choices=lambda: [("internal", _("here")), ("external", _("on a page of your own")), ("none", _("none"))],
        default="internal",
    )
    registration_url = StringField(LABELS["registration_url"], filters=WEB)
    capacity = CountField(LABELS["capacity"])
    capacity_online = CountField(LABELS["capacity_online"])
    registration_deadline = DayField(LABELS["registration_deadline"])
    registration_deadline_time = ClockField(_l("Time"))
    cost_note = StringField(LABELS["cost_note"], filters=LINE)
    contact_name = StringField(LABELS["contact_name"], filters=LINE)
    contact_email = StringField(LABELS["contact_email"], filters=LINE)
    external_partners = Rows(FormField(PartnerForm), LABELS["external_partners"])
    co_hosts = Rows(SelectField(LABELS["co_hosts"], default=""), LABELS["co_hosts"])

    def __init__(
        self, *args: Any, edition: Edition, clusters: list[Cluster], land: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.land = land  # where it probably takes place: the Land of the cluster
        self.clusters = {cluster.slug: cluster for cluster in clusters}
        self.sections: dict[str, str] = {}  # sentences about a part of the page that is no single field
        self.not_stored: list[str] = []  # labels of what is not stored as it was typed, see unread_form.py
        if not self.occurrences.entries:
            self.add_date()
        self.make_room()

    def validate_registration_deadline_time(self, field: Any) -> None:
        day = self.registration_deadline
        if field.data is not None and day.data is None and not day.errors:
            raise ValidationError(_("Enter the day as well, or delete the time."))

    def make_room(self) -> None:
        """One empty row more than is filled, and the clusters to choose from."""
        while len(self.external_partners) < 2 or not self._is_spare(self.external_partners[-1].form):
            self.external_partners.append_entry()
        if not self.co_hosts.entries or self.co_hosts[-1].data:
            self.co_hosts.append_entry()
        for entry in self.co_hosts:
            entry.choices = date_form.or_none([(slug, cluster.name) for slug, cluster in self.clusters.items()])

    @staticmethod
    def _is_spare(row: PartnerForm) -> bool:
        return not row.name.data and not row.country.data

    def add_date(self) -> None:
        """One more date; the place of the last one is kept, for a course in one house."""
        same = {"timezone": self.edition.timezone, "venue_land": "" if self.mode.data == "online" else self.land or ""}
        if self.occurrences.entries:
            last = self.occurrences[-1].form
            same = {"timezone": last.timezone.data, "venue_land": last.venue_land.data, **last.place}
        self.occurrences.append_entry(same)

    @property
    def rows(self) -> list[date_form.OccurrenceForm]:
        """The dates that count: not removed, and something was typed that the row before does not say already."""
        kept, place_before = [], dict[str, str]()
        for entry in self.occurrences:
            row = entry.form
            if not row.is_removed.data and (row.has_time or row.place.items() - place_before.items()):
                kept.append(row)
            place_before = row.place
        return kept

    @property
    def finished_rows(self) -> list[date_form.OccurrenceForm]:
        """The dates that say when, or say it in a way that cannot be read."""
        return [row for row in self.rows if not row.is_unfinished]

    @property
    def unfinished_rows(self) -> list[date_form.OccurrenceForm]:
        return [row for row in self.rows if row.is_unfinished]

    def values(self) -> dict[str, Any]:
        """What was typed, as `actions.create` and `update` take it; what could not be read is as if left out."""
        partners = [entry.form for entry in self.external_partners]
        countries = dict.fromkeys(row.country.data for row in partners if row.country.data not in ("", "DE"))
        return {entry.name: self._value(entry) for entry in ENTRIES if entry.is_set and entry.name in self._fields} | {
            "fields": self.fields.data or [],  # None when no form was sent at all
            "languages": self.languages.data or [],
            "occurrences": [self._date(row) for row in self.finished_rows],
            "unfinished_dates": [row.typed() for row in self.unfinished_rows],
            "external_partners": [
                {"name": row.name.data, "country": row.country.data or None} for row in partners if row.name.data
            ],
            "partner_countries": list(countries),
            "co_hosts": [entry.data for entry in self.co_hosts if entry.data in self.clusters],
        }

    def _value(self, entry: Entry) -> Any:
        if entry.kind == "moment":
            return self._moment(entry.name)
        return self[entry.name].data or None if entry.kind == "code" else self[entry.name].data

    def sound_values(self) -> dict[str, Any]:
        """What of `values()` can be stored: each entry that is right, and of each date what is right about it."""
        wrong = self.names_with_errors
        found = {name: value for name, value in self.values().items() if name not in wrong}
        rows = [(row, row.sound_values()) for row in self.finished_rows]
        found["occurrences"] = [self._placed(row, date) for row, date in rows if date and self.is_taken(row)]
        return found

    def is_taken(self, row: date_form.OccurrenceForm) -> bool:
        """Whether anything of a date can be stored: a new one is whole and one of not too many."""
        return bool(row.id.data) or not (row.wrong or "occurrences" in self.sections)

    def _date(self, row: date_form.OccurrenceForm) -> dict[str, Any]:
        return self._placed(row, row.values())

    def _placed(self, row: date_form.OccurrenceForm, date: dict[str, Any]) -> dict[str, Any]:
        # A Land that was chosen beforehand says nothing about an online activity without a place.
        is_nowhere = self.mode.data == "online" and not row.place.keys() - {"online_url"}
        return date | ({"venue_land": None} if is_nowhere and "venue_land" in date else {})

    def _moment(self, name: str) -> str | None:
        """A day with its time; a day alone means its last minute."""
        day, clock = self[name].data, self[f"{name}_time"].data
        if day is None:
            return None
        return checks.to_utc(datetime.combine(day, clock or time(23, 59)), self.edition.timezone).isoformat()

    def ask_for_the_rest(self) -> None:
        """Say at every unfinished date what it lacks: enough for a draft, not for a submission."""
        for row in self.unfinished_rows:
            for name, sentence in checks.problems({"occurrences": [row.values()]}).items():
                field = self._field_of(row, name.split("-", 2)[2])
                field.errors = field.errors or [sentence]

    def ask_for(self, obstacles: dict[str, str]) -> None:
        """Add what a submission lacks to what is wrong already; a date that is wrong is not missing as well."""
        are_dates_wrong = any(id.startswith("occurrences-") for id, _sentence in self.error_list())
        self.take({name: s for name, s in obstacles.items() if not (are_dates_wrong and name == "occurrences")})

    def take(self, problems: dict[str, str]) -> None:
        """Put sentences (field -> sentence, as `values.Wrong` has them) where they belong on the page."""
        rows = self.finished_rows
        for name, sentence in problems.items():
            if name.startswith("occurrences-"):
                _word, number, column = name.split("-", 2)
                field = self._field_of(rows[int(number)], column)
            elif name == "venue" and rows:
                field = next((row for row in rows if not (row.city.data or row.venue_name.data)), rows[0]).city
            elif name == "venue_land" and rows:
                field = next((row for row in rows if self._lacks_land(row)), rows[0]).venue_land
            elif name in self._fields and name not in ("occurrences", "external_partners", "co_hosts"):
                field = self[name]
            else:
                self.sections["external_partners" if name == "partner_countries" else name] = sentence
                continue
            field.errors = field.errors or [sentence]

    @property
    def names_with_errors(self) -> set[str]:
        """Names in `values()` that must not be saved as they are; of dates see `sound_values`."""
        names = {unread.entry_of(id) for id, _sentence in self.error_list()}
        return names | ({"partner_countries"} if "external_partners" in names else set())

    def _lacks_land(self, row: date_form.OccurrenceForm) -> bool:
        return not row.venue_land.data and row.timezone.data == self.edition.timezone

    @staticmethod
    def _field_of(row: date_form.OccurrenceForm, column: str) -> Any:
        if column == "starts_local":
            return row.starts_time if row.starts_on.data and not row.starts_on.errors else row.starts_on
        return row.ends_time if column == "ends_local" else row[column]

    def error_list(self) -> list[tuple[str, str]]:
        """(id of the field, sentence that names it), in the order of the page; rows of dates and partners too."""
        found = []
        for field in self:
            if field.name in self.sections:
                found.append((field.name, _naming(field.label.text, self.sections[field.name])))
            if isinstance(field, FieldList):
                for number, entry in enumerate(field, start=1):
                    if field.name == "occurrences" and entry.form.is_removed.data:
                        continue  # what is taken out need not be right
                    parts = list(entry.form) if isinstance(entry, FormField) else [entry]
                    row = _("Date %(n)s", n=number) + ", " if field.name == "occurrences" and len(field) > 1 else ""
                    found += [(part.id, row + _naming(part.label.text, s)) for part in parts for s in part.errors]
            elif field.type != "CSRFTokenField":
                found += [(field.id, _naming(field.label.text, sentence)) for sentence in field.errors]
        return found + [(name, sentence) for name, sentence in self.sections.items() if name not in self._fields]


def _by_kind(entry: Entry) -> Any:
    """The field of an entry that asks for nothing of its own; None for kinds that always do."""
    match entry.kind:
        case "line" | "email":
            return StringField(entry.label, filters=LINE)
        case "web":
            return StringField(entry.label, filters=WEB)
        case "text":
            return TextAreaField(entry.label, filters=LINES)
        case "count":
            return CountField(entry.label)
        case "tick":
            return BooleanField(entry.label)
        case _:
            return None


def _add_the_rest() -> None:
    """Give the form a field for every entry that it does not name above, after the others of its part."""
    for entry in ENTRIES:
        if entry.part and entry.is_set and not hasattr(ActivityForm, entry.name) and (field := _by_kind(entry)):
            before = [getattr(ActivityForm, other.name, None) for other in ENTRIES if other.part == entry.part]
            field.creation_counter = max(one.creation_counter for one in before if one) + 0.5
            setattr(ActivityForm, entry.name, field)


_add_the_rest()


def _naming(label: Any, sentence: Any) -> str:
    """The sentence for the list above a long form: one that does not say which field it means gets its label."""
    name, said = str(label).lower(), str(sentence).lower()
    # "Choose at least one technology field": one of them names them, too.
    is_named = name in said or any(name.endswith(end) and name.removesuffix(end) in said for end in ("er", "s"))
    return str(sentence) if is_named else f"{label}: {sentence}"


def data_of(activity: Activity) -> dict[str, Any]:
    """What the form shows of a stored activity."""
    zone = activity.edition.timezone
    deadline = local(activity.registration_deadline, zone) if activity.registration_deadline else None
    named = {partner.country for partner in activity.external_partners}
    return {
        **{column.key: getattr(activity, column.key) for column in Activity.__table__.columns},
        "format": activity.format or "",
        "fields": activity.fields,
        "languages": activity.languages,
        "registration_deadline": deadline.date() if deadline else None,
        "registration_deadline_time": deadline.time() if deadline else None,
        "occurrences": [date_form.data_of_row(row) for row in unread.rows(activity)],
        "external_partners": [{"name": p.name, "country": p.country or ""} for p in activity.external_partners]
        + [{"name": None, "country": code} for code in activity.partner_countries if code not in named],
        "co_hosts": [cluster.slug for cluster in activity.co_hosts],
    }
