"""The booklet as a file: both standards, the selection inside, nothing private, kept until something changes."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask import Flask

from clusterweek.activities.models import Activity
from clusterweek.db.session import db
from clusterweek.editions import actions as editions
from clusterweek.editions.models import Edition
from clusterweek.listing import filter as filters
from clusterweek.programme import booklets, files
from clusterweek.refusal import Refusal
from tests import make, paper
from tests.conftest import NOW, Client

PRIVATE = {"contact_email": "geheim.kontakt@optonet.example", "contact_name": "Verborgene Person"}
ROOM = "https://raum.example/geheimer-zugang"
NOWHERE = dict.fromkeys(("venue_name", "street", "postcode", "city", "venue_land", "latitude", "longitude"))
ONLINE = {**NOWHERE, "online_url": ROOM}


def week() -> Edition:
    edition = make.edition(slug="woche", greeting_de="Willkommen!\n\n- **eins**\n- [zwei](https://x.example/)")
    host = make.cluster()
    course = make.activity(edition=edition, host=host, title_de="=1+1; Kurs „Licht“ | Teil 1", countries=("NL",))
    make.occurrence(course, "2027-04-10 09:00", "2027-04-10 12:00", city="Hof", venue_land="DE-BY")
    fair = make.activity(
        edition=edition, host=host, title_de="Messestand", starts=None, format="trade_fair_participation"
    )
    make.occurrence(fair, "2027-04-06 00:00", "2027-04-09 00:00", is_all_day=True)
    make.activity(edition=edition, host=host, title_de="Webinar", mode="online", place=ONLINE, **PRIVATE)
    make.activity(edition=edition, host=host, title_de="Ausgefallen", happening="cancelled")
    make.activity(edition=edition, host=host, title_de="Verschoben", happening="postponed", starts=None)
    db.session.commit()
    db.session.refresh(edition)  # its version has grown with each activity
    return edition


def asked(edition: Edition, query: str = "", *, lang: str = "de", now: Any = NOW, is_office: bool = False) -> bytes:
    pairs = [tuple(pair.split("=")) for pair in query.split("&") if pair]
    chosen = filters.of(pairs, now=now)  # type: ignore[arg-type]
    return files.make("pdf", edition=edition, filter=chosen, lang=lang, now=now, is_office=is_office).body


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each booklet that is really printed."""
    done: list[int] = []
    make_booklet = booklets.pdf_file.make
    monkeypatch.setattr(booklets.pdf_file, "make", lambda *a, **k: done.append(1) or make_booklet(*a, **k))
    return done


def without_language(document: pikepdf.Pdf) -> None:
    del document.Root.Lang


def without_association(document: pikepdf.Pdf) -> None:
    del document.Root.AF


def without_metadata(document: pikepdf.Pdf) -> None:
    del document.Root.Metadata


def without_tags(document: pikepdf.Pdf) -> None:
    del document.Root.StructTreeRoot


def without_alternatives(document: pikepdf.Pdf) -> None:
    for thing in document.objects:
        if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing:
            del thing["/Alt"]


PLANTED: list[Callable[[pikepdf.Pdf], None]] = [
    without_language,
    without_association,
    without_metadata,
    without_tags,
    without_alternatives,
]


def test_it_keeps_both_standards_and_whoever_checks_it_finds_a_fault() -> None:
    edition = week()

    for lang in ("de", "en"):
        whole = asked(edition, lang=lang)
        assert paper.faults(whole) == []
    for plant in PLANTED:
        with pikepdf.open(io.BytesIO(whole)) as document:
            plant(document)
            document.save(broken := io.BytesIO())
        assert paper.faults(broken.getvalue()) != [], plant.__name__


@pytest.mark.parametrize("query", ["", "land=DE-BY", "format=webinar", "seats=1"])
def test_exactly_this_selection_lies_in_it_byte_for_byte(client: Client, query: str) -> None:
    week()

    for lang in ("de", "en"):
        inside = paper.attachments(client.get(f"/{lang}/woche/programme.pdf?{query}").data)
        beside = {f"woche.{f}": client.get(f"/{lang}/woche/programme.{f}?{query}").data for f in ("csv", "json", "ics")}

        assert inside == beside
    assert inside["woche.csv"].startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in inside["woche.csv"]
    assert b"\r\n" in inside["woche.ics"]


def test_nothing_private_is_in_it_whoever_asks(app: Flask, tmp_path: Path) -> None:
    edition = week()
    target = tmp_path / "programme.pdf"
    command = ("export", "programme", "--edition", "woche", "--format", "pdf", "-o", str(target))
    private = [text.encode() for text in (*PRIVATE.values(), ROOM, "geheimer-zugang")]
    office = files.make("csv", edition=edition, filter=filters.Filter(), lang="de", now=NOW, is_office=True)
    assert all(text in office.body for text in private)

    done = app.test_cli_runner().invoke(args=list(command))

    assert done.exit_code == 0, done.output
    for made in (asked(edition), asked(edition, is_office=True), target.read_bytes()):
        found = list(paper.everything(made))
        assert any(b"Webinar" in one for one in found)
        assert [text for text in private if any(text in one for one in found)] == []
        assert not any(b"contact_email" in one or b"online_url" in one for one in found)


def test_the_table_in_it_imports_unchanged(app: Flask, tmp_path: Path) -> None:
    edition = week()
    table = tmp_path / "woche.csv"
    table.write_bytes(paper.attachments(asked(edition))["woche.csv"])

    done = app.test_cli_runner().invoke(args=["import", "activities", str(table), "--edition", "woche", "--dry-run"])

    rows = list(csv.reader(io.StringIO(table.read_text("utf-8-sig")), delimiter=";"))[1:]
    assert done.exit_code == 0, done.output
    assert [line.split()[2] for line in done.output.splitlines()] == ["unchanged"] * len(rows)
    assert len(rows) == 6


def test_it_is_printed_once_for_all_processes_until_the_programme_changes(printed: list[int]) -> None:
    edition = week()

    first = asked(edition)
    again = asked(edition, now=NOW + timedelta(hours=5))

    assert first == again
    assert len(printed) == 1
    editions.touch_programme(edition.id, now=NOW + timedelta(minutes=1))
    db.session.refresh(edition)
    asked(edition)
    assert len(printed) == 2
    assert len(list((folder()).iterdir())) == 1  # the older one is gone


def folder() -> Path:
    return Path(booklets.current_app.instance_path) / booklets.FOLDER


@pytest.mark.parametrize(
    "other", [{"query": "land=DE-BY"}, {"lang": "en"}], ids=["another selection", "another language"]
)
def test_whoever_asks_for_something_else_gets_that(printed: list[int], other: dict[str, str]) -> None:
    edition = week()

    assert asked(edition) != asked(edition, **other)
    assert len(printed) == 2


def test_the_same_data_give_the_same_bytes_at_any_time() -> None:
    edition = week()
    first = asked(edition)
    for kept in folder().iterdir():
        kept.unlink()

    assert asked(edition, now=NOW + timedelta(days=1)) == first


def test_a_new_registration_is_in_its_tables(printed: list[int]) -> None:
    edition = week()
    before = paper.attachments(asked(edition))["woche.csv"]
    course = db.session.query(Activity).filter(Activity.title_de.like("=1+1%")).one()

    make.registration(course)
    db.session.commit()
    after = paper.attachments(asked(edition))["woche.csv"]

    assert before != after
    assert len(printed) == 2


def test_when_sign_up_has_closed_it_says_so(printed: list[int]) -> None:
    edition = week()
    asked(edition)

    after = asked(edition, now=NOW + timedelta(days=60))

    assert "Die Anmeldung ist geschlossen." in " ".join(paper.pages(after))
    assert len(printed) == 2


def test_while_others_print_a_copy_with_older_places_is_better_than_none() -> None:
    edition = week()
    first = asked(edition)
    make.registration(db.session.query(Activity).filter(Activity.title_de.like("=1+1%")).one())
    db.session.commit()
    while booklets.IN_LINE.acquire(blocking=False):
        pass
    try:
        assert asked(edition) == first
        with pytest.raises(Refusal) as no:
            asked(edition, "land=DE-BY")
    finally:
        for _place in range(2):
            booklets.IN_LINE.release()

    assert no.value.status == 503


def test_another_imprint_prints_it_anew(app: Flask, printed: list[int]) -> None:
    edition = week()
    asked(edition)
    own = Path(app.instance_path) / "legal" / "imprint.de.md"
    own.parent.mkdir(exist_ok=True)
    own.write_text("## Anbieter\n\nAmt für Clusterwesen", "utf-8")
    try:
        after = asked(edition)
    finally:
        own.unlink()

    assert "Amt für Clusterwesen" in " ".join(paper.pages(after))
    assert len(printed) == 2
