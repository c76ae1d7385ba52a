"""What the comparison of two commits takes for the same, and what not."""

import io

import openpyxl
import pytest

from tests.house import compare
from tests.house.compare import Allowed, Answer, difference

PAGE = "200 OK\nContent-Type: text/html; charset=utf-8\nETag: {}\n"
FEED = "200 OK\nCache-Control: {}\nContent-Type: text/calendar; charset=utf-8\n"
LETTER = "From: a@example.org\r\nSubject: {}\r\nMessage-ID: <{}@example.org>\r\n\r\n/de/registration/{}\r\n"


def page(body: str, etag: str = "x") -> Answer:
    return Answer(PAGE.format(etag), body.encode())


def letter(subject: str = "Ihr Platz", number: str = "1", token: str = "a" * 43) -> Answer:
    return Answer("", LETTER.format(subject, number, token).encode())


def test_what_differs_each_time_is_masked_in_a_page() -> None:
    old = page(
        '<form>\n  <input name="csrf_token" type="hidden" value="abc"><a href="/de/registration/'
        + "a" * 43
        + '">x</a>\n\n</form></div><link href="/static/house/base.css?v=12">',
        etag="old",
    )
    new = page(
        '<form> <input name="csrf_token" type="hidden" value="def"><a href="/de/registration/'
        + "b" * 43
        + '">x</a> </form> </div> <link href="/static/house/base.css?v=ab3">',
        etag="new",
    )

    assert difference(old, new) == []


@pytest.mark.parametrize(
    ("old", "new", "lines"),
    [
        (page("<p>eins</p> <p>zwei</p>"), page("<p>eins</p> <p>drei</p>"), ["-<p>zwei", "+<p>drei"]),
        (page("<b>x</b><i>y</i>"), page("<b>x</b> <i>z</i>"), ["-</b>", "-<i>y", "+</b> ", "+<i>z"]),
        (page('<div class="cw-lines">x'), page('<div class="cw-lines">\n      x'),
         ['-<div class="cw-lines">x', '+<div class="cw-lines">⏎x']),
        (letter(), letter("Ihr Ort"), ["-Subject: Ihr Platz\\r\\n", "+Subject: Ihr Ort\\r\\n"]),
        (Answer(FEED.format("a"), b"x"), Answer(FEED.format("b"), b"x"), ["-Cache-Control: a", "+Cache-Control: b"]),
        (Answer(FEED.format("a"), b"x\r\n"), Answer(FEED.format("a"), b"x\n"), ["-x\\r\\n", "+x\\n"]),
        (Answer("", b"a\xffb"), Answer("", b"a\xfeb"), ["-a\\\\xffb", "+a\\\\xfeb"]),
        (None, page("x"), ["- is not there"]),
        (page("x"), None, ["+ is not there"]),
    ],
)  # fmt: skip
def test_what_else_differs_is_shown_line_by_line(old: Answer | None, new: Answer | None, lines: list[str]) -> None:
    assert difference(old, new) == lines


def test_a_letter_may_draw_its_number_and_token_anew_wherever_its_lines_break() -> None:
    broken = letter(number="2", token="b" * 20 + "=\r\n" + "b" * 23)

    assert difference(letter(), broken) == []


def test_tables_are_compared_by_their_cells() -> None:
    def table(value: str, *, is_bold: bool = False) -> Answer:
        book, file = openpyxl.Workbook(), io.BytesIO()
        book.active["B2"] = value  # type: ignore[index]
        book.active["B2"].font = openpyxl.styles.Font(bold=is_bold)  # type: ignore[index]
        book.properties.title = f"made of {value}{is_bold}"
        book.save(file)
        return Answer(
            "200 OK\nContent-Type: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet\n", file.getvalue()
        )

    assert difference(table("a"), table("a")) == []
    assert difference(table("a"), table("b")) == ["-Sheet!B2: 'a' General False", "+Sheet!B2: 'b' General False"]
    assert len(difference(table("a"), table("a", is_bold=True))) == 2


def test_a_difference_is_allowed_only_when_each_of_its_lines_is() -> None:
    row = Allowed("/organiser/", "Filter", "the desk's filter has another heading")

    assert compare.reason("olaf GET /de/organiser/", ["-Filter", "+Der Filter"], [row]) == {row}
    assert compare.reason("olaf GET /de/organiser/", ["-Filter", "+Sieb"], [row]) is None
    assert compare.reason("olaf GET /de/host/", ["-Filter", "+Der Filter"], [row]) is None


def test_another_python_is_made_only_for_versions_that_are_not_installed_here() -> None:
    installed = f"openpyxl=={compare.version('openpyxl')} \\\n    --hash=sha256:00\n"

    assert compare.is_installed(installed + "colorama==0.1 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n")
    assert not compare.is_installed(installed + "flask==0.1 \\\n    --hash=sha256:00\n")
    assert not compare.is_installed("nobody-has-this==1.0\n")


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("<b>x</b><i>y</i>", "<b>x</b> <i>y</i>", []),
        ("<b>x</b><i>y</i>", "<b> x</b><i>y </i>", []),
        ("<b>x</b><i>y</i>", "<b>x</b> <i>z</i>", ["-<i>y", "+<i>z"]),
        ("<b>x y</b>", "<b>xy</b>", ["-<b>x y", "+<b>xy"]),
        ("<b>x</b>", "<b>x</b> <i></i>", ["+<i>", "+</i>"]),
        ('<a href="/a b">x</a>', '<a href="/ab">x</a>', ['-<a href="/a b">x', '+<a href="/ab">x']),
    ],
)
def test_white_space_beside_an_element_is_told_from_all_else(old: str, new: str, left: list[str]) -> None:
    assert compare.beyond_spaces(difference(page(old), page(new))) == left


def test_words_that_grow_together_outside_of_pages_are_more_than_white_space() -> None:
    lines = ["-Licht und", "+Lichtund", "- Licht", "+Licht"]

    assert compare.beyond_spaces(lines) == lines
