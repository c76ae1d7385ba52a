"""One date of an activity and its place, as people type it."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import wtforms
from wtforms import BooleanField, HiddenField, SelectField, StringField

from clusterweek import clock
from clusterweek.activities.dates import PLACE
from clusterweek.activities.entries import LABELS, plain
from clusterweek.activities.models import Occurrence
from clusterweek.i18n import lazy_gettext as _l
from clusterweek.vocabulary import lists
from clusterweek.web.fields import ClockField, DayField
from clusterweek.web.forms import empty_as_none, one_line
from clusterweek.web.readers import web_address

LINE = [one_line, empty_as_none]
SMALL_HOURS = time(6)  # "18:00 to 00:30" means the next morning; "16:00 to 12:30" is a slip
WHEN = ("starts_on", "starts_time", "ends_time", "ends_on", "is_all_day", "timezone")  # stored together or not at all
NEAR_ZONES = ("America/New_York", "America/Toronto", "Asia/Jerusalem", "Asia/Seoul", "Asia/Singapore", "Asia/Tokyo")


def or_none(choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The choices of a select that may be left open."""
    return [("", "–"), *choices]


class OccurrenceForm(wtforms.Form):
    """One date and its place."""

    id = HiddenField()
    starts_on = DayField(_l("Day"))
    starts_time = ClockField(_l("Start"))
    ends_time = ClockField(_l("End"))
    ends_on = DayField(_l("Last day"))
    is_all_day = BooleanField(LABELS["is_all_day"])
    timezone = SelectField(LABELS["timezone"], validate_choice=False, default="Europe/Berlin")
    venue_name = StringField(LABELS["venue_name"], filters=LINE)
    street = StringField(LABELS["street"], filters=LINE)
    postcode = StringField(LABELS["postcode"], filters=LINE)
    city = StringField(LABELS["city"], filters=LINE)
    venue_land = SelectField(
        LABELS["venue_land"],
        choices=lambda: or_none([(e.code, e.name) for e in lists.LAENDER.values()]),
        default="",
    )
    online_url = StringField(LABELS["online_url"], filters=[*LINE, web_address])
    is_removed = BooleanField(_l("Remove this date"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer_zones()

    def offer_zones(self) -> None:
        """The zones to choose from: those nearby, and the one that stands there already."""
        near = sorted(zone for zone in clock.zones() if zone.startswith("Europe/"))
        names = dict.fromkeys([self.timezone.data or "Europe/Berlin", *near, *NEAR_ZONES])
        self.timezone.choices = [(name, name.replace("_", " ")) for name in names]

    @property
    def has_time(self) -> bool:
        """Whether a day or a time was typed (readable or not), or the row stands for a stored date."""
        typed = (self.starts_on, self.starts_time, self.ends_time, self.ends_on)
        return bool(self.id.data) or any(
            any(str(text).strip() for text in field.raw_data) if field.raw_data else field.data for field in typed
        )

    @property
    def place(self) -> dict[str, str]:
        """What was typed about the place; the Land alone, which is chosen beforehand, is none."""
        return {name: self[name].data for name in PLACE if name != "venue_land" and self[name].data}

    @property
    def is_unfinished(self) -> bool:
        """Whether the day, the start or the end is still open; what cannot be read is wrong, not open."""
        return None in self._times() and not any(field.errors for field in self)

    def typed(self) -> dict[str, Any]:
        """What was typed, as `Activity.unfinished_dates` keeps it until the rest is known."""
        said = {field.name.rpartition("-")[2]: field.data for field in self if field.data}
        return {
            name: value.isoformat() if isinstance(value, date | time) else value
            for name, value in said.items()
            if name not in ("id", "is_removed")
        }

    @property
    def wrong(self) -> set[str]:
        """The parts of the row that cannot be stored as they were typed; when a date takes place is one thing."""
        names = {field.name.rpartition("-")[2] for field in self if field.errors}
        return names | set(WHEN) if names & set(WHEN) else names

    def values(self) -> dict[str, Any]:
        """The row as `actions.update` takes it; times are None where the day or the time is missing."""
        starts, ends = self._times()
        given = str(self.id.data or "")
        number = re.fullmatch(r"\d{1,9}", given, re.ASCII)
        return {
            # 0, which no date has, is refused: a number that cannot be read must not make a new date of a stored one.
            "id": int(number[0]) if number else 0 if given else None,
            "starts_local": plain(starts),
            "ends_local": plain(ends),
            "is_all_day": self.is_all_day.data,
            "timezone": self.timezone.data,
            **{name: self[name].data or None for name in PLACE},
        }

    def sound_values(self) -> dict[str, Any] | None:
        """What of `values()` can be stored: the rest of the stored date stays as it is. None of a new date that is
        wrong somewhere: its whole row waits."""
        values = self.values()
        if not self.wrong:
            return values
        if values["id"] is None:
            return None
        left_out = self.wrong | ({"starts_local", "ends_local"} if self.wrong & set(WHEN) else set())
        return {name: value for name, value in values.items() if name not in left_out}

    def _times(self) -> tuple[datetime | None, datetime | None]:
        first: date | None = self.starts_on.data
        from_time: time | None = self.starts_time.data
        to_time: time | None = self.ends_time.data
        if first is None:
            return None, None
        last: date = self.ends_on.data or first
        if self.is_all_day.data:
            return datetime.combine(first, time()), datetime.combine(last, time()) + timedelta(days=1)
        if self.ends_on.data is None and _ends_next_morning(from_time, to_time):
            last += timedelta(days=1)
        return (
            None if from_time is None else datetime.combine(first, from_time),
            None if to_time is None else datetime.combine(last, to_time),
        )


def _ends_next_morning(starts: time | None, ends: time | None) -> bool:
    return starts is not None and ends is not None and ends <= starts and ends <= SMALL_HOURS


def unfinished(row: dict[str, Any]) -> dict[str, Any]:
    """What the form shows of a row of `Activity.unfinished_dates`: day and times in ISO 8601, else as typed."""
    days = {name: date.fromisoformat(row[name]) for name in ("starts_on", "ends_on") if name in row}
    return row | days | {name: time.fromisoformat(row[name]) for name in ("starts_time", "ends_time") if name in row}


def data_of(occurrence: Occurrence) -> dict[str, Any]:
    """What the form shows of a stored date. The last day stands there only where it says something."""
    starts, ends = occurrence.starts_local, occurrence.ends_local
    last = occurrence.ends_on if occurrence.is_all_day else ends.date()
    if last == starts.date() + timedelta(days=1) and _ends_next_morning(starts.time(), ends.time()):
        last = starts.date()
    return {
        **{column.key: getattr(occurrence, column.key) for column in Occurrence.__table__.columns},
        "venue_land": occurrence.venue_land or "",
        "starts_on": starts.date(),
        "starts_time": None if occurrence.is_all_day else starts.time(),
        "ends_time": None if occurrence.is_all_day else ends.time(),
        "ends_on": None if last == starts.date() else last,
    }


def data_of_row(row: Occurrence | dict[str, Any]) -> dict[str, Any]:
    """What the form shows of a row of `unread.rows`; what was typed into one that is not stored comes on top."""
    if isinstance(row, Occurrence):
        return data_of(row)
    return {} if "typed" in row else unfinished(row)
