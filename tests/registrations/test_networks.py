"""One network against everybody: places are held for a fifth of it, and yet nobody who confirms is left without."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from clusterweek.activities.models import Activity
from clusterweek.db.session import db, unit_of_work
from clusterweek.registrations import actions, holds, queries
from clusterweek.registrations.models import Registration
from tests import make
from tests.browse import page
from tests.conftest import NOW, Client
from tests.mailbox import letters
from tests.registrations.test_links import link
from tests.registrations.test_shadows import ELSEWHERE, HERE, attempt, known, public
from tests.registrations.test_views import ADA, address, post

MANY = 30


def school(activity: Activity, count: int = MANY, network: str = HERE, **given: Any) -> list[Registration]:
    return [attempt(activity, f"pupil{n}@example.org", network, **given) for n in range(count)]


def kinds(registrations: list[Registration]) -> Counter[str]:
    return Counter("unheld" if one.is_unheld else one.status for one in registrations)


def confirm(one: Registration) -> Registration:
    with unit_of_work():
        return actions.confirm(one.id, now=NOW)


@pytest.mark.parametrize(
    ("limit", "most"), [(0, 5), (1, 5), (6, 5), (25, 5), (29, 5), (30, 6), (40, 8), (50, 10), (1000, 200), (None, None)]
)
def test_a_fifth_of_the_places_is_held_and_never_under_five(limit: int | None, most: int | None) -> None:
    assert holds.most_from_one_network(limit) == most


def test_a_school_of_30_behind_one_address_gets_its_places_once_confirmed() -> None:
    activity = make.activity(capacity=40)

    pupils = school(activity)

    assert kinds(pupils) == {"unconfirmed": 8, "unheld": 22}
    assert public(activity) == {"in_person": (32, 0)}  # neither places nor a line that there is not
    for one in reversed(pupils):
        assert confirm(one).status == "confirmed"
    assert public(activity) == {"in_person": (10, 0)}
    assert {one.network_hash for one in queries.of_activity(activity)} == {None}


def test_one_address_cannot_block_an_activity() -> None:
    activity = make.activity(capacity=50)

    school(activity, 80)
    others = [attempt(activity, f"other{n}@example.org", f"203.0.113.{n}") for n in range(40)]

    assert kinds(others) == {"unconfirmed": 40}


def test_a_family_on_a_small_tour_is_held_its_places() -> None:
    assert kinds(school(make.activity(capacity=6), 6)) == {"unconfirmed": 5, "unheld": 1}


def test_the_last_places_go_in_the_order_of_confirming_and_then_there_is_a_line() -> None:
    small = make.activity(capacity=10)
    for n in range(2):
        make.registration(small, f"P{n}", ticket=n + 1)
    crowd = school(small, 9)  # 5 held, 4 not: 3 places are left
    first, second, third, fourth = crowd[5:]
    assert kinds(crowd) == {"unconfirmed": 5, "unheld": 4}
    line = [confirm(one).status for one in (third, first, fourth, second)]
    assert line == ["confirmed", "confirmed", "confirmed", "waitlisted"]
    assert queries.position(second) == 1
    subjects = [mail.subject for one in (third, second) for mail in letters() if mail.to == one.email]
    assert subjects == [
        "Ihr Platz ist bestätigt: Workshop: Licht als Werkzeug",
        "Auf der Warteliste: Workshop: Licht als Werkzeug",
    ]


def test_nobody_who_waits_is_overtaken_by_one_that_confirms_late() -> None:
    activity = make.activity(capacity=10)
    unheld = school(activity, 6)[5]
    normal = [attempt(activity, f"n{n}@example.org", f"203.0.113.{n}") for n in range(7)]
    assert kinds(normal) == {"unconfirmed": 5, "waitlisted": 2}
    for one in normal:
        confirm(one)

    confirm(unheld)

    assert (unheld.status, [queries.position(one) for one in (*normal[5:], unheld)]) == ("waitlisted", [1, 2, 3])
    with unit_of_work():
        actions.give_up(normal[0].id, now=NOW)
    assert [one.status for one in (*normal[5:], unheld)] == ["confirmed", "waitlisted", "waitlisted"]


def test_ways_of_attending_and_activities_are_counted_apart() -> None:
    activity = make.activity(mode="hybrid", capacity=10, capacity_online=None)

    on_site = school(activity, 6, mode="in_person")
    online = [attempt(activity, f"o{n}@example.org", mode="online") for n in range(12)]

    assert kinds(on_site) == {"unconfirmed": 5, "unheld": 1}
    assert kinds(online) == {"unconfirmed": 12}  # no limit of places, nothing to block
    assert kinds(school(make.activity(capacity=10), 5)) == {"unconfirmed": 5}


def test_without_a_limit_everybody_is_held_a_place(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    activity = make.activity(capacity=20)
    assert kinds(school(activity, 12, is_limited=False)) == {"unconfirmed": 12}
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_NETWORK", None)

    for n in range(8):
        client.post(address(activity), data=ADA | {"email": f"a{n}@example.org"})

    assert public(activity) == {"in_person": (0, 0)}


def test_the_network_is_forgotten_when_a_registration_is_confirmed_or_ends() -> None:
    activity = make.activity(capacity=20)
    one, two, three = school(activity, 3)
    assert all(each.network_hash and HERE not in each.network_hash for each in (one, two, three))
    other = attempt(make.activity(), "pupil0@example.org")
    assert other.network_hash != one.network_hash  # nobody can tell who has been at two activities

    confirm(one)
    with unit_of_work():
        actions.give_up(two.id, now=NOW)
    actions.expire_holds(NOW + timedelta(hours=48))

    assert db.session.scalars(select(Registration.network_hash)).all() == [None] * 4


@pytest.mark.parametrize(
    ("lang", "words"),
    [("de", "deshalb halten wir Ihnen noch keinen Platz"), ("en", "so we do not hold a place for you yet")],
)
@pytest.mark.parametrize("is_known", [True, False])
def test_page_and_letter_say_that_the_place_comes_with_the_confirmation(
    client: Client, lang: str, words: str, is_known: bool
) -> None:
    activity = make.activity(capacity=20)
    if is_known:
        known(activity, "confirmed", "ada@example.org")
    for n in range(5):
        client.post(address(activity), data=ADA | {"email": f"a{n}@example.org"})

    received = post(client, address(activity, lang=lang), **ADA)

    assert words in received.text
    if not is_known:
        ada = next(one for one in queries.of_activity(activity) if one.email == ADA["email"])
        (mail,) = [one for one in letters() if one.to == ADA["email"]]
        assert words in mail.text
        assert words in mail.page
        assert words in page(client, link(ada, lang=lang)).text
        assert post(client, link(ada, "/confirm", lang=lang)).h1 in (
            "Ihr Platz ist bestätigt",
            "Your place is confirmed",
        )


def test_host_and_office_are_told_of_many_from_one_network(client: Client) -> None:
    activity = make.activity(capacity=20)
    sentence = (
        "9 noch nicht bestätigte Anmeldungen kommen aus einem einzigen Netz. Für 5 davon werden Plätze gehalten; "
        "die übrigen bekommen ihren Platz beim Bestätigen, solange es welche gibt."
    )
    make.login(client, make.organiser())
    office = f"/de/organiser/{activity.edition.slug}/"
    assert "aus einem einzigen Netz" not in page(client, office).text

    school(activity, 9)
    school(make.activity(edition=activity.edition), 5)
    attempt(activity, "else@example.org", ELSEWHERE)

    # Once for those who look, once for those who listen to the link beside it.
    assert page(client, office).text.count("aus einem einzigen Netz") == page(client, office).text.count(sentence) == 2
    registrations = page(client, f"{office}activities/{activity.id}/registrations")
    assert sentence in registrations.text
    assert "Platz bei Bestätigung" in registrations.text
    make.login(client, make.member(activity.host_cluster))
    slug = activity.host_cluster.slug
    assert sentence in page(client, f"/de/host/{slug}/{activity.id}/registrations").text
    assert sentence in page(client, f"/de/host/{slug}/").text
    assert HERE not in registrations.text
