"""A limit that stops who fills a stranger's mailbox, and nobody who plans a week."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import current_app
from sqlalchemy import func, select

from clusterweek import clock
from clusterweek.activities.models import Activity
from clusterweek.config import Rate
from clusterweek.db.session import db, unit_of_work
from clusterweek.limits.models import Counter as Row
from clusterweek.outbox.models import Letter
from clusterweek.registrations import actions, queries, unanswered
from clusterweek.registrations.models import Registration
from tests import make
from tests.browse import Page, checked, page
from tests.conftest import NOW, Client, Clock, build_app
from tests.postgres import postgres_url
from tests.registrations import crowd
from tests.registrations.test_links import link
from tests.registrations.test_views import ADA, address, only, post

TEN = Rate(10, 86400)  # the default


@pytest.fixture(autouse=True)
def _limits(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "client" in request.fixturenames:
        monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_ADDRESS", TEN)
        monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_NETWORK", Rate(1000, 60))


def sign_up(client: Client, email: str = "ada@example.org", activity: Activity | None = None) -> int:
    path = address(activity or make.activity())
    return client.post(path, data=ADA | {"email": email}).status_code


def confirm_one(client: Client, email: str = "ada@example.org") -> None:
    waiting = select(Registration).where(Registration.email == email, Registration.status == "unconfirmed")
    one = db.session.scalars(waiting.limit(1)).one()
    assert client.post(link(one, "/confirm")).status_code == 303


def test_seven_activities_in_ten_minutes_are_no_flood(client: Client, at: Clock) -> None:
    """Whether the mailbox is looked into in between or not."""
    for number in range(7):
        at(NOW + timedelta(seconds=80 * number))
        assert sign_up(client, "vera@example.org") == 303
        assert sign_up(client, "ada@example.org") == 303
        confirm_one(client, "ada@example.org")


def test_who_confirms_may_go_on_at_once(client: Client) -> None:
    assert [sign_up(client) for _ in range(11)] == [303] * 10 + [429]

    confirm_one(client)

    assert [sign_up(client) for _ in range(25)] == [303] * 25


def test_who_has_confirmed_today_goes_on_without_confirming_each(client: Client, at: Clock) -> None:
    sign_up(client)
    confirm_one(client)
    at(NOW + timedelta(hours=9))

    assert [sign_up(client) for _ in range(20)] == [303] * 20


def test_each_answer_begins_the_count_anew() -> None:
    """Ten letters, and thirty more on the day of an answer; never more than that without the next one."""

    def granted() -> int:
        return [unanswered.may_write("ada@example.org", TEN, now=NOW) for _ in range(60)].count(True)

    assert granted() == 10
    for _ in range(2):
        with unit_of_work():
            unanswered.answer("Ada+x@example.org", now=NOW)
        assert granted() == 40


def test_what_is_answered_holds_for_a_day(client: Client, at: Clock) -> None:
    sign_up(client)
    confirm_one(client)
    at(NOW + timedelta(hours=26))

    assert [sign_up(client) for _ in range(11)] == [303] * 10 + [429]


def test_also_an_honest_mailbox_cannot_be_filled_by_others(client: Client) -> None:
    sign_up(client)
    confirm_one(client)

    got = Counter(sign_up(client, f"ada+{n}@example.org") for n in range(56))

    assert got[429] == 56 - 40
    assert db.session.scalar(select(func.count()).select_from(Registration)) == 41


@pytest.mark.parametrize(
    ("emails", "is_one"),
    [
        (["ana@example.org", "ana+x@example.org", "ANA+y@Example.ORG", "ana++@example.org"], True),
        (["ana.lopez@gmail.com", "analopez+x@gmail.com", "a.n.a.lopez@googlemail.com"], True),
        (["ana.lopez@example.org", "analopez@example.org"], False),  # elsewhere a dot may make a difference
        (["ana@münchen.example", "ana+1@xn--mnchen-3ya.example"], True),
        (["ana-x@example.org", "ana-y@example.org"], False),
        (["+x@example.org", "+y@example.org"], False),
        (["ana@example.org", "ana@example.com"], False),
    ],
)
def test_addresses_of_one_mailbox_are_counted_as_one(emails: list[str], is_one: bool) -> None:
    boxes = {unanswered.mailbox(email) for email in emails}

    assert len(boxes) == (1 if is_one else len(emails))


def test_fifty_six_letters_to_one_mailbox_are_impossible(client: Client) -> None:
    activities = [make.activity() for _ in range(3)]

    got = Counter(sign_up(client, f"ana+{n}@example.org", activities[n % 3]) for n in range(56))

    assert got == {303: 10, 429: 46}
    requests = select(func.count()).select_from(Letter).where(Letter.kind == "confirm_request")
    assert db.session.scalar(requests) == 10


def test_letters_asked_for_again_count_too(client: Client, at: Clock) -> None:
    """Every door through which a stranger can have a letter sent: sign-up, again, other address, lost link."""
    activity = make.activity()
    got = [post(client, address(activity), **ADA).status]
    for number in range(1, 12):
        at(NOW + timedelta(minutes=2 * number))
        got.append(client.post(address(activity, "lost_link"), data={"email": "ada+t@example.org"}).status_code)
    assert got == [200] + [303] * 9 + [429] * 2

    refused = [
        client.post(address(activity, "send_again")),
        client.post(address(activity, "correct_address"), data={"email": "ada+u@example.org"}),
        client.post(address(activity, "lost_link"), data={"email": "ada+v@example.org"}),
    ]

    assert [one.status_code for one in refused] == [429] * 3
    for answer in refused:
        shown = checked(answer, status=429)
        assert "noch niemand hat geantwortet" in shown.text
        assert shown.headers["Cache-Control"] == "no-store"
    assert checked(refused[1], status=429).fields["email"] == "ada+u@example.org"
    assert checked(refused[2], status=429).fields["email"] == "ada+v@example.org"
    assert only(activity).email == "ada@example.org"


def refused_page(client: Client, lang: str = "de") -> tuple[Page, str]:
    activity = make.activity(mode="hybrid", capacity_online=3)
    path = address(activity, lang=lang)
    typed = {"organisation": "Jenoptik", "access_need": "Rampe\nvorn", "mode": "online", "reference": "r" * 22}
    return checked(client.post(path, data=ADA | typed), status=429), path


@pytest.mark.parametrize(
    ("lang", "sentence", "when"),
    [
        (
            "de",
            "Bitte bestätigen Sie eine der Anmeldungen aus diesen Nachrichten; danach",
            "Bitte versuchen Sie es nach 23.03.2027, 01:00 Uhr wieder.",
        ),
        (
            "en",
            "Please confirm one of the registrations in those messages; then you can send this form at once.",
            "Please try again after 23 March 2027, 01:00.",
        ),
    ],
)
def test_who_has_to_wait_keeps_what_was_typed_and_reads_what_to_do(
    client: Client, lang: str, sentence: str, when: str
) -> None:
    for _ in range(10):
        sign_up(client)

    shown, path = refused_page(client, lang)

    assert sentence in shown.text
    assert when in shown.text
    assert shown.headers["Retry-After"] == str(int(15.5 * 3600))  # the day of UTC ends; it is 08:30 there
    kept = {name: value for name, value in shown.fields.items() if name not in ("csrf_token", "kv7")}
    assert kept == ADA | {
        "organisation": "Jenoptik",
        "access_need": "Rampe\nvorn",
        "mode": "online",
        "reference": "r" * 22,
        "asked_about": "",
    }

    confirm_one(client)

    assert client.post(path, data=shown.fields).status_code == 303


def test_within_the_hour_the_page_says_the_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_ADDRESS", Rate(5, 3600))
    for _ in range(5):
        sign_up(client)

    shown, _path = refused_page(client)

    assert shown.headers["Retry-After"] == "1800"  # 09:30 on the clock: until the hour is full
    assert "Bitte versuchen Sie es nach 10:00 Uhr wieder." in shown.text


def test_who_shares_a_network_keeps_what_was_typed_too(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_NETWORK", Rate(2, 60))
    for number in range(2):
        sign_up(client, f"p{number}@example.org")

    shown, path = refused_page(client)

    assert "Von hier kamen gerade sehr viele Anmeldungen." in shown.text
    assert shown.fields["access_need"] == "Rampe\nvorn"
    assert shown.headers["Retry-After"] == "60"
    assert page(client, path).status == 200


def test_a_known_address_is_stopped_after_as_many_as_a_new_one(client: Client) -> None:
    """Otherwise the limit would tell who is registered."""
    known = make.activity()
    make.registration(known, "Ada")

    new, old = (
        [sign_up(client, email, known)] + [sign_up(client, email) for _ in range(11)]
        for email in ("neu@example.org", "ada@example.org")
    )

    assert new == old == [303] * 10 + [429] * 2


def test_without_a_limit_nothing_is_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.config, "SIGNUP_LIMIT_ADDRESS", None)

    assert {sign_up(client) for _ in range(15)} == {303}


def test_giving_up_and_running_out_are_no_answer(client: Client, at: Clock) -> None:
    activity = make.activity()
    assert sign_up(client, activity=activity) == 303
    client.post(link(only(activity), "/give-up"))
    for _ in range(9):
        sign_up(client)

    assert sign_up(client) == 429


def test_a_copy_of_the_database_does_not_tell_whose_mailbox_it_is(client: Client) -> None:
    sign_up(client)
    confirm_one(client)

    for row in db.session.scalars(select(Row)):
        assert re.fullmatch(r"[0-9a-f]{64}", row.who)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_several_processes_count_together_and_an_answer_to_one_is_known_to_all(kind: str, tmp_path: Path) -> None:
    settings = {"DATABASE_URL": postgres_url("limits")} if kind == "postgresql" else {}
    limits = settings | {"SIGNUP_LIMIT_ADDRESS": "10/day", "SIGNUP_LIMIT_NETWORK": "off"}
    app = build_app(tmp_path, **settings)
    with app.app_context():
        with unit_of_work():
            paths = [
                address(make.activity(starts="2099-04-08 09:00", ends="2099-04-08 12:00"), "sign_up") for _ in range(40)
            ]

        statuses = crowd.send(
            [(one, {"name": "Ana", "email": f"ana+{n}@example.org"}) for n, one in enumerate(paths)], tmp_path, limits
        )

        assert Counter(statuses) == {303: 10, 429: 30}
        first = db.session.scalars(select(Registration).limit(1)).one()
        with unit_of_work():
            actions.confirm(first.id, now=clock.now())
        again = crowd.send(
            [(one, {"name": "Ana", "email": "ana+again@example.org"}) for one in paths], tmp_path, limits
        )
        assert Counter(again) == {303: 40}
        assert db.session.scalar(select(func.count()).select_from(Registration)) == 50
        assert len(queries.of_activity(first.activity)) == 2
        db.session.remove()
        db.engine.dispose()
