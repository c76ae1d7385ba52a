"""The rare cases that the demo must show."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.demo import actions, special
from clusterweek.registrations import queries
from clusterweek.registrations.models import Registration

pytestmark = pytest.mark.usefixtures("week")


def titled(title: str) -> Activity:
    return db.session.scalars(select(Activity).where(Activity.title_de == title)).one()


def activities(*conditions: object) -> list[Activity]:
    return list(db.session.scalars(select(Activity).where(*conditions)))  # type: ignore[arg-type]


def test_a_title_is_as_long_as_a_title_may_be() -> None:
    assert len(titled(special.LONG_TITLE).title_de) == 120


def test_a_title_looks_like_markup() -> None:
    assert "<b>fett</b>" in titled(special.MARKUP_TITLE).title_de


def test_partners_have_names_from_many_alphabets() -> None:
    names = " ".join(partner.name for activity in activities() for partner in activity.external_partners)

    assert "תל אביב" in names
    assert set("éåçô") <= set(names.casefold())


def test_one_evening_ends_after_midnight() -> None:
    late = [o for a in activities() for o in a.occurrences if not o.is_all_day and o.ends_on > o.starts_on]

    assert [(f"{o.starts_local:%H:%M}", f"{o.ends_local:%H:%M}") for o in late] == [("18:00", "00:30")]


def test_a_fair_lasts_four_days() -> None:
    lengths = {o.ends_local - o.starts_local for a in activities() for o in a.occurrences if o.is_all_day}

    assert max(lengths) == timedelta(days=4)


def test_a_course_is_held_in_two_towns() -> None:
    [course] = [a for a in activities(Activity.format == "block_course") if len({o.city for o in a.occurrences}) > 1]

    assert {o.city for o in course.occurrences} == {"Kulmbach", "Veitshöchheim"}
    assert "Käse" in course.title_de


def test_one_is_held_on_another_clock() -> None:
    [(activity, occurrence)] = [(a, o) for a in activities() for o in a.occurrences if o.timezone != "Europe/Berlin"]

    assert (occurrence.timezone, f"{occurrence.starts_local:%H:%M}", f"{occurrence.starts_at:%H:%M}") == (
        *("Europe/Lisbon", "10:00", "09:00"),
    )
    assert (activity.mode, activity.partner_countries, activity.languages) == ("online", ["PT"], ["en"])


def test_one_asks_for_the_evening_before_the_week() -> None:
    [eve] = [a for a in activities() for o in a.occurrences if o.starts_on < date(2027, 4, 6)]

    assert (eve.review_status, eve.outside_window_allowed) == ("submitted", True)


def test_one_was_entered_twice() -> None:
    [copy] = activities(Activity.title_de.endswith(" (Neu)"))
    original = titled(copy.title_de.removesuffix(" (Neu)"))

    assert copy.host_cluster_id == original.host_cluster_id
    assert copy.occurrences[0].starts_at == original.occurrences[0].starts_at


def test_two_wait_longer_than_ten_working_days() -> None:
    waiting = activities(Activity.review_status == "submitted")
    long = [a for a in waiting if a.submitted_at and a.submitted_at < actions.TODAY - timedelta(days=14)]

    assert (len(waiting), len(long)) == (8, 2)


def test_three_co_hosts_come_from_three_other_laender() -> None:
    for activity in activities():
        if len(activity.co_hosts) == 3 and activity.host_cluster:
            assert len({activity.host_cluster.land, *(cluster.land for cluster in activity.co_hosts)}) == 4


def test_a_host_from_the_south_invites_to_hannover() -> None:
    [workshop] = [a for a in activities(Activity.format == "workshop") for o in a.occurrences if o.city == "Hannover"]

    assert workshop.host_cluster is not None
    assert workshop.host_cluster.land == "DE-BW"


def test_sign_up_closes_today_for_one_and_has_closed_for_another() -> None:
    days = [
        a.registration_deadline.astimezone(actions.TODAY.tzinfo).date() - actions.TODAY.date()
        for a in activities(Activity.registration_deadline.is_not(None))
        if a.registration_deadline
    ]

    assert sorted(day.days for day in days)[:2] == [-2, 0]


def test_one_has_more_people_than_places() -> None:
    too_many = [a for a in activities() if (p := queries.places([a])[a.id]).limit is not None and p.taken > p.limit]

    assert [(a.capacity, queries.places([a])[a.id].taken) for a in too_many] == [(12, 15)]


def test_ada_is_in_two_places_at_once() -> None:
    ada = db.session.scalars(select(Registration).where(Registration.email == "ada@example.org")).all()
    dates = [registration.activity.occurrences[0] for registration in ada]

    assert [registration.status for registration in ada] == ["confirmed", "confirmed"]
    assert max(o.starts_at for o in dates) < min(o.ends_at for o in dates)


def test_somebody_works_for_a_formula() -> None:
    found = db.session.scalars(select(Registration.organisation).where(Registration.organisation.startswith("="))).all()

    assert found == ['=HYPERLINK("x")']


def test_one_draft_keeps_a_second_date_that_cannot_be_read() -> None:
    [draft] = [a for a in activities(Activity.review_status == "draft") if a.unread]

    assert draft.unread["dates"][0]["typed"]["starts_on"] == ["9.4x."]
    assert len(draft.occurrences) == 1
