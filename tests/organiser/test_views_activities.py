"""All activities of an edition, one with its history, and the steps of the office."""

from typing import Any

import pytest

from clusterweek.activities import actions
from clusterweek.editions.models import Edition
from tests import make
from tests.browse import checked, page, text_of
from tests.conftest import NOW
from tests.mailbox import mailbox
from tests.statements import Statements

LIST = "/de/organiser/woche/activities"


@pytest.fixture
def week() -> Edition:
    return make.edition(slug="woche")


@pytest.fixture
def olaf(client: Any) -> Any:
    make.login(client, make.organiser())
    return client


def rows(found: Any) -> list[str]:
    return [text_of(row) for row in found.all("tr")[1:]]


def test_every_state_stands_in_the_list_by_date(olaf: Any, week: Edition) -> None:
    make.activity(edition=week, title_de="Ohne Termin", review_status="draft", published_at=None, starts=None)
    make.activity(edition=week, title_de="", title_en=None, review_status="draft", published_at=None)
    full = make.activity(edition=week, title_de="Voll", starts="2027-04-07 09:00", ends="2027-04-07 10:00", capacity=1)
    make.registration(full)
    make.registration(full, "Sven", "waitlisted")
    make.activity(
        edition=week, title_de="Weg", happening="cancelled", starts="2027-04-06 09:00", ends="2027-04-06 10:00"
    )
    make.activity(title_de="In einer anderen Woche")

    found = page(olaf, LIST)

    assert "4 Veranstaltungen" in found.text
    assert (
        rows(found)[0] == "WegOptoNet, Thüringen Di, 06.04.2027, 09:00–10:00 Uhr abgesagt Anmeldungen: 0 von 20 Plätzen"
    )
    assert rows(found)[1].startswith("VollOptoNet, Thüringen Mi, 07.04.2027, 09:00–10:00 Uhr Veröffentlicht")
    assert rows(found)[1].endswith("Anmeldungen: 1 von 1 Plätzen 1 auf der Warteliste")
    assert rows(found)[2].startswith("ohne Titel (")
    assert rows(found)[3] == "Ohne TerminOptoNet, Thüringen noch offen Entwurf Anmeldungen: –"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("?q=fuhrung", ["Führung"]),
        ("?q=werkzeug%20LICHT", ["Licht"]),
        ("?review=draft", ["Führung"]),
        ("?review=draft&review=published", ["Führung", "Licht"]),
        ("?host_land=DE-SH", ["Führung"]),
        ("?land=DE-SH", []),
        ("?land=DE-TH", ["Führung", "Licht"]),
        ("?host_land=DE-TH&review=published", ["Licht"]),
        ("?status=cancelled", []),
        ("?day=2027-04-08&status=confirmed", ["Führung", "Licht"]),
        ("?q=%25", []),
        ("", ["Führung", "Licht"]),
    ],
)
def test_the_list_is_narrowed(olaf: Any, week: Edition, query: str, titles: list[str]) -> None:
    kiel = make.cluster("FördeStrom", land="DE-SH")
    make.activity(
        edition=week,
        title_de="Führung",
        host=kiel,
        review_status="draft",
        published_at=None,
        search_text="fuhrung kiel",
    )
    make.activity(edition=week, title_de="Licht", search_text="licht als werkzeug jena")

    found = page(olaf, LIST + query)

    assert [title for title in ("Führung", "Licht") if title in found.links] == titles
    assert ("Keine Treffer." in found.text) == (not titles)


def test_an_activity_is_found_by_its_number(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week)
    make.activity(edition=week, title_de="Ein anderes")

    found = page(olaf, f"{LIST}?q=%23{activity.id}")

    assert len(rows(found)) == 1


def test_a_value_that_does_not_exist_is_named(olaf: Any, week: Edition) -> None:
    for query, named in (
        ("status=lost", "Im Filter „status“ gibt es „lost“ nicht."),
        ("review=lost", "Im Filter „review“ gibt es „lost“ nicht."),
        ("land=Mars", "Ein Bundesland „Mars“ gibt es nicht (Filter „land“)."),
        ("host_land=Mars", "Im Filter „host_land“ gibt es „Mars“ nicht."),
        ("state=draft", "Den Filter „state“ gibt es nicht."),
        ("page=0", "nicht „0“"),
    ):
        assert named in page(olaf, f"{LIST}?{query}", status=400).text
    assert (
        "The filter “review” has no “lost”."
        in page(olaf, f"/en{LIST.removeprefix('/de')}?review=lost", status=400).text
    )


def test_a_step_of_the_review_that_is_asked_for_as_before_is_shown(olaf: Any, week: Edition) -> None:
    old = olaf.get(f"{LIST}?q=a%26b&status=draft&status=cancelled&page=2&edition=x&_external=1")

    assert (old.status_code, old.location) == (
        301,
        f"{LIST}?q=a%26b&review=draft&status=cancelled&page=2&edition=x&_external=1",
    )
    assert olaf.get(f"{LIST}?status=cancelled").status_code == 200


def test_the_list_says_which_land_is_meant_and_lets_go_of_each_filter(olaf: Any, week: Edition) -> None:
    make.activity(edition=week)
    found = page(olaf, f"/en{LIST.removeprefix('/de')}?land=DE-TH&host_land=DE-TH&review=published&day=2027-04-08")
    there = f"/en{LIST.removeprefix('/de')}"

    assert "1 activity · 20 places" in found.text
    assert found.links["Remove the filter: Venue in Thuringia"] == (
        f"{there}?day=2027-04-08&host_land=DE-TH&review=published"
    )
    assert (
        found.links["Remove the filter: Cluster from Thuringia"]
        == f"{there}?day=2027-04-08&land=DE-TH&review=published"
    )
    assert {"Remove the filter: Published", "Remove the filter: Thu, 8 April 2027"} <= found.links.keys()
    assert found.links["Show all"] == there
    # What the form does not offer goes along when it is sent again.
    assert found.fields == {
        "q": "",
        "review": "published",
        "land": "DE-TH",
        "host_land": "DE-TH",
        "day": "2027-04-08",
    }


def test_the_list_says_how_many_places_there_are_in_what_it_shows(olaf: Any, week: Edition) -> None:
    make.registration(make.activity(edition=week))
    make.activity(edition=week, capacity=None, host=make.cluster("FördeStrom", land="DE-SH"))
    make.submitted(edition=week)

    assert (
        "3 activities · 20 places, 1 activity without a limit · 1 registrations"
        in page(olaf, f"/en{LIST.removeprefix('/de')}").text
    )
    assert "2 Veranstaltungen · 20 Plätze · 1 Anmeldungen" in page(olaf, f"{LIST}?host_land=DE-TH").text
    assert "1 Veranstaltung Veranstaltungen" in page(olaf, f"{LIST}?review=submitted").text


def test_nothing_entered_yet_says_what_comes_next(olaf: Any, week: Edition) -> None:
    found = page(olaf, LIST)

    assert "Noch hat kein Cluster etwas eingetragen." in found.text


def test_a_long_list_has_pages_and_costs_no_more_queries(olaf: Any, week: Edition) -> None:
    def another() -> None:
        host, co_host = make.cluster("FördeStrom"), make.cluster("Elbe")
        make.activity(edition=week, host=host, countries=("FR",), co_hosts=(co_host,), partners=(("X", "FR"),))

    another()
    olaf.get("/de/")
    with Statements() as one:
        olaf.get(LIST)
    for _n in range(51):
        another()
    with Statements() as many:
        first = olaf.get(LIST)

    assert len(many.all) == len(one.all)
    assert "Seite 1 von 2" in first.text
    assert len(rows(page(olaf, LIST + "?page=2"))) == 2


def test_a_viewer_reads_all_and_sees_no_step(client: Any, week: Edition) -> None:
    make.login(client, make.viewer())
    activity = make.activity(edition=week)

    found = page(client, f"{LIST}/{activity.id}")

    assert found.h1 == activity.title_de
    assert "Veranstaltung absagen …" not in found.links
    for step in ("cancel", "postpone", "withdraw", "reopen"):
        assert client.get(f"{LIST}/{activity.id}/{step}").status_code == 403
        assert client.post(f"{LIST}/{activity.id}/{step}").status_code == 403
    assert client.get(f"{LIST}/{activity.id}/registrations").status_code == 403
    assert client.get(f"{LIST}/{activity.id}/registrations.csv").status_code == 403


@pytest.mark.parametrize("limits", [{}, {"land": "DE-TH"}])
def test_a_viewer_sees_only_what_is_published(client: Any, week: Edition, limits: dict[str, str]) -> None:
    make.login(client, make.viewer(**limits))
    draft = make.activity(edition=week, title_de="Entwurf", review_status="draft", published_at=None)
    waiting = make.submitted(edition=week, title_de="Eingereicht")
    make.activity(edition=week, title_de="Öffentlich")

    found = page(client, LIST)
    glance = page(client, "/de/organiser/woche/")

    assert [row.split("OptoNet")[0] for row in rows(found)] == ["Öffentlich"]
    assert "review" not in found.fields
    for query in ("review=draft", "review=submitted", "concerns=DE-TH&review=draft", f"q=%23{draft.id}", "outside=1"):
        assert "Keine Treffer." in page(client, f"{LIST}?{query}").text
    assert [client.get(f"{LIST}/{one.id}").status_code for one in (draft, waiting)] == [404, 404]
    assert [text_of(item) for item in glance.all("ul", class_="cw-counts")[0].iter("li")] == [
        "1veröffentlicht",
        "20Plätze",
        "0Anmeldungen",
    ]


def test_only_the_office_sees_the_room_of_an_online_activity(client: Any, week: Edition) -> None:
    activity = make.submitted(edition=week, mode="online", place={"online_url": "https://example.org/raum"})
    places = ("activities", "queue")

    make.login(client, make.coordinator())
    coordinators = [page(client, f"/de/organiser/woche/{place}/{activity.id}").html for place in places]
    make.login(client, make.organiser())
    offices = [page(client, f"/de/organiser/woche/{place}/{activity.id}").html for place in places]

    assert ["example.org/raum" in one for one in coordinators + offices] == [False, False, True, True]


@pytest.mark.parametrize(
    ("limits", "titles"),
    [
        ({"land": "DE-SH"}, ["Aus Kiel", "Nach Kiel"]),
        ({"country": "FR"}, ["Mit Frankreich"]),
        ({}, ["Aus Jena", "Aus Kiel", "Nach Kiel", "Mit Frankreich"]),
    ],
)
def test_a_viewer_of_a_land_or_country_sees_what_concerns_it(
    client: Any, week: Edition, limits: dict[str, str], titles: list[str]
) -> None:
    make.login(client, make.viewer(**limits))
    made = {
        "Aus Jena": make.activity(edition=week, title_de="Aus Jena"),
        "Aus Kiel": make.activity(edition=week, title_de="Aus Kiel", host=make.cluster("FördeStrom", land="DE-SH")),
        "Nach Kiel": make.activity(edition=week, title_de="Nach Kiel", place={"venue_land": "DE-SH"}),
        "Mit Frankreich": make.activity(edition=week, title_de="Mit Frankreich", countries=("FR",)),
    }

    found = page(client, LIST)

    assert [title for title in made if title in found.links] == titles
    for title, activity in made.items():
        assert client.get(f"{LIST}/{activity.id}").status_code == (200 if title in titles else 404)


def test_the_history_says_who_did_what(olaf: Any, week: Edition) -> None:
    clara = make.member(host := make.cluster())
    activity = make.activity(edition=week, host=host, review_status="draft", published_at=None)
    actions.update(activity, {"title_de": "Neu", "capacity": 5}, by=clara, now=NOW)
    actions.submit(activity, by=clara, now=NOW)

    found = page(olaf, f"{LIST}/{activity.id}")

    lines = [text_of(item) for item in found.all("ol")[-1].iter("li")]
    assert lines == [
        "22.03.2027, 09:30 UhrEingereicht Clara",
        "22.03.2027, 09:30 UhrGeändert: Plätze vor Ort, Titel Clara",
    ]


def test_cancelling_asks_first_tells_everybody_and_is_noted(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week)
    make.registration(activity)
    make.registration(activity, "Mistyped", "unconfirmed")
    make.registration(activity, "Sven", "waitlisted", confirmed_at=None)
    asked = page(olaf, f"{LIST}/{activity.id}/cancel")

    answer = olaf.post(
        f"{LIST}/{activity.id}/cancel", data={"version": asked.fields["version"], "reason": "Die Halle ist gesperrt."}
    )

    assert "1 angemeldete Person erfährt es per E-Mail." in asked.text
    assert answer.location == f"{LIST}/{activity.id}"
    assert (activity.happening, activity.cancellation_reason) == ("cancelled", "Die Halle ist gesperrt.")
    assert [to for to, _subject in mailbox()] == ["ada@example.org"]
    shown = page(olaf, answer.location)
    assert "Die Halle ist gesperrt." in shown.text
    assert "Veranstaltung absagen …" not in shown.links


def test_more_people_than_places_are_explained(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week, capacity=1)
    for name in ("Ada", "Sven", "Weert"):
        make.registration(activity, name)

    for path in (f"{LIST}/{activity.id}", f"{LIST}/{activity.id}/registrations"):
        assert "2 Anmeldungen über der Platzzahl – niemand verliert den Platz." in page(olaf, path).text


def test_what_is_postponed_may_still_be_cancelled(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week, happening="postponed", starts=None)
    shown = page(olaf, f"{LIST}/{activity.id}")
    assert "Verschieben …" not in shown.links
    asked = page(olaf, shown.links["Veranstaltung absagen …"])

    olaf.post(f"{LIST}/{activity.id}/cancel", data=asked.fields | {"reason": "Kein Saal ist frei."})

    assert activity.happening == "cancelled"


@pytest.mark.parametrize("desk", ["organiser/woche/activities", "host/optonet"])
def test_nobody_is_told_of_what_is_over(client: Any, week: Edition, at: Any, desk: str) -> None:
    at("2027-04-09 09:00")
    make.login(client, make.organiser())
    activity = make.activity(edition=week, host=make.cluster(slug="optonet"))
    make.registration(activity)

    asked = page(client, f"/de/{desk}/{activity.id}/cancel")
    client.post(f"/de/{desk}/{activity.id}/cancel", data={**asked.fields, "reason": "Zu spät bemerkt"})

    assert "keine E-Mail hinaus" in asked.text
    assert (activity.happening, mailbox()) == ("cancelled", [])


def test_postponing_and_withdrawing(olaf: Any, week: Edition) -> None:
    public = make.activity(edition=week)
    waiting = make.submitted(edition=week)

    olaf.post(f"{LIST}/{public.id}/postpone", data={"version": public.version})
    olaf.post(f"{LIST}/{waiting.id}/withdraw", data={"version": waiting.version})

    assert (public.happening, public.occurrences) == ("postponed", [])
    assert waiting.review_status == "withdrawn"


def test_a_rejected_activity_goes_back_with_what_should_change(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week, review_status="rejected", published_at=None, rejection_reason="Werbung")

    empty = checked(olaf.post(f"{LIST}/{activity.id}/reopen", data={"version": activity.version}), status=422)
    answer = olaf.post(f"{LIST}/{activity.id}/reopen", data={"version": activity.version, "reason": "Ohne Werbung"})

    assert "Schreiben Sie, was sich ändern soll: Das Cluster wird es lesen." in empty.links
    assert answer.status_code == 303
    assert activity.review_status == "changes_requested"


def test_a_step_that_is_not_possible_leads_back(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week)

    assert olaf.get(f"{LIST}/{activity.id}/withdraw").location == f"{LIST}/{activity.id}"
    answer = olaf.post(f"{LIST}/{activity.id}/withdraw", data={"version": activity.version})
    assert "Diese Veranstaltung ist öffentlich." in checked(answer, status=422).text


def test_the_archive_cannot_be_changed(olaf: Any) -> None:
    activity = make.activity(edition=make.edition(slug="woche", state="archived"))

    found = page(olaf, f"{LIST}/{activity.id}")

    assert "Veranstaltung absagen …" not in found.links


def test_an_exception_lets_a_date_outside_the_week_be_published(olaf: Any, week: Edition) -> None:
    activity = make.submitted(edition=week, starts="2027-04-05 10:00", ends="2027-04-05 12:00")
    assert "Ausnahme zulassen" in page(olaf, f"{LIST}/{activity.id}").text

    olaf.post(f"{LIST}/{activity.id}/exception", data={"allowed": "1"})
    answer = olaf.post(f"/de/organiser/woche/queue/{activity.id}/publish", data={"version": activity.version})

    assert answer.status_code == 303
    assert activity.review_status == "published"
    assert "Ausnahme zurücknehmen" not in page(olaf, f"{LIST}/{activity.id}").text


def test_an_exception_for_a_draft_can_be_taken_back(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week, review_status="draft", published_at=None, outside_window_allowed=True)
    assert "Ausnahme zurücknehmen" in page(olaf, f"{LIST}/{activity.id}").text

    olaf.post(f"{LIST}/{activity.id}/exception", data={"allowed": "0"})

    assert not activity.outside_window_allowed


def test_registrations_are_shown_and_saved(olaf: Any, week: Edition) -> None:
    activity = make.activity(edition=week)
    make.registration(activity, organisation="=HYPERLINK(1)")

    found = page(olaf, f"{LIST}/{activity.id}/registrations")
    saved = olaf.get(f"{LIST}/{activity.id}/registrations.csv")

    assert "ada@example.org" in found.text
    assert "'=HYPERLINK(1)" in saved.text
    assert saved.headers["Content-Disposition"] == f'attachment; filename="registrations-{activity.id}.csv"'
    other = make.activity(edition=week, registration_mode="external")
    assert olaf.get(f"{LIST}/{other.id}/registrations").status_code == 404
