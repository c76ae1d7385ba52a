"""The legal pages, robots.txt and texts that people write."""

from pathlib import Path

import pytest

from clusterweek.frame import legal
from clusterweek.web import prose
from tests.browse import page, text_of


@pytest.fixture
def own(app):
    """The folder of the installation's own texts; emptied again afterwards."""
    folder = Path(app.instance_path) / "legal"
    folder.mkdir(exist_ok=True)
    yield folder
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


@pytest.mark.parametrize("lang", ["de", "en"])
@pytest.mark.parametrize("name", legal.PAGES)
def test_every_legal_page_stands_with_its_gaps_marked(client, name, lang):
    got = page(client, "public.legal", page=name, lang=lang)

    assert got.all("mark")
    assert all(text_of(mark).startswith("[") for mark in got.all("mark"))


def test_barriers_can_be_reported_from_every_page(client):
    got = page(client, "/de/")

    target = got.links["Barriere melden"]
    assert target == "/de/legal/accessibility#feedback"
    assert text_of(page(client, target).all("h2", id="feedback")[0]) == "Barriere melden"


def test_the_office_is_told_of_every_gap(app):
    gaps = legal.placeholders()

    assert "imprint.de: [E-Mail-Adresse]" in gaps
    assert "accessibility.en: [e-mail address for barriers]" in gaps
    assert len(gaps) == len(set(gaps))


def test_an_own_text_stands_in_for_the_shipped_one(client, own):
    (own / "imprint.de.md").write_text("Amt für Wochen\n\n[Mehr](https://example.org/)", "utf-8")

    got = page(client, "public.legal", page="imprint")

    assert "Amt für Wochen" in got.text
    assert got.links["Mehr"] == "https://example.org/"
    assert not got.all("mark")
    assert not [gap for gap in legal.placeholders() if gap.startswith("imprint.de")]


def test_easy_language_is_in_the_footer_once_its_text_is_there(client, own):
    assert client.get("/de/legal/easy-language").status_code == 404
    assert "Leichte Sprache" not in page(client, "/de/").links
    (own / "easy-language.de.md").write_text("Das ist die Cluster·woche.", "utf-8")

    assert page(client, page(client, "/de/").links["Leichte Sprache"]).h1 == "Leichte Sprache"
    assert client.get("/en/legal/easy-language").status_code == 404


def test_other_legal_pages_do_not_exist(client):
    assert client.get("/de/legal/..%2fsecret").status_code == 404
    assert client.get("/de/legal/cookies").status_code == 404


def test_robots_may_read_what_is_public(client):
    lines = client.get("/robots.txt").text.splitlines()

    assert "Disallow: /de/host/" in lines
    assert "Disallow: /en/registration/" in lines
    assert not [line for line in lines if line.startswith("Disallow: /feeds/") and "personal" not in line]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**fett**", "<p><strong>fett</strong></p>"),
        ("<b>roh</b>", "<p>&lt;b&gt;roh&lt;/b&gt;</p>"),
        ("# Titel", "<h3>Titel</h3>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        ("[x](https://example.org)", '<p><a href="https://example.org" rel="nofollow noopener">x</a></p>'),
        (
            "<https://example.org>",
            '<p><a href="https://example.org" rel="nofollow noopener">https://example.org</a></p>',
        ),
        (
            "![x](https://example.org/a.png)",
            '<p>!<a href="https://example.org/a.png" rel="nofollow noopener">x</a></p>',
        ),
    ],
)
def test_markdown_becomes_safe_html(written, shown):
    assert prose.html(written).strip() == shown
