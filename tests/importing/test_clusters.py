"""Clusters from a table: what each row means."""

import re
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.clusters import actions, queries
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.i18n import force_language
from clusterweek.importing import clusters, tables
from clusterweek.importing.tables import Table
from clusterweek.refusal import Refusal
from clusterweek.vocabulary.lists import FIELDS
from tests import make
from tests.conftest import NOW
from tests.mailbox import mailbox


def table(text: str) -> Table:
    return tables.read("cluster.csv", text.encode())


def outcomes(text: str) -> list[tuple[int, str, str]]:
    return [(result.number, result.outcome, result.name) for result in clusters.preview(table(text))]


def test_german_headings_and_names_are_understood() -> None:
    (result,) = clusters.preview(
        table(
            "Cluster;Art;Bundesland;Ort;Technologiefelder;ECEI-Label;gültig bis;Webseite;Kontakt E-Mail\n"
            "OptoNet;Cluster;Thüringen;Jena;Optische Technologien und Photonik | Mikrosystemtechnik;"
            "ECEI Gold;31.12.2027;www.optonet.example;Clara@OptoNet.example\n"
        )
    )

    assert result.values == {
        "name": "OptoNet",
        "kind": "cluster",
        "land": "DE-TH",
        "city": "Jena",
        "fields": ["optical-technologies-photonics", "microsystems-technologies"],
        "ecei_label": "gold",
        "label_valid_until": date(2027, 12, 31),
        "website": "https://www.optonet.example",
        "email": "Clara@OptoNet.example",
    }
    assert (result.outcome, result.invites) == ("new", True)


def test_rows_are_new_changed_or_unchanged() -> None:
    make.cluster("OptoNet", city="Jena")
    make.cluster("FördeStrom", land="DE-SH", city="Kiel")

    assert outcomes("name;land;city\nOptoNet;DE-TH;Erfurt\nfördestrom;SH;Kiel\nElbe;HH;Hamburg\n") == [
        (2, "changed", "OptoNet"),
        (3, "changed", "fördestrom"),  # the spelling of the name
        (4, "new", "Elbe"),
    ]
    assert outcomes("name;land;city\nFördeStrom;SH;Kiel\n") == [(2, "unchanged", "FördeStrom")]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (";DE-BY;;;;;", "name"),
        ("Neu;;;;;;", "land"),
        ("Neu;Mars;;;;;", "land"),
        ("Neu;BY;verein;;;;", "kind"),
        ("Neu;BY;;Zauberei;;;", "fields"),
        (f"Neu;BY;;{'|'.join([*FIELDS][:9])};;;", "fields"),
        ("Neu;BY;;;platin;;", "label"),
        ("Neu;BY;;;;ftp://example.org;", "website"),
        ("Neu;BY;;;;keine;", "website"),
        ("https://neu.example;BY;;;;;", "name"),  # no web address in a name, as in the form
        ("Neu;BY;;;;;clara", "email"),
        (f"{'x' * 161};BY;;;;;", "name"),
    ],
)
def test_a_wrong_cell_is_named_by_its_column(row: str, column: str) -> None:
    (result,) = clusters.preview(table(f"name;land;kind;fields;label;website;email\n{row}\n"))

    assert result.outcome == "error"
    assert [reason[0] for reason in result.reasons] == [column]
    assert result.line().startswith("row 2: error  ")


def test_the_same_cluster_stands_in_a_table_once() -> None:
    assert outcomes("name;land\nElbe;HH\nElbe;HH\n")[1] == (3, "error", "Elbe")


@pytest.mark.parametrize(
    "text",
    ["land\nBY\n", "name;cluster\nElbe;Elbe\n"],
    ids=["no name", "twice"],
)
def test_a_table_with_other_headings_is_refused(text: str) -> None:
    with pytest.raises(Refusal):
        clusters.preview(table(text))


def test_columns_that_nobody_knows_are_left_out_and_named() -> None:
    strange = table("Name des Clusters;Bundesland;Farbe;Anzahl Mitglieder\nElbe;HH;rot;12\n")

    assert [(result.outcome, result.name) for result in clusters.preview(strange)] == [("new", "Elbe")]
    assert clusters.left_out(strange) == ["Farbe", "Anzahl Mitglieder"]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Name des Clusters", "name"),
        ("BUNDESLAND", "land"),
        ("Ansprechpartner E-Mail", "email"),
        ("Ansprechpartner (E-Mail)", "email"),
        ("Ansprechpartner\nEmail:", "email"),
        ("E-Mail-Adresse", "email"),
        ("ECEI-Label", "ecei_label"),
        ("Homepage", "website"),
        ("Ansprechpartner", None),
    ],
)
def test_headings_are_known_however_they_are_spelt(heading: str, column: str | None) -> None:
    assert clusters.column_of(heading) == column


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("land", "NRW", "DE-NW"),
        ("land", "Baden-Württemberg", "DE-BW"),
        ("land", "BW", "DE-BW"),
        ("land", "Meck-Pomm", "DE-MV"),
        ("land", "Meck.-Pomm.", "DE-MV"),
        ("land", "Rheinland Pfalz", "DE-RP"),
        ("land", "Freistaat Sachsen", "DE-SN"),
        ("kind", "Netzwerk", "cluster"),
        ("fields", "logistics; biotechnology", ["logistics", "biotechnology"]),
        ("fields", "logistics, biotechnology", ["logistics", "biotechnology"]),
        ("fields", "logistics | biotechnology", ["logistics", "biotechnology"]),
    ],
)
def test_values_are_understood_as_people_write_them(column: str, cell: str, value: Any) -> None:
    assert clusters.READERS[column](cell) == value


@pytest.mark.parametrize("website", ["optonet.example/de", "https://optonet.example/de"])
def test_a_website_needs_no_scheme(website: str) -> None:
    (result,) = clusters.preview(table(f"name;land;website\nNeu;BY;{website}\n"))

    assert result.values["website"] == "https://optonet.example/de"


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("land", "Beyern", "We don't know “Beyern”. Did you mean Bavaria?"),
        ("land", "Mars", "We don't know “Mars”. Examples: "),
        ("fields", "logistics; Zauberei", "We don't know “Zauberei”. Examples: "),
        ("fields", "|", "“|” names nothing."),
        ("ecei_label", "ECEI-Label", "We don't know “ECEI-Label”. Examples: "),
    ],
)
def test_what_is_not_known_leads_on(column: str, cell: str, sentence: str) -> None:
    with force_language("en"), pytest.raises(ValueError, match=re.escape(sentence)):
        clusters.READERS[column](cell)


def test_an_agency_needs_no_land() -> None:
    assert outcomes("name;kind\nProjektträger;Agentur\n") == [(2, "new", "Projektträger")]


def test_a_missing_column_leaves_and_an_empty_cell_clears() -> None:
    cluster = make.cluster("OptoNet", city="Jena", ecei_label="gold", email="info@optonet.example", kind="agency")

    clusters.take_over(table("name;label;kind\nOptoNet;;\n"), by=None, now=NOW)

    assert (cluster.city, cluster.ecei_label, cluster.kind) == ("Jena", None, "agency")


def test_with_a_wrong_row_nothing_is_written() -> None:
    text = "name;land\nElbe;HH\nOhne Land;\n"

    clusters.take_over(table(text), by=None, now=NOW)
    assert count() == 0


def count() -> Any:
    return db.session.scalar(select(func.count()).select_from(Cluster))


def test_only_those_are_invited_for_whom_nobody_works_and_whom_nobody_asked() -> None:
    make.member(make.cluster("Besetzt"))
    actions.invite(make.cluster("Gefragt"), "a@example.org", by=None, now=NOW)
    db.session.commit()
    mailbox()
    text = "name;land;email\nBesetzt;TH;b@example.org\nGefragt;TH;A@example.org\nNeu;TH;c@example.org\nStumm;TH;\n"

    results = clusters.take_over(table(text), by=None, now=NOW, invite=True)
    db.session.commit()

    assert [result.name for result in results if result.invites] == ["Neu"]
    assert [to for to, _subject in mailbox()] == ["c@example.org"]
    again = clusters.preview(table(text))
    assert [result.outcome for result in again] == ["unchanged"] * 4
    assert [result.name for result in again if result.invites] == []


def test_whose_invitation_was_taken_back_is_asked_again() -> None:
    asked = actions.invite(make.cluster("Gefragt"), "a@example.org", by=None, now=NOW)
    text = "name;land;email\nGefragt;TH;a@example.org\n"
    assert [result.invites for result in clusters.preview(table(text))] == [False]

    actions.withdraw_invitation(asked, by=None, now=NOW)

    assert [result.invites for result in clusters.preview(table(text))] == [True]


def test_a_new_name_reaches_the_activities_that_show_it() -> None:
    activity = make.activity(host=make.cluster("optonet"))
    before = activity.edition.programme_version

    clusters.take_over(table("name;land\nOptoNet;TH\n"), by=None, now=NOW)

    db.session.refresh(activity.edition)
    assert queries.by_name("OptoNet") is activity.host_cluster
    assert activity.edition.programme_version == before + 1
