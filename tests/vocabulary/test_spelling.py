"""Words with fewer letters."""

import pytest

from clusterweek.vocabulary import spelling


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("OptoNet", "optonet"),
        ("FördeStrom e. V.", "foerdestrom-e-v"),
        ("Wärmenetze für Groß & Klein", "waermenetze-fuer-gross-klein"),
        ("Go\u0308ttingen", "goettingen"),  # ö as two characters
        ("Café Łódź – Ångström", "cafe-lodz-aangstroem"),
        ("Réseau Ærø–Ørsted", "reseau-aeroe-oersted"),
        ("Đà Nẵng, Þórshöfn", "da-nang-thorshoefn"),
        ("  7. Stammtisch  ", "7-stammtisch"),
        ("<b>fett</b>", "b-fett-b"),
        ("תל אביב", "otherwise"),
        ("  -- ", "otherwise"),
        ("", "otherwise"),
        ("Verbund " * 12, "verbund-verbund-verbund-verbund-verbund-verbund-verbund"),
        ("Donau" + "dampf" * 20, ("donau" + "dampf" * 20)[:60]),
    ],
)
def test_a_name_or_title_becomes_a_readable_part_of_an_address(text: str, slug: str) -> None:
    assert spelling.slug(text, otherwise="otherwise") == slug


def test_bare_words_have_no_marks_and_no_letters_that_few_keyboards_have() -> None:
    assert spelling.bare("  Größe \t in Łódź, Ærø und İstanbul ") == "grosse in lodz, aro und istanbul"
