"""Who has signed up in the demo."""

from collections import Counter, defaultdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from clusterweek.accounts import passwords, queries as people, rules
from clusterweek.accounts.models import Person
from clusterweek.activities.models import Activity
from clusterweek.clusters.models import Membership
from clusterweek.db.session import db
from clusterweek.demo import actions
from clusterweek.registrations import actions as registration_actions, queries
from clusterweek.registrations.models import ACTIVE, Registration
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("week")


def registrations() -> list[Registration]:
    return list(db.session.scalars(select(Registration).order_by(Registration.activity_id, Registration.ticket)))


def test_about_3500_people_have_signed_up_for_124_activities() -> None:
    found = registrations()

    assert len({r.activity_id for r in found}) == 124
    assert 3400 <= len(found) <= 3600
    shares = {status: round(100 * n / len(found)) for status, n in Counter(r.status for r in found).items()}
    assert shares.pop("confirmed") > 85
    assert shares == {"withdrawn": 6, "unconfirmed": 4, "waitlisted": 3}


def test_twelve_activities_are_full_and_have_a_line_of_3_to_15() -> None:
    line = Counter(r.activity_id for r in registrations() if r.status == "waitlisted")
    full = {a.id: a for a in db.session.scalars(select(Activity).where(Activity.id.in_(line)))}

    assert len(line) == 12
    assert all(3 <= count <= 15 for count in line.values())
    assert all(queries.places([a])[a.id].free == 0 for a in full.values())


def test_the_others_are_filled_to_two_thirds() -> None:
    line = {r.activity_id for r in registrations() if r.status == "waitlisted"}
    others = [a for a in db.session.scalars(select(Activity)) if a.registration_mode == "internal" and a.id not in line]
    rates = []
    for activity in others:
        places = queries.places([activity])[activity.id]
        if places.limit and places.taken and places.taken <= places.limit:
            rates.append(places.taken / places.limit)

    assert len(rates) == 124 - 12 - 1
    assert 0.6 < sum(rates) / len(rates) < 0.72  # Beta(4, 2) has its mean at two thirds
    assert max(rates) < 1


def test_tickets_follow_the_order_of_asking() -> None:
    by_activity = defaultdict(list)
    for registration in registrations():
        by_activity[registration.activity_id].append(registration)

    for found in by_activity.values():
        assert [r.ticket for r in found] == list(range(1, len(found) + 1))
        asked = [r.signed_up_at for r in found]
        assert asked == sorted(asked)
        active = [r.email_normalised for r in found if r.status in ACTIVE]
        assert len(set(active)) == len(active)


def test_moments_are_in_order_and_holds_still_run() -> None:
    for r in registrations():
        known = [moment for moment in (r.signed_up_at, r.confirmed_at, r.placed_at, r.withdrawn_at) if moment]
        assert known == sorted(known)
        assert known[-1] <= actions.TODAY + timedelta(hours=5)
        if r.status == "unconfirmed":
            assert r.hold_until is not None
            assert r.hold_until > actions.TODAY
        else:
            assert r.confirmed_at is not None


def test_hybrid_activities_are_attended_both_ways() -> None:
    modes = defaultdict(set)
    for r in registrations():
        modes[r.activity.mode].add(r.mode)

    assert modes == {"in_person": {"in_person"}, "online": {"online"}, "hybrid": {"in_person", "online"}}


def test_addresses_lead_nowhere() -> None:
    assert {r.email.partition("@")[2] for r in registrations()} == {"example.org"}


def test_the_links_in_letters_open_the_registration() -> None:
    one = registrations()[17]

    assert queries.by_token(registration_actions.token_of(one), now=NOW) is one


def test_the_cast_can_log_in_and_has_its_roles() -> None:
    found = {
        person.email: (*(grant.role for grant in person.grants), *(grant.land for grant in person.grants if grant.land))
        for person in db.session.scalars(select(Person))
    }

    assert found == {
        "olaf@example.org": ("organiser",),
        "clara@example.org": (),
        "bruno@example.org": (),
        "lena@example.org": ("land_coordinator", "DE-BY"),
        "vera@example.org": ("viewer",),
    }
    clara = people.by_email("clara@example.org")
    assert clara is not None
    assert clara.is_demo
    assert passwords.is_right(rules.DEMO_PASSWORD, clara.password_hash)
    members = db.session.scalars(select(Membership)).all()
    assert {(m.person.email, m.cluster.name, m.is_owner) for m in members} == {
        ("clara@example.org", "LeichtbauZirkel Lech (Demo)", True),
        ("bruno@example.org", "SpreePhotonik (Demo)", True),
    }
