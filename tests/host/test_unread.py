"""What cannot be stored is never lost: it stays in the form, costs nothing else, and nobody else sees it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from clusterweek import jobs
from clusterweek.activities import actions, moderation
from clusterweek.activities.models import Activity, Occurrence
from clusterweek.activities.values import Wrong
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db, unit_of_work
from clusterweek.i18n import force_language
from clusterweek.importing import activities as importing
from tests import make
from tests.browse import Page, checked, page
from tests.conftest import NOW, build_app
from tests.host.test_entry import COMPLETE, DATE, errors, resend
from tests.importing.test_activities import table
from tests.mailbox import mailbox
from tests.postgres import postgres_url

THREE = {
    **COMPLETE,
    **{name.replace("-0-", "-1-"): text for name, text in DATE.items()},
    **{name.replace("-0-", "-2-"): text for name, text in DATE.items()},
    "occurrences-0-online_url": "https://raum.example/1",
    "occurrences-0-venue_name": "Haus 1",
    "occurrences-1-starts_on": "9.4x.",
    "occurrences-1-venue_name": "Haus 2",
    "occurrences-1-online_url": "https://raum.example/2",
    "occurrences-2-starts_on": "10.4.2027",
    "occurrences-2-venue_name": "Haus 3",
}


@pytest.fixture
def optonet() -> Cluster:
    return make.cluster(slug="optonet")


@pytest.fixture
def desk(client: Any, optonet: Cluster) -> Any:
    make.edition()
    make.login(client, make.member(optonet))
    return client


def stored() -> Activity:
    db.session.expire_all()
    return db.session.scalars(select(Activity)).one()


def edit(client: Any) -> Page:
    return page(client, f"/en/host/optonet/{stored().id}")


def row(form: Page, part: str, text: str) -> str:
    """The beginning of the names in the row in which `part` reads `text`."""
    (found,) = [
        name for name, value in form.fields.items() if name.endswith(f"-{part}") and value == text and "occ" in name
    ]
    return str(found).removesuffix(part)


def test_of_three_dates_the_one_that_cannot_be_read_costs_nothing_else(desk: Any) -> None:
    answer = checked(desk.post("/en/host/optonet/new", data=THREE | {"save": "1"}), status=422)

    assert "Saved, except: Date 2" in answer.text
    assert list(errors(answer)) == ["occurrences-1-starts_on"]
    assert [(o.venue_name, f"{o.starts_local:%d.%m. %H:%M}", o.online_url) for o in stored().occurrences] == [
        ("Haus 1", "08.04. 09:00", "https://raum.example/1"),
        ("Haus 3", "10.04. 09:00", None),
    ]
    assert stored().title_de == THREE["title_de"]


@pytest.mark.parametrize("again", ["reload", "log out and in", "another person", "save something else"])
def test_what_was_typed_stands_there_again(desk: Any, optonet: Cluster, again: str) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})
    if again == "log out and in":
        with desk.session_transaction() as kept:
            kept.clear()
        make.login(desk, make.member(optonet, "Carl"))
    elif again == "another person":
        make.login(desk, make.member(optonet, "Carla"))
    elif again == "save something else":
        resend(desk, stored(), cost_note="20 Euro")

    form = edit(desk)

    assert "Saved, except: Date 2" in form.text
    assert list(errors(form)) == ["occurrences-1-starts_on"]
    typed = {name: text for name, text in THREE.items() if name.startswith("occurrences-1-")}
    shown = form.fields | {"occurrences-1-starts_time": "9:00"}  # shown as typed; compared below
    assert {name: shown[name] for name in typed} == typed
    assert form.fields["occurrences-1-starts_time"] == "9:00"
    assert [o.venue_name for o in stored().occurrences] == ["Haus 1", "Haus 3"]


def test_mended_it_becomes_the_date(desk: Any) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})
    uids = {o.uid for o in stored().occurrences}

    answer = resend(desk, stored(), **{"occurrences-1-starts_on": "9.4.2027"})

    assert answer.status_code == 303
    found = [(o.venue_name, o.starts_on.day) for o in stored().occurrences]
    assert found == [("Haus 1", 8), ("Haus 2", 9), ("Haus 3", 10)]
    assert uids < {o.uid for o in stored().occurrences}
    assert stored().unread == {}
    assert "Saved, except" not in edit(desk).text


@pytest.mark.parametrize("typed", ["9.30", "9 Uhr", "24:00"])
def test_a_time_without_its_day_stays_and_is_asked_about(desk: Any, typed: str) -> None:
    sent = COMPLETE | {"registration_deadline": "", "registration_deadline_time": typed, "save": "1"}

    answer = checked(desk.post("/en/host/optonet/new", data=sent), status=422)

    assert "Saved, except: Registration closes" in answer.text
    assert "Enter the day as well, or delete the time." in "".join(errors(answer).values())
    assert edit(desk).fields["registration_deadline_time"] == typed
    assert (stored().title_de, stored().registration_deadline) == (COMPLETE["title_de"], None)
    assert resend(desk, stored(), registration_deadline="1.4.2027").status_code == 303
    assert stored().unread == {}


@pytest.mark.parametrize("how", [{"occurrences-1-is_removed": "y"}, {"discard": "1"}], ids=["removed", "discarded"])
def test_it_can_be_deleted(desk: Any, how: dict[str, str]) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})

    assert resend(desk, stored(), **how).status_code == 303
    assert (stored().unread, [o.venue_name for o in stored().occurrences]) == ({}, ["Haus 1", "Haus 3"])
    assert "9.4x." not in edit(desk).html


def test_nothing_is_handed_in_before_it_is_mended(desk: Any) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})

    answer = checked(resend(desk, stored(), "submit"), status=422)

    assert list(errors(answer)) == ["occurrences-1-starts_on"]
    assert errors(answer)["occurrences-1-starts_on"].startswith("Date 2, ")
    with force_language("de"), pytest.raises(Wrong) as refused, unit_of_work():
        actions.submit(stored(), by=None, now=NOW)
    assert "„Termin 2“" in str(refused.value)
    assert (stored().review_status, mailbox()) == ("draft", [])
    assert "1 required entry is missing: Dates" in edit(desk).text


def test_the_office_does_not_publish_what_waits_to_be_mended(desk: Any, optonet: Cluster) -> None:
    activity = make.submitted(edition=make.edition(), host=optonet)
    checked(resend(desk, activity, capacity="viele"), status=422)

    with force_language("de"), pytest.raises(Wrong) as refused, unit_of_work():
        moderation.publish(stored(), by=None, now=NOW)

    assert "„Plätze vor Ort“" in str(refused.value)
    assert stored().review_status == "submitted"


def test_a_preview_shows_only_what_is_stored(desk: Any) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})

    assert "9.4x." not in page(desk, f"/en/host/optonet/{stored().id}/preview").html


DEADLINE = datetime.fromisoformat("2027-04-01T10:00+02:00")
WRONG = [
    ("capacity", "viele", "capacity", 20),
    ("capacity_online", "-3", "capacity_online", None),
    ("registration_deadline", "bald", "registration_deadline", DEADLINE),
    (
        "registration_deadline_time",
        "mittags",
        "registration_deadline",
        datetime.fromisoformat("2027-04-01T10:00+02:00"),
    ),
    ("registration_url", "anmelden", "registration_url", "https://example.org/anmelden"),
    ("contact_email", "clara@", "contact_email", "clara@optonet.example"),
    ("title_de", "x" * 121, "title_de", "Workshop: Licht als Werkzeug"),
    ("summary_de", "y" * 601, "summary_de", "Wir zeigen, was Licht in der Fertigung kann."),
    ("description_en", "z" * 6001, "description_en", "Long."),
    ("cost_note", "c" * 301, "cost_note", "20 Euro"),
    ("accessibility", "a" * 1001, "accessibility", "Aufzug"),
    ("external_partners-0-name", "p" * 161, "external_partners", "Verein"),
]


@pytest.mark.parametrize(("field", "text", "column", "before"), WRONG, ids=[case[0] for case in WRONG])
@pytest.mark.parametrize("status", ["draft", "changes_requested"])
def test_no_entry_that_cannot_be_stored_is_lost_or_clears_what_is(
    desk: Any, optonet: Cluster, field: str, text: str, column: str, before: Any, status: str
) -> None:
    make.activity(
        **{"review_status": status, "published_at": None, "decided_at": make.THEN, "host": optonet},
        registration_deadline=DEADLINE,
        registration_url="https://example.org/anmelden",
        description_en="Long.",
        cost_note="20 Euro",
        accessibility="Aufzug",
        partners=(("Verein", "NL"),),
    )

    answer = checked(resend(desk, stored(), **{field: text, "contact_name": "Carla Neu"}), status=422)

    assert answer.fields[field] == text
    assert stored().contact_name == "Carla Neu"  # everything else is stored
    for form in (edit(desk), edit(desk)):
        assert form.fields[field] == text
        assert len(errors(form)) == 1
    value = getattr(stored(), column)
    assert (value[0].name if column == "external_partners" else value) == before
    assert [p.country for p in stored().external_partners] == ["NL"]

    resend(desk, stored(), "discard")
    assert edit(desk).fields[field] != text


PARTS = [
    ("starts_on", "9.4x."),
    ("starts_time", "früh"),
    ("ends_time", "8:00"),
    ("ends_time", "spät"),
    ("ends_on", "übermorgen"),
    ("online_url", "zoom"),
    ("city", "x" * 81),
    ("postcode", "1" * 13),
    ("venue_name", "v" * 201),
    ("timezone", "Mars/Olympus"),
]


@pytest.mark.parametrize(("part", "text"), PARTS, ids=[f"{part} {text[:8]}" for part, text in PARTS])
def test_a_stored_date_stays_and_takes_what_can_be_read(desk: Any, optonet: Cluster, part: str, text: str) -> None:
    activity = make.activity(
        review_status="draft",
        published_at=None,
        host=optonet,
        place={"online_url": "https://raum.example/1", "street": "Alt 1", "latitude": 50.5, "longitude": 11.5},
    )
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    before = {o.id: (o.uid, o.starts_at, o.ends_at, o.online_url, o.city) for o in activity.occurrences}

    answer = resend(
        desk,
        activity,
        **{f"occurrences-0-{part}": text, "occurrences-0-street": "Neu 2", "occurrences-1-street": "Neu 3"},
    )

    checked(answer, status=422)
    dates = stored().occurrences
    assert {o.id: (o.uid, o.starts_at, o.ends_at, o.online_url, o.city) for o in dates} == before
    assert [o.street for o in dates] == ["Neu 2", "Neu 3"]
    form = edit(desk)
    assert form.fields[f"occurrences-0-{part}"] == text
    assert (form.fields["occurrences-0-street"], form.fields["occurrences-1-street"]) == ("Neu 2", "Neu 3")
    assert len([1 for name in form.fields if name.endswith("-starts_on")]) == 2


@pytest.fixture
def public(desk: Any, optonet: Cluster) -> Activity:
    activity = make.activity(host=optonet)
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:00")
    make.registration(activity)
    return activity


@pytest.mark.parametrize(
    "typed",
    [
        {"occurrences-1-starts_on": "9.4x."},
        {"occurrences-1-starts_time": "früh", "title_de": "Neuer Titel"},
        {"occurrences-2-starts_on": "10.4x.", "occurrences-2-city": "Weimar"},
        {"occurrences-2-starts_on": "10.4.2027", "occurrences-2-city": "Weimar"},
        {"capacity": "viele", "occurrences-0-city": "Erfurt"},
        {"contact_email": "clara@", "cost_note": "10 Euro", "is_accessible": "y"},
        {"summary_de": "", "title_de": "Neuer Titel"},
        {"occurrences-0-is_removed": "y", "capacity": "?"},
    ],
    ids=str,
)
def test_what_is_public_stays_as_it_is_and_what_was_typed_waits(
    desk: Any, public: Activity, typed: dict[str, str]
) -> None:
    def seen() -> tuple[Any, ...]:
        one = stored()
        dates = [
            (o.id, o.uid, o.sequence, o.starts_at, o.city, o.removed_at) for o in db.session.scalars(select(Occurrence))
        ]
        return (dates, one.title_de, one.capacity, one.contact_email, one.updated_at, one.edition.programme_version)

    before = seen()

    answer = checked(resend(desk, public, **typed), status=422)

    assert "The public page shows what was saved before." in answer.text
    assert (seen(), mailbox()) == (before, [])
    form = edit(desk)
    assert form.fields | typed == form.fields
    assert "The public page shows what was saved before." in form.text
    assert "9.4x." not in page(desk, f"/en/host/optonet/{public.id}/preview").html
    resend(desk, public, "discard")
    assert (seen(), stored().unread) == (before, {})


def test_mended_the_public_activity_takes_all_that_was_typed(desk: Any, public: Activity) -> None:
    resend(desk, public, **{"occurrences-1-starts_on": "10.4x.", "title_de": "Neuer Titel"})

    assert resend(desk, public, **{"occurrences-1-starts_on": "10.4.2027"}).status_code == 303

    assert stored().title_de == "Neuer Titel"
    assert [o.starts_on.day for o in stored().occurrences] == [8, 10]
    assert stored().unread == {}
    assert [to for to, _subject in mailbox()] == ["ada@example.org"]


def test_the_page_with_the_mistake_can_be_sent_again(desk: Any, public: Activity) -> None:
    first = checked(resend(desk, public, capacity="viele"), status=422)

    answer = desk.post(f"/en/host/optonet/{public.id}", data={**first.fields, "capacity": "30", "save": "1"})

    assert (answer.status_code, stored().capacity) == (303, 30)


def test_a_number_of_a_date_that_cannot_be_read_removes_no_date(desk: Any, public: Activity) -> None:
    for number in ("x", "1x", "²", "-1", "99999999999"):
        checked(resend(desk, public, **{"occurrences-0-id": number}), status=409)

    assert len(stored().occurrences) == 2
    assert mailbox() == []


def test_a_table_that_brings_another_value_settles_it_and_one_that_brings_the_same_does_not(
    desk: Any, optonet: Cluster
) -> None:
    activity = make.activity(review_status="draft", published_at=None, host=optonet)
    resend(desk, activity, capacity="viele", **{"occurrences-0-starts_time": "früh"})
    db.session.commit()

    def bring(**cells: str) -> None:
        given = {"id": str(activity.id), **cells}
        edition = stored().edition
        db.session.commit()
        importing.take_over(table(given), edition=edition, by=None, now=NOW)

    bring(capacity="20")
    assert stored().unread["names"] == ["occurrences", "capacity"]
    bring(capacity="30")
    assert stored().unread["names"] == ["occurrences"]
    bring(starts_at="2027-04-08 10:00", ends_at="2027-04-08 12:30")
    assert stored().unread == {}


def test_what_was_never_mended_is_forgotten_a_month_after_the_week(desk: Any, at: Any) -> None:
    desk.post("/en/host/optonet/new", data=THREE | {"save": "1"})
    db.session.commit()

    at("2027-05-15 03:00")
    jobs.clear_up()
    assert stored().unread != {}
    at("2027-05-17 03:00")
    jobs.clear_up()
    assert stored().unread == {}


@pytest.mark.slow
@pytest.mark.postgres
def test_on_the_other_database_nothing_is_lost_either(tmp_path: Path) -> None:
    app = build_app(tmp_path, DATABASE_URL=postgres_url("unread"))
    with app.app_context():
        with unit_of_work():
            optonet = make.cluster(slug="optonet")
            make.edition()
            who = make.member(optonet)
        client = app.test_client()
        make.login(client, who)
        checked(client.post("/en/host/optonet/new", data=THREE | {"capacity": "vi\0ele", "save": "1"}), status=422)
        form = edit(client)
        assert form.fields["occurrences-1-starts_on"] == "9.4x."
        assert form.fields["capacity"] == "viele"
        with unit_of_work():
            jobs.unread.forget_old(now=NOW + timedelta(days=90))
        assert stored().unread == {}
        db.session.remove()
        db.engine.dispose()
