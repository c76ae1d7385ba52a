"""The page of an activity."""

from datetime import UTC, datetime

import pytest

from clusterweek.activities import rules
from tests import make
from tests.browse import page, text_of


def address(activity, lang="de"):
    return f"/{lang}/{activity.edition.slug}/{rules.address_part(activity)}"


def ticket(got):
    return text_of(got.all("section", class_="cw-ticket")[0])


def test_the_page_shows_what_people_need_to_come(client):
    activity = make.activity(
        summary_de="Kurz gesagt.",
        description_de="Leichte Bauteile sparen **Energie**.",
        countries=("NL",),
        partners=(("Composite Werkplaats", "NL"), ("Ohne Land e. V.", None)),
        languages=("de", "en"),
        accessibility="Eine Höranlage gibt es nicht.",
        is_accessible=True,
        place={"street": "Carl-Zeiss-Straße 1", "postcode": "07745"},
    )

    got = page(client, address(activity))

    assert got.h1 == "Workshop: Licht als Werkzeug"
    assert "Donnerstag, 8. April 2027 09:00–12:30 Uhr Tag 3 von 10" in ticket(got)
    assert "Jena Technologiezentrum, Thüringen" in ticket(got)
    assert [text_of(strong) for strong in got.all("strong") if text_of(strong) == "Energie"]
    facts = {text_of(dt): text_of(dd) for dt, dd in zip(got.all("dt"), got.all("dd"), strict=True)}
    assert (
        facts["Adresse"]
        == "Technologiezentrum, Carl-Zeiss-Straße 1, 07745 Jena, Thüringen Karte öffnen (externe Seite)"
    )
    assert facts["Format"] == "Workshop, vor Ort"
    assert facts["Sprache"] == "Deutsch und Englisch"
    assert facts["Internationale Beteiligung"] == "Niederlande: Composite Werkplaats Ohne Land e. V."
    assert facts["Barrierefreiheit vor Ort"] == "Stufenlos, mit barrierefreiem WC. Eine Höranlage gibt es nicht."
    assert facts["Kontakt"] == "Clara clara@optonet.example"
    assert facts["Kosten"] == "kostenfrei"


def test_places_and_the_way_in_stand_in_the_ticket(client):
    activity = make.activity(capacity=4, registration_deadline=datetime(2027, 4, 1, 10, 0, tzinfo=UTC))
    make.registration(activity)

    got = page(client, address(activity))

    assert "Noch 3 Plätze von 4" in ticket(got)
    assert got.links["Jetzt anmelden"] == address(activity) + "/sign-up"
    assert "Anmeldeschluss: 01.04.2027, 12:00 Uhr. Kostenfrei, kein Konto nötig." in ticket(got)
    assert got.links["Schon angemeldet? Link neu anfordern"] == address(activity) + "/lost-link"
    assert got.links["In den Kalender (.ics)"] == f"/feeds/activity/{activity.id}.ics?lang=de"


def test_a_full_activity_offers_its_waiting_list_and_similar_ones_with_places(client):
    week = make.edition()
    full = make.activity(edition=week, capacity=1)
    make.registration(full)
    make.registration(full, "Sven", status="waitlisted")
    make.activity(edition=week, title_de="Auch Photonik")
    make.activity(edition=week, title_de="Etwas anderes", fields=("logistics",))

    got = page(client, address(full))

    assert "Ausgebucht – 1 warten" in ticket(got)
    assert "Auf die Warteliste" in got.links
    assert [text_of(h3) for h3 in got.all("h3", class_="cw-row__title")] == ["Auch Photonik"]


def test_hybrid_places_are_counted_apart(client):
    activity = make.activity(mode="hybrid", capacity=2, capacity_online=None)
    make.registration(activity)

    got = page(client, address(activity))

    assert "Vor Ort: Noch 1 Platz von 2" in ticket(got)
    assert "Online: ohne Platzgrenze" in ticket(got)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"happening": "cancelled", "cancellation_reason": "Der Hof ist gesperrt."}, "Der Hof ist gesperrt."),
        ({"happening": "held"}, "stattgefunden"),
        ({"access": "invitation", "registration_mode": "none"}, "nur auf Einladung"),
        ({"access": "open", "registration_mode": "none"}, "Sie brauchen sich nicht anzumelden."),
        ({"registration_deadline": datetime(2027, 3, 1, tzinfo=UTC)}, "1. März 2027"),
        ({"starts": "2027-03-01 09:00", "ends": "2027-03-01 10:00"}, "begonnen"),
    ],
)
def test_who_cannot_sign_up_is_told_why(client, given, sentence):
    activity = make.activity(**given)

    got = page(client, address(activity))

    assert "Jetzt anmelden" not in got.links
    assert sentence in ticket(got)


def test_a_cancelled_activity_says_since_when_and_why(client):
    activity = make.activity(
        happening="cancelled",
        cancelled_at=datetime(2027, 3, 18, 9, 0, tzinfo=UTC),
        cancellation_reason="Der Hof ist gesperrt.",
    )

    got = page(client, address(activity))

    assert "Abgesagt am Do, 18.03.2027. Der Hof ist gesperrt." in ticket(got)
    assert "In den Kalender (.ics)" not in got.links


def test_a_postponed_activity_has_no_date_yet(client):
    reason = "Wir suchen einen neuen Termin."

    got = page(client, address(make.activity(happening="postponed", starts=None, cancellation_reason=reason)))

    assert "Termin noch offen" in ticket(got)
    assert reason in ticket(got)


def test_registration_elsewhere_names_the_host(client):
    activity = make.activity(registration_mode="external", registration_url="https://anmeldung.example.org/x?y=1")

    got = page(client, address(activity))

    assert got.links["Zur Anmeldung bei anmeldung.example.org (externe Seite)"] == "https://anmeldung.example.org/x?y=1"
    assert "Jetzt anmelden" not in got.links


def test_whoever_registered_here_finds_the_lost_link_after_registration_went_elsewhere(client):
    elsewhere = {"registration_mode": "external", "registration_url": "https://anmeldung.example.org/"}
    never, once = make.activity(**elsewhere), make.activity(**elsewhere)
    make.registration(never, "Ada", "withdrawn")
    make.registration(once, "Sven", "waitlisted")
    lost = "Schon angemeldet? Link neu anfordern"

    assert lost not in page(client, address(never)).links
    assert page(client, address(once)).links[lost] == address(once) + "/lost-link"


def test_the_online_link_is_never_public(client):
    activity = make.activity(
        mode="online", place={"online_url": "https://meet.example.org/geheim", "city": None, "venue_name": None}
    )

    got = page(client, address(activity))

    assert "geheim" not in got.html
    assert "Den Link erhalten Sie mit Ihrer Bestätigung." in ticket(got)


def test_several_dates_stand_together(client):
    activity = make.activity()
    make.occurrence(activity, "2027-04-09 09:00", "2027-04-09 12:30", city="Weimar")
    make.occurrence(activity, "2027-04-13 09:00", "2027-04-13 12:30")

    got = page(client, address(activity))

    assert "2 weitere Termine" in ticket(got)
    assert [text_of(li) for li in got.all("ul", class_="cw-dates")[0]] == [
        "Fr, 09.04.2027, 09:00–12:30 Uhr, Weimar",
        "Di, 13.04.2027, 09:00–12:30 Uhr",
    ]
    assert "Alle Termine in den Kalender (.ics)" in got.links


def test_foreign_clocks_say_what_time_it_is_here(client):
    activity = make.activity(mode="online", place={"timezone": "Europe/Lisbon"})

    assert "09:00–12:30 Uhr in Lissabon (10:00–13:30 Uhr MESZ)" in ticket(page(client, address(activity)))
    assert "09:00–12:30 in Lisbon (10:00–13:30 CEST)" in ticket(page(client, address(activity, "en")))


def test_an_edition_in_lisbon_keeps_its_own_clock(client):
    edition = make.edition(timezone="Europe/Lisbon")
    there = make.activity(edition=edition, place={"timezone": "Europe/Lisbon"})
    berlin = make.activity(edition=edition, place={"timezone": "Europe/Berlin"})

    assert "09:00–12:30 Uhr" in ticket(page(client, address(there)))
    assert "Lissabon" not in ticket(page(client, address(there)))
    assert "09:00–12:30 Uhr in Berlin (08:00–11:30 Uhr UTC+1)" in ticket(page(client, address(berlin)))


def test_german_only_is_never_blank_in_english(client):
    activity = make.activity(title_en=None, summary_en=None, description_de="Nur deutsch.", description_en=None)

    got = page(client, address(activity, "en"))

    assert (got.h1, got.all("h1")[0].get("lang")) == ("Workshop: Licht als Werkzeug", "de")
    assert text_of(got.all("p", class_="cw-badges")[0]) == "Text in German"
    assert "Nur deutsch." in got.text


def test_what_the_host_wrote_in_german_is_marked_as_german_in_english(client):
    activity = make.activity(cost_note="40 Euro mit Mittagessen.", accessibility="Stufenlos")

    got = page(client, address(activity, "en"))

    assert "Cost: 40 Euro mit Mittagessen." in ticket(got)
    marked = {text_of(one) for tag in ("span", "p") for one in got.all(tag, lang="de")}
    assert {"40 Euro mit Mittagessen", "40 Euro mit Mittagessen.", "Stufenlos"} <= marked


def test_an_old_title_goes_to_the_right_address(client):
    activity = make.activity()

    answer = client.get(f"/de/{activity.edition.slug}/alter-titel-{activity.id}?lang=en")

    assert (answer.status_code, answer.headers["Location"]) == (301, address(activity) + "?lang=en")


@pytest.mark.parametrize("status", ["draft", "submitted", "changes_requested", "rejected", "withdrawn"])
def test_what_was_never_published_is_not_found(client, status):
    activity = make.activity(review_status=status, published_at=None)

    assert page(client, address(activity), status=404).h1 == "Seite nicht gefunden"


def test_what_was_taken_out_is_gone(client):
    activity = make.activity(review_status="withdrawn")

    got = page(client, address(activity), status=410)

    assert "Diese Veranstaltung wurde aus dem Programm genommen." in got.text


def test_an_activity_of_another_edition_or_a_hidden_one_is_not_found(client):
    activity = make.activity()
    make.edition(slug="andere")
    hidden = make.activity(edition=make.edition(programme_from=datetime(2027, 4, 1, tzinfo=UTC)))

    assert client.get(f"/de/andere/{rules.address_part(activity)}").status_code == 404
    assert client.get(address(hidden)).status_code == 404
    assert client.get(f"/de/{activity.edition.slug}/99999999999999999999").status_code == 404


@pytest.mark.parametrize("more", ["", "/sign-up", "/sign-up/received", "/lost-link", "/lost-link/sent"])
def test_nothing_of_an_activity_opens_before_its_programme_appears(client, at, more):
    week = make.edition(programme_from=datetime(2027, 4, 1, 7, tzinfo=UTC))
    path = address(make.activity(edition=week)) + more

    at("2027-04-01 08:59")
    assert client.get(path).status_code == 404
    assert client.post(path.removesuffix("/received").removesuffix("/sent")).status_code in (404, 405)
    at("2027-04-01 09:00")
    assert client.get(path).status_code in (200, 303)


@pytest.mark.parametrize(
    ("path", "is_found"),
    [
        ("/feeds/woche.ics", True),  # to subscribe to already
        ("/feeds/woche.csv", True),
        ("/feeds/all.ics", True),
        ("/feeds/activity/{id}.ics", False),
        ("/de/woche/programme.json", False),
        ("/de/woche/", True),
        ("/de/", True),
        ("/de/clusters/{cluster}", True),
        ("/de/partner-countries/FR", True),
    ],
)
def test_nothing_leaks_before_the_programme_appears(client, path, is_found):
    week = make.edition(slug="woche", programme_from=datetime(2027, 4, 1, 7, tzinfo=UTC))
    secret = make.activity(edition=week, title_de="Noch geheim", title_en="Still secret", countries=("FR",))

    answer = client.get(path.format(id=secret.id, cluster=secret.host_cluster.slug))

    assert answer.status_code == (200 if is_found else 404)
    assert "geheim" not in answer.text


def test_descriptions_cannot_smuggle_in_markup(client):
    activity = make.activity(
        description_de="<script>alert(1)</script> [klick](javascript:alert(1)) ![x](https://example.org/x.png)\n\n"
        "# Groß"
    )

    got = page(client, address(activity))

    assert "<script" not in got.html
    assert "javascript:" not in " ".join(got.links.values())
    assert not [img for img in got.all("img") if "example.org" in img.get("src", "")]
    assert [text_of(h3) for h3 in got.all("h3")] == ["Groß"]


def test_an_item_of_a_conference_leads_to_it(client):
    week = make.edition()
    conference = make.activity(edition=week, title_de="Konferenz")
    item = make.activity(edition=week, parent_activity_id=conference.id)

    assert page(client, address(item)).links["Konferenz"] == address(conference)


def test_of_many_similar_ones_those_are_offered_that_come_next(client):
    week, host = make.edition(), make.cluster()
    cancelled = make.activity(edition=week, host=host, happening="cancelled")
    make.activity(edition=week, host=host, starts="2027-03-22 08:00", ends="2027-03-22 18:00", title_de="Begonnen")
    for n in range(30):
        make.activity(edition=week, host=host, starts="2027-04-09 09:00", ends="2027-04-09 10:00", title_de=f"Nr. {n}")
    make.activity(edition=week, host=host, starts="2027-04-07 09:00", ends="2027-04-07 10:00", title_de="Die nächste")

    got = page(client, address(cancelled))

    assert [text_of(h3) for h3 in got.all("h3")] == ["Die nächste", "Nr. 0", "Nr. 1"]


def test_a_cluster_that_no_longer_takes_part_is_named_without_a_link(client):
    host = make.cluster("OptoNet", is_active=False)

    got = page(client, address(make.activity(host=host)))

    assert "OptoNet" in got.text
    assert "OptoNet" not in got.links


def test_the_way_back_leads_to_the_day_on_which_the_programme_lists_it(client):
    tokyo = {"timezone": "Asia/Tokyo", "venue_land": None, "city": "Tokio"}
    activity = make.activity(starts="2027-04-09 02:00", ends="2027-04-09 03:00", place=tokyo)

    got = page(client, address(activity))

    assert got.links["Donnerstag, 8. April"] == f"/de/{activity.edition.slug}/?day=2027-04-08"


@pytest.mark.parametrize(
    ("deadline", "is_open"),
    [
        (None, True),
        (datetime(2027, 3, 22, 8, 30, 1, tzinfo=UTC), True),
        (datetime(2027, 3, 22, 8, 30, tzinfo=UTC), False),
        (datetime(2027, 3, 1, 8, 0, tzinfo=UTC), False),
    ],
)
def test_registration_elsewhere_is_offered_until_its_deadline(client, deadline, is_open):
    activity = make.activity(
        registration_mode="external", registration_url="https://tickets.example/x", registration_deadline=deadline
    )

    got = page(client, address(activity))

    assert ("https://tickets.example/x" in got.links.values()) is is_open
