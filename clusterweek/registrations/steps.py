"""The steps that end an activity or take it up again: one table for the cluster's desk and for the office's.

Both desks ask with `templates/registrations/step.html` and take the step with `taken`; to add one, copy its neighbour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from wtforms import TextAreaField

from clusterweek.accounts.models import Person
from clusterweek.activities import actions, moderation, rules, standing
from clusterweek.activities.models import Activity
from clusterweek.i18n import either, gettext as _, lazy_gettext as _l, ngettext
from clusterweek.registrations import activity_changes, deciding
from clusterweek.registrations.deciding import DecisionForm
from clusterweek.web.forms import AtMost, Needed, Unneeded, many_lines

# Room for a page of both languages; what one desk took with 2000 characters was refused at the other with 600.
REASON_LIMIT = 2000


@dataclass(frozen=True)
class Reason:
    """What is asked for with a step. `needed`: what to do when it is empty; None: it may stay empty."""

    label: Any
    needed: Any = None
    hint: Any = ""


@dataclass(frozen=True)
class Step:
    """A step. `asks` and `button` are the words of its page, `means` what it brings about, `says` what was done.

    `take` runs inside the transaction, with the reason and by whom and when; it returns what this meant for attendees.
    `tells`: how many are told, in words, where the attendees are written to.
    """

    may: Callable[[Activity], bool]
    take: Callable[[Activity, str, Person, datetime], list[str]]
    asks: Any
    means: tuple[Any, ...]
    button: Any
    says: Any
    tells: Callable[[int], str] | None = None
    reason: Reason | None = None


def _cancel(activity: Activity, reason: str, by: Person, now: datetime) -> list[str]:
    return activity_changes.cancel(activity.id, reason, by=by, now=now).notices


def _postpone(activity: Activity, reason: str, by: Person, now: datetime) -> list[str]:
    return activity_changes.postpone(activity.id, reason or None, by=by, now=now).notices


def _withdraw(activity: Activity, _reason: str, by: Person, now: datetime) -> list[str]:
    actions.withdraw(activity, by=by, now=now)
    return []


def _take_up(activity: Activity, _reason: str, by: Person, now: datetime) -> list[str]:
    actions.take_up_again(activity, by=by, now=now)
    return []


def _reopen(activity: Activity, reason: str, by: Person, now: datetime) -> list[str]:
    moderation.request_changes(activity, {"general": reason}, by=by, now=now)
    return []


def _are_told(count: int) -> str:
    return ngettext("%(num)s registered person is told by mail.", "%(num)s registered people are told by mail.", count)


def _keep_their_places(count: int) -> str:
    return ngettext(
        "%(num)s registered person keeps the place and is told by mail.",
        "%(num)s registered people keep their places and are told by mail.",
        count,
    )


READ_BY_ALL = _l("Shown on the page and in the mail; best in German and English.")
STEPS = {
    "cancel": Step(
        may=lambda activity: rules.may_stop(activity, standing.CANCELLED),
        take=_cancel,
        asks=_l("Cancel the activity?"),
        means=(
            _l("The page stays, marked as cancelled; so does the entry in subscribed calendars."),
            _l("This cannot be undone."),
        ),
        button=_l("Cancel the activity"),
        says=_l("Cancelled: “%(title)s”"),
        tells=_are_told,
        reason=Reason(_l("Reason"), _l("Give a reason: everybody who has registered will read it."), READ_BY_ALL),
    ),
    "postpone": Step(
        may=lambda activity: rules.may_stop(activity, standing.POSTPONED),
        take=_postpone,
        asks=_l("Postpone the activity?"),
        means=(
            _l("The old dates are cancelled in subscribed calendars; the page says that a new date follows."),
            _l("As soon as you enter a new date, the activity takes place again."),
        ),
        button=_l("Postpone the activity"),
        says=_l("Postponed: “%(title)s”"),
        tells=_keep_their_places,
        reason=Reason(_l("Reason"), hint=READ_BY_ALL),
    ),
    "withdraw": Step(
        may=lambda activity: rules.may_become(activity.review_status, "withdrawn"),
        take=_withdraw,
        asks=_l("Withdraw the activity?"),
        means=(_l("It is taken out of the review, and can be taken up again as a draft."),),
        button=_l("Withdraw the activity"),
        says=_l("Withdrawn: “%(title)s”. It can be taken up again as a draft."),
    ),
    "take-up": Step(
        may=lambda activity: rules.may_become(activity.review_status, "draft"),
        take=_take_up,
        asks=_l("Take the activity up again?"),
        means=(_l("It becomes a draft again, which can be changed and submitted."),),
        button=_l("Take up again as a draft"),
        says=_l("“%(title)s” is a draft again."),
    ),
    "reopen": Step(
        may=lambda activity: activity.review_status == "rejected",
        take=_reopen,
        asks=_l("Send it back for changes?"),
        means=(_l("The cluster gets a letter with what you write, and can submit it again."),),
        button=_l("Send back"),
        says=_l("Sent back for changes: “%(title)s”"),
        reason=Reason(_l("What should change"), _l("Write what should change: the cluster will read it.")),
    ),
}


class StepForm(DecisionForm):
    """A step on the state that was looked at; steps with a reason have a field `reason`, see `form`."""

    @property
    def said(self) -> str:
        return (self["reason"].data if "reason" in self else None) or ""


@cache
def _form_of(step: str) -> type[StepForm]:
    asked = STEPS[step].reason
    if asked is None:
        return StepForm
    needed = Needed(asked.needed) if asked.needed else Unneeded()
    field = TextAreaField(asked.label, [needed, AtMost(REASON_LIMIT)], filters=[many_lines])
    return type("ReasonForm", (StepForm,), {"reason": field})


def form(step: str, **given: Any) -> StepForm:
    """The form of a step, as it was sent; `given` where nothing was."""
    return _form_of(step)(**given)


def possible(activity: Activity, names: tuple[str, ...]) -> list[str]:
    """Those of the steps that may be taken now; none in the archive."""
    return [] if activity.edition.state == "archived" else [name for name in names if STEPS[name].may(activity)]


def asked(step: str, activity: Activity, *, now: datetime) -> dict[str, Any]:
    """What `registrations/step.html` shows beside the form."""
    found = STEPS[step]
    means = list(found.means)
    if found.tells:
        told = len(activity_changes.told_of_stop(activity, now=now))
        means.insert(1, found.tells(told) if told else _("Nobody has to be told; no mail leaves."))
    return {"step": found, "means": means, "activity": activity}


def taken(step: str, activity: Activity, form: StepForm, *, by: Person, now: datetime) -> list[str] | None:
    """What was done, in sentences; None when nothing was, and the form says why."""
    notices: list[str] = []

    def take(locked: Activity) -> None:
        notices.extend(STEPS[step].take(locked, form.said, by, now))

    if not form.validate_on_submit() or not deciding.carried_out(activity, form, take):
        return None
    title = either(activity, "title")[0] or _("without a title (%(id)s)", id=activity.id)
    return [str(STEPS[step].says) % {"title": title}, *notices]
