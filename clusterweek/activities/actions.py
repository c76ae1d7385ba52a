"""Changing activities.

`update`, `cancel` and `postpone` are called by `registrations/activity_changes.py` only, which tells the attendees.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from clusterweek.accounts.models import Person
from clusterweek.activities import belongings, dates, mails, queries, rules, standing, texts, unread
from clusterweek.activities.entries import BY_NAME, ENTRIES, read
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.values import Wrong, problems
from clusterweek.clusters import queries as clusters
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.editions import actions as editions, rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.history import record
from clusterweek.i18n import clock_time, day_medium, gettext as _, local
from clusterweek.refusal import Refusal

COLUMNS = {entry.name for entry in ENTRIES if entry.is_set}
NOT_SHOWN = {entry.name for entry in ENTRIES if not entry.is_shown}
# What an attendee relies on beside date and place. Another one alone is no reason to write, but no letter hides it.
RELIED_ON = ("title_de", "title_en", "accessibility", "is_accessible", "cost_note")


@dataclass(frozen=True)
class Change:
    """What an update changed. `moved`: (occurrence, old starts_at, old ends_at); `removed`: tombstones if public;
    `relocated`: another venue, which was `places_before` (id -> columns); `relinked`: another online room. `before`:
    what each changed one of RELIED_ON was."""

    fields: set[str] = field(default_factory=set)
    moved: list[tuple[Occurrence, datetime, datetime]] = field(default_factory=list)
    removed: list[Occurrence] = field(default_factory=list)
    added: list[Occurrence] = field(default_factory=list)
    relocated: list[Occurrence] = field(default_factory=list)
    relinked: list[Occurrence] = field(default_factory=list)
    places_before: dict[int, dict[str, str | None]] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)


def create(
    edition: Edition, host: Cluster | None, values: dict[str, Any], *, by: Person | None, now: datetime
) -> Activity:
    """A new draft, as incomplete as it may be; `values` as `values.problems` says. Raises Wrong for what cannot be
    stored."""
    if edition.state == "archived":
        raise Refusal(_("This edition lies in the archive and takes no more activities."))
    activity = Activity(
        edition=edition, host_cluster=host, title_de="", created_by=by, created_at=now, updated_at=now, search_text=""
    )
    db.session.add(activity)
    db.session.flush()
    _take(activity, values, now=now)
    record.note("created", "activity", activity.id, by=by, now=now)
    db.session.flush()
    return activity


def update(
    activity: Activity, values: dict[str, Any], *, by: Person | None, now: datetime, version: int | None = None
) -> Change:
    """Take over new values; a key that is missing leaves its value. What did not change leaves no trace.

    `version`: the one that the form was filled from; Refusal when somebody saved since. Wrong when a value cannot be
    stored, or when a submitted or published activity would lose something it needs.
    """
    is_overtaken = version is not None and version != activity.version
    last_changed_at = queries.last_changed_at(activity) if is_overtaken else now
    if values.get("happening", activity.happening) != activity.happening and {
        values["happening"],
        activity.happening,
    } & {*standing.OFF}:
        raise Refusal(_("Cancelling and postponing are steps of their own; they tell the attendees."))
    if {values.get("happening"), activity.happening} == {"confirmed", "held"}:
        values = values | {"happening": activity.happening}  # time alone tells them apart, see held.py
    before = rules.obstacles(activity)
    change = _take(activity, values, now=now)
    if not change.fields:  # also when the answer to the first click never arrived and the same is sent again
        return change
    if is_overtaken:
        when = local(last_changed_at, activity.edition.timezone)
        raise Refusal(
            _(
                "Somebody else changed this activity on %(day)s at %(time)s. Nothing was saved.",
                day=day_medium(when.date()),
                time=clock_time(when),
            )
        )
    if sentence := rules.why_fixed(activity):
        raise Refusal(sentence)
    if activity.review_status in ("submitted", "published") and not activity.is_cancelled:
        new = {name: sentence for name, sentence in rules.obstacles(activity).items() if name not in before}
        if new:
            raise Wrong(new)
    if activity.is_published and change.fields - NOT_SHOWN:
        editions.touch_programme(activity.edition_id, now=now)
    if changed := sorted(change.fields - {"unread"}):  # what could not be stored has changed nothing
        record.note("updated", "activity", activity.id, by=by, now=now, fields=changed, is_public=activity.is_published)
    db.session.flush()
    return change


def submit(activity: Activity, *, by: Person | None, now: datetime) -> None:
    """Hand a complete draft, or one that was sent back, to the office. Raises Wrong naming what is still needed.

    After the deadline only what the office has sent back may come again; the office itself may always submit.
    """
    _step(activity, "submitted")
    is_office = by is None or by.has_role("organiser")
    is_new = activity.review_status == "draft"
    if is_new and not is_office and not edition_rules.accepts_submissions(activity.edition, now=now):
        raise Refusal(_("The deadline for submissions has passed. Please speak to the programme office."))
    if found := rules.obstacles(activity) | unread.obstacles(activity):
        raise Wrong(found)
    activity.review_status = "submitted"
    activity.submitted_at = now
    for remark in queries.remarks(activity):
        remark.resolved_at = now
    record.note("submitted", "activity", activity.id, by=by, now=now)
    mails.to_cluster("activity_received", activity, now=now)
    db.session.flush()


def withdraw(activity: Activity, *, by: Person | None, now: datetime) -> None:
    """Take back what is not public yet. A public activity is cancelled instead."""
    if activity.is_published:
        raise Refusal(_("This activity is public. Cancel it instead; then everybody who knows of it is told."))
    _step(activity, "withdrawn")
    activity.review_status = "withdrawn"
    record.note("withdrawn", "activity", activity.id, by=by, now=now)
    db.session.flush()


def take_up_again(activity: Activity, *, by: Person | None, now: datetime) -> None:
    """Make a draft of what was withdrawn."""
    _step(activity, "draft")
    activity.review_status = "draft"
    record.note("taken_up_again", "activity", activity.id, by=by, now=now)
    db.session.flush()


def cancel(activity: Activity, reason: str | None, *, by: Person | None, now: datetime) -> Change:
    """Cancel a public activity, also one that was postponed. It stays visible and in the feeds, as cancelled."""
    _stop(activity, "cancelled")
    activity.cancelled_at = now
    activity.happening = "cancelled"
    activity.cancellation_reason = reason or None
    for occurrence in activity.occurrences:
        dates.step(occurrence, now=now)
    return _changed_status(activity, Change({"happening"}), by=by, now=now)


def postpone(activity: Activity, reason: str | None = None, *, by: Person | None, now: datetime) -> Change:
    """Postpone a public activity: its dates are cancelled in the calendars.

    New ones come by `update`, with UIDs of their own, and end the waiting.
    """
    _stop(activity, "postponed")
    removed = list(activity.occurrences)
    activity.happening = "postponed"
    activity.cancellation_reason = reason or None
    dates.remove(activity, removed, because="postponed", now=now)
    return _changed_status(activity, Change({"happening", "occurrences"}, removed=removed), by=by, now=now)


def cluster_changed(*changed: Cluster, now: datetime) -> None:
    """What is shown of clusters, their names above all, has changed: restamp what shows it and touch its programmes."""
    editions_to_touch = set()
    for activity in queries.locked_showing(changed):
        activity.search_text = texts.search_text_of(activity)
        if activity.is_published:
            _stamp(activity, now=now)
            editions_to_touch.add(activity.edition_id)
    for edition_id in sorted(editions_to_touch):
        editions.touch_programme(edition_id, now=now)
    db.session.flush()


def _step(activity: Activity, status: str) -> None:
    queries.lock(activity)
    if sentence := rules.why_fixed(activity):
        raise Refusal(sentence)
    if not rules.may_become(activity.review_status, status):
        raise Refusal(_("This step is not possible now; reload the page to see where the activity stands."))


def _stop(activity: Activity, how: str) -> None:
    if sentence := rules.why_fixed(activity):
        raise Refusal(sentence)
    if not activity.is_published:
        raise Refusal(_("This activity is not public; withdraw it instead."))
    if not rules.may_stop(activity, how):
        raise Refusal(_("This step is not possible now; reload the page to see where the activity stands."))


def _changed_status(activity: Activity, change: Change, *, by: Person | None, now: datetime) -> Change:
    _stamp(activity, now=now)
    editions.touch_programme(activity.edition_id, now=now)
    record.note(activity.happening, "activity", activity.id, by=by, now=now)
    db.session.flush()
    return change


def _stamp(activity: Activity, *, now: datetime) -> None:
    activity.updated_at = now
    flag_modified(activity, "updated_at")  # two saves within a second still count as two versions


def _take(activity: Activity, values: dict[str, Any], *, now: datetime) -> Change:
    """Set what differs; raises Wrong before anything is set."""
    unknown = values.keys() - COLUMNS - belongings.NAMES - {"occurrences"}
    if unknown:
        raise ValueError(f"an activity has no {sorted(unknown)}")
    if values.get("mode", activity.mode) != activity.mode:
        values = {"occurrences": [{"id": one.id} for one in activity.occurrences]} | values  # online lies in no Land
    if "occurrences" in values:
        values = values | {"occurrences": dates.complete(activity, values["occurrences"])}
    if found := problems(values):
        raise Wrong(found)
    values = {name: _read(name, value) for name, value in values.items()}
    relied_on = {name: getattr(activity, name) for name in RELIED_ON}
    changed = {name for name in COLUMNS & values.keys() if _set(activity, name, values[name])}
    changed |= {name for name in belongings.NAMES & values.keys() if belongings.take(activity, name, values[name])}
    gone = dates.Dates()
    if "occurrences" in values:
        gone = dates.take(activity, values["occurrences"], now=now)
        changed |= {"occurrences"} if gone.touched else set()
    if gone.added and activity.is_postponed:
        activity.happening = "confirmed"  # a new date is what a postponed activity was waiting for
        activity.cancellation_reason = None
        changed.add("happening")
    elif activity.happening == "held" and any(one.ends_at > now for one in activity.occurrences):
        activity.happening = "confirmed"  # a course that goes on, or a date that was moved
        changed.add("happening")
    elif "happening" in changed:
        for occurrence in activity.occurrences:
            dates.step(occurrence, now=now)
    if activity.unread and changed and "unread" not in values:
        moved = [one.id for one, _start, _end in gone.moved]
        changed |= {"unread"} if _set(activity, "unread", unread.without(activity.unread, changed, moved)) else set()
    if changed:
        activity.search_text = texts.search_text_of(activity)
        if changed - NOT_SHOWN or not activity.is_published:
            _stamp(activity, now=now)
    before = {name: value for name, value in relied_on.items() if name in changed}
    return Change(
        changed, gone.moved, gone.removed, gone.added, gone.relocated, gone.relinked, gone.places_before, before
    )


def _read(name: str, value: Any) -> Any:
    """What is stored of a value; clusters come by their slug."""
    match BY_NAME[name].kind:
        case "cluster":
            return _cluster(name, value) if value else None
        case "clusters":
            return [_cluster(name, slug) for slug in value]
        case _:
            return read(name, value)


def _cluster(name: str, slug: str) -> Cluster:
    if cluster := clusters.by_slug(slug):
        return cluster
    raise Wrong({name: _("There is no cluster “%(name)s”.", name=slug)})


def _set(activity: Activity, name: str, value: Any) -> bool:
    if isinstance(value, str):
        value = value.strip() or None
    if value is None and name == "title_de":
        value = ""
    if value is None and BY_NAME[name].kind == "tick":
        value = False
    if getattr(activity, name) == value:
        return False
    setattr(activity, name, value)
    return True
