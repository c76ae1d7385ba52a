"""Between the form of an activity and `Activity.unread`: what is kept of what was typed, and how it is shown again."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, FormField

from clusterweek.activities import date_form, entries, unread, values
from clusterweek.activities.forms import ActivityForm
from clusterweek.activities.models import Activity
from clusterweek.i18n import gettext as _

Typed = dict[str, list[str]]


def keep(form: ActivityForm, stored: ActivityForm | None = None) -> dict[str, Any]:
    """What `Activity.unread` is to hold after this form was sent: what is wrong with its row or its entry.

    `stored` is the form as it is stored, where nothing of what was typed was taken over: then everything that differs
    is kept. Tells the form as well what its page names.
    """
    fields, dates = _fields(form, stored), _dates(form, stored)
    waiting = {unread.entry_of(name) for name in fields} | ({"occurrences"} if dates else set())
    numbers = [_("Date %(n)s", n=row["position"] + 1) for row in dates]
    form.not_stored = _labels(form, waiting, numbers)
    names = [name for name in _entries(form) if name in waiting]
    return {"names": names, "fields": fields, "dates": dates} if names else {}


def show(form: ActivityForm, activity: Activity) -> None:
    """Put what is kept into the form of what is stored, and say at each field what is wrong with it."""
    if not activity.unread:
        return
    fields = MultiDict(activity.unread["fields"])
    for field in form:
        if any(unread.entry_of(name) == unread.entry_of(field.name) for name in fields):
            field.process(fields)
    numbers = []
    for number, (entry, row) in enumerate(zip(form.occurrences, unread.rows(activity), strict=False), start=1):
        if kept := unread.of_row(activity, row):
            numbers.append(_("Date %(n)s", n=number))
            for part in (part for part in entry.form if _part(part) in kept["typed"]):
                part.process(MultiDict({part.name: kept["typed"][_part(part)]}))
            entry.form.offer_zones()
    form.make_room()
    form.validate()
    form.take(values.problems(form.values()))
    form.not_stored = _labels(form, set(activity.unread["names"]), numbers)


def _entries(form: ActivityForm) -> list[str]:
    """The entries in the order of the form."""
    return list(dict.fromkeys(unread.entry_of(field.name) for field in form))


def _labels(form: ActivityForm, waiting: set[str], dates: list[str]) -> list[str]:
    found: list[str] = []
    for name in _entries(form):
        if name in waiting:
            found += dates if name == "occurrences" and dates else [entries.label(name)]
    return list(dict.fromkeys(found))


def _fields(form: ActivityForm, stored: ActivityForm | None) -> Typed:
    wrong = form.names_with_errors
    kept: Typed = {}
    for field in form:
        entry = unread.entry_of(field.name)
        if field.name in ("csrf_token", "version", "occurrences"):
            continue
        if entry in wrong or (stored is not None and _said(field) != _said(stored[field.name])):
            kept |= _raw(field)
    return kept


def _dates(form: ActivityForm, stored: ActivityForm | None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    counted = form.rows
    before = {str(entry.form.id.data): entry.form for entry in stored.occurrences} if stored else {}
    for position, entry in enumerate(form.occurrences):
        row = entry.form
        earlier = before.get(str(row.id.data)) if row.id.data else None
        if earlier is not None:
            names = {_part(part) for part in row if part.errors or _said(part) != _said(earlier[_part(part)])}
            names |= set(date_form.WHEN) if names & set(date_form.WHEN) else set()
        elif row not in counted:
            continue
        elif row.id.data:
            names = row.wrong
        else:
            names = {_part(part) for part in row} if stored or not form.is_taken(row) else set()
        typed = {_part(part): texts for part in row if _part(part) in names - {"id"} for texts in _raw(part).values()}
        if typed:
            number = row.values()["id"]
            rows.append({"id": number, "position": position, "typed": typed})
    return rows


def _part(field: Field) -> str:
    return str(field.name).rpartition("-")[2]


def _said(field: Field) -> Any:
    """What a field says, without the empty rows of a list; in which order boxes were ticked says nothing."""
    if isinstance(field, FieldList):
        said = [_said(entry) for entry in field]
        return [one for one in said if one and (not isinstance(one, dict) or any(one.values()))]
    if isinstance(field, FormField):
        return {_part(part): part.data or None for part in field.form}
    return sorted(field.data) if isinstance(field.data, list) else field.data or None


def _raw(field: Field) -> Typed:
    """A field as a browser has sent it: name -> texts. No database takes the sign NUL."""
    if isinstance(field, FieldList):
        return {name: texts for entry in field for name, texts in _raw(entry).items()}
    if isinstance(field, FormField):
        return {name: texts for part in field.form for name, texts in _raw(part).items()}
    return {field.name: [str(text).replace("\0", "") for text in field.raw_data or []]}
