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
from clusterweek.programme import codes, pdf_file
from tests import make, paper
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
        "Nach Cluster",
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
    assert "Außerdem an diesem Tag Messestand · Jena" in text


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

    assert "1 Veranstaltung, dazu 1 abgesagt oder verschoben" in text
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
    by_land, by_field = " ".join(pages).replace(".", "").rsplit("Nach Bundesland", 1)[1].split("Nach Technologiefeld")
    assert f"Thüringen Di 64 17:30 Vortrag · Jena {page_of['Vortrag']}" in " ".join(by_land.split())
    assert f"Biotechnologie Do 84 09:00 Seminar · Jena {page_of['Seminar']}" in " ".join(by_field.split())


def test_the_qr_code_leads_to_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    codes.svg.cache_clear()
    codes._mask.cache_clear()
    make_code = codes.segno.make
    monkeypatch.setattr(codes.segno, "make", lambda url, **given: drawn.append(url) or make_code(url, **given))
    activity = make.activity()

    notes = [note.get_object() for page in booklet(activity).pages for note in page.get("/Annots", [])]
    links = {str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})}

    assert drawn[-1:] == [f"http://127.0.0.1:8000/de/{activity.edition.slug}/a-{activity.id}"]
    assert set(drawn[-1:]) <= links


def raw(*activities: Activity, lang: str = "de") -> bytes:
    with force_language(lang):
        edition = activities[0].edition
        dates = query.dates(edition, filters.Filter(), activities)
        return pdf_file.make(activities, dates, edition=edition, selection=None, now=NOW)


def test_every_page_of_a_day_says_which_day_it_is() -> None:
    edition = make.edition()
    many = [make.activity(edition=edition, title_de=f"Vortrag {n}") for n in range(45)]
    last = make.activity(edition=edition, starts="2027-04-10 09:00", ends="2027-04-10 12:00", title_de="Ausklang")

    for lang, thursday, saturday in (("de", "Do 8. April", "Sa 10. April"), ("en", "Thu 8 April", "Sat 10 April")):
        pages = paper.pages(raw(*many, last, lang=lang))
        of_entries = [text for text in pages[2:] if "127.0.0.1" in text]

        assert len(of_entries) >= 4
        assert all(thursday in text[:90] or saturday in text[:90] for text in of_entries)
        assert sum(thursday in text[:90] for text in of_entries) >= 4


def test_what_has_a_time_comes_before_what_lasts_all_day() -> None:
    edition = make.edition()
    fair = make.activity(edition=edition, title_de="Messestand", starts=None)
    make.occurrence(fair, "2027-04-08 00:00", "2027-04-09 00:00", is_all_day=True)
    show = make.activity(edition=edition, title_de="Ausstellung", starts="2027-04-08 08:00", ends="2027-04-10 17:00")
    talk = make.activity(edition=edition, title_de="Vortrag", starts="2027-04-08 17:00", ends="2027-04-08 18:00")
    night = make.activity(edition=edition, title_de="Lange Nacht", starts="2027-04-08 20:00", ends="2027-04-09 01:00")

    text = words(booklet(fair, show, talk, night))
    entries = text[text.index("Donnerstag, 8. April 4") :]

    places = [entries.index(f"{title} OptoNet") for title in ("Vortrag", "Lange Nacht", "Messestand", "Ausstellung")]
    assert places == sorted(places)
    assert places[1] < entries.index("Ganztägig oder über mehrere Tage") < places[2]
    assert "bis Sa 10.4." in entries
    assert "20:00–01:00 Lange" in entries  # an evening, not several days


def test_cancelled_ones_are_printed_and_not_counted() -> None:
    edition = make.edition()
    several = [make.activity(edition=edition, title_de=f"Vortrag {n}") for n in (1, 2)]
    off = make.activity(edition=edition, title_de="Seminar", happening="cancelled")

    text = words(booklet(*several, off))

    assert "2 Veranstaltungen, dazu 1 abgesagt oder verschoben" in text
    assert "Donnerstag, 8. April 2 Veranstaltungen" in text
    assert "Seminar Abgesagt" in text
    assert "Abgesagt: Seminar · Jena" in text  # in the indexes, too
    assert "2 activities, plus 1 cancelled or postponed" in words(booklet(*several, off, lang="en"))


def test_there_is_an_index_by_cluster_and_by_partner_country() -> None:
    edition = make.edition()
    guest = make.cluster(name="PhotonicNet")
    activity = make.activity(edition=edition, countries=("NL", "FR"), co_hosts=[guest], title_de="Vortrag")

    text = words(booklet(activity))

    assert re.search(r"Nach Cluster OptoNet.* Do 8.4. 09:00 Vortrag · Jena.*PhotonicNet.* Do 8.4. 09:00 Vortrag", text)
    assert re.search(r"Nach Partnerland Frankreich Do 8.4. 09:00 Vortrag · Jena.*Niederlande Do 8.4. 09:00", text)


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"  # 79 letters
MOST_IN_A_LINE = 75  # of the widest letters at the smallest size, from margin to margin


@pytest.mark.parametrize("word", [LONG, "W" * 119, "Ω" * 119, "Щ" * 119], ids=lambda word: word[0])
def test_a_long_word_stays_on_its_page_wherever_it_stands(word: str) -> None:
    edition = make.edition(title_de=word, greeting_de=f"{word} **{word}** [{word}](https://x.example/{word})")
    host = make.cluster(name=word[:100])
    activity = make.activity(edition=edition, host=host, title_de=word, summary_de=word, place={"city": word[:60]})
    fair = make.activity(edition=edition, host=host, title_de=f"Messe {word[:100]}", starts=None)
    make.occurrence(fair, "2027-04-06 00:00", "2027-04-09 00:00", is_all_day=True)

    cover, *pages = PdfReader(io.BytesIO(raw(activity, fair))).pages
    lines = [line for page in pages for line in page.extract_text().splitlines()]

    assert max(line.count(word[0]) for line in lines if word != LONG or word[:9] in line) <= MOST_IN_A_LINE
    assert max(line.count(word[0]) for line in cover.extract_text().splitlines()) < 30
    assert "".join("".join(lines).split()).count(word) >= 5


def test_a_line_of_an_index_is_cut_so_that_its_page_stays_in_it() -> None:
    title = "Ein Vortrag über alles, was sich über Licht und Schatten sagen lässt"
    activity = make.activity(title_de=title, countries=("NL",))

    text = words(booklet(activity))

    assert text.count("… · Jena") == 4
    assert re.search(r"Do 8\.4\. 09:00 Ein Vortrag über [^…]{3,40}… · Jena[ .]* 1 ", text)


def test_the_office_greets_and_the_imprint_says_who_is_responsible() -> None:
    greeting = "Liebe Gäste,\n\n- **erstens**\n- [zweitens](https://x.example/)\n\n# Gruß\n\nIhre Ada"
    activity = make.activity(edition=make.edition(greeting_de=greeting, greeting_en=None))

    for lang in ("de", "en"):
        pdf = booklet(activity, lang=lang)
        text = words(pdf)

        assert "Liebe Gäste, – erstens – zweitens Gruß Ihre Ada" in text
        links = [note.get_object() for page in pdf.pages for note in page.get("/Annots", [])]
        assert "https://x.example/" in {str(one["/A"].get("/URI")) for one in links if "/A" in one}
    assert "[Name of the authority or organisation]" in text


def test_without_a_greeting_nothing_stands_in_its_place() -> None:
    assert "Grußwort" not in words(booklet(make.activity()))


def test_it_is_as_of_the_last_change() -> None:
    edition = make.edition(programme_changed_at=NOW - timedelta(days=3))

    activity = make.activity(edition=edition)
    edition.programme_changed_at = NOW - timedelta(days=3)

    assert "Stand: 19.03.2027, 09:30 Uhr" in words(booklet(activity))


@pytest.mark.parametrize("precision", ["day", "year"])
def test_an_edition_without_anything_is_a_booklet_too(precision: str) -> None:
    edition = make.edition(date_precision=precision)
    with force_language("de"):
        made = pdf_file.make([], [], edition=edition, selection="Bayern", now=NOW)

    assert paper.faults(made) == []
    cover, page = paper.pages(made)
    assert "0 Veranstaltungen" in cover
    assert "Inhalt Nichts im Programm passt zu dieser Auswahl." in page


def test_a_booklet_in_many_alphabets_keeps_the_standards() -> None:
    edition = make.edition()
    titles = (
        "Φως και σκιά",
        "Свет и тень",
        "אור וצל, light",
        "光 🚀",
        "Łódź ČŘŽ ﬁ",
        "a\u200bb\u202ec",
        "H₂O 10⁻³ µm",
        "∑∆≤",
    )

    made = raw(*[make.activity(edition=edition, title_de=title, summary_de=title) for title in titles])

    assert paper.faults(made) == []


def test_markdown_of_any_kind_keeps_the_standards() -> None:
    greeting = "# A\n\n###### B\n\n1. x\n   - y\n\n     z\n2. w\n\n> q\n\n    code\n\n---\n\n`c` <b> ![p](x) \\* 🚀"
    activity = make.activity(edition=make.edition(greeting_de=greeting))

    assert paper.faults(raw(activity)) == []
