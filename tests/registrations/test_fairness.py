"""Whatever people do, in whatever order: no place is given twice, and nobody confirmed waits beside a free one."""

from collections.abc import Callable
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings, strategies as st

from clusterweek.activities.models import Activity
from clusterweek.db.session import unit_of_work
from clusterweek.refusal import Refusal
from clusterweek.registrations import actions, activity_changes, queries, signing_up
from clusterweek.registrations.models import Registration
from tests import make
from tests.conftest import NOW

PEOPLE = st.integers(0, 7)
MODES = st.sampled_from(["in_person", "online"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sign_up"), PEOPLE, MODES),
        st.tuples(st.just("sign_up"), PEOPLE, MODES),
        st.tuples(st.just("confirm"), PEOPLE, MODES),
        st.tuples(st.just("confirm"), PEOPLE, MODES),
        st.tuples(st.just("give_up"), PEOPLE, MODES),
        st.tuples(st.just("change_mode"), PEOPLE, MODES),
        st.tuples(st.just("wait"), st.integers(1, 60), MODES),
        st.tuples(st.just("capacity"), st.integers(0, 4), MODES),
    ),
    max_size=30,
)


class Story:
    """One activity, and what happens to it."""

    def __init__(self) -> None:
        self.activity: Activity = make.activity(mode="hybrid", capacity=2, capacity_online=1)
        self.now: datetime = NOW
        self.latest: dict[int, Registration] = {}

    def step(self, what: str, number: int, mode: str) -> None:
        do: Callable[[int, str], None] = getattr(self, what)
        try:
            do(number, mode)
        except Refusal:
            assert what == "change_mode"

    def sign_up(self, number: int, mode: str) -> None:
        who = signing_up.Attendee(f"P{number}", f"p{number}@example.org", mode=mode)
        with unit_of_work():
            self.latest[number] = make.signed_up(self.activity.id, who, now=self.now)

    def confirm(self, number: int, mode: str) -> None:
        if number in self.latest:
            with unit_of_work():
                actions.confirm(self.latest[number].id, now=self.now)

    def give_up(self, number: int, mode: str) -> None:
        if number in self.latest:
            with unit_of_work():
                actions.give_up(self.latest[number].id, now=self.now)

    def change_mode(self, number: int, mode: str) -> None:
        if number in self.latest:
            with unit_of_work():
                actions.change(
                    self.latest[number].id,
                    name="x",
                    organisation=None,
                    access_need=None,
                    wants_reminders=True,
                    mode=mode,
                    now=self.now,
                )

    def wait(self, hours: int, mode: str) -> None:
        self.now = min(self.now + timedelta(hours=hours), NOW + timedelta(days=14))
        actions.expire_holds(self.now)

    def capacity(self, number: int, mode: str) -> None:
        values = {"capacity": number} if mode == "in_person" else {"capacity_online": number}
        with unit_of_work():
            activity_changes.update(self.activity.id, values, by=None, now=self.now)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=STEPS)
def test_no_place_is_given_twice_and_nobody_waits_beside_a_free_one(steps: list[tuple[str, int, str]]) -> None:
    story = Story()
    had_places: set[int] = set()

    for what, number, mode in steps:
        story.step(what, number, mode)

        everybody = queries.of_activity(story.activity)
        placed = {one.id for one in everybody if one.status in queries.PLACED}
        for name, places in queries.places([story.activity])[story.activity.id].by_mode.items():
            here = {one.id for one in everybody if one.id in placed and one.mode == name}
            assert places.limit is not None
            if places.taken > places.limit:  # only because there were more places when they were given
                assert what in ("capacity", "wait") or not here - had_places
            waiting = [one for one in everybody if one.status == "waitlisted" and one.confirmed_at and one.mode == name]
            assert not (waiting and places.free)
        assert len({one.ticket for one in everybody}) == len(everybody)
        had_places = placed
