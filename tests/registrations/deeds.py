"""What people do with a registration, each in a unit of work of its own, and what came of it in a few words."""

from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, queries, signing_up
from clusterweek.registrations.models import Registration
from tests import make
from tests.conftest import NOW


def attendee(name: str = "Ada", **given: object) -> signing_up.Attendee:
    return signing_up.Attendee(**{"name": name, "email": f"{name.lower()}@example.org"} | given)  # type: ignore[arg-type]


def sign_up(activity: Activity, name: str = "Ada", now=NOW, reference: str | None = None, **given) -> Registration:
    with unit_of_work():
        return make.signed_up(activity.id, attendee(name, **given), now=now, reference=reference)


def confirm(registration: Registration, now=NOW) -> Registration:
    with unit_of_work():
        return actions.confirm(registration.id, now=now)


def give_up(registration: Registration, now=NOW) -> Registration:
    with unit_of_work():
        return actions.give_up(registration.id, now=now)


def kinds() -> list[str]:
    """The letters in the outbox, in the order in which they were posted, without nudges and those that nobody gets."""
    said = Letter.kind.not_in(("confirm_nudge", "no_letter"))
    rows = db.session.execute(select(Letter.kind, Letter.ids).where(said).order_by(Letter.id))
    names = {one.id: one.name for one in db.session.scalars(select(Registration))}
    return [f"{kind} {names[ids['registration_id']]}" for kind, ids in rows]


def states(activity: Activity) -> dict[str, str]:
    return {one.name: one.status for one in queries.of_activity(activity)}
