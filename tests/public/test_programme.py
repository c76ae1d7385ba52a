"""The programme page."""

from datetime import UTC, date, datetime

from sqlalchemy import event

from clusterweek.db.session import db
from clusterweek.editions.models import EditionPartnerCountry
from tests import make
from tests.browse import page, text_of

PROGRAMME = "public.programme"


def titles(got):
    return [text_of(h3) for h3 in got.all("h3", class_="cw-row__title")]


def tiles(got):
    """What stands on the tiles of the day strip: number and day."""
    return [text_of(li) for li in got.all("nav", class_="cw-strip")[0].iter("li")]


def test_one_activity_is_subscribed_to_in_the_singular(client):
    make.activity(edition=make.edition(slug="woche"), format="workshop")

    got = page(client, PROGRAMME, edition="woche", format="workshop")

    assert "Sie abonnieren die Auswahl mit zurzeit 1 Veranstaltung. " in got.text


def test_the_programme_lists_activities_under_their_days(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, title_de="Zweiter Tag", starts="2027-04-07 09:00", ends="2027-04-07 10:00")
    make.activity(edition=week, title_de="Erster Tag", starts="2027-04-06 18:00", ends="2027-04-06 20:00")

    got = page(client, PROGRAMME, edition="woche")

    assert titles(got) == ["Erster Tag", "Zweiter Tag"]
    assert [text_of(h2) for h2 in got.all("h2") if h2.get("id", "").startswith("day-")] == [
        "Dienstag, 6. April",
        "Mittwoch, 7. April",
    ]


def test_the_strip_follows_the_filters_and_a_day_without_anything_has_no_link(client):
    week = make.edition(slug="woche", ends_on=date(2027, 4, 8))
    make.activity(edition=week, starts="2027-04-06 09:00", ends="2027-04-06 10:00", mode="online")
    make.activity(edition=week, starts="2027-04-08 09:00", ends="2027-04-08 10:00")

    got = page(client, PROGRAMME, edition="woche", mode="online")

    assert tiles(got) == [
        "1 Veranstaltung, Alle Tage",
        "1 Veranstaltung, Di, 6. April",
        "0 Veranstaltungen, Mi, 7. April",
        "0 Veranstaltungen, Do, 8. April",
    ]
    strip = got.all("nav", class_="cw-strip")[0]
    assert [a.get("href") for a in strip.iter("a")] == [
        "/de/woche/?mode=online",
        "/de/woche/?mode=online&day=2027-04-06",
    ]


def test_the_page_says_why_the_days_add_up_to_more(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, starts="2027-04-06 09:00", ends="2027-04-08 18:00")

    got = page(client, PROGRAMME, edition="woche")

    assert "Mehrtägige Veranstaltungen zählen an jedem ihrer Tage." in got.text
    assert "Mehrtägige" not in page(client, PROGRAMME, edition="woche", q="nichts").text


def test_what_runs_for_days_is_folded_under_its_later_days(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, title_de="Ausstellung", starts="2027-04-06 10:00", ends="2027-04-08 18:00")
    make.activity(edition=week, title_de="Vortrag", starts="2027-04-07 18:00", ends="2027-04-07 19:00")

    for query in ({}, {"day": "2027-04-07"}):
        got = page(client, PROGRAMME, edition="woche", **query)
        section = next(s for s in got.all("section") if s.get("aria-labelledby") == "day-2027-04-07")
        fold = next(section.iter("details"))

        assert text_of(next(fold.iter("summary"))).startswith("Laufend (1)")
        assert [text_of(h3) for h3 in fold.iter("h3")] == ["Ausstellung"]
        assert [text_of(h3) for h3 in section.iter("h3")] == ["Ausstellung", "Vortrag"]


def test_every_filter_in_force_has_a_chip_that_takes_it_off(client):
    week = make.edition(slug="woche")
    make.activity(edition=week)

    got = page(client, "/de/woche/?land=DE-TH&land=DE-BY&q=licht")

    assert got.links["Filter entfernen: Thüringen"] == "/de/woche/?q=licht&land=DE-BY"
    assert got.links["Filter entfernen: „licht“"] == "/de/woche/?land=DE-BY&land=DE-TH"
    assert got.links["Alle entfernen"] == "/de/woche/"
    assert "1 von 1 Veranstaltungen:" in got.text


def test_the_form_keeps_what_was_chosen_and_counts_each_choice(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, mode="online")
    make.activity(edition=week)

    got = page(client, "/de/woche/?mode=online&day=2027-04-08")

    assert got.fields["mode"] == "online"
    assert got.fields["day"] == "2027-04-08"
    assert text_of(got.all("label", for_="f-mode-online")[0]) == "online (1)"
    assert text_of(got.all("label", for_="f-mode-in_person")[0]) == "vor Ort (1)"


def test_several_values_of_one_list_stay_when_the_form_is_sent_again(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, countries=("FR",))
    make.activity(edition=week, countries=("NL",))
    make.activity(edition=week, countries=("SE",))

    got = page(client, "/de/woche/?country=FR&country=NL")

    assert got.fields["country"] == ["FR", "NL", ""]
    assert text_of(got.all("option", value="SE")[0]) == "Schweden (1)"


def test_fields_that_were_left_blank_do_not_stay_in_the_address(client):
    make.activity(edition=make.edition(slug="woche"))

    answer = client.get("/de/woche/?q=&field=&mode=in_person&country=")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/de/woche/?mode=in_person")


def test_an_unknown_filter_is_named_and_the_form_is_there(client):
    make.activity(edition=make.edition(slug="woche"))

    for query, words in (
        ("land=DE-XX", "DE-XX"),
        ("colour=red", "colour"),
        ("page=zwei", "zwei"),
        ("cluster=nie", "nie"),
    ):
        got = page(client, f"/de/woche/?{query}", status=400)

        assert words in text_of(got.all("div", role="alert")[0])
        assert got.all("input", id="f-q")
        assert not titles(got)


def test_trackers_in_the_address_do_no_harm(client):
    make.activity(edition=make.edition(slug="woche"))

    assert page(client, "/de/woche/?utm_source=brief&fbclid=x").h1 == "Programm"


def test_no_hit_shows_what_one_filter_less_would_find(client):
    week = make.edition(slug="woche")
    make.activity(edition=week)

    got = page(client, "/de/woche/?q=wasserstoff&land=DE-TH")

    assert "Keine Treffer" in got.text
    assert got.links["Ohne „wasserstoff“: 1"] == "/de/woche/?land=DE-TH"
    assert "Ohne Thüringen: 0" not in got.text
    assert got.links["Alle 1 Veranstaltungen zeigen"] == "/de/woche/"


def test_fifty_rows_make_a_page_and_the_next_is_linked(client):
    week, host = make.edition(slug="woche"), make.cluster()
    for n in range(53):
        make.activity(edition=week, host=host, title_de=f"Nummer {n}")

    first, second = page(client, "/de/woche/?q=licht"), page(client, "/de/woche/?q=licht&page=2")

    assert (len(titles(first)), len(titles(second))) == (50, 3)
    assert first.links["Später"] == "/de/woche/?q=licht&page=2"
    assert second.links["Früher"] == "/de/woche/?q=licht&page=1"
    assert "Donnerstag, 8. April (Fortsetzung)" in second.text
    assert client.get("/de/woche/?q=licht&page=9").headers["Location"] == "/de/woche/?q=licht&page=2"


def test_one_day_leads_to_the_days_beside_it(client):
    week = make.edition(slug="woche")
    for day in ("2027-04-06", "2027-04-08", "2027-04-13"):
        make.activity(edition=week, starts=f"{day} 09:00", ends=f"{day} 10:00")

    got = page(client, PROGRAMME, edition="woche", day="2027-04-08")

    assert got.links["Dienstag, 6. April (1)"] == "/de/woche/?day=2027-04-06"
    assert got.links["Dienstag, 13. April (1)"] == "/de/woche/?day=2027-04-13"


def test_a_row_tells_only_what_is_special(client):
    week = make.edition(slug="woche")
    few, full = make.activity(edition=week, capacity=4), make.activity(edition=week, capacity=1)
    make.registration(few)
    make.registration(full)
    make.activity(edition=week, capacity=100)
    make.activity(edition=week, happening="cancelled", cancellation_reason="Krankheit")
    make.activity(edition=week, starts=None, happening="postponed")
    make.activity(edition=week, registration_mode="external", registration_url="https://example.org/", capacity=2)

    got = page(client, PROGRAMME, edition="woche")

    assert [text_of(p) for p in got.all("p", class_="cw-row__state")] == [
        "Noch 3 Plätze",
        "Warteliste",
        "Abgesagt",
        "Verschoben",
    ]


def test_without_english_the_german_text_is_shown_and_marked(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, title_de="Nur auf Deutsch", title_en=None)

    got = page(client, PROGRAMME, edition="woche", lang="en")

    assert [(h3.get("lang"), text_of(h3)) for h3 in got.all("h3", class_="cw-row__title")] == [
        ("de", "Nur auf Deutsch")
    ]
    assert [text_of(p) for p in got.all("p", class_="cw-row__state")] == ["Text in German"]


def test_a_foreign_clock_is_turned_into_ours_and_named(client):
    week = make.edition(slug="woche")
    make.activity(
        edition=week,
        mode="online",
        starts="2027-04-08 09:00",
        ends="2027-04-08 10:00",
        place={"timezone": "Europe/Lisbon"},
    )

    got = page(client, PROGRAMME, edition="woche")

    assert text_of(got.all("p", class_="cw-row__time")[0]) == "10:00– bis 11:00 MESZ"


def test_titles_cannot_smuggle_in_markup(client):
    make.activity(edition=make.edition(slug="woche"), title_de="<b>fett</b> & <script>alert(1)</script>")

    assert titles(page(client, PROGRAMME, edition="woche")) == ["<b>fett</b> & <script>alert(1)</script>"]


def test_the_selection_can_be_subscribed_to_and_saved(client):
    make.activity(edition=make.edition(slug="woche"))

    got = page(client, "/de/woche/?land=DE-TH")

    assert got.all("input", id="feed")[0].get("value") == "http://127.0.0.1:8000/feeds/woche.ics?land=DE-TH&lang=de"
    assert (
        got.links["In meinem Kalender abonnieren (Apple, Thunderbird, Outlook)"]
        == "webcal://127.0.0.1:8000/feeds/woche.ics?land=DE-TH&lang=de"
    )
    assert got.links["Programmheft (PDF)"] == "/de/woche/programme.pdf?land=DE-TH"
    assert got.links["In Outlook im Web öffnen (externe Seite)"].startswith(
        "https://outlook.office.com/calendar/0/addfromweb?url=http%3A%2F%2F127.0.0.1%3A8000%2Ffeeds%2Fwoche.ics"
    )


def test_before_it_appears_the_page_says_when_and_can_be_subscribed_to(client):
    week = make.edition(slug="woche", programme_from=datetime(2027, 3, 25, 8, 0, tzinfo=UTC))
    make.activity(edition=week, title_de="Noch geheim")

    got = page(client, PROGRAMME, edition="woche")

    assert "Das Programm erscheint am Donnerstag, 25. März 2027, 09:00 Uhr" in got.text
    assert "Noch geheim" not in got.html
    assert got.all("input", id="feed")


def test_an_edition_without_activities_says_so(client):
    make.edition(slug="woche")

    assert "Noch keine Veranstaltungen" in page(client, PROGRAMME, edition="woche").text


def test_a_second_week_is_in_the_menu_and_says_its_own_name(client):
    make.edition(slug="fruehjahr", title_en="Cluster Week Germany 2027")
    days = {"starts_on": date(2027, 11, 8), "ends_on": date(2027, 11, 12)}
    make.edition(slug="herbst", title_en="Autumn Week 2027", **days)

    autumn = page(client, page(client, "/en/fruehjahr/").links["Autumn Week 2027"])

    assert autumn.h1 == "Programme Autumn Week 2027"
    assert autumn.all("title")[0].text == "Programme – Autumn Week 2027"
    assert autumn.links["Cluster Week Germany 2027"] == "/en/fruehjahr/"
    assert autumn.links["Programme"] == "/en/herbst/"


def test_when_submissions_have_closed_nobody_is_entering_activities(client):
    make.edition(slug="zu", state="closed")

    text = page(client, "/en/zu/").text

    assert "Submissions have closed, and the programme is being put together." in text
    assert "are entering" not in text


def test_during_the_week_the_bare_address_opens_at_today(client, at):
    week, host = make.edition(slug="woche"), make.cluster()
    for n in range(51):
        make.activity(
            edition=week, host=host, starts="2027-04-06 09:00", ends="2027-04-06 10:00", title_de=f"Nummer {n}"
        )
    make.activity(edition=week, host=host)
    at("2027-04-08 07:00")

    answer = client.get("/de/woche/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/de/woche/?page=2#day-2027-04-08")
    second = page(client, "/de/woche/?page=2")
    assert second.all("h2", id="day-2027-04-08")
    assert "Nummer 0" in titles(page(client, second.links["Früher"]))


def test_after_the_week_the_page_says_so_and_keeps_the_list(client, at):
    make.activity(edition=make.edition(slug="woche"))
    at("2027-04-20 09:00")

    got = page(client, PROGRAMME, edition="woche")

    assert "Die Woche ist vorbei. Sie fand vom 6. bis 15. April 2027 statt." in got.text
    assert len(titles(got)) == 1


def test_a_conference_shows_its_place_and_guest(client):
    conference = make.edition(
        slug="tagung",
        kind="annual_conference",
        title_de="Jahrestagung 2027",
        place="Alte Börse",
        city="Berlin",
        ends_on=date(2027, 4, 6),
    )
    conference.partner_countries = [EditionPartnerCountry(country="NL")]
    db.session.flush()

    got = page(client, PROGRAMME, edition="tagung")

    assert got.h1 == "Jahrestagung 2027"
    assert "6. April 2027, Alte Börse, Berlin" in got.text
    assert got.links["Niederlande"] == "/de/partner-countries/NL"


def test_drafts_are_nowhere_and_archived_editions_without_activities_are_in_the_archive(client):
    make.edition(slug="geheim", state="draft")
    make.edition(slug="damals", state="archived")

    assert client.get("/de/geheim/").status_code == 404
    assert client.get("/de/damals/").headers["Location"] == "/de/archive/damals"


def test_three_rows_ask_no_more_of_the_database_than_one(client):
    week = make.edition(slug="woche")
    make.activity(edition=week, countries=("FR",), co_hosts=(make.cluster("A"),), partners=(("X", "FR"),))

    def asked() -> int:
        statements: list[str] = []

        def note(_conn, _cursor, statement, *_rest):  # type: ignore[no-untyped-def]
            statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            page(client, PROGRAMME, edition="woche")
        finally:
            event.remove(db.engine, "before_cursor_execute", note)
        return len([s for s in statements if s.startswith(("SELECT", "WITH"))])

    one = asked()
    for n in range(2):
        make.activity(edition=week, countries=("FR", "NL"), co_hosts=(make.cluster(f"B{n}"),), partners=(("Y", "NL"),))
    week.programme_version += 1
    db.session.flush()

    assert asked() == one
    assert one <= 16
