"""What was typed is read back in the words of the form that was filled in."""

import pytest
from flask import Flask

from clusterweek.web import lines

ACTIVITY = [
    *[("csrf_token", "x"), ("version", "3"), ("format", ""), ("mode", "in_person"), ("access", "registration")],
    *[("title_de", "Größere Linsen"), ("fields", "aviation-technologies"), ("fields", "materials-technologies")],
    *[("is_accessible", "y"), ("occurrences-0-id", "7"), ("occurrences-0-starts_on", "9.4x.")],
    *[
        ("occurrences-1-starts_on", "10.4."),
        ("occurrences-0-venue_land", "DE-BY"),
        ("external_partners-0-country", "NL"),
    ],
    *[("co_hosts-0", "isarbio"), ("save", "draft")],
]


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "de",
            [
                *[("Durchführung", "vor Ort"), ("Zugang", "mit Anmeldung"), ("Titel", "Größere Linsen")],
                *[("Technologiefelder", "Luftfahrttechnik, Werkstofftechnik")],
                *[("Stufenlos und mit barrierefreier Toilette", "ja"), ("Termin 1, Tag", "9.4x.")],
                *[("Termin 2, Tag", "10.4."), ("Termin 1, Bundesland", "Bayern")],
                *[("Kooperationspartner, Land (Staat)", "Niederlande"), ("Mitveranstalter", "isarbio")],
            ],
        ),
        (
            "en",
            [
                *[("Mode", "in person"), ("Access", "with registration"), ("Title", "Größere Linsen")],
                *[("Technology fields", "Aviation Technologies, Materials Technologies")],
                *[("Step-free and with an accessible toilet", "yes"), ("Date 1, Day", "9.4x.")],
                *[("Date 2, Day", "10.4."), ("Date 1, Federal state (Land)", "Bavaria")],
                *[("Co-operation partners, Country", "Netherlands"), ("Co-hosts", "isarbio")],
            ],
        ),
    ],
)
def test_every_entry_is_called_as_in_its_form_and_no_code_is_shown(
    app: Flask, lang: str, said: list[tuple[str, str]]
) -> None:
    with app.test_request_context(f"/{lang}/"):
        app.preprocess_request()

        assert [tuple(line) for line in lines.of(ACTIVITY)] == said


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([("name", "OptoNet"), ("main_field", "ict"), ("land", "DE-TH")], "Thüringen"),
        (
            [("name", "Lena"), ("email", "l@x.de"), ("role", "viewer"), ("country", "NL")],
            "Programm und Zahlen lesen (Ministerium, Partner)",
        ),
        ([("title_de", "Woche"), ("kind", "annual_conference"), ("date_precision", "year")], "Jahrestagung"),
        ([("name", "Ada"), ("email", "a@x.de"), ("mode", "in_person"), ("access_need", "Ruhe")], "vor Ort"),
    ],
    ids=["profile", "person", "edition", "sign-up"],
)
def test_a_choice_is_read_back_as_it_was_offered(app: Flask, pairs: list[tuple[str, str]], text: str) -> None:
    with app.test_request_context("/de/"):
        app.preprocess_request()

        assert text in [line.text for line in lines.of(pairs)]


def test_many_ticks_are_counted_and_long_texts_cut(app: Flask) -> None:
    with app.test_request_context("/de/"):
        app.preprocess_request()
        found = lines.of([("activity", "1"), ("activity", "2"), ("reason", "ü" * 5000)])

    assert found[0] == ("Veranstaltungen", "2")
    assert all(len(line.text) <= lines.SHOWN + 1 for line in found)
