"""One table of characters that one cannot see, for forms, cells of tables, searches and commands alike."""

import unicodedata

import pytest
from hypothesis import given, strategies as st
from werkzeug.datastructures import MultiDict

from clusterweek.importing import guard
from clusterweek.listing import filter as filters
from clusterweek.vocabulary import spelling
from clusterweek.web import forms, unseen
from tests.conftest import NOW

SPACES = [chr(code) for code in range(0x3001) if unicodedata.category(chr(code)) == "Zs"] + ["\t", "\u2800", "\u3164"]
GONE = [
    *"\u00ad\u200b\u2060\ufeff\u200c\u200d\u180e\u034f\ufe0f\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e",
    *"\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u206a\u206f\ufff9\ufffb\x00\x01\x07\x08\x1b\x7f\x80\x93\x9f",
    *("\U000e0001", "\U000e0041", "\U000e0100", "\U0001d173", "\ufdd0", "\uffff", "\U0001fffe", "\u115f"),
]
STAYS = [
    "👩‍🚀 👩🏽‍💻 👨‍👩‍👧 ❤️‍🔥 🏳️‍🌈 ⛹🏿‍♂️ 🙂‍↔️ 🏴‍☠️",  # joined pictures
    "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f",  # the flag of Scotland
    "☎️ ☎︎ 1️⃣ ©️ ℹ️",  # variants
    "می‌خواهم",  # Persian, without joining
    "क्‍ष क्‌ष ശ്രീ",  # Indic
    "ه‍",  # a letter that shows how it would join
    "葛\U000e0100",  # the variant of a name in Japan
    "q̈ Z̧ ѣ́",  # no single letter has these marks
    "ᠮᠣᠩᠭᠣᠯ᠎ᠠ",  # Mongolian, with a narrow gap before the vowel
    "\u0601٢٠٢٧",  # the sign of a year
    "\U0001fae8",  # a picture that is newer than this program's tables may be
    "²½№™…–“”",
]


@pytest.mark.parametrize("space", SPACES, ids=lambda sign: f"{ord(sign):04x}")
def test_every_space_is_a_space(space: str) -> None:
    for text in (f"Wolle{space}Netz", f"{space}Wolle{space}{space}Netz{space}"):
        assert forms.one_line(text) == "Wolle Netz"
    assert forms.many_lines(f"10{space}Uhr\n{space}Ende") == "10 Uhr\n Ende"
    assert guard.of_text(f" Bad{space}Tölz ") == "Bad Tölz"
    assert _searched(f"bad{space}tölz") == "bad tölz"
    assert spelling.bare(f"Bad{space}Tölz") == "bad tolz"


@pytest.mark.parametrize("sign", GONE, ids=lambda sign: f"{ord(sign):04x}")
def test_a_mark_that_nobody_sees_goes_without_leaving_a_gap(sign: str) -> None:
    assert forms.one_line(f"Ver{sign}anstal{sign}tung") == "Veranstaltung"
    assert forms.many_lines(f"Ver{sign}anstaltung\n{sign}Ende") == "Veranstaltung\nEnde"
    assert guard.of_text(f"{sign}Sch{sign}röder{sign}") == "Schröder"
    if sign != "\0":  # no search of people's, and refused
        assert _searched(f"Sch{sign}röder") == "Schröder"
    assert spelling.bare(f"Sch{sign}röder") == "schroder"


@pytest.mark.parametrize("text", STAYS)
def test_what_a_script_or_a_sign_needs_stays(text: str) -> None:
    written = unicodedata.normalize("NFC", text)

    assert forms.one_line(text) == forms.many_lines(text) == guard.of_text(text) == _searched(text) == written


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_a_line_break_is_one_whoever_writes_it(line_break: str) -> None:
    assert forms.one_line(f"Ada{line_break}Lovelace") == "Ada Lovelace"
    assert forms.many_lines(f"Ada{line_break}Lovelace") == "Ada\nLovelace"
    assert guard.of_text(f"Ada{line_break}Lovelace") == "Ada\nLovelace"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("e\u00ad\u0301", "é"),  # taken apart by a mark between
        ("\ufe0f Optik \ufe0f", "Optik"),
        ("☎\ufe0f\ufe0f\ufe0f", "☎\ufe0f"),
        ("a\U000e0061\U000e0062b", "ab"),  # letters that only programs read
        ("\uf0b7Punkt", "Punkt"),  # a bullet of an old symbol font
        ("Bild\ufffchier", "Bild hier"),
        ("\ud800", "\ufffd"),
        ("\u200d👩", "👩"),
        ("ㅤ", ""),
    ],
)
def test_other_cases(text: str, clean: str) -> None:
    assert forms.one_line(text) == clean


def test_a_search_finds_a_word_whatever_it_was_pasted_with() -> None:
    assert {spelling.bare(text) for text in ("Opto\u00adNet", "Opto\u200cNet", "Opto\u200bNet", "OptoNet\ufe0f")} == {
        "optonet"
    }
    assert spelling.bare("می‌خواهم") == spelling.bare("میخواهم")


@given(st.text(st.characters() | st.sampled_from([*GONE, *SPACES, *"".join(STAYS)])))
def test_what_was_cleaned_once_is_clean(text: str) -> None:
    for has_lines in (True, False):
        clean = unseen.cleaned(text, has_lines=has_lines)

        assert unseen.cleaned(clean, has_lines=has_lines) == clean
        assert not {unicodedata.category(sign) for sign in clean} & {"Zl", "Zp", "Co", "Cs"}
        assert {sign for sign in clean if unicodedata.category(sign) in ("Cc", "Zs")} <= {" ", "\n"}


def _searched(text: str) -> str:
    (value,) = filters.parse(MultiDict([("q", text)]), now=NOW).values("q") or ("",)
    return value
