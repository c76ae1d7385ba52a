"""The organiser's story, clicked through: a new edition, clusters from a table, invitations, the queue, the files."""

import csv
import io
from collections.abc import Callable, Iterator

import pytest

from clusterweek.clusters import queries as clusters
from clusterweek.db.session import db
from clusterweek.editions import queries as editions
from clusterweek.limits import waits
from tests import make
from tests.flows.conftest import LINK, House, Visitor, next_april, running

pytestmark = pytest.mark.browser
FILES = {"pdf": b"%PDF-", "xlsx": b"PK", "csv": b"\xef\xbb\xbfid;", "json": b"{", "ics": b"BEGIN:"}
CLUSTERS = """name;kind;land;fields;label;valid_until;website;email
OptoNet;cluster;DE-TH;optical-technologies-photonics;gold;2099-12-31;https://optonet.example;clara@post.test
Neckar-Montage;cluster;DE-BW;automotive|production-technologies;;;;bruno@post.test
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(tmp_path_factory.mktemp("organiser"), dict) as opened:
        yield opened


def test_from_an_empty_house_to_the_booklet(house: House, visitor: Callable[..., Visitor]) -> None:
    # Olaf gets his account from the command line.
    said = house.installation.run("user", "add", "olaf@post.test", "--name", "Olaf", "--role", "organiser")
    olaf = visitor(house)
    olaf.goes_to(LINK.findall(said)[0])
    olaf.page.locator("input[type=password]").first.fill("das-erste-gute-Passwort")
    for again in olaf.page.locator("input[type=password]").all()[1:]:
        again.fill("das-erste-gute-Passwort")
    olaf.sends()

    # A new edition, first with a mistake, then opened.
    olaf.goes_to("/de/organiser/editions/new")
    olaf.fills(
        title_de="Clusterwoche im April", slug="archive", starts_on=str(next_april(3)), ends_on=str(next_april(12))
    )
    olaf.clicks("Speichern")
    olaf.sees("Bitte prüfen Sie")
    olaf.fills(slug="clusterwoche")
    olaf.clicks("Speichern")
    olaf.sees("Clusterwoche im April", "Entwurf")
    olaf.goes_to("/de/organiser/editions/clusterwoche/becomes/open")
    olaf.sends()
    olaf.goes_to("/de/clusterwoche/")

    # Clusters come as a table: first one with a wrong row, which changes nothing.
    olaf.goes_to("/de/organiser/clusters/table")
    wrong = CLUSTERS + "Falsch;cluster;DE-XX;nonsense;;;;\n"
    olaf.page.locator("input[type=file]").set_input_files(
        {"name": "cluster.csv", "mimeType": "text/csv", "buffer": wrong.encode()}
    )
    olaf.clicks("Tabelle ansehen")
    olaf.sees("DE-XX")
    olaf.goes_to("/de/organiser/clusters/table")
    olaf.page.locator("input[type=file]").set_input_files(
        {"name": "cluster.csv", "mimeType": "text/csv", "buffer": CLUSTERS.encode()}
    )
    olaf.clicks("Tabelle ansehen")
    olaf.sees("OptoNet", "Neckar-Montage")
    for tick in olaf.page.locator("main input[type=checkbox]").all():
        tick.check()
    olaf.clicks("Übernehmen")
    house.mail("clara@post.test", "OptoNet")
    house.mail("bruno@post.test", "Neckar-Montage")

    # Who has not accepted is written to again; the older link opens nothing any more.
    older = house.link("clara@post.test", "OptoNet", "/invitation/")
    with house.database():
        waits.forget_claims("invitation", db.session.connection())  # a day later
    house.read = len(house.inbox.mails)
    olaf.goes_to("/de/organiser/clusters/send-again")
    olaf.sends()
    newer = house.link("clara@post.test", "OptoNet", "/invitation/")
    clara = visitor(house)
    clara.goes_to(older, status=404)
    clara.sees("nicht mehr")
    clara.goes_to(newer)
    clara.sees("OptoNet")

    # A submission is published; every file of the programme can be had.
    with house.database():
        submitted = make.activity(
            edition=editions.by_slug("clusterwoche"),
            host=clusters.by_slug("optonet"),
            review_status="submitted",
            published_at=None,
            starts=f"{next_april(4)} 09:00",
            ends=f"{next_april(4)} 12:30",
        )
    olaf.goes_to("/de/organiser/clusterwoche/")
    olaf.goes_to("/de/organiser/clusterwoche/queue")
    olaf.sees("Workshop: Licht als Werkzeug")
    olaf.clicks("Veröffentlichen")
    olaf.goes_to("/de/organiser/clusterwoche/export")
    for format, begins in (
        ("pdf", b"%PDF-"),
        ("xlsx", b"PK"),
        ("csv", b"\xef\xbb\xbfid;"),
        ("json", b"{"),
        ("ics", b"BEGIN:"),
    ):
        answer = olaf.context.request.get(f"{house.url}/de/organiser/clusterwoche/export/file?format={format}")
        assert (answer.status, answer.body()[: len(begins)]) == (200, begins), format
    answer = olaf.context.request.get(f"{house.url}/de/organiser/clusterwoche/export/file?format=csv")
    rows = list(csv.DictReader(io.StringIO(answer.body().decode("utf-8-sig")), delimiter=";"))
    assert [(row["title_de"], row["contact_email"]) for row in rows] == [
        ("Workshop: Licht als Werkzeug", "clara@optonet.example")
    ]

    _looks_at_every_page(olaf, submitted.id)


def _looks_at_every_page(olaf: Visitor, activity: int) -> None:
    week = "clusterwoche"
    of_week = ("", "activities", f"activities/{activity}", "queue", "queue/several", "export")
    steps = (f"activities/{activity}/cancel", f"activities/{activity}/postpone")
    others = ("editions/", "editions/new", f"editions/{week}", f"editions/{week}/becomes/closed", "people/", "letters/")
    of_clusters = ("", "optonet", "optonet/edit", "new", "table", "send-again", "invitation")
    paths = [
        "",
        *(f"{week}/{path}" for path in (*of_week, *steps)),
        *others,
        *(f"clusters/{path}" for path in of_clusters),
    ]
    for lang in ("de", "en"):
        for path in paths:
            olaf.goes_to(f"/{lang}/organiser/{path}")
