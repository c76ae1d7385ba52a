"""The edition at a glance."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from clusterweek.db.session import db
from clusterweek.desk.sight import Sight
from clusterweek.editions.models import Edition
from clusterweek.frame import legal
from clusterweek.operating import heartbeat
from clusterweek.organiser import overview, review
from clusterweek.organiser.overview import Counts, Totals
from clusterweek.outbox import post
from clusterweek.outbox.models import Letter
from tests import make
from tests.browse import page, text_of
from tests.conftest import NOW
from tests.organiser import numbers
from tests.statements import Statements

EVERYTHING = Sight(is_whole=True)


@pytest.fixture
def week() -> Edition:
    return make.edition(slug="woche")


@pytest.fixture
def complete(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing needs attention: the legal pages are filled in, and a worker lives."""
    monkeypatch.setattr(legal, "placeholders", lambda: [])
    heartbeat.beat(now=NOW)
    db.session.flush()


def test_the_figures_of_an_edition(week: Edition) -> None:
    hybrid = make.activity(edition=week, mode="hybrid", capacity=10, capacity_online=50)
    make.activity(edition=week, mode="online", capacity=30)
    make.activity(edition=week, capacity=None)
    make.activity(edition=week, registration_mode="external", capacity=500)
    cancelled = make.activity(edition=week, happening="cancelled", capacity=80)
    for name, status in (("Ada", "confirmed"), ("Ben", "unconfirmed"), ("Cem", "waitlisted"), ("Dana", "withdrawn")):
        make.registration(hybrid, name, status)
    make.registration(cancelled)
    make.submitted(edition=week)
    make.submitted(edition=week, submitted_at=datetime(2027, 3, 1, 9, tzinfo=UTC))
    make.activity(title_de="In einer anderen Woche")

    assert overview.counts(week, EVERYTHING, now=NOW) == Counts(
        status={"published": 5, "submitted": 2},
        overdue=1,
        totals=Totals(places=90, unlimited=1, taken=2, waiting=1),
    )


def test_an_edition_without_anything_has_only_zeros(week: Edition) -> None:
    assert overview.counts(week, EVERYTHING, now=NOW) == Counts({}, 0, Totals(0, 0, 0, 0))
    assert overview.table(week, EVERYTHING, by="land").sums.total == 0


def test_an_activity_of_several_days_counts_on_each_and_once_in_all(week: Edition) -> None:
    make.activity(edition=week, starts="2027-04-06 09:00", ends="2027-04-08 17:00")
    make.activity(edition=week, starts="2027-04-06 18:00", ends="2027-04-07 00:30", place={"venue_land": "DE-NI"})
    make.activity(edition=week, mode="online", place={"venue_land": None})
    make.activity(edition=week, place={"venue_land": None, "city": "Brno"})
    make.activity(edition=week, happening="cancelled")
    make.submitted(edition=week)

    table = overview.table(week, EVERYTHING, by="land")

    rows = {row.name: row for row in table.rows if row.total}
    assert {name: row.total for name, row in rows.items()} == {
        **{"Thüringen": 1, "Niedersachsen": 1, "Online": 1, "Ausland oder ohne Bundesland": 1}
    }
    assert [rows["Thüringen"].days[date(2027, 4, day)] for day in (6, 7, 8, 9)] == [1, 1, 1, 0]
    assert [table.sums.days[date(2027, 4, day)] for day in (6, 7, 8, 9)] == [2, 2, 3, 0]
    assert table.sums.total == 4
    assert len(table.rows) == 18
    assert len(table.missing) == 14


def test_the_same_by_the_clusters_land(week: Edition) -> None:
    make.activity(edition=week, host=make.cluster("Neckar", land="DE-BW"), place={"venue_land": "DE-NI"})

    table = overview.table(week, EVERYTHING, by="host_land")

    assert [row.name for row in table.rows if row.total] == ["Baden-Württemberg"]


def test_a_land_sees_its_own_figures(week: Edition) -> None:
    make.activity(edition=week)
    make.activity(edition=week, host=make.cluster("Neckar", land="DE-BW"), place={"venue_land": "DE-BW"})
    sight = Sight(is_whole=False, laender=frozenset(["DE-BW"]))

    assert overview.counts(week, sight, now=NOW).status == {"published": 1}
    assert overview.table(week, sight, by="land").sums.total == 1


def test_a_limited_sight_has_rows_of_its_own_only(week: Edition) -> None:
    make.activity(edition=week)
    make.activity(
        edition=week, host=make.cluster("Neckar", land="DE-BW"), countries=("FR",), place={"venue_land": "DE-NI"}
    )
    make.activity(edition=week, place={"venue_land": "DE-BW"})

    both = overview.table(
        week, Sight(is_whole=False, laender=frozenset(["DE-BW", "DE-SN"]), countries=frozenset(["FR"])), by="land"
    )

    assert [(row.name, row.total) for row in both.rows] == [("Baden-Württemberg", 2), ("Sachsen", 0), ("Frankreich", 1)]
    assert (both.sums.total, both.missing) == (2, ["Sachsen"])


def test_the_overview_names_what_a_viewer_is_limited_to(client: Any, week: Edition) -> None:
    make.activity(edition=week, host=make.cluster("Elbe", land="DE-SN"), mode="online", place={"venue_land": None})
    make.activity(edition=week)
    make.login(client, make.viewer(land="DE-SN"))

    found = page(client, "/de/organiser/")

    assert found.h1 == "Überblick: Sachsen"
    assert [text_of(row.find("th")) for row in found.all("tr")[1:]] == ["Sachsen", "Alle"]
    assert "Noch nichts" not in found.text
    assert "Thüringen" not in found.text


def test_a_viewer_whose_land_has_nothing_does_not_read_that_nothing_is_public(client: Any, week: Edition) -> None:
    make.activity(edition=week)
    make.login(client, make.viewer(land="DE-SN"))

    found = page(client, "/de/organiser/")

    assert "Noch nichts: Sachsen" in found.text
    assert "Noch ist nichts veröffentlicht." not in found.text


def test_nothing_needs_attention_when_everything_works(complete: None, week: Edition) -> None:
    assert overview.alarms(week, now=NOW) == []


def sentences(edition: Edition, now: datetime = NOW) -> list[str]:
    return [alarm.sentence for alarm in overview.alarms(edition, now=now)]


def test_gaps_in_the_legal_pages_are_counted(
    app: Flask, complete: None, monkeypatch: pytest.MonkeyPatch, week: Edition
) -> None:
    gaps = ["imprint.de: [Name]", "imprint.en: [name]", "privacy.de: [Adresse]"]
    monkeypatch.setattr(legal, "placeholders", lambda: gaps)

    assert sentences(week) == [
        "Auf den Rechtsseiten (Impressum, Datenschutz) fehlen noch 3 Angaben. "
        "Wer den Server betreibt, trägt sie im Ordner „legal“ ein."
    ]


def test_a_silent_worker_is_noticed(complete: None, week: Edition) -> None:
    assert sentences(week, NOW + timedelta(minutes=10)) == [
        "Seit 22.03.2027, 09:30 Uhr wird keine E-Mail versandt. Bitte die Technik verständigen."
    ]


def test_without_any_worker_the_command_is_named(app: Flask, monkeypatch: pytest.MonkeyPatch, week: Edition) -> None:
    monkeypatch.setattr(legal, "placeholders", lambda: [])

    assert sentences(week) == [
        "Es wird keine E-Mail versandt. Bitte die Technik verständigen: „clusterweek worker“ läuft nicht."
    ]


def test_letters_that_failed_or_wait_are_counted(complete: None, week: Edition) -> None:
    post.queue("login_link", key="a", language="de", now=NOW - timedelta(hours=1), link_id=1)
    post.queue("login_link", key="b", language="de", now=NOW, link_id=2)
    db.session.execute(Letter.__table__.update().where(Letter.key == "b").values(state="failed"))

    assert sentences(week) == [
        "1 Nachricht konnte nicht zugestellt werden.",
        "Eine Nachricht wartet seit 22.03.2027, 08:30 Uhr.",
    ]


def test_dates_outside_the_week_are_counted(complete: None, week: Edition) -> None:
    make.submitted(edition=week, starts="2027-04-05 10:00", ends="2027-04-05 12:00")
    make.submitted(edition=week, starts="2027-04-05 10:00", ends="2027-04-05 12:00", outside_window_allowed=True)
    make.activity(edition=week, starts="2027-04-15 18:00", ends="2027-04-16 00:00")

    assert sentences(week) == ["Veranstaltungen außerhalb des Zeitraums ohne Ausnahme: 1."]


def test_the_desk_begins_with_the_current_edition(client: Any, week: Edition) -> None:
    make.activity(edition=week)
    make.login(client, make.organiser())

    found = page(client, "/de/organiser/")

    assert found.h1 == "Überblick"
    assert "Braucht Ihre Aufmerksamkeit" in found.text
    assert page(client, "/en/organiser/woche/?by=host").h1 == "Overview"
    cell = "1 Thüringen, Donnerstag, 8. April"
    assert found.links[cell].startswith("/de/organiser/woche/activities?day=2027-04-08&land=DE-TH&")


@pytest.mark.parametrize("by", ["", "?by=host"])
def test_each_number_leads_to_the_list_that_it_counts(client: Any, week: Edition, by: str) -> None:
    """What lies between two columns: other clocks, several dates, no Land, no host, nothing on a day."""
    make.login(client, make.organiser())
    course = make.activity(edition=week, starts="2027-04-06 09:00", ends="2027-04-08 17:00", capacity=None)
    make.occurrence(course, "2027-04-09 09:00", "2027-04-09 12:00", venue_land="DE-BW")
    make.activity(
        edition=week,
        starts="2027-04-08 23:30",
        ends="2027-04-09 00:30",
        place={"timezone": "Europe/Lisbon", "venue_land": None, "city": "Lissabon"},
    )
    make.activity(edition=week, mode="online", place={"venue_land": None}, host=make.cluster("Überall", land=None))
    make.activity(edition=week, starts="2027-04-05 10:00", ends="2027-04-06 01:00", happening="held")
    make.activity(edition=week, starts=None, happening="postponed")
    make.activity(edition=week, happening="cancelled")
    make.registration(make.activity(edition=week, host_cluster_id=None))
    make.submitted(edition=week, submitted_at=datetime(2027, 3, 1, 9, tzinfo=UTC))
    for step in ("draft", "changes_requested"):
        make.activity(edition=week, review_status=step, published_at=None)

    found = numbers.of_overview(client, f"/en/organiser/woche/{by}")

    assert [words for words, _url in found[:6]] == [
        *("1 submitted, 1 overdue", "1 sent back for changes", "7 published", "1 drafts"),
        *("80 places, 1 activity without a limit", "1 registrations"),
    ]
    assert len(found) > 15
    wrong = [(words, url) for words, url in found if not numbers.agree(words, numbers.said_by_list(client, url))]
    assert wrong == []
    assert numbers.unlinked(client, f"/en/organiser/woche/{by}") == []


def test_dates_outside_lead_to_the_activities_that_are_meant(client: Any, week: Edition) -> None:
    make.login(client, make.organiser())
    make.submitted(edition=week, starts="2027-04-05 10:00", ends="2027-04-05 12:00")
    make.activity(edition=week)
    sentence = "Activities outside the days of the edition, without an exception: 1."

    url = page(client, "/en/organiser/woche/").links[f"Show: {sentence}"]

    assert numbers.said_by_list(client, url).startswith("1 activity ")


def test_a_viewer_is_not_alarmed(client: Any, week: Edition) -> None:
    make.login(client, make.viewer())

    found = page(client, "/de/organiser/")

    assert "Braucht Ihre Aufmerksamkeit" not in found.text
    nav = [text for text in found.links if text in ("Nachrichten", "Personen", "Export", "Überblick", "Programm")]
    assert "Überblick" in nav
    assert not {"Nachrichten", "Personen", "Export"} & set(nav)


def test_an_empty_installation_says_how_to_begin(client: Any) -> None:
    make.login(client, make.organiser())

    found = page(client, "/de/organiser/")

    assert found.h1 == "Willkommen in der Programmorganisation"
    assert found.links["Woche anlegen"] == "/de/organiser/editions/new"


def test_before_anything_is_public_the_draft_is_worked_on(client: Any) -> None:
    make.edition(slug="entwurf", state="draft")
    make.login(client, make.organiser())

    assert "Entwurf" in page(client, "/de/organiser/").text


def test_a_large_week_costs_no_more_queries(client: Any, week: Edition) -> None:
    make.login(client, make.organiser())
    make.registration(make.activity(edition=week))
    client.get("/de/organiser/")
    with Statements() as one:
        client.get("/de/organiser/")
    for _n in range(4):
        make.registration(make.activity(edition=week))
        make.submitted(edition=week)
    with Statements() as five:
        client.get("/de/organiser/")

    assert len(five.all) == len(one.all)


@pytest.mark.parametrize(
    ("submitted_at", "overdue"),
    [
        (datetime(2027, 3, 5, 9, tzinfo=UTC), 0),  # ten working days; 8 March is a public holiday in Berlin
        (datetime(2027, 3, 4, 9, tzinfo=UTC), 1),
    ],
)
def test_the_overview_counts_as_overdue_what_the_review_list_shows_as_late(
    week: Edition, submitted_at: datetime, overdue: int
) -> None:
    submission = make.submitted(edition=week, submitted_at=submitted_at)

    assert overview.counts(week, EVERYTHING, now=NOW).overdue == overdue
    assert [entry.is_late for entry in review.submissions([submission], now=NOW)] == [bool(overdue)]
