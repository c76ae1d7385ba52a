"""The booklet: all entries, both languages, an accessible PDF whatever people typed."""

import io
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from pypdf import PdfReader

from clusterweek.activities.models import Activity
from clusterweek.i18n import force_language
from clusterweek.listing import filter as filters, query
from clusterweek.programme import pdf_file
from tests import make
from tests.conftest import NOW

Pairs = Sequence[tuple[str, str]]


def booklet(*activities: Activity, lang: str = "de", selection: str | None = None, chosen: Pairs = ()) -> PdfReader:
    with force_language(lang):
        edition = activities[0].edition
        dates = query.dates(edition, filters.of(chosen, now=NOW), activities)
        made = pdf_file.make(activities, dates, edition=edition, selection=selection, now=NOW)
    return PdfReader(io.BytesIO(made))


def words(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def fonts(pdf: PdfReader) -> set[str]:
    found = set()
    for page in pdf.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            found.add(str(font.get_object()["/BaseFont"]).partition("+")[2])
    return found


def test_an_entry_says_all_that_a_reader_needs() -> None:
    edition = make.edition()
    activity = make.activity(edition=edition, countries=("NL",), title_de="Workshop: Licht als Werkzeug")

    text = words(booklet(activity))

    for part in (
        "Clusterwoche Deutschland 2027",
        "1 Veranstaltung",
        "Donnerstag, 8. April",
        "09:00–12:30",
        "Workshop: Licht als Werkzeug",
        "OptoNet",
        "Technologiezentrum, Jena, Thüringen",
        "Optische Technologien und Photonik",
        "Niederlande",
        "Anmeldung online bis",
        f"/de/{edition.slug}/a-{activity.id}",
    ):
        assert part in text


def test_the_english_booklet_shows_german_where_english_is_missing() -> None:
    activity = make.activity(title_en=None, summary_en="What light can do.")

    text = words(booklet(activity, lang="en"))

    assert "Workshop: Licht als Werkzeug" in text
    assert "What light can do." in text
    assert "Thursday, 8 April" in text


def test_it_is_tagged_has_an_outline_and_our_font() -> None:
    activity = make.activity()

    pdf = booklet(activity)

    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"] == "de-DE"
    assert [item.title for item in pdf.outline if not isinstance(item, list)] == [
        "Donnerstag, 8. April",
        "Nach Bundesland",
        "Nach Technologiefeld",
    ]
    assert {font for font in fonts(pdf) if not font.startswith("FiraSans")} == set()
    assert "FiraSans-Regular" in fonts(pdf)


def test_an_emoji_does_not_stop_it() -> None:
    activity = make.activity(title_de="Start 🚀 in 中")

    text = words(booklet(activity))

    assert "Start □ in □" in text
    assert "Einige Zeichen können nicht gedruckt werden" in text


@pytest.mark.parametrize("unseen", ["\ufeff", "\u200d", "\u202e", "\u2066", "\ufffe", "\x07", "\U000e0041"])
def test_what_cannot_be_seen_does_not_stop_it(unseen: str) -> None:
    text = words(booklet(make.activity(title_de=f"{unseen}Licht{unseen} als\u202fWerkzeug", title_en=None)))

    assert "Licht als Werkzeug" in text


def test_other_alphabets_are_printed() -> None:
    activity = make.activity(title_de="Zu Gast: תל אביב, Ελλάδα, Łódź")

    text = words(booklet(activity))

    assert "□" not in text
    assert "Łódź" in text


@pytest.mark.parametrize("nasty", ["#panic()", "$x$ *b* _i_ @ref <l> [c] // `r`", 'a"b\\c', "https://x.example/~a"])
def test_what_people_type_is_text_and_never_a_command(nasty: str) -> None:
    activity = make.activity(title_de=f"Titel {nasty}")

    assert f"Titel {nasty}" in words(booklet(activity))


def test_several_days_are_listed_once_and_referred_to_later() -> None:
    edition = make.edition()
    fair = make.activity(edition=edition, title_de="Messestand", starts=None)
    make.occurrence(fair, "2027-04-06 00:00", "2027-04-09 00:00", is_all_day=True)
    other = make.activity(edition=edition, title_de="Vortrag", starts="2027-04-07 17:30", ends="2027-04-07 19:00")

    text = words(booklet(fair, other))

    assert text.count("ganztägig") == 1
    assert "bis Do 8.4." in text
    assert "Außerdem an diesem Tag: Messestand (Seite" in text


def test_a_cancelled_activity_says_so() -> None:
    activity = make.activity(happening="cancelled")

    assert "Abgesagt" in words(booklet(activity))


@pytest.mark.parametrize("channel", ["internal", "external"])
def test_nobody_is_told_to_register_where_that_is_not_possible(channel: str) -> None:
    edition = make.edition()
    off = [make.activity(edition=edition, registration_mode=channel, happening=h) for h in ("cancelled", "held")]
    off.append(make.activity(edition=edition, registration_mode=channel, happening="postponed", starts=None))
    late = make.activity(edition=edition, registration_mode=channel, registration_deadline=NOW - timedelta(hours=1))

    text = words(booklet(*off, late))

    assert "Anmeldung online" not in text
    assert "Anmeldung beim Veranstalter" not in text
    assert text.count("Die Anmeldung ist geschlossen.") == 1


def test_the_cover_names_the_filters() -> None:
    assert "Bayern · Webinar" in words(booklet(make.activity(), selection="Bayern · Webinar"))


def test_a_selection_prints_the_dates_that_it_speaks_of() -> None:
    course = make.activity()
    make.occurrence(course, "2027-04-10 09:00", "2027-04-10 12:00", city="Hof", venue_land="DE-BY")

    text = words(booklet(course, chosen=[("land", "DE-BY")]))

    assert "Samstag, 10. April" in text
    assert "Hof, Bayern" in text
    assert "Donnerstag, 8. April" not in text
    assert "Jena" not in text
    assert "Anmeldung online bis 08.04.2027, 09:00 Uhr" in text


def test_a_date_abroad_stands_on_the_day_and_at_the_time_of_the_edition() -> None:
    tokyo = {"timezone": "Asia/Tokyo", "venue_land": None, "city": "Tokio"}
    early = make.activity(starts="2027-04-09 02:00", ends="2027-04-09 03:00", place=tokyo)

    text = words(booklet(early))

    assert "Donnerstag, 8. April" in text
    assert "Freitag, 9. April" not in text
    assert "19:00–20:00 MESZ" in text
    assert "Do 8.4. 19:00 Workshop" in text


def test_what_belongs_to_no_cluster_is_the_editions_own() -> None:
    activity = make.activity(edition=make.edition(organised_by="Programmbüro"))
    activity.host_cluster = None

    assert "Workshop: Licht als Werkzeug Programmbüro · Technologiezentrum" in words(booklet(activity))


def test_what_has_no_date_yet_stands_at_the_end() -> None:
    edition = make.edition()
    make_dated = make.activity(edition=edition)
    postponed = make.activity(edition=edition, title_de="Forum", starts=None, happening="postponed")

    text = words(booklet(make_dated, postponed))

    assert "2 Veranstaltungen" in text
    assert "Termin noch offen" in text
    assert "Forum Verschoben" in text


def test_contents_and_indexes_name_the_right_pages() -> None:
    edition = make.edition()
    early = make.activity(edition=edition, title_de="Vortrag", starts="2027-04-06 17:30", ends="2027-04-06 19:00")
    late = make.activity(edition=edition, title_de="Seminar", fields=("biotechnology",))

    pdf = booklet(early, late)
    pages = [" ".join(page.extract_text().split()) for page in pdf.pages]
    page_of = {
        title: next(n for n, text in enumerate(pages) if f"{title} OptoNet" in text) for title in ("Vortrag", "Seminar")
    }

    # Page 1 is the contents; the cover before it has no number.
    contents = pages[1].replace(".", "").replace("  ", " ")
    assert f"Dienstag, 6 April {page_of['Vortrag']}" in " ".join(contents.split())
    by_field = next(text for text in pages if text.startswith("Nach Technologiefeld"))
    assert f"Biotechnologie Do 8.4. 09:00 Seminar S. {page_of['Seminar']}" in by_field
    by_land = next(text for text in pages if text.startswith("Nach Bundesland"))
    assert f"Di 6.4. 17:30 Vortrag S. {page_of['Vortrag']}" in by_land


def test_the_days_of_a_few_activities_share_a_page_and_those_of_a_whole_week_do_not() -> None:
    edition = make.edition()
    few = [
        make.activity(edition=edition, starts=f"2027-04-0{day} 09:00", ends=f"2027-04-0{day} 12:00") for day in (6, 7)
    ]
    many = few + [make.activity(edition=edition) for _number in range(39)]

    def days(*activities: Activity) -> list[int]:
        """How many days have their heading on each page: each is followed by its "1 Veranstaltung" or more."""
        return [len(re.findall(r"\d Veranstaltung(?:en)?\n", p.extract_text())) for p in booklet(*activities).pages[1:]]

    assert max(days(*few)) == 2
    assert max(days(*many)) == 1


def test_the_qr_code_leads_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    make_code = pdf_file.segno.make
    monkeypatch.setattr(pdf_file.segno, "make", lambda url, **given: drawn.append(url) or make_code(url, **given))
    activity = make.activity()

    notes = [note.get_object() for page in booklet(activity).pages for note in page.get("/Annots", [])]
    links = {str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})}

    assert drawn == [f"http://127.0.0.1:8000/de/{activity.edition.slug}/a-{activity.id}"]
    assert set(drawn) <= links
