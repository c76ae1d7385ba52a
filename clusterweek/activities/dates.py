"""Taking over the dates of an activity: which stay, move, go elsewhere, are new or gone."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from clusterweek.activities import values
from clusterweek.activities.entries import BY_NAME, OF_DATES, plain, read
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.db.session import db
from clusterweek.i18n import gettext as _
from clusterweek.refusal import Refusal

COLUMNS = tuple(entry.name for entry in OF_DATES if not entry.is_reckoned)
TIME = tuple(entry.name for entry in OF_DATES if entry.answer == "occurrences")
PLACE = tuple(entry.name for entry in OF_DATES if entry.answer == "venue" and entry.kind != "degrees")
VENUE = tuple(name for name in PLACE if not BY_NAME[name].is_private)
GROUND = tuple(name for name in VENUE if name != "venue_land")  # what coordinates belong to
COORDINATE_DIGITS = 5  # about a metre; what the columns hold


@dataclass
class Dates:
    """What became of the dates. `moved` carries (occurrence, old starts_at, old ends_at)."""

    moved: list[tuple[Occurrence, datetime, datetime]] = field(default_factory=list)
    removed: list[Occurrence] = field(default_factory=list)
    added: list[Occurrence] = field(default_factory=list)
    relocated: list[Occurrence] = field(default_factory=list)  # another venue: concerns those who come
    relinked: list[Occurrence] = field(default_factory=list)  # another online room: concerns those who take part online
    places_before: dict[int, dict[str, str | None]] = field(default_factory=dict)  # id -> VENUE of relocated ones
    touched: bool = False  # anything at all, coordinates too


def complete(activity: Activity, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what they leave unsaid taken from the date they name by `id`.

    A row without a time zone means the edition's. Raises Refusal when an `id` is none of this activity's dates (any
    more), Wrong when two rows name the same date.
    """
    known = {o.id: o for o in activity.occurrences}
    ids = [row["id"] for row in rows if row.get("id") is not None]
    if len(ids) != len(set(ids)):
        raise values.Wrong({"occurrences": _("One of the dates was sent twice. Please reload the page.")})
    full = []
    for row in rows:
        if row.get("id") is None:
            whole = {"timezone": None, **row, "id": None}
        elif row["id"] in known:
            before = {name: plain(getattr(known[row["id"]], name)) for name in COLUMNS}
            if any(name in row and (row[name] or None) != before[name] for name in GROUND):
                before |= {"latitude": None, "longitude": None}  # those of the old place would be wrong
            whole = before | row
        else:
            raise Refusal(_("One of the dates no longer exists. Please reload the page."))
        full.append(whole | {"timezone": whole["timezone"] or activity.edition.timezone})
    return full


def take(activity: Activity, rows: list[dict[str, Any]], *, now: datetime) -> Dates:
    """Make the dates of `activity` those of `rows` (complete, checked). Dates that were public leave a tombstone."""
    dates = Dates()
    known = {o.id: o for o in activity.occurrences}
    for row in rows:
        clean = {name: _clean(name, read(name, row.get(name))) for name in COLUMNS}
        if activity.mode == "online":
            clean["venue_land"] = None  # it lies in no Land, whatever its host's is
        if row["id"] is None:
            dates.added.append(_add(activity, clean, now))
        else:
            _change(known.pop(row["id"]), clean, dates, now)
    dates.removed = list(known.values())
    remove(activity, dates.removed, because="removed", now=now)
    dates.touched = dates.touched or bool(dates.added or dates.removed)
    db.session.flush()
    db.session.expire(activity, ["occurrences"])
    return dates


def remove(activity: Activity, occurrences: list[Occurrence], *, because: str, now: datetime) -> None:
    """Take dates away: the calendars of subscribers must learn of it, so what was public stays as a tombstone."""
    for occurrence in occurrences:
        if activity.published_at is None:
            db.session.delete(occurrence)
        else:
            occurrence.removed_at = now
            occurrence.removed_because = because
            step(occurrence, now=now)
    db.session.flush()
    db.session.expire(activity, ["occurrences"])


def step(occurrence: Occurrence, *, now: datetime) -> None:
    """Count up (RFC 5545 3.8.7.4): start, end, place or status changed, calendars must take the new state."""
    occurrence.sequence += 1
    occurrence.updated_at = now


def _clean(name: str, value: Any) -> Any:
    if name in ("latitude", "longitude"):
        return None if value is None else round(float(value), COORDINATE_DIGITS)
    if name == "is_all_day":
        return bool(value)
    return value or None


def _add(activity: Activity, clean: dict[str, Any], now: datetime) -> Occurrence:
    occurrence = Occurrence(
        activity_id=activity.id,
        uid=f"{secrets.token_hex(16)}@clusterweek",  # once and for ever: calendars know the date by it
        starts_at=values.to_utc(clean["starts_local"], clean["timezone"]),
        ends_at=values.to_utc(clean["ends_local"], clean["timezone"]),
        created_at=now,
        updated_at=now,
        sequence=0,
        **clean,
    )
    db.session.add(occurrence)
    return occurrence


def _change(occurrence: Occurrence, clean: dict[str, Any], dates: Dates, now: datetime) -> None:
    changed = {name for name in COLUMNS if getattr(occurrence, name) != clean[name]}
    if not changed:
        return
    old = occurrence.starts_at, occurrence.ends_at
    venue = {name: getattr(occurrence, name) for name in VENUE}
    for name in changed:
        setattr(occurrence, name, clean[name])
    occurrence.starts_at = values.to_utc(occurrence.starts_local, occurrence.timezone)
    occurrence.ends_at = values.to_utc(occurrence.ends_local, occurrence.timezone)
    occurrence.updated_at = now
    dates.touched = True
    if (occurrence.starts_at, occurrence.ends_at) != old:
        dates.moved.append((occurrence, *old))
    if changed & set(VENUE):
        dates.relocated.append(occurrence)
        dates.places_before[occurrence.id] = venue
    if "online_url" in changed:
        dates.relinked.append(occurrence)
    if changed & {*TIME, *PLACE}:
        step(occurrence, now=now)
