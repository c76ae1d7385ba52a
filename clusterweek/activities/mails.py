"""The letters of this room: to the members of the host cluster, about their activity."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from clusterweek.accounts.models import Person
from clusterweek.activities import entries, queries, rules
from clusterweek.activities.models import Activity
from clusterweek.clusters import queries as clusters
from clusterweek.db.session import db
from clusterweek.editions import rules as edition_rules
from clusterweek.editions.models import Edition
from clusterweek.i18n import either, gettext as _, language, lazy_gettext as _l, moment_long
from clusterweek.outbox import paper, post
from clusterweek.outbox.letter import About, Kind, Mail
from clusterweek.outbox.models import Letter
from clusterweek.web import links


def to_cluster(kind: str, activity: Activity, *, now: datetime) -> None:
    """Post a letter of `kind` to everybody who runs the host cluster, in their language."""
    for person in _people_of_host(activity):
        post.queue(
            kind,
            key=f"{kind}:{activity.id}:{person.id}:{int(now.timestamp())}",
            language=person.language,
            now=now,
            activity_id=activity.id,
            person_id=person.id,
        )


def _people_of_host(activity: Activity) -> list[Person]:
    members = clusters.members(activity.host_cluster) if activity.host_cluster else []
    return [member.person for member in members if member.person.is_active]


def edit_link(activity: Activity, field: str | None = None) -> str:
    """Where the cluster edits it; with `field`, the page opens there, also even after a login, which loses anchors."""
    assert activity.host_cluster is not None
    values = {"cluster": activity.host_cluster.slug, "activity_id": activity.id}
    return links.page("host.edit", lang=language(), **values, **({"field": field} if field else {}))


def _objects(letter: Letter) -> tuple[Activity, Person]:
    activity = queries.get(letter.ids["activity_id"])
    person = db.session.get(Person, letter.ids["person_id"])
    assert activity is not None  # rows that letters speak of are never deleted
    assert person is not None
    return activity, person


def _while(*statuses: str) -> Callable[[Letter, datetime], bool]:
    """Wanted as long as the activity stands where the letter says, and the person still runs the cluster."""

    def is_wanted(letter: Letter, _now: datetime) -> bool:
        activity = queries.get(letter.ids["activity_id"])
        return (
            activity is not None
            and activity.review_status in statuses
            and letter.ids["person_id"] in [person.id for person in _people_of_host(activity)]
        )

    return is_wanted


def _render(kind: str, more: Callable[[Activity, Letter], dict[str, Any]]) -> Callable[[Letter, datetime], Mail]:
    def render(letter: Letter, _now: datetime) -> Mail:
        activity, person = _objects(letter)
        subject, text, page = paper.write(
            f"activities/mails/{kind}",
            activity=activity,
            title=either(activity, "title")[0],
            edition=activity.edition,
            person=person,
            edit_link=edit_link(activity),
            **more(activity, letter),
        )
        return Mail(to=person.email, subject=subject, text=text, page=page, is_demo=person.is_demo)

    return render


def _answer_due(activity: Activity, _letter: Letter) -> dict[str, Any]:
    return {"due_on": rules.answer_by(activity)}


def _remarks(activity: Activity, _letter: Letter) -> dict[str, Any]:
    remarks = queries.remarks(activity)
    return {
        "remarks": [(entries.label(one.field), one.text, edit_link(activity, one.field)) for one in remarks],
        "first_link": edit_link(activity, remarks[0].field if remarks else None),
    }


def _public_page(activity: Activity, letter: Letter) -> dict[str, Any]:
    address = links.page(
        "public.activity", lang=language(), edition=activity.edition.slug, activity=rules.address_part(activity)
    )
    assert activity.host_cluster is not None
    values = {"cluster": activity.host_cluster.slug, "activity_id": activity.id}
    return {
        "public_link": address,
        "sign_ups_link": links.page("host.registrations", lang=language(), **values),
        "later": _public_later(activity.edition, letter.created_at),
    }


def _public_later(edition: Edition, now: datetime) -> str:
    """The sentence that says when the programme appears; empty once it has."""
    if edition_rules.shows_programme(edition, now=now):
        return ""
    if edition.programme_from is None:
        return _("It will be public with the programme.")
    moment = moment_long(edition.programme_from, edition.timezone)
    return _("It will be public with the programme on %(moment)s.", moment=moment)


def about_activities(activity_of: Mapping[int, int | None]) -> dict[int, About]:
    """What letters speak of that are about these activities: the number of each letter, and of its activity."""
    numbers = {number for number in activity_of.values() if number}
    found = db.session.scalars(select(Activity).where(Activity.id.in_(numbers)).options(joinedload(Activity.edition)))
    told = {
        one.id: About(
            either(one, "title")[0], "organiser.activity", {"edition": one.edition.slug, "activity_id": one.id}
        )
        for one in found
    }
    return {letter: told[number] for letter, number in activity_of.items() if number in told}


def _about(letters: Sequence[Letter]) -> dict[int, About]:
    return about_activities({letter.id: letter.ids.get("activity_id") for letter in letters})


KINDS = {
    "activity_received": Kind(
        label=_l("Submission received"),
        is_wanted=_while("submitted"),
        render=_render("activity_received", _answer_due),
        about=_about,
    ),
    "activity_published": Kind(
        label=_l("Activity published"),
        is_wanted=_while("published"),
        render=_render("activity_published", _public_page),
        about=_about,
    ),
    "activity_changes_requested": Kind(
        label=_l("Changes requested"),
        is_wanted=_while("changes_requested"),
        render=_render("activity_changes_requested", _remarks),
        about=_about,
    ),
    "activity_rejected": Kind(
        label=_l("Activity not accepted"),
        is_wanted=_while("rejected"),
        render=_render("activity_rejected", lambda activity, letter: {}),
        about=_about,
    ),
}
