"""The text of a CSV file, whichever program wrote it, and its rows: encoding, separator and stray quotation marks.

A wrong guess must not pass: what no name contains shows that the bytes were written by another program, and what fits
none stays a sign that the guard makes an error of its cell.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice

SEPARATORS = ";,\t"
LOOKED_AT = 11  # rows, in one of which the headings stand
END = "\x1f"  # shows whether a line is over; no text that a form takes holds it
_MARKS = (  # longest first: that of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Excel on Windows, Excel on a Mac, and programs from the time of DOS.
ENCODINGS = ("cp1252", "mac_roman", "cp850")
# Two bytes of UTF-8 read as Windows text: “Ã¼”. A name has no such pair.
_TORN = re.compile(
    "\u00c3[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]|\u00c2[\u00a0-\u00bf]"
)
# Enough of what is not ASCII to judge by: each with its neighbours, and few, for each sign is looked at by itself.
_FOREIGN, _MOST_LOOKED_AT = re.compile(rb"[\x80-\xff]{1,8}"), 5_000
_VOWELS = "aeiouyäöüáàâéèêëíìîïóòôúùûåæøœ"
# These stand beside a vowel in nearly every name; in place of a vowel each is an ä, ö or ü that was read wrongly.
_CONSONANTS = "šžŠŽ"
# Letters and signs behind a letter, and what no word begins with.
_INSIDE = re.compile(
    r"(?<=[^\W\d_])(?:[^\W\d_A-Za-z]|[^\w\s\x00-\x9f\udc80-\udcff\ufffd](?=[^\W\d_]))|(?<!\w)[€†‡](?=[a-z])"
)
_UMLAUTS = re.compile("[äöüÄÖÜß]")
_JOINS = "’‘´·–—‐‑“»«›‹\u00ad\u200b\u200c\u200d\u2060\ufeff"  # may stand between two letters


class Unclosed(Exception):
    """A quotation mark that is never closed; the argument is the number of its row."""


def decoded(data: bytes) -> tuple[str, str | None]:
    """(the text, the encoding that was guessed; None where the file says it, or it is UTF-8 or Excel's on Windows).

    What is no text in it comes as signs that `guard.from_csv` knows; where UTF-8 and another stand in one file, most
    signs decide, and the others are such. Raises UnicodeError for UTF-16 that is none.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "surrogateescape" if encoding == "utf-8-sig" else "strict"), None
    if without_mark := _utf16_without_mark(data):
        return data.decode(without_mark), None
    text = data.decode("utf-8", "surrogateescape")
    wrong = len(re.findall("[\udc80-\udcff]", text))
    if len(re.findall("[\u0080-\u024f\u2010-\u20ac]", text)) >= wrong:
        return text, None
    sample = b"\n".join(
        data[max(0, found.start() - 1) : found.end() + 1] for found in islice(_FOREIGN.finditer(data), _MOST_LOOKED_AT)
    )
    tried = {encoding: sample.decode(encoding, "surrogateescape") for encoding in ENCODINGS}
    best = ENCODINGS[0]
    if _oddities(tried[best]):
        best = min(tried, key=lambda one: (_oddities(tried[one]), -len(_UMLAUTS.findall(tried[one]))))
    text = data.decode(best, "surrogateescape")
    return (_TORN.sub("\ufffd", text), None) if best == ENCODINGS[0] else (text, best)


def _utf16_without_mark(data: bytes) -> str | None:
    """Latin letters in UTF-16 are every other byte a zero."""
    begin = data[:200]
    if len(begin) < 4 or len(data) % 2:
        return None
    for encoding, zeros, others in (("utf-16-le", begin[1::2], begin[::2]), ("utf-16-be", begin[::2], begin[1::2])):
        if zeros.count(0) * 10 > len(zeros) * 8 and 0 not in others:
            return encoding
    return None


def _oddities(text: str) -> int:
    """How many signs stand where no name has them: “Grš§e”, “K„se”, “M†nchen”."""
    odd = len(re.findall("[\x80-\x9f\udc80-\udcff\ufffd]", text))
    for match in _INSIDE.finditer(text):
        sign, before, after = match[0], text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if sign.isalpha():
            is_shouted = sign.isupper() and (before.islower() or after.islower())  # “FŸrth”
            has_no_vowel = not any(one in _VOWELS for one in (before + after).lower())
            odd += is_shouted or (sign in _CONSONANTS and not after.isspace() and has_no_vowel)  # “Kšln”
        else:
            odd += sign not in _JOINS and (not sign.isalnum() or after.isalpha())  # “Gr§e”, “M³ller”, but “m²”
    return odd


def rows(text: str, is_known: Callable[[str], bool]) -> Iterator[list[str]]:
    """The cells of each row, as a spreadsheet would show them. Raises csv.Error for a cell that is too long, Unclosed
    for a quotation mark without its end.

    The separator is the one with which a row at the beginning has most headings that `is_known`. A quotation mark
    inside a cell of one line is passed over; one that swallows the lines below is not.
    """
    mark = separator(text, is_known)
    waiting = deque(io.StringIO(text, newline=""))
    taken: list[str] = []

    def lines() -> Iterator[str]:
        while waiting:
            taken.append(waiting.popleft())
            yield taken[-1]

    number, reader = 0, csv.reader(lines(), delimiter=mark, strict=True)
    while waiting:
        number += 1
        taken.clear()
        try:
            yield next(reader)
        except csv.Error as error:
            if "field limit" in str(error):
                if len(taken) > 1:  # so long a text of many lines is one whose end is missing
                    raise Unclosed(number) from None
                raise
            yield _patiently(taken[0], mark, number)
            waiting.extendleft(reversed(taken[1:]))
            reader = csv.reader(lines(), delimiter=mark, strict=True)


def _patiently(line: str, mark: str, number: int) -> list[str]:
    """The cells of a line in which a quotation mark stands somewhere."""
    found = list(csv.reader([line.rstrip("\r\n") + END], delimiter=mark))
    if len(found) != 1 or not found[0][-1].endswith(END) or line.count('"') % 2:
        raise Unclosed(number)
    return [*found[0][:-1], found[0][-1].removesuffix(END)]


def separator(text: str, is_known: Callable[[str], bool]) -> str:
    """What stands between the cells: semicolon, comma or tab. Where no heading is known, the first line decides."""
    if said := re.match(r"sep=(.)[\r\n]", text):
        return said[1]

    first_line = next((line for line in io.StringIO(text) if any(mark in line for mark in SEPARATORS)), "")

    def fits(mark: str) -> tuple[int, int]:
        try:
            first = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), LOOKED_AT))
        except csv.Error:
            return 0, 0
        return max((sum(map(is_known, cells)) for cells in first), default=0), first_line.count(mark)

    return max(SEPARATORS, key=fits)
