"""Clusters, their people and invitations, and loading a table of them."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from clusterweek.clusters import actions, queries
from clusterweek.clusters.models import Cluster
from clusterweek.db.session import db
from clusterweek.importing.tables import Row, Table
from clusterweek.organiser import views_table
from tests import make
from tests.browse import checked, page, text_of
from tests.conftest import NOW
from tests.mailbox import mailbox
from tests.statements import Statements

LIST = "/de/organiser/clusters/"


@pytest.fixture
def olaf(client: Any) -> Any:
    make.login(client, make.organiser())
    return client


def four() -> list[Cluster]:
    """One where somebody works, one that was asked, one whose invitation ran out, one that nobody asked."""
    joined, asked = make.cluster("Aalen"), make.cluster("Bonn", land="DE-NW", ecei_label="gold")
    expired, unasked = make.cluster("Celle", land="DE-NI"), make.cluster("Dessau", land="DE-ST")
    make.member(joined)
    actions.invite(asked, "bonn@example.org", by=None, now=NOW)
    actions.invite(expired, "celle@example.org", by=None, now=NOW - timedelta(days=15))
    return [joined, asked, expired, unasked]


def names(found: Any) -> list[str]:
    return [text_of(next(row.iter("a"))) for row in found.all("tr")[1:]]


def test_the_list_says_who_has_not_accepted(olaf: Any) -> None:
    four()

    found = page(olaf, LIST)

    assert [text_of(row).split(" ")[0] for row in found.all("tr")[1:]] == [
        "AalenJena",
        "BonnJena",
        "CelleJena",
        "DessauJena",
    ]
    assert "Alle ohne Antwort noch einmal einladen (2)" in found.links
    assert names(page(olaf, LIST + "?state=asked")) == ["Bonn"]
    assert names(page(olaf, LIST + "?state=expired")) == ["Celle"]
    assert names(page(olaf, LIST + "?state=unasked")) == ["Dessau"]
    assert names(page(olaf, LIST + "?host_land=DE-NW&q=bon")) == ["Bonn"]
    for query in ("land=DE-NW", "host_land=Mars", "review=draft", "state=Mars", "state=asked%20"):
        assert olaf.get(f"{LIST}?{query}").status_code == 400
    assert "Im Filter „state“ gibt es „Mars“ nicht." in page(olaf, LIST + "?state=Mars", status=400).text
    assert "Kein Cluster passt dazu." in page(olaf, LIST + "?q=xyzzy").text


@pytest.mark.parametrize(("moment", "is_over"), [("2027-03-22 23:59", False), ("2027-03-23 00:30", True)])
def test_a_label_is_expired_from_midnight_in_berlin_on(client: Any, at: Any, moment: str, is_over: bool) -> None:
    cluster = make.cluster("Aalen", ecei_label="gold", label_valid_until=date(2027, 3, 22))
    at(moment)
    make.login(client, make.organiser())

    assert ("Gold abgelaufen" in "".join(text_of(row) for row in page(client, LIST).all("tr"))) is is_over
    assert ("(abgelaufen)" in page(client, LIST + cluster.slug).text) is is_over


def test_the_list_holds_as_many_as_the_figure_that_leads_to_it(olaf: Any) -> None:
    four()
    make.cluster("Aus", is_active=False)

    assert page(olaf, LIST).links["1noch nicht eingeladen"] == LIST + "?state=unasked"
    assert names(page(olaf, LIST + "?state=unasked")) == ["Dessau"]
    assert "Aus" in names(page(olaf, LIST))


def test_as_many_invitations_are_offered_again_as_the_link_says(olaf: Any) -> None:
    joined, asked, _expired, _unasked = four()
    for cluster, email in ((joined, "auch@example.org"), (asked, "noch@example.org")):
        actions.invite(cluster, email, by=None, now=NOW)

    found = page(olaf, LIST)

    assert page(olaf, found.links["Alle ohne Antwort noch einmal einladen (4)"]).h1.startswith("4 Einladungen")


def test_without_clusters_the_table_is_offered(olaf: Any) -> None:
    assert "Noch gibt es keine Cluster." in page(olaf, LIST).text


def test_a_long_list_costs_no_more_queries(olaf: Any) -> None:
    four()
    olaf.get("/de/")
    with Statements() as some:
        olaf.get(LIST)
    make.cluster("Emden")
    make.cluster("Fulda")
    with Statements() as more:
        olaf.get(LIST)

    assert len(more.all) == len(some.all)


def test_a_viewer_of_a_land_reads_its_clusters(client: Any) -> None:
    four()
    make.login(client, make.viewer(land="DE-NW"))

    found = page(client, LIST)

    assert "Bonn" in found.text
    assert "Celle" not in found.text
    assert "Tabelle laden" not in found.links
    assert client.get("/de/organiser/clusters/new").status_code == 403


def test_inviting_and_sending_again(olaf: Any, at: Any) -> None:
    cluster = make.cluster(slug="optonet")
    url = LIST + "optonet"

    assert "Für dieses Cluster arbeitet hier noch niemand." in page(olaf, url).text
    olaf.post(url + "/invitations", data={"email": "Clara@example.org", "language": "en"})
    (invitation,) = queries.invitations(cluster)
    assert [to for to, _subject in mailbox()] == ["Clara@example.org"]

    generation = invitation.generation
    at("2027-03-23 09:30")
    make.login(olaf, make.organiser("Ole"))
    olaf.post(f"{url}/invitations/{invitation.id}/again")
    assert [to for to, _subject in mailbox()] == ["Clara@example.org"]
    assert invitation.generation != generation

    olaf.post(f"{url}/invitations/{invitation.id}/withdraw")
    assert invitation.withdrawn_at
    assert olaf.post(f"{url}/invitations/{invitation.id}/again").status_code == 404


@pytest.mark.parametrize("email", ["", "clara", "clara@example.org"])
def test_a_wrong_invitation_says_why(olaf: Any, email: str) -> None:
    make.member(make.cluster(slug="optonet"))

    found = checked(olaf.post(LIST + "optonet/invitations", data={"email": email, "language": "de"}), status=422)

    assert found.all("a", href="#email")
    assert mailbox() == []


def test_all_who_have_not_accepted_are_asked_again_at_once(olaf: Any) -> None:
    _joined, asked, expired, _unasked = four()
    db.session.commit()
    mailbox()
    asked_page = page(olaf, LIST + "send-again")
    accepted_meanwhile = queries.invitations(asked)[0]
    accepted_meanwhile.accepted_at = NOW
    db.session.commit()

    answer = olaf.post(LIST + "send-again", data={"invitation": asked_page.fields["invitation"]})

    assert asked_page.h1 == "2 Einladungen noch einmal senden?"
    assert [to for to, _subject in mailbox()] == ["celle@example.org"]
    assert queries.invitations(expired)[0].expires_at > NOW
    assert "1 Einladung wurde noch einmal gesendet." in page(olaf, answer.location).text


def test_where_nobody_was_asked_nobody_is_asked_again(olaf: Any) -> None:
    assert "noch nicht eingeladen" not in page(olaf, LIST + "send-again").text
    make.cluster()

    found = page(olaf, LIST + "send-again")

    assert found.h1 == "Keine Einladung wartet auf eine Antwort."
    assert found.links["1 Cluster ist noch nicht eingeladen"] == LIST + "invitation"


def test_all_who_are_not_invited_yet_are_invited_at_once(olaf: Any) -> None:
    four()
    make.cluster("Elbe", email="elbe@example.org")
    make.cluster("Aus", email="aus@example.org", is_active=False)
    make.cluster("Stumm", slug="stumm")
    meanwhile = make.cluster("Spree", email="spree@example.org")
    db.session.commit()
    mailbox()
    asked = page(olaf, LIST + "invitation")
    actions.invite(meanwhile, "spree@example.org", by=None, now=NOW)
    db.session.commit()
    mailbox()

    answer = olaf.post(LIST + "invitation", data={"cluster": asked.fields["cluster"]})

    assert asked.h1 == "2 Cluster einladen?"
    assert asked.links["Stumm"] == LIST + "stumm"
    assert [to for to, _subject in mailbox()] == ["elbe@example.org"]
    assert "1 Einladung ist unterwegs." in page(olaf, answer.location).text
    assert page(olaf, LIST + "invitation").h1 == "Niemand kann eingeladen werden."
    assert page(olaf, LIST).links["Alle einladen, die noch nicht eingeladen sind (2)"] == LIST + "invitation"


@pytest.mark.parametrize("path", ["organiser/clusters/{}", "host/{}/profile"])
def test_a_cluster_that_does_not_take_part_has_no_public_page_to_go_to(olaf: Any, path: str) -> None:
    make.cluster(slug="optonet")
    make.cluster("Aus", slug="aus", is_active=False)

    links = [page(olaf, f"/de/{path.format(slug)}").links for slug in ("optonet", "aus")]

    assert ["Öffentliche Seite" in one for one in links] == [True, False]


def test_a_cluster_is_entered_and_changed(olaf: Any) -> None:
    typed = {"name": "Elbe", "kind": "agency", "land": "DE-HH", "is_active": "y", "ecei_label": "", "main_field": ""}

    answer = olaf.post("/de/organiser/clusters/new", data=typed)

    cluster = queries.by_slug("elbe")
    assert cluster is not None
    assert answer.location == LIST + "elbe"
    assert (cluster.kind, cluster.land, cluster.is_active) == ("agency", "DE-HH", True)

    shown = page(olaf, LIST + "elbe/edit").fields
    assert shown["is_active"] == "y"
    del shown["is_active"]
    olaf.post(LIST + "elbe/edit", data=shown | {"name": "Elbe-Cluster"})
    assert (cluster.name, cluster.is_active, cluster.slug) == ("Elbe-Cluster", False, "elbe")


def test_a_name_is_given_once(olaf: Any) -> None:
    make.cluster("Elbe")
    make.cluster("Bonn", slug="bonn")

    found = checked(olaf.post("/de/organiser/clusters/new", data={"name": "Elbe", "kind": "cluster"}), status=422)
    assert found.links["Ein Cluster dieses Namens gibt es schon."] == "#name"
    shown = page(olaf, LIST + "bonn/edit").fields
    assert olaf.post(LIST + "bonn/edit", data=shown | {"name": "Elbe"}).status_code == 422
    assert olaf.post(LIST + "bonn/edit", data=shown).status_code == 303


GOOD = "name;land;email\nOptoNet;Thüringen;clara@example.org\nElbe;HH;\n"


def upload(client: Any, text: str, name: str = "cluster.csv") -> Any:
    return client.post(LIST + "table", data={"file": (io.BytesIO(text.encode()), name)})


def count() -> Any:
    return db.session.scalar(select(func.count()).select_from(Cluster))


def test_a_table_is_looked_at_then_taken_over_then_invited(olaf: Any) -> None:
    assert page(olaf, LIST + "table").h1 == "Cluster aus einer Tabelle laden"

    preview = checked(upload(olaf, GOOD))
    assert preview.h1 == "Tabelle übernehmen?"
    assert "2 neu, 0 geändert, 0 unverändert, 0 fehlerhaft" in preview.text
    assert count() == 0

    answer = olaf.post(LIST + "table/take-over", data=preview.fields | {"invite": "y"})
    assert answer.location == LIST
    assert count() == 2
    assert [to for to, _subject in mailbox()] == ["clara@example.org"]
    assert "1 Einladung ist unterwegs." in page(olaf, answer.location).text

    again = checked(upload(olaf, GOOD))
    assert again.h1 == "Alles in der Tabelle ist schon bekannt."


def test_without_the_tick_nobody_is_written_to(olaf: Any) -> None:
    preview = checked(upload(olaf, GOOD))

    olaf.post(LIST + "table/take-over", data=preview.fields)

    assert (count(), mailbox()) == (2, [])


def test_wrong_rows_are_listed_with_column_and_reason_and_nothing_is_written(olaf: Any) -> None:
    found = checked(upload(olaf, GOOD + "Mond;Mars;clara\n"))

    assert found.h1 == "1 Zeile ist fehlerhaft. Es wurde nichts gespeichert."
    row = [text_of(cell) for cell in found.all("tr")[1]]
    assert row[:2] == ["Zeile: 4", "Mond"]
    assert "Bundesland: „Mars“ kennen wir nicht. Beispiele: Baden-Württemberg, Bayern" in row[2]
    assert "E-Mail: Das @ fehlt" in row[2]
    assert not found.all("form", action=LIST + "table/take-over")
    assert count() == 0


def test_the_preview_shows_what_was_read_and_what_was_left_out(olaf: Any) -> None:
    text = "Name;Bundesland;Technologiefelder;Farbe\nElbe;HH;logistics;rot\nMond;;;grau\n"

    found = checked(upload(olaf, text))

    assert "Eine Spalte ist nicht bekannt und bleibt unbeachtet: Farbe" in found.text
    assert "Bundesland: Ein Cluster braucht ein Bundesland" in found.text
    new = [text_of(row) for row in found.all("tr") if "Elbe" in text_of(row)]
    assert len(new) == 1
    assert "Bundesland: Hamburg" in new[0]
    assert "Technologiefelder: Logistik" in new[0]


def test_what_has_become_wrong_meanwhile_is_not_written(olaf: Any) -> None:
    sunk = views_table._pack(Table(["name", "land"], [Row(2, {"name": "OptoNet", "land": "Atlantis"})]))

    assert olaf.post(LIST + "table/take-over", data={"table": sunk}).status_code == 422
    assert count() == 0


def test_only_the_table_that_was_looked_at_is_taken_over(olaf: Any) -> None:
    packed = checked(upload(olaf, GOOD)).fields["table"]

    for other in ("", "{}", "[" * 100_000, '{"headings":["name"],"rows":[]}', packed[:-1], "x" + packed):
        assert olaf.post(LIST + "table/take-over", data={"table": other}).status_code == 400
    assert count() == 0


@pytest.mark.parametrize(
    ("text", "name"), [(GOOD, "cluster.docx"), ("", "cluster.csv"), ("farbe\nrot\n", "cluster.csv"), ("PK", "a.xlsx")]
)
def test_what_is_no_table_of_clusters_says_why(olaf: Any, text: str, name: str) -> None:
    found = checked(upload(olaf, text, name), status=422)

    assert found.all("a", href="#file")


def test_without_a_file_the_page_asks_for_one(olaf: Any) -> None:
    found = checked(olaf.post(LIST + "table", data={}), status=422)

    assert found.links["Wählen Sie eine Datei, die auf .csv, .xlsx, .ods oder .xls endet."] == "#file"


def test_a_table_without_rows_says_so(olaf: Any) -> None:
    assert checked(upload(olaf, "name;land\n")).h1 == "Die Tabelle hat Überschriften, aber keine Zeilen."
