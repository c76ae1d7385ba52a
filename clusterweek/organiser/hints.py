"""What the program notices about a submission, so that people can look at the rest. Nothing here blocks anything."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from clusterweek.activities import clashes, rules, unread
from clusterweek.activities.clashes import Clashes
from clusterweek.activities.models import Activity
from clusterweek.i18n import either, gettext as _

SHORT_SUMMARY = 80  # characters; below it, a summary is a title once more
# "40 Euro", "€ 15", "Teilnahmegebühr"; not "kostenlos", not "Kosten sparen".
MONEY = re.compile(
    r"\d[\d.,]*\s*(?:€|euro?\b)|(?:€|\beur)\s*\d|gebühr|\bkostenpflichtig|\bfee\b|\bcharge\b", re.IGNORECASE
)
FREE = re.compile(r"gebührenfrei|(?:keine|ohne)\s+(?:teilnahme)?gebühr|free of charge|no (?:fee|charge)", re.IGNORECASE)


@dataclass(frozen=True)
class Hint:
    """One line above a submission: fine, or something to look at.

    `field`: the entry that it speaks of; `other`: the activity to compare with, or to allow an exception for.
    """

    sentence: str
    is_fine: bool
    field: str
    other: Activity | None = None


def of(activities: Sequence[Activity], *, now: datetime) -> dict[int, list[Hint]]:
    """The hints of each submission by its id, in a constant number of queries."""
    found = clashes.of(activities, for_office=True)
    return {activity.id: among(activity, found[activity.id], now=now) for activity in activities}


def among(activity: Activity, clash: Clashes, *, now: datetime) -> list[Hint]:
    """The hints of one submission: what is fine, and what is not."""
    hints = [
        Hint(sentence, False, name) for name, sentence in rules.obstacles(activity).items() if name != "occurrences"
    ]
    hints += [Hint(sentence, False, name) for name, sentence in unread.obstacles(activity).items()]
    hints += [
        _days(activity),
        _duplicates(clash),
        _deadline(activity, now),
        _texts(activity),
        _cost(activity),
    ]
    if activity.mode != "online":
        hints.append(_accessibility(activity))
    if activity.mode != "in_person" and activity.registration_mode == "internal":
        hints.append(_online(activity))
    if activity.partner_countries and not activity.title_en:
        hints.append(Hint(_("International partners, but no English title"), False, "title_en"))
    return hints


def to_look_at(hints: Sequence[Hint]) -> list[Hint]:
    """Those that are not fine."""
    return [hint for hint in hints if not hint.is_fine]


def _days(activity: Activity) -> Hint:
    if rules.outside(activity):
        return Hint(_("Not on the days of the week: only with an exception"), False, "occurrences", activity)
    if activity.outside_window_allowed:
        return Hint(_("Exception: may take place outside the week"), True, "occurrences")
    return Hint(_("On the days of the week"), True, "occurrences")


def _duplicates(clash: Clashes) -> Hint:
    if clash.duplicates:
        other = clash.duplicates[0]
        title = either(other, "title")[0]
        return Hint(_("Perhaps entered twice: “%(title)s”", title=title), False, "title_de", other)
    return Hint(_("No double found"), True, "title_de")


def _deadline(activity: Activity, now: datetime) -> Hint:
    first = min((occurrence.starts_at for occurrence in activity.occurrences), default=None)
    if first and first <= now:
        return Hint(_("The date lies in the past"), False, "occurrences")
    if activity.registration_mode == "internal" and (deadline := activity.registration_deadline):
        if first and deadline > first:
            return Hint(_("Registration closes after the date"), False, "registration_deadline")
        if deadline <= now:
            return Hint(_("Registration has closed already"), False, "registration_deadline")
    return Hint(_("Date and deadline fit together"), True, "registration_deadline")


def _texts(activity: Activity) -> Hint:
    if len(activity.summary_de or "") < SHORT_SUMMARY:
        return Hint(_("The summary is very short"), False, "summary_de")
    return Hint(_("Texts of the usual length"), True, "summary_de")


def _cost(activity: Activity) -> Hint:
    texts = " ".join(filter(None, (activity.summary_de, activity.description_de, activity.summary_en)))
    if not activity.cost_note and MONEY.search(FREE.sub("", texts)):
        return Hint(_("The text speaks of money, but “Cost” is empty"), False, "cost_note")
    return (
        Hint(_("Cost is stated"), True, "cost_note")
        if activity.cost_note
        else Hint(_("Free of charge"), True, "cost_note")
    )


def _accessibility(activity: Activity) -> Hint:
    if activity.accessibility or activity.is_accessible:
        return Hint(_("Says something on accessibility"), True, "accessibility")
    return Hint(_("Nothing said on accessibility"), False, "accessibility")


def _online(activity: Activity) -> Hint:
    if any(occurrence.online_url for occurrence in activity.occurrences):
        return Hint(_("Has a link for taking part online"), True, "venue")
    return Hint(_("No link yet for taking part online"), False, "venue")
