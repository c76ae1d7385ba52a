"""One table of spellings, read by a form and by a table: what people may type, they may write into a cell too."""

from datetime import date, datetime, time
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from clusterweek.i18n import force_language
from clusterweek.importing import cells, clusters, reading
from clusterweek.importing.tables import Row, Table
from clusterweek.vocabulary import lists
from clusterweek.vocabulary.fields import CountriesField
from clusterweek.vocabulary.lists import Term
from clusterweek.web import fields, readers

EIGHTH = date(2027, 4, 8)
DAYS = [
    ("8.4.2027", EIGHTH),
    ("08.04.2027", EIGHTH),
    ("8. 4. 2027", EIGHTH),
    ("8.4.27", EIGHTH),
    ("2027-04-08", EIGHTH),
    ("2027-4-8", EIGHTH),
    ("08/04/2027", EIGHTH),
    ("8. April 2027", EIGHTH),
    ("8 April 2027", EIGHTH),
    ("Do, 08.04.2027", EIGHTH),
    ("Donnerstag, 8.  April\t2027", EIGHTH),
    ("8.4.", None),
    ("31.4.2027", None),
    ("20270408", None),
    ("2027-W14-4", None),
    ("morgen", None),
    ("8.4.1999", None),
    ("9999-12-31", None),
]
NINE = datetime(2027, 4, 8, 9)
MOMENTS = [
    ("2027-04-08 09:00", NINE),
    ("2027-04-08T09:00", NINE),
    ("2027-04-08 09:00:30", NINE),
    ("2027-04-08 09:00:00.000", NINE),
    ("2027-04-08 9", NINE),
    ("8.4.2027 9:00", NINE),
    ("8.4.2027 9.00 Uhr", NINE),
    ("8.4.2027, 9 Uhr", NINE),
    ("8. April 2027 um 9 Uhr", NINE),
    ("Thu 8 April 2027 at 09:00", NINE),
    ("8.4.27 09:00", NINE),
    ("7.4.2027 24:00", datetime(2027, 4, 8)),
    ("31.12.2100 24:00", None),
    ("9999-12-31 24:00", None),
    ("8.4.2027 25:00", None),
    ("8.4.2027 abends", None),
    ("09:00", None),
    ("2027-04-08 09:00+02:00", None),
    ("2027-04-08T07:00Z", None),
    (" ".join(["8.4.2027"] * 20_000), None),
]
NUMBERS = [
    *(("30", 30), ("0", 0), ("030", 30), ("viele", None), ("3,5", None), ("²", None), ("1234567890", None)),
    *(("1.000", 1000), ("1 000", 1000), ("1'000", 1000), ("12.500", 12500), ("30.0", 30), ("30,0", 30), ("30,00", 30)),
    *(("1.00.000", None), ("1.0000", None), ("1,5", None), ("30.5", None), ("1.000,5", None), ("1.000 000", None)),
]
WEB = [
    ("https://www.example.org/a?b=c", "https://www.example.org/a?b=c"),
    ("http://example.org", "http://example.org"),
    ("www.example.org", "https://www.example.org"),
    ("example.org/anmelden?x=1#y", "https://example.org/anmelden?x=1#y"),
    ("Messe-Dresden.DE/tickets", "https://Messe-Dresden.DE/tickets"),
    ("münchen.example/führung", "https://münchen.example/führung"),
    ("example.org:8080/x", "https://example.org:8080/x"),
    *(
        (odd, odd)
        for odd in ("javascript:alert(1)", "data:text/html,x", "mailto:a@b.de", "a@example.org", "//x.de", "x")
    ),
    *((odd, odd) for odd in ("ftp://example.org", "siehe unten", "1.5", "-.de", "example.", "C:\\x.de")),
]
COUNTRIES = [
    (["Holland", "Tschechische Republik", "usa"], ["NL", "CZ", "US"]),
    (["Osterreich", "GROSSBRITANNIEN"], ["AT", "GB"]),
    (["NL"], ["NL"]),
    (["nl", "AT"], ["NL", "AT"]),
    (["Niederlande", "Austria"], ["NL", "AT"]),
    (["Narnia"], None),
    (["EU"], None),
]


class Asked(Form):
    day = fields.DayField()
    picked = fields.PickedDay()
    last_day = fields.LastDayField()
    moment = fields.PickedMoment()
    clock = fields.ClockField()
    count = fields.CountField()
    countries = CountriesField("Countries", most=3)


def typed(field: str, text: str) -> Any:
    """What the form makes of a text; None when it says that it cannot be read."""
    form = Asked(MultiDict({field: text}))
    form.validate()
    return None if form[field].errors else form[field].data


def written(read: Any, cell: str) -> Any:
    try:
        return read(cell)
    except ValueError:
        return None


@pytest.mark.parametrize(("text", "day"), DAYS)
def test_a_day_is_understood_in_a_form_and_in_a_table(app: Flask, text: str, day: date | None) -> None:
    whole_day = day and (datetime.combine(day, time()), True)

    assert (typed("day", text), typed("picked", text), written(cells.local_time, text)) == (day, day, whole_day)
    assert label_until(text) == day


def label_until(cell: str) -> date | None:
    """The day in a table of clusters."""
    row = {"name": "OptoNet", "land": "DE-TH", "valid_until": cell}
    (result,) = clusters.preview(Table([*row], [Row(2, row)]))
    return result.values.get("label_valid_until")


@pytest.mark.parametrize(("text", "moment"), MOMENTS, ids=lambda value: str(value)[:30])
def test_a_day_with_a_time_is_understood_in_a_form_and_in_a_table(
    app: Flask, text: str, moment: datetime | None
) -> None:
    assert typed("moment", text) == moment
    assert written(cells.local_time, text) == (moment and (moment, False))


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_a_number_is_understood_in_a_form_and_in_a_table(app: Flask, text: str, number: int | None) -> None:
    assert (typed("count", text), written(cells.whole_number, text)) == (number, number)


@pytest.mark.parametrize(("text", "address"), WEB)
def test_an_address_of_the_web_is_understood_in_a_form_and_in_a_table(app: Flask, text: str, address: str) -> None:
    assert (readers.web_address(text), written(cells.web, text)) == (address, address)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        *((f"Deutsch{mark}Englisch", ["de", "en"]) for mark in ("|", ";", ",", "; ", ", ", "\n", " | ", ";\n")),
        *(("de", ["de"]), ("de|de, de", ["de"]), ("Deutsch;English,fr", ["de", "en", "fr"]), ("", [])),
    ],
)
def test_a_list_is_separated_as_people_separate_it(app: Flask, cell: str, read: list[str]) -> None:
    assert written(cells.codes(lists.SPOKEN), cell) == read


def test_a_comma_in_a_name_tears_no_name_apart() -> None:
    read = cells.codes({code: Term(code, de, de) for code, de in (("a", "Optik, Licht"), ("b", "Chemie"))})

    for mark in ("|", ";", "\n"):
        assert read(f"Optik, Licht{mark}Chemie") == ["a", "b"]
    assert read("Optik, Licht") == ["a"]
    with pytest.raises(ValueError, match="Fotonk"):
        read("Chemie, Fotonk")


@pytest.mark.parametrize(("names", "codes"), COUNTRIES)
def test_countries_are_understood_in_a_form_and_in_a_table(
    app: Flask, names: list[str], codes: list[str] | None
) -> None:
    assert typed("countries", ", ".join(names)) == codes
    for mark in ("|", ", ", ";", "\n"):
        assert written(cells.countries, mark.join(names)) == codes


LAST_DAYS = [
    ("31.12.26", date(2026, 12, 31)),
    ("2026-12-31", date(2026, 12, 31)),
    ("31. Dezember 2026", date(2026, 12, 31)),
    ("31.12.2026 00:00", date(2026, 12, 31)),
    ("2026-12-31 00:00:00", date(2026, 12, 31)),
    ("31.12.2026 23:59", date(2026, 12, 31)),
    ("12/2026", date(2026, 12, 31)),
    ("12.2026", date(2026, 12, 31)),
    ("12 / 2026", date(2026, 12, 31)),
    ("12/26", date(2026, 12, 31)),
    ("2/2028", date(2028, 2, 29)),
    ("2026-12", date(2026, 12, 31)),
    ("Dezember 2026", date(2026, 12, 31)),
    ("Dez. 2026", date(2026, 12, 31)),
    ("Dez 26", date(2026, 12, 31)),
    ("December 2026", date(2026, 12, 31)),
    ("Juni 2027", date(2027, 6, 30)),
    ("bis Ende Juni 2027", date(2027, 6, 30)),
    ("bis zum 30.06.2027", date(2027, 6, 30)),
    ("Ende 2026", date(2026, 12, 31)),
    ("end of 2026", date(2026, 12, 31)),
    ("2026", date(2026, 12, 31)),
    ("Q3 2026", date(2026, 9, 30)),
    ("3. Quartal 2026", date(2026, 9, 30)),
    ("13/2026", None),
    ("12/1999", None),
    ("1999", None),
    ("31.12.", None),
    ("Quintember 2026", None),
    ("unbefristet", None),
    ("Ende", None),
]


@pytest.mark.parametrize(("text", "day"), LAST_DAYS)
def test_the_end_of_something_is_the_last_day_of_what_is_named(app: Flask, text: str, day: date | None) -> None:
    assert (typed("last_day", text), label_until(text)) == (day, day)


@pytest.mark.parametrize(
    ("heading", "cell", "name", "value"),
    [
        ("Stand", "Entwurf", "review_status", "draft"),
        ("status", "veröffentlicht", "review_status", "published"),
        ("STAND", "Freigegeben", "review_status", "published"),
        ("Anmeldeweg", "keine", "registration_mode", "none"),
        ("Anmeldeweg", "Keine Anmeldung", "registration_mode", "none"),
        ("Anmeldeweg", "intern", "registration_mode", "internal"),
        ("registration_mode", "Extern.", "registration_mode", "external"),
        ("Durchführung", "Präsenz", "mode", "in_person"),
        ("Durchführung", "vor\u00a0Ort", "mode", "in_person"),
        ("Durchführung", "Hybrid", "mode", "hybrid"),
        ("Zugang", "Nur mit Anmeldung", "access", "registration"),
        ("Zugang", "öffentlich", "access", "open"),
        ("Findet statt", "fällt aus", "happening", "cancelled"),
        ("Partnerländer", "keine", "partner_countries", []),
        ("Partnerländer:", "–", "partner_countries", []),
        ("Partnerland", "Frankreich|NL", "partner_countries", ["FR", "NL"]),
        ("partner_countries", "the Netherlands; Czech Republic, USA", "partner_countries", ["NL", "CZ", "US"]),
        ("Kooperationspartner", "keine", "external_partners", []),
        ("Sprachen", "Deutsch und Klingonisch", "languages", "We don't know “Deutsch und Klingonisch”. "),
        ("Anmeldeweg", "per FAX", "registration_mode", "We don't know “per FAX”. Examples: none, "),
        ("Partnerländer", "FRANKREISCH", "partner_countries", "“FRANKREISCH” is not a country."),
    ],
)
def test_german_words_under_german_headings_are_understood(
    app: Flask, heading: str, cell: str, name: str, value: Any
) -> None:
    column = reading.column_of(heading)
    assert column is not None
    with force_language("en"):
        found, reasons = reading.read(Row(2, {column: cell}), reading.READERS)

    if isinstance(value, str) and "“" in value:
        assert reasons[0][1].startswith(value)
    else:
        assert (found, reasons) == ({name: value}, [])


@pytest.mark.parametrize("cell", ["2027-04-08 09:00+02:00", "2027-04-08T07:00Z", "8.4.2027 09:00 +0200"])
def test_a_time_with_an_offset_is_told_from_one_that_is_none(app: Flask, cell: str) -> None:
    with force_language("en"), pytest.raises(ValueError, match="without an offset"):
        cells.local_time(cell)


@pytest.mark.parametrize("cell", ["|", " | ", "||"])
def test_a_list_of_nothing_but_separators_clears_nothing(app: Flask, cell: str) -> None:
    assert cells.several("") == []
    with force_language("en"), pytest.raises(ValueError, match="names nothing"):
        cells.several(cell)
