"""Two worlds: in one the address that is typed is registered already, in the other it is new. Nobody can tell them
apart."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings, strategies as st
from sqlalchemy import select

from clusterweek.activities import rules as activity_rules
from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.listing import filter as filters, query
from clusterweek.programme import files
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, activity_changes, counting, lost_letters, queries, signing_up
from clusterweek.registrations.models import Registration, Shadow
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client, Clock
from tests.mailbox import letters
from tests.registrations.test_links import link
from tests.registrations.test_views import ADA, address, post

HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"


def public(activity: Activity) -> dict[str, tuple[int | None, int]]:
    """(places free, people waiting) of each way of attending, as the public sees them."""
    db.session.expire_all()
    counted = counting.both([activity])[activity.id].shown.by_mode
    return {mode: (places.free, places.waiting) for mode, places in counted.items()}


def exported(activity: Activity) -> tuple[int | None, int]:
    """The same from the public programme as JSON, with the filter `seats=1`: (-1, -1) where that leaves it out."""
    made = files.make(
        "json", edition=activity.edition, filter=filters.of([("seats", "1")], now=NOW), lang="de", now=NOW
    )
    items = [one for one in json.loads(made.body)["items"] if one["id"] == activity.id]
    return (items[0]["seats_free"], items[0]["waiting_count"]) if items else (-1, -1)


def known(activity: Activity, status: str, email: str = "known@example.org") -> Registration:
    held = {"hold_until": NOW + timedelta(hours=47)} if status == "unconfirmed" else {}
    return make.registration(activity, "Known", status, email=email, ticket=900, **held)


def shown(client: Client, activity: Activity, endpoint: str) -> str:
    """A page without what differs from activity to activity, and from visit to visit."""
    html = page(client, address(activity, endpoint)).html
    html = html.replace(activity_rules.address_part(activity), "…")
    return re.sub(r'name="(csrf_token|reference)"[^>]*>', "", html)


def twins(status: str, **given: Any) -> tuple[Activity, Activity]:
    """Two activities that look alike: at one known@example.org is registered, at the other somebody else."""
    edition = make.edition()
    made = make.activity(edition=edition, **given), make.activity(edition=edition, **given)
    known(made[0], status)
    known(made[1], status, email="else@example.org")
    return made


def attempt(activity: Activity, email: str, network: str = HERE, now: datetime = NOW, **given: Any) -> Registration:
    who = signing_up.Attendee(email.partition("@")[0], email, mode=given.pop("mode", None))
    with unit_of_work():
        return make.signed_up(activity.id, who, now=now, network=network, **given)


@pytest.mark.parametrize("status", ["confirmed", "unconfirmed", "waitlisted"])
@pytest.mark.parametrize("capacity", [0, 1, 2, 3, 20, None])
def test_a_try_of_somebody_known_moves_the_public_numbers_as_that_of_somebody_new(
    client: Client, at: Clock, status: str, capacity: int | None
) -> None:
    pair = twins(status, capacity=capacity)
    before = [public(one) for one in pair]

    for one in pair:
        post(client, address(one), **ADA | {"email": "known@example.org"})

    assert before[0] == before[1]
    assert public(pair[0]) == public(pair[1])
    assert capacity is None or public(pair[0]) != before[0]
    assert exported(pair[0]) == exported(pair[1])
    for path in ("sign_up", "received"):
        assert shown(client, pair[0], path) == shown(client, pair[1], path)

    for _ in range(2):  # trying again adds nothing
        for one in pair:
            client.post(address(one), data=ADA | {"email": "Known@example.org"})
    assert public(pair[0]) == public(pair[1])

    at(NOW + timedelta(hours=47, minutes=59))
    actions.expire_holds(at.now)  # type: ignore[attr-defined]
    assert public(pair[0]) == public(pair[1])
    at(NOW + timedelta(hours=48))
    actions.expire_holds(at.now)  # type: ignore[attr-defined]
    assert public(pair[0]) == public(pair[1])
    assert db.session.scalars(select(Shadow)).all() == []


def test_no_place_is_lost_to_a_shadow(client: Client) -> None:
    activity = make.activity(capacity=2)
    known(activity, "confirmed")

    attempt(activity, "known@example.org")
    bob = attempt(activity, "bob@example.org", ELSEWHERE)

    assert public(activity) == {"in_person": (0, 1)}
    assert bob.status == "unconfirmed"
    (told,) = [mail for mail in letters() if mail.to == "bob@example.org"]
    assert "Alle Plätze sind vergeben" in told.text  # as it is shown to everybody
    assert post(client, link(bob, "/confirm")).h1 == "Ihr Platz ist bestätigt"
    assert queries.places([activity])[activity.id].taken == 2
    assert public(activity) == {"in_person": (0, 1)}
    actions.expire_holds(NOW + timedelta(hours=48))
    assert public(activity) == {"in_person": (0, 0)}


def test_a_try_after_the_confirmation_counts_like_one_of_somebody_new_also_from_the_same_browser() -> None:
    activity = make.activity(capacity=20)
    ada = attempt(activity, "ada@example.org", reference="a" * 22)
    with unit_of_work():
        actions.confirm(ada.id, now=NOW)

    again = attempt(activity, "ada@example.org", now=NOW + timedelta(minutes=2), reference="a" * 22)

    assert (again.id, again.status) == (ada.id, "confirmed")
    assert public(activity) == {"in_person": (18, 0)}
    assert queries.places([activity])[activity.id].taken == 1


def test_the_desks_count_real_places_and_the_public_files_shown_ones(client: Client) -> None:
    activity = make.activity(capacity=20)
    known(activity, "confirmed")
    attempt(activity, "known@example.org")
    everything = filters.of([], now=NOW)

    def seats(is_office: bool) -> int:
        made = files.make("json", edition=activity.edition, filter=everything, lang="de", now=NOW, is_office=is_office)
        return json.loads(made.body)["items"][0]["seats_free"]

    assert (seats(True), seats(False)) == (19, 18)
    csv = [
        files.make("csv", edition=activity.edition, filter=everything, lang="de", now=NOW, is_office=office).body
        for office in (True, False)
    ]
    assert [b";19;0" in csv[0], b";18;0" in csv[1]] == [True, True]
    make.login(client, make.organiser())
    desk = page(client, f"/de/organiser/{activity.edition.slug}/activities/{activity.id}/registrations")
    assert "1 von 20 Plätzen vergeben" in desk.text


def test_a_shadow_holds_neither_address_nor_network(client: Client) -> None:
    activity = make.activity()
    known(activity, "confirmed")
    client.post(address(activity), data=ADA | {"email": "known@example.org"})

    row = str(db.session.execute(select(Shadow.__table__)).one())

    assert "known" not in row
    assert "127.0.0.1" not in row


PEOPLE = st.integers(0, 3)
MODES = st.sampled_from(["in_person", "online"])
WHERE = st.sampled_from([HERE, ELSEWHERE])
# What anybody outside can do with the address that is or is not known, and what others do meanwhile.
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("try_it"), WHERE, MODES),
        st.tuples(st.just("try_it"), WHERE, MODES),
        st.tuples(st.just("sign_up"), PEOPLE, MODES),
        st.tuples(st.just("sign_up"), PEOPLE, MODES),
        st.tuples(st.just("confirm"), PEOPLE, MODES),
        st.tuples(st.just("give_up"), PEOPLE, MODES),
        st.tuples(st.just("correct"), WHERE, st.sampled_from(["fresh@example.org", "other@example.org"])),
        st.tuples(st.just("wait"), st.integers(1, 30), MODES),
        st.tuples(st.just("capacity"), st.integers(0, 4), MODES),
    ),
    max_size=16,
)


class World:
    """One activity; `email` is what the curious one types. `others` have their places in both worlds."""

    def __init__(self, is_known: bool) -> None:
        self.activity = make.activity(mode="hybrid", capacity=3, capacity_online=2)
        self.now = NOW
        self.latest: dict[int, Registration] = {}
        for name, mode in (("target", "in_person"), ("other", "online")):
            email = f"{name if is_known else name + '-else'}@example.org"
            make.registration(self.activity, name, "confirmed", email=email, mode=mode, ticket=len(name))

    def take(self, what: str, one: Any, mode: str) -> str:
        do: Callable[[Any, str], None] = getattr(self, what)
        try:
            do(one, mode)
        except Refusal as refused:
            return str(refused)
        return ""

    def try_it(self, network: str, mode: str) -> None:
        attempt(self.activity, "target@example.org", network, self.now, mode=mode, reference=network)

    def correct(self, network: str, email: str) -> None:
        who = signing_up.Attendee("x", email)
        with unit_of_work():
            lost_letters.correct_address(self.activity.id, who, reference=network, network=network, now=self.now)

    def sign_up(self, number: int, mode: str) -> None:
        self.latest[number] = attempt(self.activity, f"p{number}@example.org", f"10.0.0.{number}", self.now, mode=mode)

    def confirm(self, number: int, mode: str) -> None:
        if number in self.latest:
            with unit_of_work():
                actions.confirm(self.latest[number].id, now=self.now)

    def give_up(self, number: int, mode: str) -> None:
        if number in self.latest:
            with unit_of_work():
                actions.give_up(self.latest[number].id, now=self.now)

    def wait(self, hours: int, mode: str) -> None:
        self.now = min(self.now + timedelta(hours=hours), NOW + timedelta(days=14))
        actions.expire_holds(self.now)

    def capacity(self, number: int, mode: str) -> None:
        values = {"capacity": number} if mode == "in_person" else {"capacity_online": number}
        with unit_of_work():
            activity_changes.update(self.activity.id, values, by=None, now=self.now)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    # Shrinking plays hundreds of stories more and takes minutes; what fails is printed as it was.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@example(  # the second try of one's own leaves a shadow that is not counted; the address is free again, and others came
    steps=[
        ("try_it", HERE, "in_person"),
        ("try_it", HERE, "in_person"),
        ("sign_up", 1, "in_person"),
        ("correct", HERE, "fresh@example.org"),
        ("try_it", HERE, "in_person"),
    ]
)
@example(  # two of one's own become one, and that one is corrected once more
    steps=[
        ("correct", HERE, "other@example.org"),
        ("try_it", HERE, "online"),
        ("sign_up", 1, "online"),
        ("sign_up", 3, "in_person"),
        ("correct", HERE, "other@example.org"),
        ("correct", HERE, "fresh@example.org"),
    ]
)
@example(  # from two networks; the one corrects the address, the other tries again, in another way of attending
    steps=[
        ("try_it", ELSEWHERE, "online"),
        ("try_it", HERE, "in_person"),
        ("correct", ELSEWHERE, "fresh@example.org"),
        ("wait", 5, "online"),
        ("try_it", HERE, "online"),
        ("wait", 30, "online"),
        ("wait", 15, "online"),
    ]
)
@given(steps=STEPS)
def test_whatever_happens_the_public_numbers_of_both_worlds_are_the_same(steps: list[tuple[str, Any, str]]) -> None:
    worlds = World(True), World(False)

    for step in steps:
        for world in worlds:
            world.take(*step)

        shown = [public(world.activity) for world in worlds]
        assert shown[0] == shown[1], step
        seats = filters.of([("seats", "1")], now=worlds[0].now)
        found = [world.activity.id in set(query.ids(world.activity.edition, seats)) for world in worlds]
        assert found[0] == found[1]
        for world in worlds:  # and in truth nobody waits beside a free place
            real = queries.places([world.activity])[world.activity.id]
            line = [
                one for one in queries.of_activity(world.activity) if one.status == "waitlisted" and one.confirmed_at
            ]
            for mode, places in real.by_mode.items():
                assert not (places.free and any(one.mode == mode for one in line))
